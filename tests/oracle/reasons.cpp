#include "reasons.hpp"

#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

namespace quire::oracle {
namespace {

namespace json = boost::json;

constexpr std::array<reason, 33> known_reasons{{
    {"large_integers", "integers beyond 2^53 are kept exactly; the original rounds them"},
    {"built_in_format", "the original knows no format until one is registered"},
    {"characters_of_patterns",
     "a pattern sees characters; the original sees the two halves of those outside the basic "
     "plane"},
    {"unevaluated_names",
     "names known to any member of an intersection count; the original knows only those of plain "
     "objects, takes them for regular expressions, and asks lists and texts for names too"},
    {"undefined_admitted",
     "a missing required member fails; the original checks 'undefined' instead, which some schemas "
     "admit"},
    {"original_throws", "a bug of the original ends in a TypeError or an endless recursion"},
    {"missing_told_once",
     "a missing required property is one error; the original adds what 'undefined' does wrong"},
    {"one_of", "the original has no oneOf; it was taught as a kind of the host's, and as a union"},
    {"unevaluated_path_not_escaped",
     "paths are JSON pointers; the original forgets to escape these"},
    {"unevaluated_tells_all",
     "all failures are told; of a schema for unevaluated members the original tells the first"},
    {"record_tells_all",
     "all unexpected members are told; of a closed record the original tells one"},
    {"integer_names_first",
     "members keep their order; JavaScript puts names that are integers first"},
    {"invalid_result", "a result that fails the check is an error; the original returns it"},
    {"not_json", "the result of the original has undefined or an infinite number in it"},
    {"duplicates_removed",
     "duplicates are removed by meaning; the original only finds equal scalars and then fails"},
    {"record_without_match",
     "members whose names do not match stay as they are, or go where a record is closed; the "
     "original treats them like the others"},
    {"list_into_object",
     "a list in the place of an object gives Create, or stays; the original sees an object"},
    {"bad_default", "a default that does not fit is an error; the original casts its elements"},
    {"flat_intersection",
     "objects of an intersection are cast as one; the original replaces the whole"},
    {"intersection_created",
     "members of an intersection are joined and the whole is checked; the original checks each "
     "intersection by itself and joins lists as if they were objects"},
    {"default_between_references",
     "the default of a reference counts; the original skips those in the middle of a chain"},
    {"intersection_joined_deeply",
     "an intersection keeps what any member names, at every depth; the original at the first"},
    {"intersection_of_lists", "lists stay lists; the original joins them as if they were objects"},
    {"default_of_another_kind",
     "a value of another kind than the default stays; the original mixes lists and objects"},
    {"list_with_default",
     "of lists only the elements are filled; the original appends what a longer default has"},
    {"null_is_no_list", "null is not wrapped into a list"},
    {"whole_without_loss",
     "only decimal text becomes a number, and only whole values an integer; the original cuts"},
    {"words_are_no_numbers", "the texts true and false stay text where a number is wanted"},
    {"names_not_escaped",
     "names with / or ~ are escaped in edits; the original hits other members"},
    {"object_against_null", "an object and null differ by one update; the original throws"},
    {"empty_list_taken_for_object",
     "[] and {} differ; the original finds them equal inside objects"},
    {"edit_leads_nowhere",
     "an index beyond the length, a name in a list and a step into a scalar are errors; the "
     "original leaves holes or loses the value"},
    {"null_not_deleted", "what is null can be deleted; the original leaves it"},
}};

constexpr int kind_error = 31;
constexpr int additional_error = 42;
constexpr int required_error = 45;
constexpr int union_error = 62;

std::string failure_of(const json::value& theirs) {
  const auto* answer = theirs.if_object();
  const auto* name = answer == nullptr ? nullptr : answer->if_contains("fails");
  return name == nullptr ? std::string{} : std::string{std::string_view{name->get_string()}};
}

// What schemas and values are like.

/// An integer that doubles may not tell from its neighbours.
bool beyond_doubles(const json::value& v) {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  return v.is_uint64() || (v.is_int64() && (v.get_int64() > exact || v.get_int64() < -exact));
}

bool has_large_integers(const question& asked) {
  return some_value(asked.schema, beyond_doubles) || some_value(asked.value, beyond_doubles) ||
         (asked.definitions != nullptr && some_value(*asked.definitions, beyond_doubles));
}

bool is_outside_basic_plane(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0xF0U; });
}

