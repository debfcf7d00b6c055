#include "keywords.hpp"
#include "references.hpp"
#include "rows.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>
#include <quire/messages/limits.hpp>
#include <quire/metagraph/config.hpp>
#include <quire/metagraph/merge.hpp>
#include <quire/metagraph/module.hpp>
#include <quire/metagraph/stored_name.hpp>
#include <quire/schema/check.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace quire::metagraph {

namespace json = boost::json;

struct graph_module::body {
  std::string name;
  json::object entries;
  row_projection projection;
};

namespace {

/// Schemas in all entries together.
constexpr std::size_t max_schemas = 1'000'000;
/// What may be written before merging makes it smaller again, in multiples of what may remain.
constexpr std::size_t expansion_factor = 4;

json::object object_type() {
  json::object out;
  out.emplace("type", "object");
  return out;
}

/// What a reference to `Config` means in a module that has none.
json::object built_in_config() {
  json::array types;
  for (const auto kind :
       {graph_config::kind::directed, graph_config::kind::undirected, graph_config::kind::mixed}) {
    const auto name = to_string(kind);
    types.emplace_back(json::string_view{name.data(), name.size()});
  }
  json::array payloads;
  payloads.emplace_back("full");
  payloads.emplace_back("keys");
  json::object flag;
  flag.emplace("type", "boolean");
  json::object properties;
  properties["type"].emplace_object().emplace("enum", std::move(types));
  properties.emplace("multi", flag);
  properties.emplace("allowSelfLoops", std::move(flag));
  properties["eventPayload"].emplace_object().emplace("enum", std::move(payloads));
  auto out = object_type();
  out.emplace("properties", std::move(properties));
  return out;
}

/// The value that a property schema fixes: its `default`, else its `const`.
const json::value* fixed_value(const json::value& schema) {
  const auto* object = schema.if_object();
  if (object == nullptr) return nullptr;
  const auto* found = object->if_contains("default");
  return found != nullptr ? found : object->if_contains("const");
}

/// Compiles a module. Lives for one call; `entries` and `name` must outlive it.
class module_compiler {
 public:
  module_compiler(std::string_view name, const json::object& entries)
      : name_(name), entries_(entries) {}

  result<row_projection> run() {
    for (const auto step :
         {&module_compiler::check_names, &module_compiler::read_references,
          &module_compiler::classify, &module_compiler::name_types, &module_compiler::check_schemas,
          &module_compiler::prepare_references, &module_compiler::project_config,
          &module_compiler::project_types, &module_compiler::project_constraints}) {
      if (auto ok = (this->*step)(); !ok) return ok.error();
    }
    return std::move(rows_);
  }

 private:
  // --- Errors: each names the graph type, the entry and a pointer that starts at the entries
  // -------

  error about(error e, std::string_view entry) const {
    std::string prefix;
    schema::append_step(prefix, entry);
    for (auto& detail : e.details) detail.pointer.insert(0, prefix);
    if (e.details.empty()) {
      e.details.push_back(
          {.code = std::string{to_string(e.code)}, .pointer = prefix, .message = e.context});
    }
    return named(std::move(e), entry);
  }
  error named(error e, std::string_view entry) const {
    return in_context(std::move(e),
                      "graph type '" + printable(name_) + "', entry '" + printable(entry) + "'");
  }
  /// For errors whose pointers start at the entries already.
  error located(error e) const {
    std::string_view entry = e.details.empty() ? std::string_view{} : e.details.front().pointer;
    if (entry.starts_with('/')) entry.remove_prefix(1);
    const auto copy = std::string{entry.substr(0, entry.find('/'))};
    return named(std::move(e), copy);
  }
  error about(errc code, std::string_view entry, std::string_view pointer,
              std::string message) const {
    return about(fail(code, message,
                      {{.code = std::string{to_string(code)},
                        .pointer = std::string{pointer},
                        .message = message}}),
                 entry);
  }

  // --- Steps
  // ----------------------------------------------------------------------------------------

