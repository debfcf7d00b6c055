#include <quire/messages/ids.hpp>
#include <quire/metagraph/graph_type_view.hpp>
#include <quire/metagraph/stored_name.hpp>

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace quire::metagraph {
namespace {

namespace json = boost::json;

/// Compiles the schema of a type, or notes why that fails.
template <class Type>
void prepare(Type& type, std::string_view graph_type, const json::value& schema) {
  const auto where =
      "graph type '" + printable(graph_type) + "', stored type '" + printable(type.name) + "'";
  const auto* object = schema.if_object();
  if (object == nullptr) {
    type.broken = fail(errc::schema_invalid,
                       where + ": its schema is no JSON object; define the graph type again",
                       {{.code = "schema_invalid", .pointer = "", .message = "Expected object"}});
    return;
  }
  type.schema = *object;
  auto compiled = schema::compile(schema);
  if (compiled) {
    type.compiled = *std::move(compiled);
    return;
  }
  auto e = in_context(compiled.error(), where);
  e.code = errc::schema_invalid;
  e.context += "; define the graph type again";
  type.broken = std::move(e);
}

/// Adds types so that each name occurs once: a row in stored form wins over one in entry form.
template <class Type>
class type_list {
 public:
  explicit type_list(std::vector<Type>& types) : types_(types) {}

  void add(Type type, bool in_stored_form) {
    const auto [known, added] = known_.emplace(type.name, slot{types_.size(), in_stored_form});
    if (added) {
      types_.push_back(std::move(type));
    } else if (in_stored_form && !known->second.in_stored_form) {
      known->second.in_stored_form = true;
      types_[known->second.position] = std::move(type);
    }
  }

 private:
  struct slot {
    std::size_t position;
    bool in_stored_form;
  };
  std::vector<Type>& types_;
  std::unordered_map<std::string, slot> known_;
};

std::vector<std::string> stored_ends(const std::vector<type_name>& ends) {
  std::vector<std::string> out;
  out.reserve(ends.size());
  for (const auto& name : ends) out.push_back(stored_node_name(name.get()));
  return out;
}

bool permits(const std::vector<std::string>& ends, std::optional<std::string_view> type) noexcept {
  if (ends.empty()) return true;
  return type && std::find(ends.begin(), ends.end(), *type) != ends.end();
}

template <class Type>
std::vector<std::size_t> sorted_by_name(const std::vector<Type>& types) {
  std::vector<std::size_t> order(types.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return types[a].name < types[b].name; });
  return order;
}

template <class Type>
const Type* find_in(const std::vector<Type>& types, const std::vector<std::size_t>& order,
                    std::string_view name) noexcept {
  const auto found = std::lower_bound(
      order.begin(), order.end(), name,
      [&](std::size_t i, std::string_view wanted) { return types[i].name < wanted; });
  return found != order.end() && types[*found].name == name ? &types[*found] : nullptr;
}

}  // namespace

bool edge_type::allows(std::optional<std::string_view> source,
                       std::optional<std::string_view> target) const noexcept {
  return permits(sources, source) && permits(targets, target);
}

result<std::shared_ptr<const graph_type_view>> graph_type_view::from_module(
    const graph_module& module) {
  auto rows = project_module(module);
  if (!rows) return rows.error();
  auto config = config_from_json(rows->config);
  if (!config) return config.error();
  // Not make_shared: the constructor is private.
  std::shared_ptr<graph_type_view> made(new graph_type_view);
  made->name_ = module.name();
  made->config_ = *config;
  for (const auto& row : rows->node_types) {
    auto& type = made->node_types_.emplace_back();
    type.name = row.name;
    prepare(type, made->name_, row.schema);
  }
  for (auto& row : rows->edge_types) {
    auto& type = made->edge_types_.emplace_back();
    type.name = row.name;
    type.sources = std::move(row.sources);
    type.targets = std::move(row.targets);
    prepare(type, made->name_, row.schema);
  }
  made->index();
  return std::shared_ptr<const graph_type_view>(std::move(made));
}

result<std::shared_ptr<const graph_type_view>> graph_type_view::from_rows(
    const quire::graph_type& rows) {
  auto config = config_from_json(rows.config.value());
  if (!config) {
    return in_context(config.error(), "graph type '" + printable(rows.name.get()) + "'");
  }
  std::shared_ptr<graph_type_view> made(new graph_type_view);
  made->name_ = rows.name.get();
  made->config_ = *config;
  type_list nodes(made->node_types_);
  for (const auto& row : rows.node_types) {
    node_type type;
    type.name = stored_node_name(row.name.get());
    prepare(type, made->name_, row.schema.value());
    const bool in_stored_form = type.name == row.name.get();
    nodes.add(std::move(type), in_stored_form);
  }
  type_list edges(made->edge_types_);
  for (const auto& row : rows.edge_types) {
    edge_type type;
    type.name = stored_edge_name(row.name.get());
    type.sources = stored_ends(row.sources);
    type.targets = stored_ends(row.targets);
    prepare(type, made->name_, row.schema.value());
    const bool in_stored_form = type.name == row.name.get();
    edges.add(std::move(type), in_stored_form);
  }
  made->index();
  return std::shared_ptr<const graph_type_view>(std::move(made));
}

void graph_type_view::index() {
  nodes_by_name_ = sorted_by_name(node_types_);
  edges_by_name_ = sorted_by_name(edge_types_);
}

const node_type* graph_type_view::find_node_type(std::string_view stored_or_entry) const {
  if (const auto* found = find_in(node_types_, nodes_by_name_, stored_or_entry)) return found;
  if (entry_kind_of(stored_or_entry) != entry_kind::node_type) return nullptr;
  return find_in(node_types_, nodes_by_name_, stored_node_name(stored_or_entry));
}

const edge_type* graph_type_view::find_edge_type(std::string_view stored_or_entry) const {
  if (const auto* found = find_in(edge_types_, edges_by_name_, stored_or_entry)) return found;
  if (entry_kind_of(stored_or_entry) != entry_kind::edge_type) return nullptr;
  return find_in(edge_types_, edges_by_name_, stored_edge_name(stored_or_entry));
}

}  // namespace quire::metagraph
