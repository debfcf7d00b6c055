#include <quire/messages/change_event.hpp>
#include <quire/messages/json_text.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace quire {

namespace json = boost::json;

std::string number_text(double number) {
  if (number == 0) return "0";  // the sign of a zero means nothing
  // Digits and exponent from the shortest scientific form, then JavaScript's choice between plain
  // and exponent.
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::scientific)
                       .ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  std::string out;
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const auto e = text.find('e');
  if (e == std::string_view::npos) return out.append(text);  // not finite
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c != '.') digits += c;
  }
  int exponent = 0;
  const auto exponent_text = text.substr(text[e + 1] == '+' ? e + 2 : e + 1);
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  const int point = exponent + 1;
  const int count = static_cast<int>(digits.size());
  if (point > 21 || point < -5) {
    out += digits.front();
    if (count > 1) out.append(1, '.').append(digits, 1);
    return out.append(point > 0 ? "e+" : "e-").append(std::to_string(std::abs(exponent)));
  }
  if (point <= 0)
    return out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  if (point >= count)
    return out.append(digits).append(static_cast<std::size_t>(point - count), '0');
  return out.append(digits, 0, static_cast<std::size_t>(point))
      .append(1, '.')
      .append(digits, static_cast<std::size_t>(point));
}

namespace {

/// Above 2^53 JavaScript fills up with zeros, which readers of exact integers take for digits:
/// there the exponent says that the number is a double.
void append_number(std::string& out, double number) {
  const auto size = std::fabs(number);
  if (size < 0x1p53 || size >= 1e21) {
    out += number_text(number);
    return;
  }
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::scientific)
                       .ptr;
  out.append(buffer.data(), end);
}

}  // namespace

void append_json(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: out += "null"; return;
    case json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    case json::kind::int64: out += std::to_string(value.get_int64()); return;
    case json::kind::uint64: out += std::to_string(value.get_uint64()); return;
    case json::kind::double_: append_number(out, value.get_double()); return;
    case json::kind::string: append_json_string(out, value.get_string()); return;
    case json::kind::array: {
      char before = '[';
      for (const auto& item : value.get_array()) {
        out += before;
        append_json(out, item);
        before = ',';
      }
      out += before == '[' ? "[]" : "]";
      return;
    }
    case json::kind::object: {
      char before = '{';
      for (const auto& member : value.get_object()) {
        out += before;
        append_json_string(out, member.key());
        out += ':';
        append_json(out, member.value());
        before = ',';
      }
      out += before == '{' ? "{}" : "}";
      return;
    }
  }
}

std::string json_text(const json::value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace quire