  result<void> check_names() {
    for (const auto& entry : entries_) {
      const auto name = view(entry.key());
      if (!is_entry_name(name)) {
        return about(errc::invalid_name, name, "",
                     "an entry's name must be a letter followed by letters, digits or '_'; "
                     "rename it");
      }
      if (!entry.value().is_object()) {
        return about(errc::schema_invalid, name, "",
                     "an entry must be a JSON Schema object; write for example {\"type\": "
                     "\"object\", \"properties\": {}}");
      }
    }
    return {};
  }

  result<void> read_references() {
    // Every module has the base entries; its own go first.
    all_ = entries_;
    all_.emplace("Config", built_in_config());
    all_.emplace("BaseNode", built_in_base());
    all_.emplace("BaseEdge", built_in_base());
    if (auto ok = graph_.read(all_); !ok) return located(ok.error());
    base_of_nodes_ = *graph_.find("BaseNode");
    base_of_edges_ = *graph_.find("BaseEdge");
    return {};
  }

  result<void> classify() {
    const auto& definitions = graph_.definitions();
    std::vector<bool> referred(all_.size(), false);
    for (const auto& from : definitions) {
      for (const auto to : from.refers) {
        if (to < all_.size() && from.root != to) referred[to] = true;
      }
    }
    kinds_.reserve(all_.size());
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const auto name = definitions[i].name;
      const auto kind = entry_kind_of(name);
      kinds_.push_back(kind);
      if (kind != entry_kind::other) continue;
      const bool bare =
          name == "Node" || name == "Edge" || name == "Enum" || name == "EdgeConstraints";
      if (bare) {
        return about(errc::unclassified_entry, name, "",
                     "the name is only a suffix and says no type; put a word before it, such as "
                     "'Call" +
                         std::string{name} + "'");
      }
      if (!referred[i]) {
        return about(errc::unclassified_entry, name, "",
                     "no rule says what this entry is; end its name in 'Node', 'Edge', "
                     "'EdgeConstraints' or 'Enum', refer to it from another entry, or remove it");
      }
    }
    return {};
  }

