#include <quire/messages/ids.hpp>
#include <quire/tools/import/relations.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace quire::tools {

namespace {

// With these, every key made of two names, an architecture and a version stays within
// limits::max_key_bytes.
constexpr std::size_t max_name_bytes = 128;
constexpr std::size_t max_version_bytes = 128;
constexpr std::size_t max_architecture_bytes = 32;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool ends_word(char c) noexcept {
  return is_space(c) || std::string_view{",|()[]<>"}.find(c) != std::string_view::npos;
}

/// Walks over the text of one field.
class cursor {
 public:
  explicit cursor(std::string_view text) : text_(text) {}

  void skip_space() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] bool sees(char c) const { return !at_end() && text_[at_] == c; }
  bool take(char c) {
    if (!sees(c)) return false;
    ++at_;
    return true;
  }
  /// Up to a space or a character with a meaning of its own.
  std::string_view word() {
    const auto start = at_;
    while (!at_end() && !ends_word(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }
  /// Up to `close`, which is passed over; false when it never comes.
  bool until(char close, std::string_view& out) {
    const auto end = text_.find(close, at_);
    if (end == std::string_view::npos) return false;
    out = text_.substr(at_, end - at_);
    at_ = end + 1;
    return true;
  }
  [[nodiscard]] error expected(std::string_view what) const {
    return fail(errc::invalid_option, "expected " + std::string{what} + " at '" +
                                          printable(text_.substr(at_, 40), 40) + "'");
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// What stands in parentheses: a comparison and a version.
result<void> read_version(cursor& at, relation& out) {
  at.skip_space();
  std::string comparison;
  while (comparison.size() < 2) {
    if (at.take('<'))
      comparison += '<';
    else if (at.take('='))
      comparison += '=';
    else if (at.take('>'))
      comparison += '>';
    else
      break;
  }
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> known{
      {{"<<", "<<"},
       {"<=", "<="},
       {"=", "="},
       {">=", ">="},
       {">>", ">>"},
       {"<", "<="},
       {">", ">="}}};
  const auto* found =
      std::ranges::find_if(known, [&](const auto& k) { return k.first == comparison; });
  if (found == known.end()) return at.expected("one of << <= = >= >>");
  at.skip_space();
  const auto version = at.word();
  if (!is_version(version)) return at.expected("a version after the comparison");
  at.skip_space();
  if (!at.take(')')) return at.expected("a closing parenthesis");
  out.comparison = found->second;
  out.version = version;
  return {};
}

result<void> read_architectures(cursor& at, relation& out) {
  std::string_view list;
  if (!at.until(']', list)) return at.expected("a closing bracket");
  auto words = cursor{list};
  for (words.skip_space(); !words.at_end(); words.skip_space()) {
    const auto word = words.word();
    if (!is_architecture(word.starts_with('!') ? word.substr(1) : word)) {
      return words.expected("an architecture");
    }
    out.architectures.emplace_back(word);
  }
  return {};
}

result<relation> read_relation(cursor& at) {
  relation out;
  const auto word = at.word();
  const auto colon = word.find(':');
  const auto name = word.substr(0, colon);
  if (!is_package_name(name)) {
    return at.expected("a package name instead of '" + printable(word, 40) + "'");
  }
  out.name = name;
  if (colon != std::string_view::npos) {
    const auto qualifier = word.substr(colon + 1);
    if (!is_architecture(qualifier)) return at.expected("an architecture after the colon");
    out.architecture = qualifier;
  }
  for (;;) {
    at.skip_space();
    if (at.take('(')) {
      if (!out.comparison.empty()) return at.expected("only one version");
      if (auto ok = read_version(at, out); !ok) return ok.error();
    } else if (at.take('[')) {
      if (auto ok = read_architectures(at, out); !ok) return ok.error();
    } else if (at.take('<')) {
      std::string_view profile;
      if (!at.until('>', profile)) return at.expected("a closing angle bracket");
      out.profiles.emplace_back(trimmed(profile));
    } else {
      return out;
    }
  }
}

/// Weight of one character in the text parts of a version: `~` before the end, letters before the
/// rest.
int weight(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size() || is_digit(text[at])) return 0;
  const char c = text[at];
  if (c == '~') return -1;
  return is_letter(c) ? c : c + 256;
}

int compare_parts(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    while ((i < a.size() && !is_digit(a[i])) || (j < b.size() && !is_digit(b[j]))) {
      const int difference = weight(a, i) - weight(b, j);
      if (difference != 0) return difference;
      ++i;
      ++j;
    }
    while (i < a.size() && a[i] == '0') ++i;
    while (j < b.size() && b[j] == '0') ++j;
    int first = 0;
    while (i < a.size() && is_digit(a[i]) && j < b.size() && is_digit(b[j])) {
      if (first == 0) first = a[i] - b[j];
      ++i;
      ++j;
    }
    if (i < a.size() && is_digit(a[i])) return 1;
    if (j < b.size() && is_digit(b[j])) return -1;
    if (first != 0) return first;
  }
  return 0;
}

struct version_parts {
  std::string_view epoch;
  std::string_view upstream;
  std::string_view revision;
};

version_parts split_version(std::string_view text) noexcept {
  version_parts out;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    out.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const auto hyphen = text.rfind('-');
  out.upstream = text.substr(0, hyphen);
  if (hyphen != std::string_view::npos) out.revision = text.substr(hyphen + 1);
  return out;
}

}  // namespace

bool is_package_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= max_name_bytes &&
         (is_letter(name.front()) || is_digit(name.front())) &&
         std::ranges::all_of(name, [](char c) {
           return is_letter(c) || is_digit(c) ||
                  std::string_view{"+-._"}.find(c) != std::string_view::npos;
         });
}

bool is_version(std::string_view version) noexcept {
  return !version.empty() && version.size() <= max_version_bytes &&
         std::ranges::all_of(version, [](char c) {
           return is_letter(c) || is_digit(c) ||
                  std::string_view{".+-~:_"}.find(c) != std::string_view::npos;
         });
}

bool is_architecture(std::string_view name) noexcept {
  return !name.empty() && name.size() <= max_architecture_bytes && name.front() != '-' &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

result<std::vector<relation>> parse_relations(std::string_view field) {
  std::vector<relation> out;
  auto at = cursor{field};
  std::size_t group = 0;
  std::size_t position = 0;
  for (at.skip_space(); !at.at_end(); at.skip_space()) {
    if (at.take(',')) {
      if (position != 0) return at.expected("an alternative after the bar");
      continue;
    }
    auto one = read_relation(at);
    if (!one) return one.error();
    one->group = group;
    one->position = position;
    out.push_back(std::move(*one));
    at.skip_space();
    if (at.take('|')) {
      ++position;
    } else if (at.take(',') || at.at_end()) {
      ++group;
      position = 0;
    } else {
      return at.expected("a comma or a bar");
    }
  }
  if (position != 0) return at.expected("an alternative after the bar");
  return out;
}

int compare_versions(std::string_view a, std::string_view b) noexcept {
  const auto x = split_version(a);
  const auto y = split_version(b);
  if (const int epoch = compare_parts(x.epoch, y.epoch); epoch != 0) return epoch;
  if (const int upstream = compare_parts(x.upstream, y.upstream); upstream != 0) return upstream;
  return compare_parts(x.revision, y.revision);
}

}  // namespace quire::tools
