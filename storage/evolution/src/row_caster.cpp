#include "envelope.hpp"
#include "sub_schema.hpp"

#include <quire/evolution/row_caster.hpp>
#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/messages/limits.hpp>
#include <quire/metagraph/stored_name.hpp>
#include <quire/metagraph/validation.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/pointer.hpp>
#include <quire/schema/reshape.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <exception>
#include <set>

namespace quire::evolution {
namespace {

namespace json = boost::json;
using metagraph::graph_type_view;

/// A step with what it needs: of a `convert_step` the schema at its path.
struct prepared_step {
  const migration_step* step;
  schema::compiled_schema at_path{};
};

/// What a consumer wants done to the rows of one type.
struct prepared_migration {
  row_migration given;
  std::vector<prepared_step> steps;  // into `given`
};

/// A type of either part.
struct any_type {
  const std::string* name;
  const json::object* schema;
  const schema::compiled_schema* compiled;
  const std::optional<error>* broken;
};

template <class Type>
std::optional<any_type> any(const Type* type) {
  if (type == nullptr) return std::nullopt;
  return any_type{.name = &type->name,
                  .schema = &type->schema,
                  .compiled = &type->compiled,
                  .broken = &type->broken};
}

std::optional<any_type> find(const graph_type_view& view, part p, std::string_view name) {
  return p == part::edge_type ? any(view.find_edge_type(name)) : any(view.find_node_type(name));
}

std::string stored_form(part p, std::string_view written) {
  return p == part::edge_type ? metagraph::stored_edge_name(written)
                              : metagraph::stored_node_name(written);
}

std::string_view noun(part p) { return p == part::edge_type ? "edge type" : "node type"; }

error bad_migration(std::string_view key, const std::string& why) {
  return fail(errc::invalid_option, "row migration '" + printable(key) + "': " + why);
}

schema::value_error finding(std::string_view code, std::string path, std::string message) {
  schema::value_error out;
  out.code = std::string{code};
  out.path = std::move(path);
  out.message = std::move(message);
  return out;
}
schema::value_error finding(errc code, std::string path, std::string message) {
  return finding(to_string(code), std::move(path), std::move(message));
}

/// What an error says, as findings about a row.
std::vector<schema::value_error> findings(const error& e) {
  std::vector<schema::value_error> out;
  for (const auto& one : e.details) {
    out.push_back(finding(one.code, one.pointer, one.message));
  }
  if (out.empty()) out.push_back(finding(e.code, "", e.context));
  return out;
}

bool deeper_than(const json::value& value, std::size_t levels) {
  if (const auto* list = value.if_array()) {
    if (levels == 0) return true;
    for (const auto& item : *list) {
      if (deeper_than(item, levels - 1)) return true;
    }
  } else if (const auto* object = value.if_object()) {
    if (levels == 0) return true;
    for (const auto& member : *object) {
      if (deeper_than(member.value(), levels - 1)) return true;
    }
  }
  return false;
}

/// No text of the value is longer. Spares writing one only to see that it is short.
std::size_t most_bytes(const json::value& value) {
  constexpr std::size_t per_character = 6;  // \u0000
  constexpr std::size_t of_scalar = 400;    // digits of the largest double, and more
  constexpr std::size_t of_marks = 4;
  if (const auto* text = value.if_string()) return text->size() * per_character + of_marks;
  std::size_t sum = of_marks;
  if (const auto* list = value.if_array()) {
    for (const auto& item : *list) sum += most_bytes(item) + of_marks;
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object)
      sum += member.key().size() * per_character + most_bytes(member.value()) + of_marks;
  } else {
    return of_scalar;
  }
  return sum;
}

/// New attributes must be a document that can be stored.
result<void> check_limits(const json::value& value) {
  if (deeper_than(value, limits::max_document_depth)) {
    return fail(errc::depth_exceeded, "the new attributes are nested deeper than " +
                                          std::to_string(limits::max_document_depth) + " levels");
  }
  if (most_bytes(value) <= limits::max_document_bytes) return {};
  if (const auto bytes = json_text(value).size(); bytes > limits::max_document_bytes) {
    return fail(errc::too_large, "the new attributes take " + std::to_string(bytes) +
                                     " bytes; the limit is " +
                                     std::to_string(limits::max_document_bytes));
  }
  return {};
}

// --- Steps

result<json::value> take(const rename_step& step, const prepared_step&, const json::value& value) {
  const auto* moved = schema::find_at(value, step.from);
  if (moved == nullptr || step.from == step.to) return value;
  if (step.to.empty()) return *moved;
  schema::edit_list edits;
  if (!step.from.empty()) {
    edits.push_back({.kind = schema::edit_kind::erase, .path = step.from, .value = nullptr});
  }
  edits.push_back({.kind = schema::edit_kind::insert, .path = step.to, .value = *moved});
  return schema::patch(step.from.empty() ? json::value(json::object{}) : value, edits);
}

result<json::value> take(const convert_step& step, const prepared_step& prepared,
                         const json::value& value) {
  const auto* found = schema::find_at(value, step.path);
  if (found == nullptr || !prepared.at_path) return value;
  auto converted = schema::convert(prepared.at_path, *found);
  if (!converted) return converted.error();
  return schema::patch(
      value,
      {{.kind = schema::edit_kind::update, .path = step.path, .value = *std::move(converted)}});
}

result<json::value> take(const set_step& step, const prepared_step&, const json::value& value) {
  if (step.path.empty()) return step.value;
  return schema::patch(
      value, {{.kind = schema::edit_kind::insert, .path = step.path, .value = step.value}});
}

result<json::value> take(const remove_step& step, const prepared_step&, const json::value& value) {
  if (schema::find_at(value, step.path) == nullptr) return value;
  return schema::patch(value,
                       {{.kind = schema::edit_kind::erase, .path = step.path, .value = nullptr}});
}

result<json::value> take(const retype_step&, const prepared_step&, const json::value& value) {
  return value;
}

result<json::value> take(const custom_step& step, const prepared_step&, const json::value& value) {
  // The consumer's code is asked not to throw; a migration must survive it all the same.
  try {
    return step.run(value);
  } catch (const std::exception& e) {
    return fail(errc::migration_failed,
                "the row migration threw an exception: " + printable(e.what()));
  } catch (...) {
    return fail(errc::migration_failed, "the row migration threw an exception");
  }
}

result<json::value> take_all(const prepared_migration& migration, const json::value& old) {
  json::value now = old;
  for (const auto& prepared : migration.steps) {
    auto next =
        std::visit([&](const auto& step) { return take(step, prepared, now); }, *prepared.step);
    if (!next) return next.error();
    now = *std::move(next);
  }
  return now;
}

/// Pointers that a step names.
std::vector<std::string_view> paths_of(const migration_step& step) {
  if (const auto* rename = std::get_if<rename_step>(&step)) return {rename->from, rename->to};
  if (const auto* convert = std::get_if<convert_step>(&step)) return {convert->path};
  if (const auto* set = std::get_if<set_step>(&step)) return {set->path};
  if (const auto* remove = std::get_if<remove_step>(&step)) return {remove->path};
  return {};
}

}  // namespace