/// Is `f` true of some string or some member's name?
bool some_text(const json::value& v, const std::function<bool(std::string_view)>& f) {
  return some_value(v, [&](const json::value& x) {
    if (x.is_string()) return f(x.get_string());
    return x.is_object() && std::any_of(x.get_object().begin(), x.get_object().end(),
                                        [&](const auto& member) { return f(member.key()); });
  });
}

/// Is there a schema with this keyword?
bool has_keyword(const question& asked, std::string_view name) {
  return some_schema(asked, [&](const json::object& schema) { return schema.contains(name); });
}

bool has_pattern(const question& asked) {
  return has_keyword(asked, "pattern") || has_keyword(asked, "patternProperties");
}

bool is_index(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_closed_record(const json::object& schema) {
  const auto* additional = schema.if_contains("additionalProperties");
  return schema.contains("patternProperties") && additional != nullptr && *additional == false;
}

/// Parts of an intersection whose names the original does not know as such: everything but objects,
/// and names that mean something else as part of a regular expression, which is how the original
/// looks for them.
bool names_are_unclear(const question& asked, const json::object& part) {
  if (const auto* parts = part.if_contains("allOf"); parts != nullptr) {
    return part.contains("unevaluatedProperties") ||
           std::any_of(parts->get_array().begin(), parts->get_array().end(),
                       [&](const auto& x) { return names_are_unclear(asked, x.get_object()); });
  }
  const auto* properties = part.if_contains("properties");
  if (properties == nullptr || part.contains("additionalProperties")) return true;
  // No names at all make an expression that the empty name matches.
  if (properties->get_object().empty() &&
      some_text(asked.value, [](std::string_view text) { return text.empty(); }))
    return true;
  return std::any_of(
      properties->get_object().begin(), properties->get_object().end(), [](const auto& member) {
        return member.key().find_first_of("\\^$.|?*+()[]{}") != std::string_view::npos;
      });
}

bool has_unclear_unevaluated(const question& asked) {
  return some_schema(asked, [&](const json::object& schema) {
    if (!schema.contains("unevaluatedProperties")) return false;
    const auto& parts = schema.at("allOf").as_array();
    return std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
      return names_are_unclear(asked, part.get_object());
    });
  });
}

/// Does the original let in a member that is not there? It checks `undefined` instead, which any
/// value, and what it is not, admit.
bool admits_undefined(const question& asked, const json::object& schema) {
  const auto& x = target_of(asked, schema);
  auto admits = [&](const json::value& part) { return admits_undefined(asked, part.get_object()); };
  auto all = [&](const json::value& list, auto&& how) {
    return how(list.get_array().begin(), list.get_array().end(), admits);
  };
  constexpr auto any_of = [](auto first, auto last, auto f) { return std::any_of(first, last, f); };
  constexpr auto all_of = [](auto first, auto last, auto f) { return std::all_of(first, last, f); };
  if (const auto* list = x.if_contains("anyOf"); list != nullptr) return all(*list, any_of);
  if (const auto* list = x.if_contains("oneOf"); list != nullptr) return all(*list, any_of);
  if (const auto* list = x.if_contains("allOf"); list != nullptr) return all(*list, all_of);
  if (const auto* part = x.if_contains("not"); part != nullptr)
    return !part->get_object().empty() && !admits(*part);
  return !x.contains("type") && !x.contains("const") && !x.contains("enum");
}

/// A required member that is missing from a value may have such a schema. `{}` itself is treated
/// alike by both.
bool has_member_beyond_kinds(const question& asked) {
  return some_schema(asked, [&](const json::object& schema) {
    const auto* required = schema.if_contains("required");
    if (required == nullptr) return false;
    return std::any_of(
        required->get_array().begin(), required->get_array().end(), [&](const json::value& name) {
          const auto& property = schema.at("properties").at(name.get_string()).get_object();
          return !property.empty() && admits_undefined(asked, property);
        });
  });
}

