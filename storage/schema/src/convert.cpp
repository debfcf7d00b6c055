#include "reshaper.hpp"

#include <quire/schema/reshape.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace quire::schema {
namespace {

namespace json = boost::json;

constexpr int max_rounds = 8;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool same_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

/// White space outside ASCII, as JavaScript sees it.
constexpr std::array<std::string_view, 19> wide_white{
    "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
    "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
    "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"};

/// `text` without white space at its ends.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view narrow = " \t\n\r\v\f";
  auto cut = [&] {
    if (!text.empty() && narrow.find(text.front()) != std::string_view::npos) {
      text.remove_prefix(1);
      return true;
    }
    if (!text.empty() && narrow.find(text.back()) != std::string_view::npos) {
      text.remove_suffix(1);
      return true;
    }
    for (const auto white : wide_white) {
      if (text.starts_with(white)) {
        text.remove_prefix(white.size());
        return true;
      }
      if (text.ends_with(white)) {
        text.remove_suffix(white.size());
        return true;
      }
    }
    return false;
  };
  while (cut()) {
  }
  return text;
}

/// A decimal number, perhaps with white space around it. Nothing when it is none, when it has no
/// finite value, or when it is a whole number of more digits than can be kept.
std::optional<number> number_in(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || !(is_digit(digits.front()) || digits.front() == '.')) return std::nullopt;
  const auto* end = text.data() + text.size();
  if (std::all_of(digits.begin(), digits.end(), is_digit)) {
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc{})
      return number::of(whole);
    std::uint64_t natural = 0;
    if (const auto read = std::from_chars(text.data(), end, natural);
        read.ec == std::errc{} && read.ptr == end) {
      return number::of(natural);
    }
    return std::nullopt;
  }
  double real = 0;
  const auto read = std::from_chars(text.data(), end, real);
  if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(real)) return std::nullopt;
  return number::of(real);
}

std::optional<number> to_number(const json::value& v) {
  if (v.is_bool()) return number::of(std::int64_t{v.get_bool()});
  return v.is_string() ? number_in(v.get_string()) : std::nullopt;
}

std::optional<bool> to_boolean(const json::value& v) {
  if (v.is_number()) {
    const auto n = number::of(v);
    if (compare(n, number{}) == 0) return false;
    return compare(n, number::of(std::int64_t{1})) == 0 ? std::optional{true} : std::nullopt;
  }
  if (!v.is_string()) return std::nullopt;
  const std::string_view text = v.get_string();
  if (same_ignoring_case(text, "true") || text == "1") return true;
  if (same_ignoring_case(text, "false") || text == "0" || text == "-0") return false;
  return std::nullopt;
}

/// `v` as a value of one kind, or as it is.
json::value to_kind(std::uint8_t kind, const json::value& v) {
  switch (kind) {
    case kinds::whole: {
      const auto n = to_number(v);
      return n && n->whole() ? to_json(*n) : v;
    }
    case kinds::number: {
      const auto n = to_number(v);
      return n ? to_json(*n) : v;
    }
    case kinds::boolean: {
      const auto b = to_boolean(v);
      return b ? json::value(*b) : v;
    }
    case kinds::string:
      if (v.is_number()) return json::value(to_text(number::of(v)));
      return v.is_bool() ? json::value(v.get_bool() ? "true" : "false") : v;
    case kinds::null:
      return v.is_string() && same_ignoring_case(v.get_string(), "null") ? json::value(nullptr) : v;
    default: return v;
  }
}

class converter : private reshaper {
 public:
  explicit converter(const program& p) : reshaper(p) {}

  /// Converts until nothing changes any more, as the parts of an intersection may change what
  /// another made. What never settles stays as it was.
  result<json::value> run(const json::value& value) {
    json::value made = value;
    for (int round = 0; round < max_rounds; ++round) {
      auto next = convert(p_.root, made);
      if (left_.exhausted) return budget_ended();
      if (equal_within(left_, next, made)) return made;
      made = std::move(next);
    }
    return value;
  }

 private:
  json::value convert(index n, const json::value& v) {
    if (n == any_node || endless_ || !pay()) return copied(v);
    const deeper level(left_);
    const node& x = p_.nodes[n];
    const dynamic_scope::inside inside(check_.scope(), resource_of(x));
    auto made = convert_own(x, v);
    each_applied(x, made, [&](index part) { made = convert(part, made); });
    return made;
  }

