#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::tools {

/// Rows for people. Columns are as wide as their widest cell.
struct table {
  enum class align : std::uint8_t { left, right };
  struct column {
    std::string name;
    align side = align::left;
  };
  std::vector<column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Where results go: text for people, or JSON for programs. Text from outside is made printable
/// first, so that stored data cannot steer a terminal. Not thread-safe.
class output {
 public:
  output(std::ostream& to, bool json, bool colour) : to_(&to), json_(json), colour_(colour) {}

  [[nodiscard]] bool json() const { return json_; }

  /// One line of text.
  void line(std::string_view text);
  /// Text that has its own line ends.
  void text(std::string_view text);
  /// One JSON document on a line of its own.
  void document(const boost::json::object& what);
  /// One line of JSON that is already text.
  void json_line(std::string_view text);
  void rows(const table& what);
  /// Names and values of one thing, one per line.
  void fields(const std::vector<std::pair<std::string, std::string>>& what);

  /// Hands everything to the system; false when that failed, now or earlier.
  [[nodiscard]] bool flush();

 private:
  void cell(std::string_view text, std::size_t width, table::align side, bool last);

  std::ostream* to_;
  bool json_;
  bool colour_;
};

/// Colour is for terminals, unless NO_COLOR is set (no-color.org) or the terminal is `dumb`.
[[nodiscard]] bool wants_colour(int descriptor);

}  // namespace quire::tools