/// Reasons that may change the verdict on a value, and so whatever depends on it.
std::set<std::string> verdict_reasons(const question& asked) {
  std::set<std::string> found;
  if (has_large_integers(asked)) found.insert("large_integers");
  if (some_schema(asked, [](const json::object& schema) {
        const auto* format = schema.if_contains("format");
        return format != nullptr && *format == "date";
      })) {
    found.insert("built_in_format");
  }
  if (has_pattern(asked) && some_text(asked.value, is_outside_basic_plane))
    found.insert("characters_of_patterns");
  if (has_unclear_unevaluated(asked)) found.insert("unevaluated_names");
  if (has_member_beyond_kinds(asked)) found.insert("undefined_admitted");
  return found;
}

verdict explained(std::string reason) {
  return {.reasons = {std::move(reason)}, .unexplained = {}};
}

verdict either(std::set<std::string> reasons, std::string unexplained) {
  if (reasons.empty()) return {.reasons = {}, .unexplained = std::move(unexplained)};
  return {.reasons = {*reasons.begin()}, .unexplained = {}};
}

/// `~1` and `~0` undone, as if the path had never been escaped.
std::string unescaped(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '~' && i + 1 < path.size() && (path[i + 1] == '0' || path[i + 1] == '1')) {
      out += path[++i] == '0' ? '~' : '/';
    } else {
      out += path[i];
    }
  }
  return out;
}

/// Are the paths equal, or would they be if one step, or all, had not been escaped?
bool lacks_escapes(const std::string& escaped, const std::string& other) {
  if (escaped == other || unescaped(escaped) == other) return true;
  for (auto from = escaped.find('/'); from != std::string::npos;
       from = escaped.find('/', from + 1)) {
    const auto end = std::min(escaped.find('/', from + 1), escaped.size());
    if (escaped.substr(0, from) + unescaped(escaped.substr(from, end - from)) +
            escaped.substr(end) ==
        other)
      return true;
  }
  return false;
}

/// One error as both sides tell it.
struct told {
  int type = 0;
  std::string path;
  std::string message;

  friend auto operator<=>(const told&, const told&) = default;
};

}  // namespace

std::span<const reason> all_reasons() noexcept { return known_reasons; }

schema::compile_options options_with_formats() {
  schema::compile_options options;
  options.formats.emplace("upper", [](std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  });
  options.formats.emplace("digits", [](std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  });
  options.formats.emplace(
      "even", [](std::string_view text) { return schema::utf16_length(text) % 2 == 0; });
  return options;
}

verdict compare_check(const question& asked, bool ours, const json::value& theirs) {
  if (const auto name = failure_of(theirs); name == "TypeError" || name == "RangeError")
    return {.reasons = {"original_throws"}, .unexplained = {}};
  if (theirs.as_bool() == ours) return {};
  return either(verdict_reasons(asked), "another verdict");
}

