#include "laws.hpp"

#include <quire/messages/document.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/edits.hpp>
#include <quire/schema/reshape.hpp>
#include <quire/schema/value.hpp>
#include <quire/test/value_laws.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace quire::test {

namespace {

namespace json = boost::json;

// Small bounds, so that an input which costs more than it should is found by its costs.
constexpr document_limits small_documents{.max_bytes = 64U << 10U, .max_depth = 128};
constexpr std::uint64_t max_steps = 100'000;
constexpr std::size_t max_nodes = 2'000;

template <class Result>
bool failed_only_with(const Result& made, errc expected) {
  return made.has_value() || made.error().code == expected ||
         made.error().code == errc::limit_exceeded;
}

/// May a value that fits cease to fit when members that the schema does not name are removed? So it
/// is where a rule counts, compares or negates, or demands a member that it does not name.
bool counts_or_negates(const json::value& schema) {
  static constexpr std::array<std::string_view, 12> rules{
      "minProperties", "required", "not",   "oneOf",       "uniqueItems", "contains",
      "const",         "enum",     "anyOf", "maxContains", "minItems",    "unevaluatedProperties"};
  if (schema.is_array()) {
    return std::any_of(schema.get_array().begin(), schema.get_array().end(), counts_or_negates);
  }
  if (!schema.is_object()) return false;
  return std::any_of(
      schema.get_object().begin(), schema.get_object().end(), [](const auto& member) {
        return std::find(rules.begin(), rules.end(), std::string_view{member.key()}) !=
                   rules.end() ||
               counts_or_negates(member.value());
      });
}

}  // namespace

void broken(std::string_view law, const std::string& about) {
  std::cerr << "broken: " << law << "\n  " << about << std::endl;
  std::abort();
}

fuzz_options::fuzz_options(char chosen) {
  const auto bits = static_cast<unsigned char>(chosen);
  compile.limits.max_steps = max_steps;
  compile.limits.max_nodes = max_nodes;
  if ((bits & 1U) != 0) compile.dialect = schema::dialect::draft2020_12;
  compile.assert_formats = (bits & 2U) != 0;
  keep_extra = (bits & 4U) != 0;
}

std::optional<json::value> read(std::string_view text) {
  const auto made = document::parse(text, small_documents);
  if (!made) {
    demand(made.error().code == errc::payload_not_json || made.error().code == errc::too_large ||
               made.error().code == errc::depth_exceeded,
           "a document fails with a code of its header", [&] { return to_string(made.error()); });
    return std::nullopt;
  }
  const auto again = document::parse(made->text(), small_documents);
  demand(again.has_value() && schema::equal(again->value(), made->value()),
         "the text that is stored means what was parsed", [&] { return made->text(); });
  return json::value(made->value(), json::storage_ptr{});
}

std::string_view take_line(std::string_view& input) {
  const auto end = std::min(input.find('\n'), input.size());
  const auto line = input.substr(0, end);
  input.remove_prefix(std::min(end + 1, input.size()));
  return line;
}

std::optional<subject> made_subject(const json::value& schema, const fuzz_options& options) {
  auto compiled = schema::compile(schema, options.compile);
  if (compiled) return subject{schema, *std::move(compiled), options};
  const auto& e = compiled.error();
  static constexpr std::array named{errc::schema_invalid, errc::unresolved_reference,
                                    errc::depth_exceeded, errc::schema_too_large};
  demand(std::find(named.begin(), named.end(), e.code) != named.end() && !e.details.empty(),
         "compile fails with a code of its header and a pointer",
         [&] { return json::serialize(schema) + ": " + to_string(e); });
  return std::nullopt;
}

subject::subject(const json::value& schema, schema::compiled_schema compiled, fuzz_options options)
    : schema_(schema),
      compiled_(std::move(compiled)),
      options_(std::move(options)),
      fits_when_cleaned_(options_.compile.dialect != schema::dialect::module ||
                         !counts_or_negates(schema)) {}

std::string subject::shown(const json::value& value) const {
  return json::serialize(schema_) + " with " + json::serialize(value);
}

void subject::try_value(const json::value& value) const {
  const bool good = schema::check(compiled_, value);
  try_verdicts(value, good);
  try_cast(value, good);
  try_others(value, good);
}

