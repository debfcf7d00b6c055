#include "schema_operations.hpp"

#include <quire/messages/ids.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/edits.hpp>
#include <quire/schema/reshape.hpp>

#include <algorithm>

namespace quire::tools {

namespace {

namespace json = boost::json;

struct named_dialect {
  std::string_view name;
  schema::dialect value;
};

constexpr std::array dialects{
    named_dialect{"module", schema::dialect::module},
    named_dialect{"draft2020_12", schema::dialect::draft2020_12},
};

result<schema_answer> answer_of(result<json::value> made) {
  if (!made) return made.error();
  return schema_answer{.result = *std::move(made)};
}

result<schema_answer> run_check(const schema_operands& on) {
  const bool passes = schema::check(on.schema, *on.documents[0]);
  return schema_answer{.result = passes, .good = passes};
}

result<schema_answer> run_errors(const schema_operands& on) {
  const auto found = schema::errors(on.schema, *on.documents[0]);
  return schema_answer{.result = schema::errors_to_json(found), .good = found.empty()};
}

result<schema_answer> run_diff(const schema_operands& on) {
  return schema_answer{.result =
                           schema::edits_to_json(schema::diff(*on.documents[0], *on.documents[1]))};
}

result<schema_answer> run_patch(const schema_operands& on) {
  const auto edits = schema::edits_from_json(*on.documents[1]);
  if (!edits) return edits.error();
  return answer_of(schema::patch(*on.documents[0], *edits));
}

result<schema_answer> run_cast(const schema_operands& on) {
  auto made = schema::cast(on.schema, *on.documents[0], {.keep_extra = on.keep_extra});
  if (!made) return made.error();
  return schema_answer{.result = std::move(made->value),
                       .replaced = std::move(made->replaced),
                       .dropped = std::move(made->dropped)};
}

result<schema_answer> run_default(const schema_operands& on) {
  return answer_of(schema::default_missing(on.schema, *on.documents[0]));
}

result<schema_answer> run_create(const schema_operands& on) {
  return answer_of(schema::create(on.schema));
}

result<schema_answer> run_clean(const schema_operands& on) {
  return answer_of(schema::clean(on.schema, *on.documents[0]));
}

result<schema_answer> run_convert(const schema_operands& on) {
  return answer_of(schema::convert(on.schema, *on.documents[0]));
}

constexpr std::array operations{
    schema_operation{.name = "check",
                     .about = "Say whether a value fits a schema; exit status 0 or 1",
                     .documents = {"value"},
                     .run = run_check},
    schema_operation{.name = "errors",
                     .about = "List every rule that a value breaks; exit status 1 if any",
                     .documents = {"value"},
                     .run = run_errors},
    schema_operation{.name = "diff",
                     .about = "The edits that turn one value into another",
                     .takes_schema = false,
                     .documents = {"left", "right"},
                     .run = run_diff},
    schema_operation{.name = "patch",
                     .about = "Make edits, such as 'diff' gives, on a value",
                     .takes_schema = false,
                     .documents = {"value", "edits"},
                     .run = run_patch},
    schema_operation{.name = "cast",
                     .about = "The value nearest to this one that fits",
                     .documents = {"value"},
                     .run = run_cast},
    schema_operation{.name = "default",
                     .about = "Add missing members that have a default",
                     .documents = {"value"},
                     .run = run_default},
    schema_operation{.name = "create", .about = "The simplest value that fits", .run = run_create},
    schema_operation{.name = "clean",
                     .about = "Remove members that the schema does not name",
                     .documents = {"value"},
                     .run = run_clean},
    schema_operation{.name = "convert",
                     .about = "Change kinds where nothing is lost, such as \"42\" to 42",
                     .documents = {"value"},
                     .run = run_convert},
};

/// The schemas by name in what was given as definitions.
result<const json::object*> entries_of(const json::value& given) {
  if (!given.is_object()) {
    return fail(errc::invalid_option,
                R"(definitions must be an object: schemas by name, or {"$defs": {...}})");
  }
  const auto* entries = given.get_object().if_contains("$defs");
  return entries != nullptr && entries->is_object() ? &entries->get_object() : &given.get_object();
}

}  // namespace

std::span<const schema_operation> schema_operations() noexcept { return operations; }

const schema_operation* find_schema_operation(std::string_view name) noexcept {
  const auto* found = std::find_if(operations.begin(), operations.end(),
                                   [&](const auto& x) { return x.name == name; });
  return found == operations.end() ? nullptr : found;
}

std::string dialect_names() {
  std::string out;
  for (const auto& known : dialects) out.append(out.empty() ? "" : ", ").append(known.name);
  return out;
}

result<schema::dialect> dialect_from(std::string_view name) {
  const auto* found =
      std::find_if(dialects.begin(), dialects.end(), [&](const auto& x) { return x.name == name; });
  if (found != dialects.end()) return found->value;
  return fail(errc::invalid_option,
              "dialect '" + printable(name) + "' is none of " + dialect_names());
}

result<schema::compiled_schema> compile_schema(const json::value& schema,
                                               const schema_settings& with) {
  schema::compile_options options;
  options.dialect = with.dialect;
  options.assert_formats = with.assert_formats;
  if (with.documents != nullptr) {
    options.documents = [&known = *with.documents](std::string_view uri) {
      const auto found = known.find(uri);
      return found == known.end() ? nullptr : &found->second.value();
    };
  }
  if (with.definitions != nullptr) {
    if (with.dialect != schema::dialect::module) {
      return fail(errc::invalid_option,
                  "definitions are for the dialect 'module'; give other dialects documents");
    }
    const auto entries = entries_of(*with.definitions);
    if (!entries) return entries.error();
    options.definitions = *entries;
  }
  return schema::compile(schema, options);
}

}  // namespace quire::tools
