#include "rows.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <cstdio>
#include <ctime>

namespace quire::tools {

namespace {

std::int64_t number_of(row_time at) { return at.time_since_epoch().count(); }

boost::json::value value_of(const document& x) { return x ? x.value() : boost::json::value{}; }

boost::json::array names(const std::vector<type_name>& types) {
  boost::json::array out;
  for (const auto& type : types) out.emplace_back(type.get());
  return out;
}

std::string joined(const std::vector<type_name>& types) {
  if (types.empty()) return "any";
  std::string out;
  for (const auto& type : types) {
    if (!out.empty()) out += ", ";
    out += type.get();
  }
  return out;
}

boost::json::object counts(const std::map<std::string, std::int64_t>& by_type) {
  boost::json::object out;
  for (const auto& [type, count] : by_type) out[type] = count;
  return out;
}

std::string date_and_time(std::int64_t seconds) {
  const auto moment = static_cast<std::time_t>(seconds);
  std::tm parts{};
  std::array<char, 64> text{};
  if (::gmtime_r(&moment, &parts) == nullptr) return std::to_string(seconds);
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return {text.data(), length};
}

}  // namespace

std::string text_of(row_time at) { return date_and_time(number_of(at)) + "Z"; }

std::string text_of(timestamp at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  std::array<char, 16> rest{};
  std::snprintf(rest.data(), rest.size(), ".%03dZ", static_cast<int>((at - seconds).count()));
  return date_and_time(number_of(seconds)) + rest.data();
}

std::string name_of(const edge& x) {
  return x.key.get().empty() ? "(" + x.id.get() + ")" : x.key.get();
}

boost::json::object json_of(const organization& x) {
  return {{"id", x.id.get()},
          {"name", x.name},
          {"slug", x.slug},
          {"ownerId", x.owner.get()},
          {"createdAt", number_of(x.created_at)},
          {"updatedAt", number_of(x.updated_at)}};
}

boost::json::object json_of(const graph_type& x) {
  boost::json::array nodes;
  for (const auto& type : x.node_types) {
    nodes.push_back({{"name", type.name.get()}, {"schema", value_of(type.schema)}});
  }
  boost::json::array edges;
  for (const auto& type : x.edge_types) {
    edges.push_back({{"name", type.name.get()},
                     {"allowedSourceTypes", names(type.sources)},
                     {"allowedTargetTypes", names(type.targets)},
                     {"schema", value_of(type.schema)}});
  }
  return {{"id", x.id.get()},
          {"name", x.name.get()},
          {"description", x.description},
          {"version", x.version},
          {"scope", to_string(x.scope)},
          {"config", value_of(x.config)},
          {"nodeTypes", std::move(nodes)},
          {"edgeTypes", std::move(edges)}};
}

boost::json::object json_of(const graph& x) {
  return {{"id", x.id.get()},
          {"name", x.name},
          {"graphType", x.type.get()},
          {"description", x.description},
          {"status", to_string(x.status)},
          {"ownerId", x.owner},
          {"projectId", x.project},
          {"metadata", value_of(x.metadata)},
          {"createdAt", number_of(x.created_at)},
          {"updatedAt", number_of(x.updated_at)}};
}

boost::json::object json_of(const node& x) {
  return {{"id", x.id.get()},
          {"graphId", x.graph.get()},
          {"key", x.key.get()},
          {"nodeType", x.type.get()},
          {"attributes", value_of(x.attributes)},
          {"metadata", value_of(x.metadata)},
          {"createdAt", number_of(x.created_at)},
          {"updatedAt", number_of(x.updated_at)}};
}

boost::json::object json_of(const edge& x) {
  boost::json::value key;
  if (!x.key.get().empty()) key = x.key.get();
  return {{"id", x.id.get()},
          {"graphId", x.graph.get()},
          {"key", std::move(key)},
          {"edgeType", x.type.get()},
          {"sourceNodeKey", x.source.get()},
          {"targetNodeKey", x.target.get()},
          {"undirected", x.undirected},
          {"attributes", value_of(x.attributes)},
          {"metadata", value_of(x.metadata)},
          {"createdAt", number_of(x.created_at)},
          {"updatedAt", number_of(x.updated_at)}};
}

boost::json::object json_of(const neighbor& x) {
  return {{"node", json_of(x.node)}, {"edge", json_of(x.edge)}};
}

boost::json::object json_of(const path& x) {
  boost::json::array nodes;
  for (const auto& node : x.nodes) nodes.push_back(json_of(node));
  boost::json::array edges;
  for (const auto& edge : x.edges) edges.push_back(json_of(edge));
  return {{"nodes", std::move(nodes)}, {"edges", std::move(edges)}};
}

boost::json::object json_of(const graph_stat& x) {
  return {{"nodes", x.nodes},
          {"edges", x.edges},
          {"nodesByType", counts(x.nodes_by_type)},
          {"edgesByType", counts(x.edges_by_type)},
          {"seq", x.seq.get()}};
}

void show(output& out, const organization& x) {
  if (out.json()) return out.document(json_of(x));
  out.fields({{"id", x.id.get()},
              {"name", x.name},
              {"slug", x.slug},
              {"owner", x.owner.get()},
              {"created", text_of(x.created_at)}});
}

void show(output& out, const graph_type& x) {
  if (out.json()) return out.document(json_of(x));
  out.fields({{"name", x.name.get()},
              {"description", x.description},
              {"version", std::to_string(x.version)},
              {"scope", std::string{to_string(x.scope)}},
              {"config", x.config.text()}});
  for (const auto& type : x.node_types) {
    out.fields({{"node type", type.name.get()}, {"  schema", type.schema.text()}});
  }
  for (const auto& type : x.edge_types) {
    out.fields({{"edge type", type.name.get()},
                {"  from", joined(type.sources)},
                {"  to", joined(type.targets)},
                {"  schema", type.schema.text()}});
  }
}

void show(output& out, const graph& x) {
  if (out.json()) return out.document(json_of(x));
  out.fields({{"name", x.name},
              {"id", x.id.get()},
              {"type", x.type.get()},
              {"status", std::string{to_string(x.status)}},
              {"description", x.description},
              {"created", text_of(x.created_at)}});
}

void show(output& out, const node& x) {
  if (out.json()) return out.document(json_of(x));
  out.fields({{"key", x.key.get()},
              {"type", x.type.get()},
              {"id", x.id.get()},
              {"attributes", x.attributes.text()},
              {"created", text_of(x.created_at)},
              {"updated", text_of(x.updated_at)}});
}

void show(output& out, const edge& x) {
  if (out.json()) return out.document(json_of(x));
  out.fields({{"key", x.key.get()},
              {"type", x.type.get()},
              {"source", x.source.get()},
              {"target", x.target.get()},
              {"undirected", x.undirected ? "yes" : "no"},
              {"id", x.id.get()},
              {"attributes", x.attributes.text()},
              {"created", text_of(x.created_at)},
              {"updated", text_of(x.updated_at)}});
}

}  // namespace quire::tools
