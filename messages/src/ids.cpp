#include <quire/messages/ids.hpp>

#include <quire/messages/limits.hpp>

#include <algorithm>
#include <array>

namespace quire {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Length in bytes of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none (Unicode 15, table 3-7).
std::size_t utf8_sequence(std::string_view text) noexcept {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto continues = [&](std::size_t i, unsigned char low = 0x80, unsigned char high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned char low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned char high = first == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned char low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool is_control(std::string_view sequence) noexcept {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  return sequence.size() == 2 && first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;  // C1 controls
}

bool is_valid_text(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.empty() || text.size() > max_bytes) return false;
  while (!text.empty()) {
    const auto n = utf8_sequence(text);
    if (n == 0 || is_control(text.substr(0, n))) return false;
    text.remove_prefix(n);
  }
  return true;
}

}  // namespace

bool is_valid_org_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 63 && (is_lower(text[0]) || is_digit(text[0])) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_valid_graph_type_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 63 && is_lower(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_valid_key(std::string_view text) noexcept { return is_valid_text(text, limits::max_key_bytes); }
bool is_valid_row_id(std::string_view text) noexcept { return is_valid_text(text, limits::max_row_id_bytes); }

bool is_valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto n = utf8_sequence(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

std::string printable(std::string_view text, std::size_t max_bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(std::min(text.size(), max_bytes));
  while (!text.empty()) {
    if (out.size() >= max_bytes) return out += "…";
    const auto n = utf8_sequence(text);
    if (n != 0 && !is_control(text.substr(0, n))) {
      out += text.substr(0, n);
      text.remove_prefix(n);
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[0]);
    out += "\\x";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace quire
