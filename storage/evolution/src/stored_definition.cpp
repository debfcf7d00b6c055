#include <quire/evolution/change.hpp>
#include <quire/messages/ids.hpp>
#include <quire/metagraph/config.hpp>
#include <quire/metagraph/merge.hpp>
#include <quire/metagraph/row_schema.hpp>
#include <quire/metagraph/stored_name.hpp>

#include <unordered_map>
#include <utility>

namespace quire::evolution {
namespace {

namespace json = boost::json;

/// A row's schema with references in one form and the base merged in.
result<json::object> normal(const document& stored) {
  const auto* given = stored.value().if_object();
  if (given == nullptr) {
    return fail(errc::schema_invalid, "its schema is no JSON object",
                {{.code = "schema_invalid", .pointer = "", .message = "Expected object"}});
  }
  auto schema = metagraph::normal_row_schema(*given);
  if (!schema) return schema.error();
  json::object definitions;
  if (const auto found = schema->find("$defs"); found != schema->end()) {
    definitions = std::move(found->value().get_object());
    schema->erase(found);
  }
  auto merged = metagraph::merge_type(metagraph::built_in_base(), *schema, &definitions);
  // A foreign schema may contradict the base: then it stays as it is, and the comparison tells how.
  auto out = merged ? *std::move(merged) : *std::move(schema);
  if (!definitions.empty()) out.emplace("$defs", std::move(definitions));
  return out;
}

std::vector<std::string> stored_ends(const std::vector<type_name>& ends) {
  std::vector<std::string> out;
  out.reserve(ends.size());
  for (const auto& name : ends) out.push_back(metagraph::stored_node_name(name.get()));
  return out;
}

/// The rows that count: of two that name one type the one in stored form, else the first.
template <class Row, class StoredName>
std::vector<std::pair<std::string, const Row*>> counting(const std::vector<Row>& rows,
                                                         const StoredName& stored_name) {
  std::vector<std::pair<std::string, const Row*>> out;
  std::unordered_map<std::string, std::size_t> known;
  for (const auto& row : rows) {
    auto name = stored_name(row.name.get());
    const auto [at, added] = known.emplace(name, out.size());
    if (added) {
      out.emplace_back(std::move(name), &row);
    } else if (name == row.name.get()) {
      out[at->second].second = &row;
    }
  }
  return out;
}

}  // namespace

result<metagraph::row_projection> stored_definition(const graph_type& rows) {
  const auto where = "graph type '" + printable(rows.name.get()) + "'";
  auto config = metagraph::config_from_json(rows.config.value());
  if (!config) return in_context(config.error(), where);
  metagraph::row_projection out;
  out.config = metagraph::config_to_json(*config);
  for (const auto& [name, row] : counting(rows.node_types, metagraph::stored_node_name)) {
    auto schema = normal(row->schema);
    if (!schema) {
      return in_context(schema.error(), where + ", stored node type '" + printable(name) + "'");
    }
    out.node_types.push_back({.name = name, .schema = *std::move(schema)});
  }
  for (const auto& [name, row] : counting(rows.edge_types, metagraph::stored_edge_name)) {
    auto schema = normal(row->schema);
    if (!schema) {
      return in_context(schema.error(), where + ", stored edge type '" + printable(name) + "'");
    }
    out.edge_types.push_back({.name = name,
                              .schema = *std::move(schema),
                              .sources = stored_ends(row->sources),
                              .targets = stored_ends(row->targets)});
  }
  return out;
}

}  // namespace quire::evolution