struct row_caster::plan {
  std::shared_ptr<const graph_type_view> before;
  std::shared_ptr<const graph_type_view> after;
  // By part and stored name. Nodes of a map stay where they are, which `prepared_step` relies on.
  std::map<std::pair<part, std::string>, prepared_migration> migrations;
  std::set<std::pair<part, std::string>> alone;
  bool allow_lossy = false;
  bool lazy = false;

  result<void> add(std::string_view key, const row_migration& given);
  result<void> prepare(std::string_view key, part p, const std::string& name,
                       const row_migration& given);
  void find_alone();

  [[nodiscard]] const prepared_migration* migration_of(part p, const std::string& name) const {
    const auto found = migrations.find({p, name});
    return found != migrations.end() ? &found->second : nullptr;
  }
  /// The type that rows of a type have afterwards, by stored name.
  [[nodiscard]] std::string name_after(part p, const std::string& name) const {
    const auto* migration = migration_of(p, name);
    if (migration == nullptr || migration->given.new_type().empty()) return name;
    return stored_form(p, migration->given.new_type());
  }
  [[nodiscard]] std::string infer(const stored_row& row) const;
  void migrate(const prepared_migration& migration, const json::value& old, cast_row& out) const;
  void cast(const any_type& type, const json::value& old, cast_row& out) const;
};

// --- Making

result<void> row_caster::plan::add(std::string_view key, const row_migration& given) {
  if (given.empty()) return {};
  auto name = key;
  std::vector<part> parts{part::node_type, part::edge_type};
  if (key.starts_with("node:")) {
    parts = {part::node_type};
    name.remove_prefix(5);
  } else if (key.starts_with("edge:")) {
    parts = {part::edge_type};
    name.remove_prefix(5);
  }
  std::vector<part> meant;
  for (const auto p : parts) {
    if (find(*before, p, name) || find(*after, p, name)) meant.push_back(p);
  }
  if (meant.empty()) {
    return bad_migration(key, "graph type '" + printable(after->name()) +
                                  "' has no such type, neither as stored nor as declared");
  }
  if (meant.size() > 1) {
    return bad_migration(key, "both a node type and an edge type have this name; write 'node:" +
                                  printable(name) + "' or 'edge:" + printable(name) + "'");
  }
  return prepare(key, meant.front(), stored_form(meant.front(), name), given);
}