verdict compare_errors(const question& asked, const std::vector<schema::value_error>& ours,
                       const json::value& theirs) {
  if (const auto name = failure_of(theirs); name == "TypeError" || name == "RangeError")
    return {.reasons = {"original_throws"}, .unexplained = {}};
  verdict found;
  std::vector<told> mine;
  for (const auto& e : ours) mine.push_back({schema::error_number(e.code), e.path, e.message});
  std::vector<told> others;
  for (const auto& e : theirs.as_array()) {
    const auto& item = e.as_array();
    told one{item[0].to_number<int>(), std::string{item[1].as_string()},
             std::string{item[2].as_string()}};
    // The fourth says that it is about a missing member.
    if (item.size() == 4 && one.type != required_error) {
      found.reasons.insert("missing_told_once");
      continue;
    }
    if (one.type == kind_error && one.message == "Expected kind 'OneOf'") {
      one = {union_error, one.path, "Expected union value"};
      found.reasons.insert("one_of");
    }
    others.push_back(std::move(one));
  }
  if (mine == others) return found;
  auto same_but_for_escapes = [](const told& a, const told& b) {
    return a.type == b.type && a.message == b.message && lacks_escapes(a.path, b.path);
  };
  if (has_keyword(asked, "unevaluatedProperties") &&
      std::equal(mine.begin(), mine.end(), others.begin(), others.end(), same_but_for_escapes)) {
    found.reasons.insert("unevaluated_path_not_escaped");
    return found;
  }
  auto sorted = [](std::vector<told> list) {
    std::sort(list.begin(), list.end());
    return list;
  };
  const auto a = sorted(mine);
  const auto b = sorted(others);
  if (a == b && some_text(asked.value, is_index)) {
    found.reasons.insert("integer_names_first");
    return found;
  }
  // What is told beyond the original's errors, if all of those are told.
  auto more = mine;
  bool has_all = true;
  for (const auto& e : others) {
    const auto match = std::find_if(more.begin(), more.end(),
                                    [&](const told& x) { return same_but_for_escapes(x, e); });
    has_all = has_all && match != more.end();
    if (match != more.end()) more.erase(match);
  }
  if (has_all) {
    const bool unexpected = std::all_of(more.begin(), more.end(),
                                        [](const told& e) { return e.type == additional_error; });
    if (unexpected && some_schema(asked, is_closed_record)) {
      found.reasons.insert("record_tells_all");
      return found;
    }
    if (has_keyword(asked, "unevaluatedProperties")) {
      found.reasons.insert("unevaluated_tells_all");
      return found;
    }
  }
  return either(verdict_reasons(asked), "other errors");
}