  result<void> name_types() {
    std::unordered_map<std::string, std::string_view> nodes;
    std::unordered_map<std::string, std::string_view> edges;
    stored_.resize(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!is_type(i)) continue;
      const auto entry = graph_.definitions()[i].name;
      auto stored = stored_name(entry);
      if (!stored) return about(stored.error(), entry);
      auto& names = kinds_[i] == entry_kind::node_type ? nodes : edges;
      const auto [known, added] = names.emplace(*stored, entry);
      if (!added) {
        return about(errc::duplicate_type_name, entry, "",
                     "its stored name '" + *stored + "' is that of entry '" +
                         std::string{known->second} + "' too; rename one of them");
      }
      stored_[i] = *std::move(stored);
    }
    return {};
  }

  /// Compiles what the author wrote, so that errors point there and not into a merged schema.
  result<void> check_schemas() {
    json::array list;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (kinds_[i] == entry_kind::config) continue;  // a bad one has its own code
      json::object reference;
      reference.emplace("$ref", graph_.definitions()[i].name);
      list.emplace_back(std::move(reference));
    }
    if (list.empty()) return {};
    json::object all;
    all.emplace("anyOf", std::move(list));
    schema::compile_options options;
    options.definitions = &all_;
    options.limits.max_nodes = max_schemas;
    const auto compiled = schema::compile(all, options);
    if (compiled) return {};
    auto e = compiled.error();
    constexpr std::string_view prefix = "/$defs";
    for (auto& detail : e.details) {
      if (detail.pointer.starts_with(prefix)) detail.pointer.erase(0, prefix.size());
    }
    return located(std::move(e));
  }

  result<void> prepare_references() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (is_type(i)) graph_.add_reference(i, base_position(i));
    }
    graph_.find_circles();
    for (const auto position : graph_.circular()) {
      start_row();
      auto content = expand(position);
      if (!content) return about(content.error(), entry_of(position));
      circular_.emplace(graph_.definitions()[position].public_name, *std::move(content));
    }
    for (const auto position : {base_of_nodes_, base_of_edges_}) {
      start_row();
      auto content = meaning(position);
      if (!content) return about(content.error(), entry_of(position));
      (position == base_of_nodes_ ? node_base_ : edge_base_) = *std::move(content);
    }
    return {};
  }

  result<void> project_config() {
    graph_config config;
    if (entries_.contains("Config")) {
      auto read = read_config();
      if (!read) return about(read.error(), "Config");
      config = *read;
    }
    rows_.config = config_to_json(config);
    return {};
  }

  result<graph_config> read_config() {
    const auto refuse = [](error e) {
      const bool of_schema = e.code == errc::schema_invalid || e.code == errc::merge_conflict;
      if (of_schema) e.code = errc::invalid_config;
      return e;
    };
    auto schema = flat("Config");
    if (!schema) return refuse(schema.error());
    auto stored = config_to_json(graph_config{});
    const auto* properties = object_member(*schema, "properties");
    if (properties == nullptr) return graph_config{};
    for (const auto& member : *properties) {
      const auto name = view(member.key());
      const auto pointer = "/properties/" + printable(name);
      auto* value = stored.if_contains(name);
      if (value == nullptr) {
        return fail(errc::invalid_config,
                    "'" + printable(name) +
                        "' is no part of a config; there are 'type', 'multi', 'allowSelfLoops' and "
                        "'eventPayload'",
                    {{.code = "invalid_config", .pointer = pointer, .message = "Unknown member"}});
      }
      if (const auto* fixed = fixed_value(member.value())) *value = *fixed;
      schema::compile_options options;
      options.definitions = &circular_;
      const auto compiled = schema::compile(member.value(), options);
      if (!compiled) return refuse(compiled.error());
      if (!schema::check(*compiled, *value)) {
        return fail(
            errc::invalid_config,
            "config member '" + printable(name) + "' would be " +
                printable(json_text(*value), 60) +
                ", which its own schema refuses; fix it with \"const\" or \"default\"",
            {{.code = "invalid_config", .pointer = pointer, .message = "Expected a const"}});
      }
    }
    auto config = config_from_json(stored);
    if (!config) {
      auto e = config.error();
      for (auto& detail : e.details) detail.pointer.insert(0, "/properties");
      return e;
    }
    return config;
  }

  result<void> project_types() {
    row_writer writer(graph_, [this](std::size_t position) {
      start_row();
      return meaning(position);
    });
    std::size_t total = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!is_type(i)) continue;
      const auto entry = entry_of(i);
      start_row();
      auto content = meaning(i);
      if (!content) return about(content.error(), entry);
      auto schema = writer.finish(std::move(content->get_object()));
      if (!schema) return about(schema.error(), entry);
      total += text_size(json::value(*schema));
      if (total > limits::max_document_bytes) {
        return about(errc::schema_too_large, entry, "",
                     "the rows of the module together are larger than " +
                         std::to_string(limits::max_document_bytes) +
                         " bytes; split the graph type or refer to smaller entries");
      }
      const auto compiled = schema::compile(*schema);
      if (!compiled) return about(compiled.error(), entry);
      if (kinds_[i] == entry_kind::node_type) {
        rows_.node_types.push_back({.name = stored_[i], .schema = *std::move(schema)});
      } else {
        edge_rows_.emplace(stored_[i], rows_.edge_types.size());
        rows_.edge_types.push_back(
            {.name = stored_[i], .schema = *std::move(schema), .sources = {}, .targets = {}});
      }
    }
    return {};
  }

  result<void> project_constraints() {
    for (const auto& type : rows_.node_types) node_names_.emplace(type.name, true);
    std::unordered_map<std::size_t, std::string_view> limited;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (kinds_[i] != entry_kind::constraints) continue;
      const auto entry = entry_of(i);
      auto row = read_constraints(entry);
      if (!row) return about(row.error(), entry);
      const auto [known, added] = limited.emplace(*row, entry);
      if (!added) {
        return about(errc::duplicate_type_name, entry, "/properties/edgeType",
                     "entry '" + std::string{known->second} +
                         "' limits the same edge type; put all limits into one entry");
      }
    }
    return {};
  }

  /// Fills the ends of one edge type; answers its row.
  result<std::size_t> read_constraints(std::string_view entry) {
    start_row();
    auto schema = flat(entry);
    if (!schema) return schema.error();
    static const json::object none;
    const auto* found = object_member(*schema, "properties");
    const auto& properties = found != nullptr ? *found : none;
    for (const auto& member : properties) {
      const auto name = view(member.key());
      if (name != "edgeType" && name != "allowedSourceTypes" && name != "allowedTargetTypes") {
        return refuse(errc::schema_invalid, name,
                      "'" + printable(name) +
                          "' is no edge constraint; there are 'edgeType', 'allowedSourceTypes' and "
                          "'allowedTargetTypes'");
      }
    }
    const auto* type = properties.if_contains("edgeType");
    const auto* given = type != nullptr ? fixed_value(*type) : nullptr;
    const auto name = given != nullptr && given->is_string()
                          ? stored_edge_name(view(given->get_string()))
                          : std::string{};
    const auto row = edge_rows_.find(name);
    if (row == edge_rows_.end()) {
      return refuse(errc::unknown_edge_type, "edgeType",
                    name.empty() ? "it does not say whose limits these are; give \"edgeType\": "
                                   "{\"const\": \"…Edge\"}"
                                 : "'" + printable(name) +
                                       "' is no edge type of the module; name an entry that ends "
                                       "in 'Edge'");
    }
    auto& limits = rows_.edge_types[row->second];
    bool any = false;
    for (const auto& [member, ends] : {std::pair{"allowedSourceTypes", &limits.sources},
                                       std::pair{"allowedTargetTypes", &limits.targets}}) {
      const auto* allowed = properties.if_contains(member);
      if (allowed == nullptr) continue;
      if (auto ok = read_ends(member, *allowed, *ends); !ok) return ok.error();
      any = true;
    }
    if (!any) {
      return fail(errc::empty_constraints,
                  "it limits neither end; give 'allowedSourceTypes' or 'allowedTargetTypes', or "
                  "remove the entry");
    }
    return row->second;
  }

  result<void> read_ends(std::string_view member, const json::value& schema,
                         std::vector<std::string>& ends) const {
    const auto* allowed = fixed_value(schema);
    if (allowed == nullptr || (allowed->is_array() && allowed->get_array().empty())) {
      return refuse(errc::empty_constraints, member,
                    "'" + std::string{member} +
                        "' names no node type; list them in \"default\", or leave the member out "
                        "to allow all");
    }
    if (!allowed->is_array()) {
      return refuse(errc::schema_invalid, member,
                    "'" + std::string{member} + "' must give a list of names of node types");
    }
    for (const auto& item : allowed->get_array()) {
      if (!item.is_string()) {
        return refuse(errc::schema_invalid, member,
                      "'" + std::string{member} + "' must list names of node types only");
      }
      auto name = stored_node_name(view(item.get_string()));
      if (!node_names_.contains(name)) {
        return refuse(errc::unknown_node_type, member,
                      "'" + printable(name) +
                          "' is no node type of the module; name an entry that ends in 'Node'");
      }
      if (std::find(ends.begin(), ends.end(), name) == ends.end()) ends.push_back(std::move(name));
    }
    return {};
  }

  static error refuse(errc code, std::string_view member, const std::string& message) {
    std::string pointer = "/properties";
    schema::append_step(pointer, member);
    return fail(code, message,
                {{.code = std::string{to_string(code)}, .pointer = pointer, .message = message}});
  }

  // --- Meanings
  // -------------------------------------------------------------------------------------

  bool is_type(std::size_t i) const {
    return kinds_[i] == entry_kind::node_type || kinds_[i] == entry_kind::edge_type;
  }
  std::size_t base_position(std::size_t type) const {
    return kinds_[type] == entry_kind::node_type ? base_of_nodes_ : base_of_edges_;
  }
  std::string_view entry_of(std::size_t position) const {
    return graph_.definitions()[graph_.definitions()[position].root].name;
  }
  void start_row() { budget_.row = expansion_factor * limits::max_type_schema_bytes; }

  result<json::value> expand(std::size_t position) {
    return graph_.expand(position, budget_, [this](std::size_t inner) { return meaning(inner); });
  }

  /// What a name means wherever it is used: types and bases with their base merged in.
  result<json::value> meaning(std::size_t position) {
    auto content = expand(position);
    if (!content) return content;
    if (position >= all_.size()) return content;
    const bool base = kinds_[position] == entry_kind::base;
    if (!base && !is_type(position)) return content;
    auto merged = base ? merge_type(built_in_base(), *content, &circular_)
                       : merge_with_base(position, *content);
    if (!merged) return merged.error();
    return json::value(*std::move(merged));
  }

  result<json::object> merge_with_base(std::size_t type, const json::value& content) {
    const auto& known = kinds_[type] == entry_kind::node_type ? node_base_ : edge_base_;
    if (known) return merge_type(*known, content, &circular_);
    // Bases and circular entries come before the rows that share them.
    auto base = meaning(base_position(type));
    if (!base) return base.error();
    return merge_type(*base, content, &circular_);
  }

  /// An entry as one object schema.
  result<json::object> flat(std::string_view entry) {
    start_row();
    auto content = expand(*graph_.find(entry));
    if (!content) return content.error();
    auto out = merge_type(object_type(), *content, &circular_);
    if (out && !out->contains("type")) {
      return fail(errc::schema_invalid, "it must be one object schema, not a union of several");
    }
    return out;
  }

  std::string_view name_;
  const json::object& entries_;
  json::object all_;
  reference_graph graph_;
  std::vector<entry_kind> kinds_;    // of each entry of all_
  std::vector<std::string> stored_;  // of each entry that is a type
  std::size_t base_of_nodes_ = 0;
  std::size_t base_of_edges_ = 0;
  expansion_budget budget_{.row = 0, .total = expansion_factor * limits::max_document_bytes};
  json::object circular_;  // circular entries as written, by public name
  std::optional<json::value> node_base_;
  std::optional<json::value> edge_base_;
  std::unordered_map<std::string, std::size_t> edge_rows_;
  std::unordered_map<std::string, bool> node_names_;
  row_projection rows_;
};

}  // namespace