result<void> row_caster::plan::prepare(std::string_view key, part p, const std::string& name,
                                       const row_migration& given) {
  for (const auto& step : given.steps) {
    for (const auto path : paths_of(step)) {
      if (!schema::is_pointer(path)) {
        return bad_migration(key, "'" + printable(path) +
                                      "' is no JSON pointer; write '/name', or '' for the whole");
      }
    }
    const auto* retype = std::get_if<retype_step>(&step);
    if (retype != nullptr && !find(*after, p, retype->type)) {
      return bad_migration(key, "it gives rows the type '" + printable(retype->type) +
                                    "', which is no " + std::string{noun(p)} +
                                    " of the new definition");
    }
    const auto* custom = std::get_if<custom_step>(&step);
    if (custom != nullptr && !custom->run) return bad_migration(key, "a step has no function");
  }
  const auto [made, added] = migrations.emplace(std::pair{p, name}, prepared_migration{});
  if (!added) return bad_migration(key, "there is another one for the same type");
  auto& migration = made->second;
  migration.given = given;
  const auto type = find(*after, p, name_after(p, name));
  for (const auto& step : migration.given.steps) {
    prepared_step prepared{.step = &step};
    const auto* convert = std::get_if<convert_step>(&step);
    if (convert != nullptr && type) {
      const auto wanted = schema_at(*type->schema, convert->path);
      if (!wanted) {
        return bad_migration(key, "it converts '" + printable(convert->path) +
                                      "', of which the new schema of '" + printable(*type->name) +
                                      "' says nothing");
      }
      schema::compile_options options;
      const auto* definitions = type->schema->if_contains("$defs");
      options.definitions = definitions != nullptr ? definitions->if_object() : nullptr;
      auto compiled = schema::compile(*wanted, options);
      if (!compiled) {
        return bad_migration(key, "the new schema at '" + printable(convert->path) +
                                      "' cannot be used: " + compiled.error().context);
      }
      prepared.at_path = *std::move(compiled);
    }
    migration.steps.push_back(std::move(prepared));
  }
  return {};
}

void row_caster::plan::find_alone() {
  const auto look = [&](part p, const auto& types) {
    for (const auto& type : types) {
      const auto old = find(*before, p, type.name);
      if (!old || *old->broken || type.broken || migration_of(p, type.name)) continue;
      const auto changes =
          classify_schema(p, type.name, json::value(*old->schema), json::value(type.schema));
      if (worst(changes) != change_class::breaking) alone.emplace(p, type.name);
    }
  };
  look(part::node_type, after->node_types());
  look(part::edge_type, after->edge_types());
}

result<row_caster> row_caster::make(std::shared_ptr<const graph_type_view> before,
                                    std::shared_ptr<const graph_type_view> after,
                                    const evolution_options& options) {
  auto made = std::make_shared<plan>();
  made->before = std::move(before);
  made->after = std::move(after);
  made->allow_lossy = options.allow_lossy;
  made->lazy = options.lazy;
  for (const auto& [key, migration] : options.migrations) {
    if (auto ok = made->add(key, migration); !ok) return ok.error();
  }
  made->find_alone();
  return row_caster(std::move(made));
}

bool row_caster::leaves_alone(part p, std::string_view stored_type) const {
  return plan_->alone.contains({p, stored_form(p, stored_type)});
}

// --- The type of a row

std::string row_caster::plan::infer(const stored_row& row) const {
  const auto& attributes = row.attributes.value();
  if (row.part != part::edge_type) {
    for (const auto* view : {before.get(), after.get()}) {
      if (const auto found = metagraph::infer_node_type(*view, attributes)) return (*found)->name;
    }
    return {};
  }
  const auto end = [&](const std::string& written, bool afterwards) -> std::optional<std::string> {
    if (written.empty()) return std::nullopt;
    auto name = metagraph::stored_node_name(written);
    // While a migration runs, the nodes have their new types already.
    if (afterwards && after->find_node_type(name) == nullptr) {
      name = name_after(part::node_type, name);
    }
    return name;
  };
  for (const bool afterwards : {false, true}) {
    const auto source = end(row.source_type, afterwards);
    const auto target = end(row.target_type, afterwards);
    const auto found =
        metagraph::infer_edge_type(afterwards ? *after : *before, attributes, source, target);
    if (found) return (*found)->name;
  }
  return {};
}

std::string row_caster::type_of(const stored_row& row) const {
  if (!row.type.empty()) {
    auto name = stored_form(row.part, row.type);
    if (find(*plan_->before, row.part, name) || find(*plan_->after, row.part, name)) return name;
  }
  return plan_->infer(row);
}

