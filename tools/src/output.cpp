#include "output.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>


#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace quire::tools {

namespace {

constexpr std::size_t max_cell_bytes = 160;
constexpr std::size_t max_value_bytes = 64U << 10U;
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";

/// Columns the text takes in a terminal, as long as every character takes one.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

bool wants_colour(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && (no_color == nullptr || *no_color == '\0') &&
         (terminal == nullptr || std::string_view{terminal} != "dumb");
}

void output::line(std::string_view text) { *to_ << text << '\n'; }

void output::text(std::string_view text) { *to_ << text; }

void output::document(const boost::json::object& what) {
  *to_ << json_text(what) << '\n';
}

void output::json_line(std::string_view text) { *to_ << text << '\n'; }

void output::cell(std::string_view text, std::size_t width, table::align side, bool last) {
  const std::size_t used = width_of(text);
  const std::string padding(width > used ? width - used : 0, ' ');
  if (side == table::align::right) *to_ << padding;
  *to_ << text;
  if (last) return;
  if (side == table::align::left) *to_ << padding;
  *to_ << "  ";
}

void output::rows(const table& what) {
  std::vector<std::size_t> widths;
  for (const auto& column : what.columns) widths.push_back(width_of(column.name));
  std::vector<std::vector<std::string>> cells;
  cells.reserve(what.rows.size());
  for (const auto& row : what.rows) {
    auto& made = cells.emplace_back();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      made.push_back(i < row.size() ? printable(row[i], max_cell_bytes) : std::string{});
      widths[i] = std::max(widths[i], width_of(made.back()));
    }
  }
  const auto last = widths.size() - 1;
  if (colour_) *to_ << bold;
  for (std::size_t i = 0; i <= last; ++i) {
    cell(what.columns[i].name, widths[i], what.columns[i].side, i == last);
  }
  *to_ << (colour_ ? plain : "") << '\n';
  for (const auto& row : cells) {
    for (std::size_t i = 0; i <= last; ++i) {
      cell(row[i], widths[i], what.columns[i].side, i == last);
    }
    *to_ << '\n';
  }
}

void output::fields(const std::vector<std::pair<std::string, std::string>>& what) {
  std::size_t width = 0;
  for (const auto& [name, value] : what) width = std::max(width, width_of(name));
  for (const auto& [name, value] : what) {
    if (colour_) *to_ << bold;
    *to_ << name << std::string(width - width_of(name), ' ') << (colour_ ? plain : "") << "  "
         << printable(value, max_value_bytes) << '\n';
  }
}

bool output::flush() {
  to_->flush();
  return static_cast<bool>(*to_);
}

}  // namespace quire::tools