const std::string& graph_module::name() const noexcept { return body_->name; }

const json::object& graph_module::entries() const noexcept { return body_->entries; }

result<json::object> entries_of(const document& module) {
  const auto refuse = [](std::string pointer, std::string message) {
    return fail(errc::schema_invalid, "module: " + message,
                {{.code = "schema_invalid", .pointer = std::move(pointer), .message = message}});
  };
  const auto* whole = module.value().if_object();
  if (whole == nullptr) {
    return refuse("", "a module must be a JSON object of named schemas, or {\"$defs\": {…}}");
  }
  const auto* entries = whole->if_contains("$defs");
  // Copies leave the memory of the document, which they may outlive.
  if (entries == nullptr) return json::object(*whole, json::storage_ptr{});
  if (!entries->is_object()) return refuse("/$defs", "'$defs' must be an object of named schemas");
  for (const auto& member : *whole) {
    const auto name = view(member.key());
    if (name == "$defs" || name == "$ref" || name == "$schema" || name == "$id" ||
        name == "$comment" || name == "title" || name == "description") {
      continue;
    }
    std::string pointer;
    schema::append_step(pointer, name);
    return refuse(std::move(pointer),
                  "'" + printable(name) + "' has no meaning beside '$defs'; move it into '$defs'");
  }
  return json::object(entries->get_object(), json::storage_ptr{});
}

result<graph_module> compile_module(std::string graph_type_name, json::object entries) {
  auto made = std::make_shared<graph_module::body>();
  made->name = std::move(graph_type_name);
  made->entries = std::move(entries);
  auto rows = module_compiler{made->name, made->entries}.run();
  if (!rows) return rows.error();
  made->projection = *std::move(rows);
  return graph_module{std::move(made)};
}

result<row_projection> project_module(const graph_module& module) {
  return module.body_->projection;
}

}  // namespace quire::metagraph
