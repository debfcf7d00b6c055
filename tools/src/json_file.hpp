#pragma once

#include <quire/messages/document.hpp>

#include <string>
#include <string_view>

namespace quire::tools {

/// A place in a text, as editors count: lines and characters from 1.
struct text_position {
  std::size_t line = 1;
  std::size_t column = 1;

  friend bool operator==(const text_position&, const text_position&) = default;
};

/// Where byte `offset` of UTF-8 text is.
[[nodiscard]] text_position position_of(std::string_view text, std::size_t offset) noexcept;

/// A JSON document out of a file; `-` is standard input. Fails as `text_argument` and
/// `document::parse` do, with the name of the file and the line and column of what is wrong.
[[nodiscard]] result<document> read_json_file(const std::string& path);

}  // namespace quire::tools