bool row_caster::fits(const stored_row& row) const {
  const auto type = find(*plan_->after, row.part, type_of(row));
  return type && !*type->broken && schema::check(*type->compiled, row.attributes.value());
}

// --- One row

void row_caster::plan::migrate(const prepared_migration& migration, const json::value& old,
                               cast_row& out) const {
  auto& report = out.report;
  const auto failed = [&](const error& e) {
    report.result = row_result::failed;
    report.errors = findings(e);
  };
  const auto type = find(*after, report.part, out.type);
  auto now = take_all(migration, old);
  if (!now) return failed(now.error());
  if (auto ok = check_limits(*now); !ok) return failed(ok.error());
  if (*type->broken) return failed(**type->broken);
  report.edits = redacted_diff(old, *now);
  if (!schema::check(*type->compiled, *now)) {
    report.result = row_result::failed;
    report.errors = schema::errors(*type->compiled, *now);
    redact(report.errors, *now);
    return;
  }
  const bool same = report.edits.empty() && out.type == report.type;
  report.result = same ? row_result::unchanged : row_result::added;
  out.attributes = *std::move(now);
}

void row_caster::plan::cast(const any_type& type, const json::value& old, cast_row& out) const {
  auto& report = out.report;
  const auto failed = [&](std::vector<schema::value_error> errors) {
    report.result = row_result::failed;
    report.errors = std::move(errors);
    redact(report.errors, old);
  };
  if (*type.broken) return failed(findings(**type.broken));
  if (schema::check(*type.compiled, old)) return;
  auto made = schema::cast(*type.compiled, old, {.keep_extra = true});
  if (!made) return failed(findings(made.error()));
  if (auto ok = check_limits(made->value); !ok) return failed(findings(ok.error()));
  report.edits = redacted_diff(old, made->value);
  std::vector<schema::value_error> errors;
  for (auto& path : touched_envelopes(old, made->value)) {
    errors.push_back(finding(errc::cast_failed, std::move(path),
                             "Encrypted data cannot be reshaped; move or remove it by a migration "
                             "of the row"));
  }
  if (!errors.empty()) return failed(std::move(errors));
  for (const auto& edit : report.edits) {
    if (edit.kind == schema::edit_kind::insert) continue;
    auto one =
        finding(errc::lossy_change, edit.path,
                edit.kind == schema::edit_kind::erase ? "The stored value would be dropped"
                                                      : "The stored value would be replaced");
    if (const auto* lost = schema::find_at(old, edit.path)) one.value = *lost;
    errors.push_back(std::move(one));
  }
  if (!errors.empty() && !allow_lossy) return failed(std::move(errors));
  report.result = errors.empty() ? row_result::added : row_result::lossy;
  out.attributes = std::move(made->value);
}

cast_row row_caster::run(const stored_row& row) const {
  cast_row out;
  out.report.part = row.part;
  out.report.id = row.id;
  out.report.graph = row.graph;
  out.report.key = row.key;
  const auto failed = [&](errc code, std::string message) {
    out.report.result = row_result::failed;
    out.report.errors = {finding(code, "", std::move(message))};
    return out;
  };
  const auto& old = row.attributes.value();
  if (old.is_null() && !document::parse(row.attributes.text())) {
    out.report.type = row.type.empty() ? std::string{} : stored_form(row.part, row.type);
    return failed(errc::payload_not_json, "The stored attributes are no JSON");
  }
  const auto name = type_of(row);
  out.report.type = name.empty() && !row.type.empty() ? stored_form(row.part, row.type) : name;
  const std::string what{noun(row.part)};
  if (name.empty()) {
    return failed(errc::unknown_type,
                  row.type.empty()
                      ? "The row has no type, and its attributes do not fit exactly one " + what
                      : "The " + what + " '" + printable(row.type) +
                            "' is neither stored nor declared, and the attributes do not fit "
                            "exactly one");
  }
  out.type = plan_->name_after(row.part, name);
  const auto type = find(*plan_->after, row.part, out.type);
  if (!type) {
    return failed(errc::unknown_type, "The " + what + " '" + printable(out.type) +
                                          "' is no longer declared; give the row another type by "
                                          "a migration, or delete it first");
  }
  if (const auto* migration = plan_->migration_of(row.part, name)) {
    plan_->migrate(*migration, old, out);
  } else {
    plan_->cast(*type, old, out);
  }
  if (plan_->lazy && out.report.result == row_result::added &&
      !find(*plan_->after, row.part, row.type)) {
    // Readers would infer it by the new definition, which the old attributes do not fit.
    return failed(
        errc::type_required,
        "The row does not name its " + what + " ('" + printable(out.type) +
            "' by its attributes), so it could not be brought up when it is read; migrate "
            "without lazy, or write the type into the row");
  }
  return out;
}

}  // namespace quire::evolution
