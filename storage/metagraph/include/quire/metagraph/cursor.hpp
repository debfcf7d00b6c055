#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/value.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quire::metagraph {

/// Tells one query from another: what is asked, without limit and cursor.
class query_digest {
 public:
  explicit query_digest(std::string_view kind) { add(kind); }
  void add(std::string_view text);
  void add(std::int64_t number);
  [[nodiscard]] std::uint64_t value() const noexcept { return hash_; }

 private:
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

/// Where the next page begins: the values of the last row shown. Text of letters, digits, `-` and
/// `_`; it names a place, grants nothing, and its checksum finds damage, not malice. Fails with
/// `limit_exceeded` when the values are too long to be carried.
[[nodiscard]] result<std::string> encode_cursor(const query_digest& query,
                                                std::span<const sqlite::sql_value> values);

/// The values, `count` of them. Fails with `invalid_cursor`.
[[nodiscard]] result<std::vector<sqlite::sql_value>> decode_cursor(const query_digest& query,
                                                                   std::string_view cursor,
                                                                   std::size_t count);

}  // namespace quire::metagraph
