// What a change of a definition means to those who rely on the old one.
#include "support.hpp"

using namespace quire;
using namespace quire::evolution;
using namespace quire::evolution::test;
namespace json = boost::json;

namespace {

using lines = std::vector<std::string>;

lines between(std::string_view before, std::string_view after) {
  return told(classify_schema(part::node_type, "ticket", parsed(before), parsed(after)));
}

/// The schemas of one property.
lines of_property(std::string_view before, std::string_view after) {
  const auto with = [](std::string_view schema) {
    return "{'type': 'object', 'properties': {'p': " + std::string{schema} + "}}";
  };
  return between(with(before), with(after));
}

std::string reason_of(std::string_view before, std::string_view after) {
  const auto found = classify_schema(part::node_type, "ticket", parsed(before), parsed(after));
  return found.empty() ? std::string{} : found.front().reason;
}

struct row {
  const char* before;
  const char* after;
  lines told;
};

void check_rows(const std::vector<row>& rows) {
  for (const auto& one : rows) {
    BOOST_TEST(of_property(one.before, one.after) == one.told,
               one.before << " to " << one.after << boost::test_tools::per_element());
  }
}

const std::string closed =
    "{'type': 'object', 'properties': {'a': {'type': 'string'}}, "
    "'additionalProperties': false}";
const std::string open = "{'type': 'object', 'properties': {'a': {'type': 'string'}}}";

lines between_modules(const std::string& before, const std::string& after) {
  return told(classify(projection(before), projection(after)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(classifying_changes)

BOOST_AUTO_TEST_CASE(nothing_changed_is_an_empty_list_whatever_the_order_of_members) {
  BOOST_TEST(between(closed, closed).empty());
  BOOST_TEST(
      between("{'type': 'object', 'minProperties': 1}", "{'minProperties': 1.0, 'type': 'object'}")
          .empty());
}

BOOST_AUTO_TEST_CASE(words_for_people_are_neutral) {
  const lines expected{"neutral annotation_changed /properties/p/title",
                       "neutral annotation_changed /properties/p/description",
                       "neutral annotation_changed /properties/p/x-note",
                       "neutral annotation_changed /properties/p/default",
                       "neutral annotation_changed /properties/p/examples"};
  const auto found =
      of_property("{'type': 'string', 'title': 'A', 'description': 'B', 'x-note': 1}",
                  "{'type': 'string', 'title': 'C', 'default': '', 'examples': ['x']}");
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(literals_are_a_set) {
  const auto* const ab = "{'anyOf': [{'const': 'a'}, {'const': 'b'}]}";
  check_rows({
      {ab, "{'anyOf': [{'const': 'b'}, {'const': 'a'}]}", {"neutral reordered /properties/p"}},
      {ab, "{'enum': ['a', 'b']}", {"neutral restated "}},
      {ab,
       "{'anyOf': [{'const': 'c'}, {'const': 'a'}, {'const': 'b'}]}",
       {"additive union_member_added /properties/p"}},
      {ab, "{'const': 'a'}", {"breaking union_member_removed /properties/p"}},
      {ab,
       "{'enum': ['b', 'c']}",
       {"breaking union_member_removed /properties/p",
        "additive union_member_added /properties/p"}},
      {ab, "{'type': 'string'}", {"additive union_widened /properties/p"}},
      {ab, "{'type': 'string', 'minLength': 2}", {"breaking union_member_removed /properties/p"}},
      {"{'type': 'string'}", ab, {"breaking union_member_removed /properties/p"}},
      {"{'const': 1}", "{'const': 1.0}", {}},
      {"{'const': 1}",
       "{'const': 2}",
       {"breaking union_member_removed /properties/p",
        "additive union_member_added /properties/p"}},
  });
}

BOOST_AUTO_TEST_CASE(kinds_are_a_set) {
  check_rows({
      {"{'type': 'string'}", "{'type': 'number'}", {"breaking kind_changed /properties/p/type"}},
      {"{'type': 'string'}",
       "{'type': ['null', 'string']}",
       {"additive kind_added /properties/p/type"}},
      {"{'type': ['null', 'string']}", "{'type': ['string', 'null']}", {"neutral restated "}},
      {"{'type': 'integer'}", "{'type': 'number'}", {"additive kind_added /properties/p/type"}},
      {"{'type': 'number'}", "{'type': 'integer'}", {"breaking kind_changed /properties/p/type"}},
      {"{'type': 'string'}", "{}", {"additive kind_added /properties/p/type"}},
      {"{}", "{'type': 'string'}", {"breaking kind_changed /properties/p/type"}},
      {"{'type': 'string'}", "{'type': 'thing'}", {"breaking unknown /properties/p/type"}},
  });
}

BOOST_AUTO_TEST_CASE(bounds_widen_or_tighten) {
  const auto number = [](const char* rules) {
    return "{'type': 'number'" + std::string{rules} + "}";
  };
  struct {
    const char* before;
    const char* after;
    const char* told;
  } const rows[] = {
      {", 'maximum': 10", ", 'maximum': 5", "breaking bound_tightened maximum"},
      {", 'maximum': 5", ", 'maximum': 10", "additive bound_widened maximum"},
      {", 'maximum': 5", "", "additive bound_removed maximum"},
      {"", ", 'maximum': 5", "breaking bound_added maximum"},
      {", 'minimum': 1", ", 'minimum': 0.5", "additive bound_widened minimum"},
      {", 'minimum': 0.5", ", 'minimum': 1", "breaking bound_tightened minimum"},
      {", 'exclusiveMaximum': 5", ", 'exclusiveMaximum': 6",
       "additive bound_widened exclusiveMaximum"},
      {", 'minimum': 18446744073709551614", ", 'minimum': 18446744073709551615",
       "breaking bound_tightened minimum"},
      {", 'multipleOf': 4", ", 'multipleOf': 2", "additive bound_widened multipleOf"},
      {", 'multipleOf': 2", ", 'multipleOf': 4", "breaking rule_changed multipleOf"},
      {", 'multipleOf': 0.3", ", 'multipleOf': 0.1", "breaking rule_changed multipleOf"},
      {", 'multipleOf': 2", "", "additive rule_removed multipleOf"},
  };
  for (const auto& one : rows) {
    const auto found = of_property(number(one.before), number(one.after));
    BOOST_TEST_REQUIRE(!found.empty(), one.before << " to " << one.after);
    auto short_form = found.front();
    short_form.erase(short_form.find("/properties/p/"), std::string{"/properties/p/"}.size());
    BOOST_TEST(short_form == one.told, one.before << " to " << one.after);
  }
  // One form of a bound may take the place of the other.
  const lines tighter{"neutral restated /properties/p/maximum",
                      "breaking bound_added /properties/p/exclusiveMaximum"};
  BOOST_TEST(of_property(number(", 'maximum': 5"), number(", 'exclusiveMaximum': 5")) == tighter,
             boost::test_tools::per_element());
  const lines wider{"neutral restated /properties/p/maximum",
                    "additive bound_removed /properties/p/exclusiveMaximum"};
  BOOST_TEST(of_property(number(", 'exclusiveMaximum': 5"), number(", 'maximum': 5")) == wider,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(counts_patterns_and_formats_follow_the_same_rule) {
  check_rows({
      {"{'type': 'string', 'minLength': 1}",
       "{'type': 'string', 'minLength': 2}",
       {"breaking bound_tightened /properties/p/minLength"}},
      {"{'type': 'string', 'maxLength': 1}",
       "{'type': 'string'}",
       {"additive bound_removed /properties/p/maxLength"}},
      {"{'type': 'string', 'minLength': 0}", "{'type': 'string'}", {"neutral restated "}},
      {"{'type': 'string'}",
       "{'type': 'string', 'pattern': '^a'}",
       {"breaking rule_added /properties/p/pattern"}},
      {"{'type': 'string', 'pattern': '^a'}",
       "{'type': 'string', 'pattern': '^b'}",
       {"breaking rule_changed /properties/p/pattern"}},
      {"{'type': 'string', 'format': 'email'}",
       "{'type': 'string'}",
       {"additive rule_removed /properties/p/format"}},
      {"{'type': 'array'}",
       "{'type': 'array', 'uniqueItems': true}",
       {"breaking rule_added /properties/p/uniqueItems"}},
      {"{'type': 'array', 'maxItems': 2}",
       "{'type': 'array', 'maxItems': 3}",
       {"additive bound_widened /properties/p/maxItems"}},
      {"{'type': 'object', 'maxProperties': 2}",
       "{'type': 'object', 'maxProperties': 1}",
       {"breaking bound_tightened /properties/p/maxProperties"}},
      {"{'type': 'array', 'contains': {'const': 1}}",
       "{'type': 'array', 'contains': {'enum': [1, 2]}}",
       {"additive union_member_added /properties/p/contains"}},
      {"{'type': 'array', 'contains': {'const': 1}, 'maxContains': 1}",
       "{'type': 'array', 'contains': {'enum': [1, 2]}, 'maxContains': 1}",
       {"breaking union_member_added /properties/p/contains"}},
  });
}

BOOST_AUTO_TEST_CASE(properties_come_and_go) {
  const auto with = [](const std::string& more, const std::string& rest) {
    return "{'type': 'object', 'properties': {'a': {'type': 'string'}" + more + "}" + rest + "}";
  };
  const std::string b = ", 'b': {'type': 'integer'}";
  const std::string shut = ", 'additionalProperties': false";
  const auto one = [](const char* text) { return lines{text}; };
  BOOST_TEST(between(with("", shut), with(b, shut)) ==
             one("additive property_added /properties/b"));
  BOOST_TEST(between(with("", ""), with(b, "")) == one("breaking? property_added /properties/b"));
  BOOST_TEST(between(with("", ""), with(", 'b': {}", "")) ==
             one("additive property_added /properties/b"));
  const std::string numbers = ", 'additionalProperties': {'type': 'integer'}";
  BOOST_TEST(between(with("", numbers), with(b, numbers)) ==
             one("additive property_added /properties/b"));
  BOOST_TEST(between(with(b, ""), with("", "")) == one("breaking property_removed /properties/b"));
  BOOST_TEST(between(with("", ""), with("", shut)) ==
             one("breaking object_closed /additionalProperties"));
  BOOST_TEST(between(with("", shut), with("", "")) ==
             one("additive object_opened /additionalProperties"));
  BOOST_TEST(between(with("", ""), with(b, ", 'required': ['b']")) ==
             one("breaking required_added /properties/b"));
  BOOST_TEST(between(with(b, ""), with(b, ", 'required': ['b']")) ==
             one("breaking required_added /properties/b"));
  BOOST_TEST(between(with(b, ", 'required': ['b']"), with(b, "")) ==
             one("additive required_removed /properties/b"));
  BOOST_TEST(between(with(b, ", 'required': ['a', 'b']"), with(b, ", 'required': ['b', 'a']")) ==
             one("neutral reordered /required"));
  // A default spares nobody the question.
  BOOST_TEST(between(with("", shut), with(", 'b': {'type': 'integer', 'default': 1}",
                                          shut + ", 'required': ['b']")) ==
             one("breaking required_added /properties/b"));
}

BOOST_AUTO_TEST_CASE(changes_are_found_at_any_depth) {
  const auto deep = [](const char* leaf) {
    return "{'type': 'object', 'properties': {'list': {'type': 'array', 'items': {'type': "
           "'object', 'additionalProperties': {'type': 'object', 'patternProperties': {'^x': " +
           std::string{leaf} + "}}}}}}";
  };
  const auto* const place = "/properties/list/items/additionalProperties/patternProperties/^x/type";
  BOOST_TEST(between(deep("{'type': 'string'}"), deep("{'type': 'null'}")) ==
             lines{std::string{"breaking kind_changed "} + place});
  check_rows({
      {"{'allOf': [{'type': 'string'}, {'minLength': 3}]}",
       "{'allOf': [{'minLength': 2}, {'type': 'string'}]}",
       {"additive bound_widened /properties/p/allOf/0/minLength"}},
      {"{'anyOf': [{'type': 'string', 'maxLength': 3}, {'type': 'null'}]}",
       "{'anyOf': [{'type': 'null'}, {'type': 'string', 'maxLength': 2}]}",
       {"breaking bound_tightened /properties/p/anyOf/1/maxLength"}},
      {"{'anyOf': [{'type': 'string'}, {'type': 'null'}]}",
       "{'anyOf': [{'type': 'null'}, {'type': 'boolean'}, {'type': 'string'}]}",
       {"additive union_member_added /properties/p/anyOf/1"}},
      {"{'anyOf': [{'type': 'string'}, {'type': 'null'}]}",
       "{'anyOf': [{'type': 'null'}, {'type': 'string'}]}",
       {"neutral reordered /properties/p/anyOf"}},
      {"{'anyOf': [{'type': 'string'}, {'type': 'null'}]}",
       "{'anyOf': [{'type': 'null'}]}",
       {"breaking union_member_removed /properties/p/anyOf"}},
      {"{'type': 'string'}",
       "{'anyOf': [{'type': 'string'}, {'type': 'null'}]}",
       {"additive union_member_added /properties/p/anyOf/1"}},
      {"{'anyOf': [{'type': 'string'}, {'type': 'null'}]}",
       "{'type': ['string', 'null']}",
       {"additive union_widened /properties/p"}},
      {"{'not': {'const': 1}}",
       "{'not': {'enum': [1, 2]}}",
       {"breaking rule_changed /properties/p/not"}},
      {"{'not': {'enum': [1, 2]}}",
       "{'not': {'const': 1}}",
       {"additive rule_changed /properties/p/not"}},
      {"{'oneOf': [{'type': 'string', 'maxLength': 2}, {'type': 'null'}]}",
       "{'oneOf': [{'type': 'null'}, {'type': 'string'}]}",
       {"breaking bound_removed /properties/p/oneOf/1/maxLength"}},
      {"{'type': 'array', 'prefixItems': [{'type': 'string'}]}",
       "{'type': 'array', 'prefixItems': [{'type': 'null'}]}",
       {"breaking kind_changed /properties/p/prefixItems/0/type"}},
      {"true", "false", {"breaking rule_added /properties/p"}},
      {"{'not': {}}", "{'type': 'string'}", {"additive rule_removed /properties/p"}},
  });
}

BOOST_AUTO_TEST_CASE(circular_types_are_followed_once) {
  const auto tree = [](const char* leaf, const char* name) {
    const std::string reference = "{'$ref': '#/$defs/" + std::string{name} + "'}";
    return "{'type': 'object', 'properties': {'root': " + reference + "}, '$defs': {'" + name +
           "': {'type': 'object', 'properties': {'size': " + leaf +
           ", 'children': {'type': 'array', 'items': " + reference + "}}}}}";
  };
  BOOST_TEST(between(tree("{'type': 'integer'}", "Tree"), tree("{'type': 'number'}", "Tree")) ==
                 lines{"additive kind_added /$defs/Tree/properties/size/type"},
             boost::test_tools::per_element());
  BOOST_TEST(between(tree("{'type': 'number'}", "Tree"), tree("{'type': 'integer'}", "Tree")) ==
             lines{"breaking kind_changed /$defs/Tree/properties/size/type"});
  BOOST_TEST(between(tree("{'type': 'number'}", "Tree"), tree("{'type': 'number'}", "Bush")) ==
             lines{"neutral restated "});
}

BOOST_AUTO_TEST_CASE(a_change_behind_a_reference_that_looks_the_same_is_seen) {
  const auto with = [](const char* leaf) {
    return "{'type': 'object', 'properties': {'p': {'anyOf': [{'$ref': '#/$defs/A'}, {'type': "
           "'null'}]}}, '$defs': {'A': {'type': 'object', 'properties': {'x': " +
           std::string{leaf} + ", 'next': {'$ref': '#/$defs/A'}}}}}";
  };
  const auto found = between(with("{'type': 'string'}"), with("{'type': 'number'}"));
  BOOST_TEST(found == lines{"breaking kind_changed /$defs/A/properties/x/type"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_breaking) {
  check_rows({{"{'if': {}}", "{'if': {'type': 'null'}}", {"breaking unknown /properties/p/if"}},
              {"{}", "{'$dynamicRef': 'x'}", {"breaking unknown /properties/p/$dynamicRef"}},
              {"{}", "5", {"breaking unknown /properties/p"}},
              {"{'$ref': '#/$defs/None'}", "{}", {"breaking unknown /properties/p"}}});
}

BOOST_AUTO_TEST_CASE(unevaluated_properties_make_every_loosening_doubtful) {
  check_rows({
      {"{'allOf': [{'properties': {'a': {'const': 1}}}], 'unevaluatedProperties': false}",
       "{'allOf': [{'properties': {'a': {'enum': [1, 2]}}}], 'unevaluatedProperties': false}",
       {"breaking union_member_added /properties/p/allOf/0/properties/a"}},
      {"{'unevaluatedProperties': false}",
       "{}",
       {"additive object_opened /properties/p/unevaluatedProperties"}},
      {"{}",
       "{'unevaluatedProperties': false}",
       {"breaking object_closed /properties/p/unevaluatedProperties"}},
  });
}

BOOST_AUTO_TEST_CASE(reasons_are_sentences_that_name_the_place) {
  BOOST_TEST(reason_of("{'type': 'object', 'properties': {'priority': {}}}",
                       "{'type': 'object', 'properties': {'priority': {}}, 'required': "
                       "['priority']}") == "'priority' is now required");
  BOOST_TEST(reason_of("{'properties': {'size': {'properties': {'width': {'maximum': 10}}}}}",
                       "{'properties': {'size': {'properties': {'width': {'maximum': 5}}}}}") ==
             "maximum of 'size.width' fell from 10 to 5");
  BOOST_TEST(reason_of("{'properties': {'p': {'type': 'string'}}}",
                       "{'properties': {'p': {'type': 'number'}}}") ==
             "'p' was string and is number now");
  BOOST_TEST(reason_of("{'properties': {'p': {'enum': ['a', 'b']}}}",
                       "{'properties': {'p': {'enum': ['a']}}}") == "'p' may no longer be \"b\"");
}

BOOST_AUTO_TEST_CASE(hostile_schemas_end_in_bounded_time) {
  std::string before = "{'type': 'string'}";
  std::string after = "{'type': 'number'}";
  for (int i = 0; i < 12; ++i) {
    before = "{'anyOf': [" + before + ", {'minLength': 1}, " + before + "]}";
    after = "{'anyOf': [" + after + ", {'minLength': 2}, " + after + "]}";
  }
  const auto found = classify_schema(part::node_type, "x", parsed(before), parsed(after));
  BOOST_TEST((worst(found) == change_class::breaking));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(classifying_definitions)

BOOST_AUTO_TEST_CASE(types_come_and_go) {
  const std::string a = "'ANode': {'type': 'object'}";
  const std::string b = "'BNode': {'type': 'object'}";
  BOOST_TEST(between_modules("{" + a + "}", "{" + a + ", " + b + "}") ==
             lines{"additive type_added "});
  const auto gone = classify(projection("{" + a + ", " + b + "}"), projection("{" + a + "}"));
  BOOST_TEST(told(gone) == lines{"breaking? type_removed "});
  BOOST_TEST(gone.front().type == "b");
  BOOST_TEST(gone.front().part == part::node_type);
  BOOST_TEST(between_modules("{" + a + ", " + b + "}", "{" + b + ", " + a + "}").empty());
}

BOOST_AUTO_TEST_CASE(constraints_widen_or_narrow) {
  const auto with = [](const std::string& sources) {
    auto out = std::string{
        "{'ANode': {'type': 'object'}, 'BNode': {'type': 'object'}, "
        "'LinkEdge': {'type': 'object'}"};
    if (!sources.empty()) {
      out +=
          ", 'LinkEdgeConstraints': {'type': 'object', 'properties': {'edgeType': {'const': "
          "'LinkEdge'}, 'allowedSourceTypes': {'type': 'array', 'default': " +
          sources + "}}}";
    }
    return out + "}";
  };
  const auto one = [](const char* text) { return lines{text}; };
  BOOST_TEST(between_modules(with("['a']"), with("['a', 'b']")) ==
             one("additive constraint_widened /sources"));
  BOOST_TEST(between_modules(with("['a', 'b']"), with("['b']")) ==
             one("breaking constraint_narrowed /sources"));
  BOOST_TEST(between_modules(with("['a', 'b']"), with("['b', 'a']")) ==
             one("neutral reordered /sources"));
  BOOST_TEST(between_modules(with("['a']"), with("")) ==
             one("additive constraint_widened /sources"));
  BOOST_TEST(between_modules(with(""), with("['a']")) ==
             one("breaking constraint_narrowed /sources"));
}

BOOST_AUTO_TEST_CASE(the_config_narrows_or_widens) {
  const auto with = [](const char* config) {
    return "{'ANode': {'type': 'object'}, 'Config': {'type': 'object', 'properties': {" +
           std::string{config} + "}}}";
  };
  const auto one = [](const char* text) { return lines{text}; };
  BOOST_TEST(between_modules(with(""), with("'multi': {'const': true}")) ==
             one("additive config_changed /multi"));
  BOOST_TEST(between_modules(with("'multi': {'const': true}"), with("")) ==
             one("breaking config_changed /multi"));
  BOOST_TEST(between_modules(with("'allowSelfLoops': {'const': true}"), with("")) ==
             one("breaking config_changed /allowSelfLoops"));
  BOOST_TEST(between_modules(with(""), with("'type': {'const': 'mixed'}")) ==
             one("additive config_changed /type"));
  BOOST_TEST(between_modules(with(""), with("'type': {'const': 'undirected'}")) ==
             one("breaking config_changed /type"));
  BOOST_TEST(between_modules(with("'type': {'const': 'mixed'}"), with("")) ==
             one("breaking config_changed /type"));
  BOOST_TEST(between_modules(with(""), with("'eventPayload': {'const': 'full'}")) ==
             one("neutral config_changed /eventPayload"));
}

BOOST_AUTO_TEST_CASE(the_worst_counts) {
  const std::vector<change> none;
  BOOST_TEST(worst(none) == change_class::neutral);
  std::vector<change> some(2);
  some[0].severity = change_class::additive;
  some[1].severity = change_class::neutral;
  BOOST_TEST(worst(some) == change_class::additive);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(laws_of_classifying)

BOOST_AUTO_TEST_CASE(what_is_called_harmless_keeps_every_valid_value_valid) {
  quire::test::random_source from{21};
  generator make{from};
  std::size_t harmless = 0;
  std::size_t passed = 0;
  for (std::size_t i = 0; i < 50'000; ++i) {
    const bool circular = from.chance(0.3);
    const auto before = circular ? make.circular_schema(2) : make.schema(3);
    const auto after = circular || from.chance(0.9) ? make.changed(before, 6) : make.schema(3);
    const auto old_schema = schema::compile(before);
    const auto new_schema = schema::compile(after);
    if (!old_schema || !new_schema) continue;  // mutation makes what is no schema
    const auto found = classify_schema(part::node_type, "x", before, after);
    BOOST_TEST_REQUIRE(found.empty() == schema::equal(before, after));
    if (worst(found) == change_class::breaking || found.empty()) continue;
    ++harmless;
    for (int j = 0; j < 40; ++j) {
      const auto value = make.value(3);
      if (!schema::check(*old_schema, value)) continue;
      ++passed;
      BOOST_TEST_REQUIRE(schema::check(*new_schema, value),
                         json::serialize(before)
                             << " to " << json::serialize(after) << " against "
                             << json::serialize(value) << " seed " << from.used());
    }
  }
  BOOST_TEST(harmless > 1'000);
  BOOST_TEST(passed > 10'000);
}

BOOST_AUTO_TEST_CASE(the_order_of_members_never_matters) {
  quire::test::random_source from{22};
  generator make{from};
  for (std::size_t i = 0; i < 2'000; ++i) {
    const auto before = make.schema(3);
    BOOST_TEST(classify_schema(part::node_type, "x", before, before).empty());
    BOOST_TEST(classify_schema(part::node_type, "x", before, make.shuffled(before)).empty(),
               json::serialize(before) << " seed " << from.used());
    const auto after = make.changed(before, 6);
    const auto severity = worst(classify_schema(part::node_type, "x", before, after));
    BOOST_TEST(severity == worst(classify_schema(part::node_type, "x", make.shuffled(before),
                                                 make.shuffled(after))),
               json::serialize(before)
                   << " to " << json::serialize(after) << " seed " << from.used());
  }
}

BOOST_AUTO_TEST_SUITE_END()
