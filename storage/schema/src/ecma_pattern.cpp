#include "ecma_pattern.hpp"

#include <quire/messages/ids.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace quire::schema {
namespace {

constexpr std::uint32_t last_code_point = 0x10FFFF;
constexpr std::uint32_t unbounded = ~0U;
constexpr std::uint32_t max_repetition = 1'000;  // RE2's own bound
constexpr std::size_t max_groups_inside = 64;
constexpr std::size_t max_plain_steps = 64;

using range = std::pair<std::uint32_t, std::uint32_t>;

constexpr std::array<range, 1> digits{{{'0', '9'}}};
constexpr std::array<range, 4> word{{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}};
// WhiteSpace and LineTerminator of ECMA-262; RE2's \s knows only the ASCII ones.
constexpr std::array<range, 10> space{{{0x09, 0x0D},
                                       {0x20, 0x20},
                                       {0xA0, 0xA0},
                                       {0x1680, 0x1680},
                                       {0x2000, 0x200A},
                                       {0x2028, 0x2029},
                                       {0x202F, 0x202F},
                                       {0x205F, 0x205F},
                                       {0x3000, 0x3000},
                                       {0xFEFF, 0xFEFF}}};
constexpr std::array<range, 3> line_ends{{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}};

/// Long names of general categories; RE2 knows the short ones.
constexpr std::array<std::pair<std::string_view, std::string_view>, 40> categories{{
    {"Letter", "L"},
    {"Cased_Letter", "LC"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Other", "C"},
    {"Control", "Cc"},
    {"Format", "Cf"},
    {"Private_Use", "Co"},
    {"Surrogate", "Cs"},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A set of characters: as text inside RE2's brackets, and its ASCII part.
struct char_set {
  std::string text;
  std::array<std::uint64_t, 2> ascii{};
  bool others = false;  // holds, or may hold, characters from 128 on
  bool exact = true;    // `ascii` says everything about the characters below 128

  static void append_code(std::string& out, std::uint32_t c) {
    std::array<char, 8> hex{};
    const auto end = std::to_chars(hex.data(), hex.data() + hex.size(), c, 16).ptr;
    out.append("\\x{").append(hex.data(), end).append("}");
  }
  void add(std::uint32_t from, std::uint32_t to) {
    append_code(text, from);
    if (to != from) {
      text += '-';
      append_code(text, to);
    }
    for (auto c = from; c <= to && c < 128; ++c) ascii[c / 64] |= 1ULL << (c % 64);
    others = others || to >= 128;
  }
  template <std::size_t N>
  void add_all(const std::array<range, N>& ranges) {
    for (const auto& [from, to] : ranges) add(from, to);
  }
  template <std::size_t N>
  void add_all_but(const std::array<range, N>& ranges) {
    std::uint32_t next = 0;
    for (const auto& [from, to] : ranges) {
      if (from > next) add(next, from - 1);
      next = to + 1;
    }
    add(next, last_code_point);
  }
  void add_property(std::string_view name, bool negated) {
    text.append(negated ? "\\P{" : "\\p{").append(name).append("}");
    others = true;
    exact = false;
  }
};

class translator {
 public:
  explicit translator(std::string_view source) : in_(source) {}

  translated_pattern run() {
    if (!is_valid_utf8(in_)) {
      refuse(0, "it is no valid UTF-8");
    } else if (alternatives(0) && at_ < in_.size()) {
      refuse(at_, "unmatched ')'");
    }
    out_.plain = !out_.refused && plain_ && starts_ && deterministic();
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool more() const { return at_ < in_.size(); }
  [[nodiscard]] bool next_is(char c) const { return more() && in_[at_] == c; }
  bool take(std::string_view text) {
    if (in_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }
  bool refuse(std::size_t position, std::string reason) {
    if (!out_.refused) out_.refused = pattern::refusal{position, std::move(reason)};
    return false;
  }

  bool alternatives(std::size_t depth) {
    if (depth > max_groups_inside) return refuse(at_, "groups are nested too deep");
    while (true) {
      while (more() && in_[at_] != '|' && in_[at_] != ')') {
        if (!term(depth)) return false;
      }
      if (!next_is('|')) return true;
      plain_ = false;
      out_.re2 += '|';
      ++at_;
    }
  }

  bool term(std::size_t depth) {
    const auto begin = at_;
    const char c = in_[at_];
    switch (c) {
      case '^':
        ++at_;
        out_.re2 += '^';
        if (starts_ || out_.to_end || !out_.steps.empty() || depth != 0) plain_ = false;
        starts_ = true;
        return no_quantifier();
      case '$':
        ++at_;
        out_.re2 += '$';
        if (out_.to_end || depth != 0) plain_ = false;
        out_.to_end = true;
        return no_quantifier();
      case '(': return group(depth);
      case '*':
      case '+':
      case '?': return refuse(begin, "nothing to repeat");
      case '.': {
        ++at_;
        char_set set;
        set.add_all_but(line_ends);
        return set_term(std::move(set), false);
      }
      case '[': return class_term();
      case '\\': return escape_term();
      case '{':
        if (std::uint32_t low = 0, high = 0; braces(low, high))
          return refuse(begin, "nothing to repeat");
        break;
      default: break;
    }
    char_set set;
    const auto code = code_point();
    set.add(code, code);
    return set_term(std::move(set), false);
  }

  bool group(std::size_t depth) {
    const auto begin = at_;
    ++at_;
    if (take("?=") || take("?!")) return refuse(begin, "look-ahead is not supported");
    if (take("?<=") || take("?<!")) return refuse(begin, "look-behind is not supported");
    if (take("?<")) {
      const auto end = in_.find('>', at_);
      if (end == std::string_view::npos || end == at_) return refuse(begin, "bad group name");
      at_ = end + 1;
    } else if (!take("?:") && next_is('?')) {
      return refuse(begin, "unknown kind of group");
    }
    // Captures are never asked for.
    out_.re2 += "(?:";
    const auto steps = out_.steps.size();
    if (!alternatives(depth + 1)) return false;
    if (!next_is(')')) return refuse(begin, "unmatched '('");
    ++at_;
    out_.re2 += ')';
    std::uint32_t low = 1;
    std::uint32_t high = 1;
    if (!quantifier(low, high)) return false;
    if (low == 1 && high == 1) return true;
    if (out_.steps.size() == steps + 1 && out_.steps.back().min == 1 &&
        out_.steps.back().max == 1) {
      out_.steps.back().min = low;
      out_.steps.back().max = high;
    } else {
      plain_ = false;
    }
    return true;
  }

  /// Anchors and word boundaries match nothing, so there is nothing to repeat.
  bool no_quantifier() {
    const auto begin = at_;
    std::uint32_t low = 1;
    std::uint32_t high = 1;
    if (next_is('*') || next_is('+') || next_is('?') || (next_is('{') && braces(low, high))) {
      return refuse(begin, "nothing to repeat");
    }
    return true;
  }

  bool set_term(char_set set, bool negated) {
    out_.re2.append(negated ? "[^" : "[").append(set.text).append("]");
    pattern_step step;
    step.ascii = set.ascii;
    if (negated) {
      step.ascii = {~set.ascii[0], ~set.ascii[1]};
    }
    if (negated || set.others) step.others = pattern_step::beyond::unsure;
    if (!set.exact || out_.to_end || out_.steps.size() == max_plain_steps) plain_ = false;
    if (!quantifier(step.min, step.max)) return false;
    if (plain_) out_.steps.push_back(step);
    return true;
  }

  bool quantifier(std::uint32_t& low, std::uint32_t& high) {
    const auto begin = at_;
    if (take("*")) {
      out_.re2 += '*';
      low = 0;
      high = unbounded;
    } else if (take("+")) {
      out_.re2 += '+';
      high = unbounded;
    } else if (take("?")) {
      out_.re2 += '?';
      low = 0;
    } else if (next_is('{') && braces(low, high)) {
      if (high < low) return refuse(begin, "numbers of the repetition are out of order");
      if (low > max_repetition || (high != unbounded && high > max_repetition)) {
        return refuse(begin, "more than 1000 repetitions; use minLength and maxLength");
      }
      out_.re2.append(in_.substr(begin, at_ - begin));
    } else {
      return true;
    }
    take("?");  // lazy or greedy makes no difference to whether there is a match
    if (next_is('*') || next_is('+') || next_is('?')) return refuse(at_, "nothing to repeat");
    return true;
  }

  /// `{n}`, `{n,}` or `{n,m}`; anything else is a literal brace and nothing is read.
  bool braces(std::uint32_t& low, std::uint32_t& high) {
    auto end = in_.find('}', at_);
    if (end == std::string_view::npos) return false;
    const auto inside = in_.substr(at_ + 1, end - at_ - 1);
    const auto comma = inside.find(',');
    auto count = [](std::string_view text, std::uint32_t& n) {
      if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return false;
      const auto read = std::from_chars(text.data(), text.data() + text.size(), n);
      if (read.ec != std::errc{}) n = unbounded - 1;
      return true;
    };
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    if (!count(inside.substr(0, comma), from)) return false;
    if (comma == std::string_view::npos) {
      to = from;
    } else if (comma + 1 == inside.size()) {
      to = unbounded;
    } else if (!count(inside.substr(comma + 1), to)) {
      return false;
    }
    low = from;
    high = to;
    at_ = end + 1;
    return true;
  }

  std::uint32_t code_point() {
    const auto first = static_cast<unsigned char>(in_[at_++]);
    if (first < 0x80) return first;
    const int extra = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    auto code = static_cast<std::uint32_t>(first & (0x3FU >> static_cast<unsigned>(extra)));
    for (int i = 0; i < extra; ++i)
      code = (code << 6U) | (static_cast<unsigned char>(in_[at_++]) & 0x3FU);
    return code;
  }

  bool escape_term() {
    const auto begin = at_;
    if (begin + 1 >= in_.size()) return refuse(begin, "'\\' at the end");
    const char c = in_[begin + 1];
    if (c == 'b' || c == 'B') {
      at_ += 2;
      out_.re2.append(1, '\\').append(1, c);
      plain_ = false;
      return no_quantifier();
    }
    if ((c >= '1' && c <= '9') || c == 'k')
      return refuse(begin, "back references are not supported");
    char_set set;
    std::uint32_t code = 0;
    bool single = false;
    if (!escape(set, code, single)) return false;
    if (single) set.add(code, code);
    return set_term(std::move(set), false);
  }

  /// Reads one escape that stands for a character (`single`) or a set, inside or outside brackets.
  bool escape(char_set& set, std::uint32_t& code, bool& single) {
    const auto begin = at_;
    if (begin + 1 >= in_.size()) return refuse(begin, "'\\' at the end");
    const char c = in_[begin + 1];
    at_ += 2;
    single = false;
    switch (c) {
      case 'd': set.add_all(digits); return true;
      case 'D': set.add_all_but(digits); return true;
      case 'w': set.add_all(word); return true;
      case 'W': set.add_all_but(word); return true;
      case 's': set.add_all(space); return true;
      case 'S': set.add_all_but(space); return true;
      case 'p':
      case 'P': return property(set, c == 'P', begin);
      default: break;
    }
    single = true;
    switch (c) {
      case 't': code = '\t'; return true;
      case 'n': code = '\n'; return true;
      case 'v': code = '\v'; return true;
      case 'f': code = '\f'; return true;
      case 'r': code = '\r'; return true;
      case '0':
        if (more() && is_digit(in_[at_])) return refuse(begin, "octal escapes are not supported");
        code = 0;
        return true;
      case 'c':
        if (!more() || !is_letter(in_[at_])) return refuse(begin, "'\\c' needs a letter");
        code = static_cast<std::uint32_t>(in_[at_++]) % 32;
        return true;
      case 'x': return hex(2, code) || refuse(begin, "'\\x' needs two hexadecimal digits");
      case 'u': return unicode(code, begin);
      default: break;
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      --at_;
      code = code_point();
      return true;
    }
    if (is_letter(c) || is_digit(c))
      return refuse(begin, std::string("unknown escape '\\") + c + "'");
    code = static_cast<std::uint32_t>(c);
    return true;
  }

  bool hex(std::size_t count, std::uint32_t& code) {
    if (in_.size() - at_ < count) return false;
    std::uint32_t read = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto digit = hex_digit(in_[at_ + i]);
      if (digit < 0) return false;
      read = read * 16 + static_cast<std::uint32_t>(digit);
    }
    at_ += count;
    code = read;
    return true;
  }

  bool unicode(std::uint32_t& code, std::size_t begin) {
    if (take("{")) {
      const auto end = in_.find('}', at_);
      if (end == std::string_view::npos || end == at_ || end - at_ > 8 || !hex(end - at_, code) ||
          code > last_code_point) {
        return refuse(begin, "'\\u{' needs the number of a character and '}'");
      }
      at_ = end + 1;
    } else if (!hex(4, code)) {
      return refuse(begin, "'\\u' needs four hexadecimal digits");
    }
    if (code >= 0xD800 && code <= 0xDBFF && take("\\u")) {
      std::uint32_t low = 0;
      if (!hex(4, low) || low < 0xDC00 || low > 0xDFFF)
        return refuse(begin, "half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    if (code >= 0xD800 && code <= 0xDFFF) return refuse(begin, "half of a surrogate pair");
    return true;
  }

  bool property(char_set& set, bool negated, std::size_t begin) {
    const auto end = next_is('{') ? in_.find('}', at_) : std::string_view::npos;
    if (end == std::string_view::npos) return refuse(begin, "'\\p' needs a name in braces");
    auto name = in_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    const auto equals = name.find('=');
    const auto kind =
        equals == std::string_view::npos ? std::string_view{} : name.substr(0, equals);
    if (equals != std::string_view::npos) name = name.substr(equals + 1);
    const bool plain_name = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return is_letter(c) || is_digit(c) || c == '_';
    });
    if (!plain_name) return refuse(begin, "bad name of a property");
    if (kind == "Script" || kind == "sc") {
      set.add_property(name, negated);
      return true;
    }
    if (!kind.empty() && kind != "General_Category" && kind != "gc") {
      return refuse(begin, "property '" + std::string{kind} + "' is not supported");
    }
    if (kind.empty() && (name == "Any" || name == "ASCII")) {
      constexpr std::array<range, 1> ascii{{{0, 127}}};
      constexpr std::array<range, 1> any{{{0, last_code_point}}};
      if (name == "ASCII") {
        negated ? set.add_all_but(ascii) : set.add_all(ascii);
      } else if (!negated) {
        set.add_all(any);
      } else {
        return refuse(begin, "'\\P{Any}' matches nothing");
      }
      return true;
    }
    const auto known = std::find_if(categories.begin(), categories.end(), [&](const auto& c) {
      return c.first == name || c.second == name;
    });
    if (known == categories.end())
      return refuse(begin, "property '" + std::string{name} + "' is not supported");
    if (known->second == "LC" || known->second == "Cs" || known->second == "C") {
      return refuse(begin, "category '" + std::string{name} + "' is not supported");
    }
    set.add_property(known->second, negated);
    return true;
  }

  bool class_term() {
    const auto begin = at_;
    ++at_;
    const bool negated = take("^");
    char_set set;
    while (true) {
      if (!more()) return refuse(begin, "unmatched '['");
      if (take("]")) break;
      std::uint32_t from = 0;
      bool single = true;
      const auto member = at_;
      if (!class_member(set, from, single)) return false;
      if (!next_is('-') || (at_ + 1 < in_.size() && in_[at_ + 1] == ']')) {
        if (single) set.add(from, from);
        continue;
      }
      if (!single) {
        // No range begins with a set: the dash stands for itself, as does what follows.
        ++at_;
        set.add('-', '-');
        if (!more()) return refuse(begin, "unmatched '['");
        if (!class_member(set, from, single)) return false;
        if (single) set.add(from, from);
        continue;
      }
      ++at_;
      if (!more()) return refuse(begin, "unmatched '['");
      std::uint32_t to = 0;
      if (!class_member(set, to, single)) return false;
      if (!single) return refuse(member, "a range needs a character at both ends");
      if (to < from) return refuse(member, "a range is out of order");
      set.add(from, to);
    }
    if (set.text.empty()) {
      // `[]` matches nothing and `[^]` everything; RE2 has no empty brackets.
      set.add(0, last_code_point);
      return set_term(std::move(set), !negated);
    }
    return set_term(std::move(set), negated);
  }

  bool class_member(char_set& set, std::uint32_t& code, bool& single) {
    if (in_[at_] != '\\') {
      code = code_point();
      single = true;
      return true;
    }
    if (take("\\b")) {
      code = '\b';
      single = true;
      return true;
    }
    return escape(set, code, single);
  }

  /// True when taking as many characters as possible at each step can never be wrong.
  [[nodiscard]] bool deterministic() const {
    const auto& steps = out_.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].min == steps[i].max) continue;
      for (std::size_t j = i + 1; j < steps.size(); ++j) {
        const bool common = (steps[i].ascii[0] & steps[j].ascii[0]) != 0 ||
                            (steps[i].ascii[1] & steps[j].ascii[1]) != 0;
        if (common) return false;
        if (steps[j].min > 0) break;
      }
    }
    return true;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  translated_pattern out_;
  bool plain_ = true;
  bool starts_ = false;  // begins with ^
};

}  // namespace

translated_pattern translate_ecma_pattern(std::string_view source) {
  return translator{source}.run();
}

}  // namespace quire::schema
