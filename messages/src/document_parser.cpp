#include "document_parser.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace quire {
namespace {

namespace json = boost::json;

/// What Boost.JSON calls for each part of a document.
struct value_builder {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::uint32_t>::max() / 2;
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;
  using text = json::string_view;
  using code = boost::system::error_code;

  json::value_stack made{};

  bool on_document_begin(code&) { return true; }
  bool on_document_end(code&) { return true; }
  bool on_object_begin(code&) { return true; }
  bool on_object_end(std::size_t n, code&) { return made.push_object(n), true; }
  bool on_array_begin(code&) { return true; }
  bool on_array_end(std::size_t n, code&) { return made.push_array(n), true; }
  bool on_key_part(text s, std::size_t, code&) { return made.push_chars(s), true; }
  bool on_key(text s, std::size_t, code&) { return made.push_key(s), true; }
  bool on_string_part(text s, std::size_t, code&) { return made.push_chars(s), true; }
  bool on_string(text s, std::size_t, code&) { return made.push_string(s), true; }
  // The whole document is given at once, so numbers come in one piece.
  bool on_number_part(text, code&) { return true; }
  bool on_int64(std::int64_t i, text, code&) { return made.push_int64(i), true; }
  bool on_uint64(std::uint64_t i, text, code&) { return made.push_uint64(i), true; }
  bool on_double(double about, text s, code& ec) {
    double exact = 0;
    // Fails beyond a double at either end; what is too small for one, Boost.JSON makes nearly zero.
    if (std::from_chars(s.data(), s.data() + s.size(), exact).ec != std::errc{}) exact = about;
    if (!std::isfinite(exact)) {
      ec = json::make_error_code(json::error::exponent_overflow);
      return false;
    }
    made.push_double(exact);
    return true;
  }
  bool on_bool(bool b, code&) { return made.push_bool(b), true; }
  bool on_null(code&) { return made.push_null(), true; }
  bool on_comment_part(text, code&) { return true; }
  bool on_comment(text, code&) { return true; }
};

}  // namespace

std::size_t parse_document(std::string_view text, json::storage_ptr memory, std::size_t max_depth,
                           json::value& out, boost::system::error_code& ec) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<value_builder> parser(options);
  auto& made = parser.handler().made;
  made.reset(std::move(memory));
  const auto used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = json::make_error_code(json::error::extra_data);
  if (!ec) out = made.release();
  return used;
}

}  // namespace quire
