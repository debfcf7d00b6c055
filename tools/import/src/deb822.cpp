#include <quire/messages/ids.hpp>
#include <quire/tools/import/deb822.hpp>

#include <algorithm>
#include <cstring>

namespace quire::tools {

namespace {

constexpr std::size_t buffer_bytes = 64U << 10U;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

bool all_blank(std::string_view text) noexcept { return std::ranges::all_of(text, is_blank); }

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Printable ASCII without colon, not beginning like a comment or an option (deb822(5)).
bool is_field_name(std::string_view name) noexcept {
  return !name.empty() && name.front() != '#' && name.front() != '-' &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

}  // namespace

std::string to_string(const finding& f) {
  return f.source + ":" + std::to_string(f.line) + ": " + f.reason;
}

bool same_field_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view stanza::operator[](std::string_view name) const {
  const auto found =
      std::ranges::find_if(fields_, [&](const field& f) { return same_field_name(f.name, name); });
  return found == fields_.end() ? std::string_view{} : std::string_view{found->value};
}

deb822_reader::deb822_reader(std::istream& in, std::string source,
                             std::vector<std::string_view> wanted, const deb822_limits& limits)
    : in_(&in),
      source_(std::move(source)),
      wanted_(std::move(wanted)),
      limits_(limits),
      buffer_(buffer_bytes) {}

bool deb822_reader::fill() {
  in_->read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  begin_ = 0;
  end_ = static_cast<std::size_t>(in_->gcount());
  bytes_ += end_;
  return end_ != 0;
}

deb822_reader::line_kind deb822_reader::read_line() {
  line_.clear();
  if (begin_ == end_ && !fill()) return line_kind::end;
  ++line_number_;
  bool too_long = false;
  for (;;) {
    const char* start = buffer_.data() + begin_;
    const std::size_t there = end_ - begin_;
    const auto* newline = static_cast<const char*>(std::memchr(start, '\n', there));
    const std::size_t length = newline ? static_cast<std::size_t>(newline - start) : there;
    // The rest of an overlong line is passed over without being kept.
    too_long = too_long || line_.size() + length > limits_.max_line_bytes;
    if (!too_long) line_.append(start, length);
    begin_ += length + (newline ? 1 : 0);
    if (newline || !fill()) break;
  }
  if (too_long) return line_kind::too_long;
  if (line_.ends_with('\r')) line_.pop_back();
  return line_kind::text;
}

std::string deb822_reader::take_field(stanza& out, bool& in_wanted) {
  if (is_blank(line_.front())) {
    if (out.line_ == 0) return "a continuation line without a field before it";
    if (!in_wanted) return {};
    if (!is_valid_utf8(line_)) return "the value is not UTF-8";
    stanza_bytes_ += line_.size();
    if (stanza_bytes_ > limits_.max_stanza_bytes) return "the stanza is too large";
    out.fields_.back().value.append(1, '\n').append(line_);
    return {};
  }
  const auto colon = line_.find(':');
  if (colon == std::string::npos) return "no colon in '" + printable(line_, 60) + "'";
  const auto name = std::string_view{line_}.substr(0, colon);
  if (!is_field_name(name)) return "'" + printable(name, 60) + "' is no field name";
  if (out.line_ == 0) out.line_ = line_number_;
  const auto found =
      std::ranges::find_if(wanted_, [&](std::string_view w) { return same_field_name(w, name); });
  in_wanted = found != wanted_.end();
  if (!in_wanted) return {};
  if (std::ranges::any_of(out.fields_, [&](const auto& f) { return f.name == *found; })) {
    return "the field '" + std::string{*found} + "' is given twice";
  }
  const auto value = trimmed(std::string_view{line_}.substr(colon + 1));
  if (!is_valid_utf8(value)) return "the value of '" + std::string{*found} + "' is not UTF-8";
  stanza_bytes_ += value.size();
  if (stanza_bytes_ > limits_.max_stanza_bytes) return "the stanza is too large";
  out.fields_.push_back({*found, std::string{value}});
  return {};
}

deb822_reader::item deb822_reader::next(stanza& out, finding& bad) {
  out.fields_.clear();
  out.line_ = 0;
  stanza_bytes_ = 0;
  bool in_wanted = false;
  bool malformed = false;
  for (;;) {
    const auto kind = read_line();
    if (kind == line_kind::end) break;
    std::string reason;
    if (kind == line_kind::too_long) {
      reason = "a line of more than " + std::to_string(limits_.max_line_bytes) + " bytes";
    } else if (all_blank(line_)) {
      if (malformed || out.line_ != 0) break;
      continue;
    } else if (line_.front() == '#' || malformed) {
      continue;
    } else {
      reason = take_field(out, in_wanted);
    }
    if (!reason.empty() && !malformed) {
      malformed = true;
      bad = {source_, line_number_, std::move(reason)};
    }
  }
  if (malformed) return item::malformed;
  return out.line_ != 0 ? item::stanza : item::end;
}

}  // namespace quire::tools