void subject::try_verdicts(const json::value& value, bool good) const {
  const auto about = [&] { return shown(value); };
  const auto found = schema::errors(compiled_, value);
  demand(good == found.empty(), "errors are empty exactly if check passes", about);
  for (const auto& e : found) {
    demand(resolves(value, e.path), "the path of an error leads somewhere",
           [&] { return about() + " at " + e.path; });
    // In another document, such as a metaschema, the path begins with its URI.
    const bool elsewhere = !e.schema_path.empty() && e.schema_path.front() != '/';
    boost::system::error_code ec;
    demand(elsewhere || schema_.find_pointer(e.schema_path, ec) != nullptr,
           "the path of an error leads to its keyword",
           [&] { return about() + " by " + e.schema_path; });
  }
  demand(schema::errors(compiled_, value, 1).empty() == good, "one error is found if any", about);
}

void subject::try_cast(const json::value& value, bool good) const {
  const auto about = [&] { return shown(value); };
  const auto cast = schema::cast(compiled_, value, {.keep_extra = options_.keep_extra});
  demand(failed_only_with(cast, errc::cast_failed), "cast fails with cast_failed", about);
  if (!cast) {
    demand(!good || cast.error().code == errc::limit_exceeded, "what fits can be cast", about);
    return;
  }
  demand(schema::check(compiled_, cast->value), "what is cast fits",
         [&] { return about() + " gave " + json::serialize(cast->value); });
  demand(!good ||
             (schema::equal(cast->value, value) && cast->replaced.empty() && cast->dropped.empty()),
         "what fits is not cast", about);
  for (const auto& path : cast->replaced) {
    demand(resolves(value, path), "the path of a replaced value leads somewhere", about);
  }
  for (const auto& path : cast->dropped) {
    demand(resolves(value, path), "the path of a dropped value leads somewhere", about);
  }
}

void subject::try_others(const json::value& value, bool good) const {
  const auto about = [&] { return shown(value); };
  const auto filled = schema::default_missing(compiled_, value);
  demand(failed_only_with(filled, errc::none), "default fails only by its budget", about);
  demand(!filled || keeps_scalars(value, *filled), "default changes no scalar",
         [&] { return about() + " gave " + json::serialize(*filled); });

  const auto cleaned = schema::clean(compiled_, value);
  demand(failed_only_with(cleaned, errc::none), "clean fails only by its budget", about);
  if (cleaned) {
    const auto gave = [&] { return about() + " gave " + json::serialize(*cleaned); };
    demand(adds_nothing(value, *cleaned), "clean adds nothing", gave);
    demand(!good || !fits_when_cleaned_ || schema::check(compiled_, *cleaned),
           "what fits still fits when it is clean", gave);
  }

  const auto converted = schema::convert(compiled_, value);
  demand(failed_only_with(converted, errc::none), "convert fails only by its budget", about);
  if (!converted) return;
  const auto again = schema::convert(compiled_, *converted);
  demand(again ? schema::equal(*again, *converted) : again.error().code == errc::limit_exceeded,
         "converting twice changes nothing", [&] {
           return about() + " gave " + json::serialize(*converted) + " and then " +
                  (again ? json::serialize(*again) : to_string(again.error()));
         });
}

std::optional<json::value> subject::try_create() const {
  auto created = schema::create(compiled_);
  demand(failed_only_with(created, errc::create_failed), "create fails with create_failed",
         [&] { return json::serialize(schema_); });
  if (!created) return std::nullopt;
  demand(schema::check(compiled_, *created), "what is created fits",
         [&] { return shown(*created); });
  return *std::move(created);
}

void try_difference(const json::value& a, const json::value& b) {
  const auto about = [&] { return json::serialize(a) + " to " + json::serialize(b); };
  const auto edits = schema::diff(a, b);
  demand(edits.empty() == schema::equal(a, b), "equal values do not differ", about);
  const auto made = schema::patch(a, edits);
  demand(made.has_value() && schema::equal(*made, b),
         "patching with the difference gives the other value", about);
  const auto read_again = schema::edits_from_json(schema::edits_to_json(edits));
  demand(read_again.has_value() && *read_again == edits, "a list of edits survives as JSON", about);
}

}  // namespace quire::test