namespace {

/// Does some list lie at this path of the value, or above?
bool is_below_list(const question& asked, std::string_view path) {
  boost::system::error_code ec;
  while (true) {
    const auto* here = asked.value.find_pointer(path, ec);
    if (here != nullptr && here->is_array()) return true;
    if (path.empty()) return false;
    path = path.substr(0, path.rfind('/'));
  }
}

/// Is there an entry that is nothing but a reference with a default? The original skips it on its
/// way along a chain of references.
bool has_default_between(const question& asked) {
  return some_schema(asked, [](const json::object& schema) {
    return schema.contains("$ref") && schema.contains("default");
  });
}

/// A list without duplicates whose elements may be objects or lists. The original only finds
/// duplicates among scalars to remove.
bool keeps_containers_unique(const json::object& schema) {
  if (!schema.contains("uniqueItems")) return false;
  const auto* items = schema.if_contains("items");
  const auto* type = items == nullptr ? nullptr : items->get_object().if_contains("type");
  return type == nullptr || *type == "array" || *type == "object" || type->is_array();
}

bool is_list_with_default(const json::object& schema) {
  const auto* type = schema.if_contains("type");
  const auto* given = schema.if_contains("default");
  return type != nullptr && *type == "array" && given != nullptr && given->is_array();
}

/// An object of which Create makes something else than a list taken for one becomes.
bool is_more_than_properties(const json::object& schema) {
  const auto* additional = schema.if_contains("additionalProperties");
  return schema.contains("properties") &&
         (schema.contains("default") || (additional != nullptr && additional->is_object()));
}

bool is_list(const json::value* v) { return v != nullptr && v->is_array(); }
bool is_members(const json::value* v) { return v != nullptr && v->is_object(); }
bool same(const json::value* a, const json::value* b) {
  return a == nullptr || b == nullptr ? a == b : schema::equal(*a, *b);
}

/// A text that is a number to the original, but not one of decimal digits alone.
bool is_odd_number(std::string_view text) {
  if (text.find("Infinity") != std::string_view::npos) return true;
  constexpr std::string_view digits = "0123456789";
  return text.find_first_of(digits) != std::string_view::npos &&
         text.find_first_not_of(digits) != std::string_view::npos &&
         text.find_first_not_of("0123456789.+-eExXaAbBcCdDfF \u00a0") == std::string_view::npos;
}

bool is_word_of_truth(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower == "true" || lower == "false";
}

/// Reasons that lie in the schema and may change any result of an operation.
std::string reason_of_schema(const std::string& operation, const question& asked) {
  if (has_keyword(asked, "oneOf")) return "one_of";
  if (has_default_between(asked) && operation != "clean" && operation != "convert")
    return "default_between_references";
  if (operation == "cast" && has_keyword(asked, "allOf")) return "flat_intersection";
  if (operation == "create" && has_keyword(asked, "allOf")) return "intersection_created";
  auto is_null = [](const json::value& v) { return v.is_null(); };
  auto makes_lists = [](const json::object& schema) {
    const auto* type = schema.if_contains("type");
    return type != nullptr && (*type == "array" || type->is_array());
  };
  // A part of the value that is converted otherwise may take a whole union to another member.
  if (operation == "convert" && has_keyword(asked, "anyOf")) {
    if (some_value(asked.value, is_null) && some_schema(asked, makes_lists))
      return "null_is_no_list";
    if (some_text(asked.value, is_word_of_truth)) return "words_are_no_numbers";
    if (some_text(asked.value, is_odd_number) ||
        some_value(asked.value, [](const json::value& v) { return v.is_double(); })) {
      return "whole_without_loss";
    }
  }
  auto has_list_as_default = [](const json::object& schema) {
    const auto* given = schema.if_contains("default");
    return given != nullptr && given->is_array();
  };
  if (operation == "default" && some_schema(asked, has_list_as_default))
    return "default_of_another_kind";
  const bool has_list = some_value(asked.value, [](const json::value& v) { return v.is_array(); });
  if (operation == "default" && has_list && has_keyword(asked, "anyOf") &&
      some_schema(asked, is_more_than_properties)) {
    return "default_of_another_kind";
  }
  if (operation == "cast" && has_list && has_keyword(asked, "anyOf") &&
      has_keyword(asked, "properties")) {
    return "list_into_object";
  }
  return {};
}

/// Digits of an integer that doubles may not tell from its neighbours.
bool has_many_digits(std::string_view text) {
  return text.size() > 15 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Is one of the path's steps a name that the pattern does not match?
bool has_step_without_match(std::string_view path, std::string_view pattern) {
  const auto compiled = schema::compile(json::object{{"patternProperties", {{pattern, false}}}});
  while (!path.empty()) {
    const auto last = path.rfind('/');
    const json::object named{{unescaped(path.substr(last + 1)), nullptr}};
    if (compiled && schema::check(*compiled, named)) return true;
    path = path.substr(0, last);
  }
  return false;
}

std::string reason_of_conversion(const question& asked, const place& at) {
  if (at.before == nullptr) return {};
  if (at.before->is_null() && at.ours != nullptr && at.ours->is_null() && is_list(at.theirs))
    return "null_is_no_list";
  const bool became_number =
      at.theirs != nullptr && (at.theirs->is_number() || at.theirs->is_null());
  const bool joined = has_keyword(asked, "allOf");
  if (at.before->is_double() && (became_number || is_list(at.theirs) || joined))
    return "whole_without_loss";
  if (joined && is_list(at.theirs) && at.ours != nullptr && at.ours->is_null())
    return "null_is_no_list";
  // Within an intersection, a truth value may have become a word first.
  if (at.before->is_bool() && became_number && joined) return "words_are_no_numbers";
  if (at.before->is_string()) {
    const std::string_view text = at.before->get_string();
    if (is_word_of_truth(text)) return "words_are_no_numbers";
    if (has_many_digits(text)) return "large_integers";
    if (is_odd_number(text)) return "whole_without_loss";
  }
  const bool untouched = same(at.before, at.ours) ||
                         (is_members(at.before) && is_members(at.ours)) ||
                         (is_list(at.before) && is_list(at.ours));
  if (untouched && some_schema(asked, [&](const json::object& schema) {
        const auto* patterns = schema.if_contains("patternProperties");
        return patterns != nullptr &&
               has_step_without_match(at.path, patterns->get_object().begin()->key());
      })) {
    return "record_without_match";
  }
  return {};
}

/// Why one place of a result may differ; empty when it may not.
std::string reason_at(const std::string& operation, const question& asked, const place& at) {
  if (operation == "convert") return reason_of_conversion(asked, at);
  if (operation == "cast" && is_below_list(asked, at.path) &&
      (is_members(at.ours) || is_members(at.theirs)))
    return "list_into_object";
  const bool joined = has_keyword(asked, "allOf");
  if (operation == "clean") {
    if (joined && is_list(at.before) && is_members(at.theirs)) return "intersection_of_lists";
    if (joined && at.ours != nullptr && at.theirs == nullptr) return "intersection_joined_deeply";
    if (has_keyword(asked, "patternProperties") && is_below_list(asked, at.path))
      return "list_into_object";
  }
  if (operation == "default") {
    if (is_members(at.theirs) && is_list(at.ours))
      return joined ? "intersection_of_lists" : "default_of_another_kind";
    if (is_list(at.theirs) && is_members(at.ours)) return "default_of_another_kind";
    if (joined && at.before == nullptr && at.ours == nullptr &&
        is_index(at.path.substr(at.path.rfind('/') + 1)))
      return "intersection_of_lists";
    if (at.in_list && at.before == nullptr && at.ours == nullptr && has_keyword(asked, "default"))
      return "list_with_default";
  }
  return {};
}

}  // namespace

verdict compare_result(const std::string& operation, const question& asked,
                       const result<json::value>& ours, const json::object& theirs) {
  const auto reasons = verdict_reasons(asked);
  const auto of_schema = reason_of_schema(operation, asked);
  auto otherwise = [&](std::string unexplained) -> verdict {
    if (!reasons.empty()) return {.reasons = {*reasons.begin()}, .unexplained = {}};
    if (!of_schema.empty()) return {.reasons = {of_schema}, .unexplained = {}};
    return {.reasons = {}, .unexplained = std::move(unexplained)};
  };
  if (const auto name = failure_of(theirs); !name.empty()) {
    if (!ours) return {};
    if (name == "TypeError" || name == "RangeError") return explained("original_throws");
    // Of a union, another member may take what this one could not make.
    const bool in_union = has_keyword(asked, "uniqueItems") && has_keyword(asked, "anyOf");
    if (name == "ValueCastError" && (in_union || some_schema(asked, keeps_containers_unique)))
      return explained("duplicates_removed");
    if (operation == "cast" && some_schema(asked, is_closed_record))
      return explained("record_without_match");
    if (operation == "cast" && some_schema(asked, is_more_than_properties) &&
        some_value(asked.value, [](const json::value& v) { return v.is_array(); })) {
      return explained("list_into_object");
    }
    return otherwise("success instead of failure");
  }
  const auto& expected = theirs.contains("same") ? asked.value : theirs.at("r");
  if (!ours) {
    if (theirs.contains("bad")) return explained("invalid_result");
    const auto& details = ours.error().details;
    if (operation == "cast" && !details.empty() && is_below_list(asked, details[0].pointer))
      return explained("list_into_object");
    if (operation == "cast" && some_schema(asked, is_list_with_default))
      return explained("bad_default");
    return otherwise("failure instead of success");
  }
  const auto places = differing(asked.value, *ours, expected);
  if (places.empty()) return {};
  if (theirs.contains("bad")) return explained("invalid_result");
  verdict found;
  for (const auto& at : places) {
    auto reason = reason_at(operation, asked, at);
    // What is undefined in a list is written as null, and elsewhere not at all.
    if (reason.empty() && theirs.contains("odd") && (at.theirs == nullptr || at.theirs->is_null()))
      reason = "not_json";
    if (reason.empty()) return otherwise("other result at '" + at.path + "'");
    found.reasons.insert(std::move(reason));
  }
  return found;
}

namespace {

bool has_special_names(const json::value& v) {
  return some_value(v, [](const json::value& x) {
    return x.is_object() &&
           std::any_of(x.get_object().begin(), x.get_object().end(), [](const auto& member) {
             return member.key().find_first_of("/~") != std::string_view::npos;
           });
  });
}

/// Where two values differ, with nothing before them.
std::vector<place> between(const json::value& a, const json::value& b) {
  const json::value nothing;
  return differing(nothing, a, b);
}

/// A path with a `~` that is not part of an escape.
bool is_unescaped(std::string_view path) {
  for (auto at = path.find('~'); at != std::string_view::npos; at = path.find('~', at + 1)) {
    if (at + 1 == path.size() || (path[at + 1] != '0' && path[at + 1] != '1')) return true;
  }
  return false;
}

/// Does the edit delete something that is null?
bool deletes_null(const json::value& in, const schema::edit& e) {
  if (e.kind != schema::edit_kind::erase || is_unescaped(e.path)) return false;
  boost::system::error_code ec;
  const auto* target = in.find_pointer(e.path, ec);
  return target != nullptr && target->is_null();
}

/// Can the edit not be made here: an index beyond the length, a name in a list, a step into a
/// scalar?
bool leads_nowhere(const json::value& in, const schema::edit& e) {
  if (e.path.empty()) return true;
  const auto* at = &in;
  for (std::size_t from = 1; from <= e.path.size();) {
    const auto end = std::min(e.path.find('/', from), e.path.size());
    const auto step = unescaped(e.path.substr(from, end - from));
    if (at->is_array()) {
      const auto size = at->get_array().size();
      if (!is_index(step) || (step.size() > 1 && step.front() == '0') || step.size() > 9)
        return true;
      const auto position = static_cast<std::size_t>(std::stoul(step));
      if (position > size) return true;
      if (position == size) return false;
      at = &at->get_array()[position];
    } else if (at->is_object()) {
      at = at->get_object().if_contains(step);
      if (at == nullptr) return false;
    } else {
      return true;
    }
    from = end + 1;
  }
  return false;
}

}  // namespace

verdict compare_diff(const json::value& from, const json::value& to, const schema::edit_list& ours,
                     const json::value& theirs) {
  const auto places = between(from, to);
  if (failure_of(theirs) == "TypeError" &&
      std::any_of(places.begin(), places.end(), [](const place& at) {
        return is_members(at.ours) && at.theirs != nullptr && at.theirs->is_null();
      })) {
    return explained("object_against_null");
  }
  const auto mine = schema::edits_to_json(ours);
  if (schema::equal(mine, theirs)) return {};
  auto plain = [](json::value list) {
    for (auto& e : list.as_array()) e.as_object()["path"] = unescaped(e.at("path").as_string());
    return list;
  };
  if (theirs.is_array() && has_special_names({from, to})) {
    auto unescaped_ours = plain(mine);
    if (schema::equal(unescaped_ours, theirs)) return explained("names_not_escaped");
  }
  if (some_value(from, beyond_doubles) || some_value(to, beyond_doubles))
    return explained("large_integers");
  if (std::any_of(places.begin(), places.end(), [](const place& at) {
        return (is_members(at.ours) && is_list(at.theirs)) ||
               (is_list(at.ours) && is_members(at.theirs));
      })) {
    return explained("empty_list_taken_for_object");
  }
  if (some_text(from, is_index) || some_text(to, is_index)) return explained("integer_names_first");
  return {.reasons = {}, .unexplained = "other edits"};
}

verdict compare_patch(const json::value& from, const schema::edit_list& edits,
                      const result<json::value>& ours, const json::object& theirs) {
  const bool fails = theirs.contains("fails");
  if (!ours && fails) return {};
  if (ours && !fails && between(*ours, theirs.at("r")).empty()) return {};
  // Each edit alone, to see which of them is made in another way.
  auto made = from;
  for (const auto& e : edits) {
    if (deletes_null(made, e)) return explained("null_not_deleted");
    auto next = schema::patch(made, {e});
    if (!next && leads_nowhere(made, e)) return explained("edit_leads_nowhere");
    if (!next) break;
    made = *std::move(next);
  }
  if (has_special_names(from) ||
      std::any_of(edits.begin(), edits.end(), [](const auto& e) { return is_unescaped(e.path); })) {
    return explained("names_not_escaped");
  }
  if (!ours) return {.reasons = {}, .unexplained = "failure instead of success"};
  if (fails) return {.reasons = {}, .unexplained = "success instead of failure"};
  if (some_value(from, beyond_doubles) ||
      std::any_of(edits.begin(), edits.end(),
                  [](const auto& e) { return some_value(e.value, beyond_doubles); })) {
    return explained("large_integers");
  }
  return {.reasons = {}, .unexplained = "another result"};
}

}  // namespace quire::oracle
