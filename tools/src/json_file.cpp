#include "json_file.hpp"

#include "command.hpp"

#include <quire/messages/ids.hpp>

#include <charconv>
#include <optional>

namespace quire::tools {

namespace {

/// The byte that an error of `document::parse` names.
std::optional<std::size_t> byte_named_by(const error& e) {
  constexpr std::string_view before = "at byte ";
  const auto found = e.context.find(before);
  if (found == std::string::npos) return std::nullopt;
  const auto* digits = e.context.data() + found + before.size();
  std::size_t byte = 0;
  const auto read = std::from_chars(digits, e.context.data() + e.context.size(), byte);
  return read.ec == std::errc{} ? std::optional{byte} : std::nullopt;
}

}  // namespace

text_position position_of(std::string_view text, std::size_t offset) noexcept {
  text_position at;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++at.line;
      at.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++at.column;
    }
  }
  return at;
}

result<document> read_json_file(const std::string& path) {
  const bool standard = path == "-";
  const auto text = text_argument(standard ? path : "@" + path);
  if (!text) return text.error();
  auto made = document::parse(*text);
  if (made) return made;
  auto where = standard ? std::string{"standard input"} : "'" + printable(path) + "'";
  if (const auto byte = byte_named_by(made.error())) {
    const auto at = position_of(*text, *byte);
    where += ", line " + std::to_string(at.line) + ", column " + std::to_string(at.column);
  }
  return in_context(made.error(), where);
}

}  // namespace quire::tools
