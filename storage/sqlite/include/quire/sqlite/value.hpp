#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace quire::sqlite {

/// Bytes, written as lower-case hexadecimal digits.
struct hex_blob {
  std::string digits;

  friend bool operator==(const hex_blob&, const hex_blob&) = default;
};

/// A value as SQLite knows them; `std::monostate` is NULL. Owns its content.
using sql_value = std::variant<std::monostate, std::int64_t, double, std::string, hex_blob>;

}  // namespace quire::sqlite