  json::value convert_own(const node& x, const json::value& v) {
    if (x.logic == none) return convert_kind(x, v);
    const auto& rules = p_.logics[x.logic];
    if (rules.constant != none) return to_literal(p_.constants[rules.constant], v);
    if (rules.literals != none) return to_one_of(p_.literal_sets[rules.literals], v);
    auto made = copied(v);
    if (rules.reference != none) made = convert(rules.reference, made);
    for (auto i = rules.all_of.first; i < rules.all_of.end(); ++i)
      made = convert(p_.links[i], made);
    made = convert_union(rules.any_of, std::move(made));
    made = convert_union(rules.one_of, std::move(made));
    return convert_kind(x, made);
  }

  json::value to_literal(const json::value& literal, const json::value& v) {
    if (literal.is_null()) return copied(v);
    if (!pay_to_read(v)) return nullptr;
    auto made = to_kind(literal.is_number() ? kinds::number : kind_of(literal), v);
    return equal_within(left_, made, literal) ? made : v;
  }

  json::value to_one_of(const literal_set& set, const json::value& v) {
    if (v.is_structured() || check_.is_one_of(set, v)) return copied(v);
    for (const auto& literal : set.all) {
      auto made = to_literal(literal, v);
      if (equal_within(left_, made, literal)) return made;
    }
    return v;
  }

  json::value convert_union(span_of list, json::value v) {
    for (auto i = list.first; i < list.end(); ++i) {
      if (check_.passes(p_.links[i], v)) return v;
    }
    for (auto i = list.first; i < list.end(); ++i) {
      auto made = convert(p_.links[i], v);
      if (check_.passes(p_.links[i], made)) return made;
    }
    return v;
  }

  json::value convert_kind(const node& x, const json::value& v) {
    if ((x.types & kind_of(v)) != 0) {
      if (v.is_object() && x.object != none)
        return convert_object(p_.objects[x.object], v.get_object());
      if (v.is_array() && x.array != none) return convert_array(p_.arrays[x.array], v.get_array());
      return copied(v);
    }
    if (!pay_to_read(v)) return nullptr;
    if (!x.several_types) return x.types == kinds::array ? wrapped(x, v) : to_kind(x.types, v);
    for (const auto kind : p_.annotations[x.annotations].order) {
      auto made = kind == kinds::array ? wrapped(x, v) : to_kind(kind, v);
      if ((kind & kind_of(made)) != 0) return made;
    }
    return v;
  }

  /// A list of the one value; not of null, for a missing list is not a list of nothing.
  json::value wrapped(const node& x, const json::value& v) {
    if (v.is_null() || (x.array != none && p_.arrays[x.array].tuple)) return v;
    // A list of itself would go on for ever: nothing is wrapped then.
    const auto chain = wrapping_.begin() + static_cast<std::ptrdiff_t>(chain_);
    if (std::find(chain, wrapping_.end(), &x) != wrapping_.end()) {
      endless_ = true;
      return v;
    }
    wrapping_.push_back(&x);
    const auto item = x.array == none ? any_node : element(p_.arrays[x.array], 0);
    json::array made;
    made.push_back(convert(item, v));
    wrapping_.pop_back();
    if (!endless_) return json::value(std::move(made));
    endless_ = wrapping_.size() != chain_;
    return v;
  }

  json::value convert_object(const object_rules& rules, const json::object& members) {
    json::object made;
    const auto around = std::exchange(chain_, wrapping_.size());
    for (const auto& member : members) {
      auto n = declared(rules, member.key());
      if (n == none) n = by_pattern(rules, member.key());
      made.emplace(member.key(), n == none ? copied(member.value()) : convert(n, member.value()));
    }
    chain_ = around;
    return json::value(std::move(made));
  }

  json::value convert_array(const array_rules& rules, const json::array& items) {
    json::array made;
    const auto around = std::exchange(chain_, wrapping_.size());
    for (std::size_t i = 0; i < items.size(); ++i)
      made.push_back(convert(element(rules, i), items[i]));
    chain_ = around;
    return json::value(std::move(made));
  }

  std::vector<const node*> wrapping_;  // lists being made around values
  std::size_t chain_ = 0;              // from here on around the present one
  bool endless_ = false;               // the present one cannot be wrapped
};

}  // namespace

result<json::value> convert(const compiled_schema& schema, const json::value& value) {
  const auto* p = schema.get();
  return p == nullptr ? result<json::value>{copy_of(value)} : converter{*p}.run(copy_of(value));
}

}  // namespace quire::schema
