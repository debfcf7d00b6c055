#include "reader_state.hpp"
#include "type_spelling.hpp"

#include <quire/messages/limits.hpp>
#include <quire/metagraph/config.hpp>
#include <quire/metagraph/pending.hpp>
#include <quire/metagraph/reader.hpp>
#include <quire/metagraph/validation.hpp>
#include <quire/sqlite/transaction.hpp>

#include <boost/json/parse.hpp>

#include <charconv>

namespace quire::metagraph {

namespace {

row_time to_time(std::int64_t seconds) { return row_time{std::chrono::seconds{seconds}}; }

std::string named(std::string_view what, std::string_view name) {
  return std::string{what} + " '" + printable(name) + "'";
}

/// The names in a column such as `allowed_source_types`.
result<std::vector<type_name>> read_ends(std::string_view text, std::string_view type) {
  boost::json::error_code ec;
  const auto parsed = boost::json::parse(boost::json::string_view{text.data(), text.size()}, ec);
  const auto* array = ec ? nullptr : parsed.if_array();
  std::vector<type_name> out;
  if (array != nullptr) {
    for (const auto& item : *array) {
      const auto* name = item.if_string();
      if (name == nullptr) {
        array = nullptr;
        break;
      }
      out.emplace_back(std::string{name->data(), name->size()});
    }
  }
  if (array == nullptr) {
    return fail(errc::storage_corrupt,
                named("edge type", type) + ": its allowed ends are no JSON array of names");
  }
  return out;
}

/// True when the config says so; a config that cannot be read says nothing.
bool says_directed(const std::string& config) {
  boost::json::error_code ec;
  const auto parsed = boost::json::parse(config, ec);
  if (ec) return false;
  const auto read = config_from_json(parsed);
  return read && read->type == graph_config::kind::directed;
}

}  // namespace

result<void> check_limit(std::size_t limit) {
  if (limit >= 1 && limit <= limits::max_page) return {};
  return fail(errc::invalid_option, "a limit of " + std::to_string(limit) + "; it must be 1 to " +
                                        std::to_string(limits::max_page));
}

result<void> check_types(const std::vector<type_name>& types) {
  if (types.size() <= reader::max_types) return {};
  return fail(errc::limit_exceeded, "a query with " + std::to_string(types.size()) +
                                        " type names; the limit is " +
                                        std::to_string(reader::max_types));
}

error no_graph(const graph_id& graph) {
  return fail(errc::not_found, "no " + named("graph", graph.get()) + " in this file");
}

// --- Rows
// -----------------------------------------------------------------------------------------

document reader_state::to_document(std::string_view text) const {
  return text == "{}" ? empty_object : document::trusted(std::string{text});
}

std::shared_ptr<const graph_type_view> reader_state::view_of(const graph_id& graph) const {
  if (!ask.infer) return nullptr;
  auto found = ask.infer(graph);
  return found ? std::move(*found) : nullptr;
}

result<void> reader_state::look_for_pending(const graph_id& graph) {
  pending.reset();
  if (!ask.pending) return {};
  auto found = ask.pending(graph);
  if (!found) return found.error();
  pending = std::move(*found);
  return {};
}

node reader_state::read_node(sqlite::statement& row, int first, const graph_id& graph) {
  node out{.id = row_id{std::string{row.text(first)}},
           .graph = graph,
           .key = node_key{std::string{row.text(first + 1)}},
           .type = type_as_read(row.text(first + 2), type_role::node),
           .attributes = to_document(row.text(first + 3)),
           .metadata = row.is_null(first + 4) ? document{} : to_document(row.text(first + 4)),
           .created_at = to_time(row.integer(first + 5)),
           .updated_at = to_time(row.integer(first + 6))};
  if (out.type.get().empty() && row.is_null(first + 2)) {
    if (const auto view = view_of(graph)) {
      if (const auto fits = infer_node_type(*view, out.attributes.value())) {
        out.type = type_name{(*fits)->name};
      }
    }
  } else if (pending) {
    bring_up(*pending, out);
  }
  return out;
}

result<edge> reader_state::read_edge(sqlite::statement& row, int first, const graph_id& graph) {
  edge out{.id = row_id{std::string{row.text(first)}},
           .graph = graph,
           .key = edge_key{std::string{row.text(first + 1)}},
           .type = type_as_read(row.text(first + 2), type_role::edge),
           .source = node_key{std::string{row.text(first + 3)}},
           .target = node_key{std::string{row.text(first + 4)}},
           .undirected = row.integer(first + 5) != 0,
           .attributes = to_document(row.text(first + 6)),
           .metadata = row.is_null(first + 7) ? document{} : to_document(row.text(first + 7)),
           .created_at = to_time(row.integer(first + 8)),
           .updated_at = to_time(row.integer(first + 9))};
  if (out.type.get().empty() && row.is_null(first + 2)) {
    if (const auto view = view_of(graph)) {
      const auto source = type_of_end(graph, out.source);
      if (!source) return source.error();
      const auto target = type_of_end(graph, out.target);
      if (!target) return target.error();
      if (const auto fits = infer_edge_type(*view, out.attributes.value(), *source, *target)) {
        out.type = type_name{(*fits)->name};
      }
    }
  } else if (pending) {
    bring_up(*pending, out);
  }
  return out;
}

result<std::optional<std::string>> reader_state::type_of_end(const graph_id& graph,
                                                             const node_key& key) {
  auto found = sql.end_type.get(db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  row.bind_view(1, graph.get());
  row.bind_view(2, key.get());
  const auto there = row.step();
  if (!there) return there.error();
  if (!*there) return std::optional<std::string>{};
  if (!row.is_null(0)) return std::optional{type_as_read(row.text(0), type_role::node).get()};
  const auto attributes = to_document(row.text(1));
  if (const auto view = view_of(graph)) {
    if (const auto fits = infer_node_type(*view, attributes.value())) {
      return std::optional{(*fits)->name};
    }
  }
  return std::optional<std::string>{};
}

result<graph> reader_state::read_graph(sqlite::statement& row) {
  const auto status = graph_status_from_string(row.text(6));
  if (!status) {
    return fail(errc::storage_corrupt,
                named("graph", row.text(0)) + " has the unknown " + named("status", row.text(6)));
  }
  return graph{.id = graph_id{std::string{row.text(0)}},
               .type = graph_type_name{std::string{row.text(1)}},
               .name = std::string{row.text(2)},
               .description = std::string{row.text(3)},
               .owner = std::string{row.text(4)},
               .project = std::string{row.text(5)},
               .status = *status,
               .metadata = row.is_null(7) ? document{} : to_document(row.text(7)),
               .created_at = to_time(row.integer(8)),
               .updated_at = to_time(row.integer(9))};
}

// --- What others build on
// -------------------------------------------------------------------------

result<graph_anchor> reader_state::open_graph(const graph_id& graph) {
  auto found = sql.graph_config.get(db);
  if (!found) return found.error();
  auto& row = **found;
  row.bind(1, graph.get());
  const auto there = row.step();
  if (!there) return there.error();
  if (!*there) return no_graph(graph);
  if (row.is_null(0)) return graph_anchor{row, false};
  if (const auto config = row.text(0); config != config_text) {
    config_text = config;
    config_directed = says_directed(config_text);
  }
  return graph_anchor{row, config_directed};
}

result<void> reader_state::require_graph(const graph_id& graph) {
  if (const auto there = open_graph(graph); !there) return there.error();
  return {};
}

error reader_state::no_node(const graph_id& graph, const node_key& key) const {
  return fail(errc::not_found,
              "no " + named("node", key.get()) + " in " + named("graph", graph.get()));
}

result<node> reader_state::find(const graph_id& graph, const node_key& key) {
  auto found = sql.node.get(db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  row.bind_view(1, graph.get());
  row.bind_view(2, key.get());
  const auto there = row.step();
  if (!there) return there.error();
  if (*there) return read_node(row, 0, graph);
  if (auto ok = require_graph(graph); !ok) return ok.error();
  return no_node(graph, key);
}

result<bool> reader_state::has_node(const graph_id& graph, const node_key& key) {
  auto found = sql.end_type.get(db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  row.bind_view(1, graph.get());
  row.bind_view(2, key.get());
  return row.step();
}

result<bool> reader_state::has_index(std::string_view name) {
  auto found = sql.index.get(db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  row.bind_view(1, name);
  return row.step();
}

// --- Finding
// --------------------------------------------------------------------------------------

reader::reader(sqlite::connection& db, graph_lookups ask)
    : state_(std::make_unique<reader_state>(db, std::move(ask))) {}
reader::reader(reader&&) noexcept = default;
reader& reader::operator=(reader&&) noexcept = default;
reader::~reader() = default;

result<node> reader::find(const find_node& query) {
  if (auto ok = state_->look_for_pending(query.graph); !ok) return ok.error();
  return state_->find(query.graph, query.key);
}

result<edge> reader::find(const find_edge& query) {
  const bool by_key = !query.key.get().empty();
  if (by_key == !query.id.get().empty()) {
    return fail(errc::invalid_option, "an edge is found by its key or by its id, by one of them");
  }
  if (auto ok = state_->look_for_pending(query.graph); !ok) return ok.error();
  auto found = (by_key ? state_->sql.edge_by_key : state_->sql.edge_by_id).get(state_->db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  const std::string_view name = by_key ? query.key.get() : query.id.get();
  row.bind_view(1, query.graph.get());
  row.bind_view(2, name);
  const auto there = row.step();
  if (!there) return there.error();
  if (*there) return state_->read_edge(row, 0, query.graph);
  if (auto ok = state_->require_graph(query.graph); !ok) return ok.error();
  return fail(errc::not_found, "no " + named(by_key ? "edge" : "edge of id", name) + " in " +
                                   named("graph", query.graph.get()));
}

result<graph> reader::find_graph(const graph_id& id) {
  auto found = state_->sql.graph.get(state_->db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  row.bind_view(1, id.get());
  const auto there = row.step();
  if (!there) return there.error();
  if (!*there) return no_graph(id);
  return state_->read_graph(row);
}

result<bool> reader::is_lazy(const graph_id& id) {
  auto found = state_->sql.type_metadata.get(state_->db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  row.bind_view(1, id.get());
  const auto there = row.step();
  if (!there) return there.error();
  if (!*there || row.is_null(0) || row.text(0) == "{}") return false;
  const auto metadata = document::trusted(std::string{row.text(0)});
  const auto* members = metadata.value().if_object();
  const auto* mark = members != nullptr ? members->if_contains(lazy_member) : nullptr;
  return mark != nullptr && *mark == true;
}

result<graph> reader::resolve_graph(std::string_view id_or_name) {
  auto by_id = find_graph(graph_id{std::string{id_or_name}});
  if (by_id || by_id.error().code != errc::not_found) return by_id;

  auto found = state_->sql.graphs_by_name.get(state_->db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  row.bind_view(1, id_or_name);
  std::vector<std::string> live;
  std::vector<std::string> archived;
  while (true) {
    const auto more = row.step();
    if (!more) return more.error();
    if (!*more) break;
    auto& list = row.text(1) == to_string(graph_status::archived) ? archived : live;
    list.emplace_back(row.text(0));
  }
  const auto& candidates = live.empty() ? archived : live;
  if (candidates.size() == 1) return find_graph(graph_id{candidates.front()});
  if (candidates.empty()) {
    return fail(errc::not_found, "no graph of the id or name '" + printable(id_or_name) + "'");
  }
  constexpr std::size_t max_listed = 20;
  std::string ids;
  for (std::size_t i = 0; i < candidates.size() && i < max_listed; ++i) {
    ids += (i == 0 ? "" : ", ") + printable(candidates[i]);
  }
  if (candidates.size() > max_listed) ids += ", …";
  return fail(errc::conflict, std::to_string(candidates.size()) + " graphs are " +
                                  named("named", id_or_name) + "; name one by its id: " + ids);
}

result<graph_type> reader::find_graph_type(const graph_type_name& name) {
  auto found = state_->sql.graph_type.get(state_->db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};  // open until the end: one snapshot for all three
  row.bind_view(1, name.get());
  const auto there = row.step();
  if (!there) return there.error();
  if (!*there) {
    return fail(errc::not_found, "no " + named("graph type", name.get()) + " in this file");
  }
  const auto scope = type_scope_from_string(row.text(5));
  if (!scope) {
    return fail(errc::storage_corrupt, named("graph type", name.get()) + " has the unknown " +
                                           named("scope", row.text(5)));
  }
  graph_type out{.id = row_id{std::string{row.text(0)}},
                 .name = graph_type_name{std::string{row.text(1)}},
                 .description = std::string{row.text(2)},
                 .config = document::trusted(std::string{row.text(3)}),
                 .version = row.integer(4),
                 .scope = *scope,
                 .created_at = to_time(row.integer(6)),
                 .updated_at = to_time(row.integer(7)),
                 .node_types = {},
                 .edge_types = {}};

  auto nodes = state_->sql.node_types.get(state_->db);
  if (!nodes) return nodes.error();
  const sqlite::reset_guard nodes_guard{**nodes};
  (*nodes)->bind_view(1, out.id.get());
  while (true) {
    const auto more = (*nodes)->step();
    if (!more) return more.error();
    if (!*more) break;
    out.node_types.push_back({.id = row_id{std::string{(*nodes)->text(0)}},
                              .name = type_name{std::string{(*nodes)->text(1)}},
                              .schema = document::trusted(std::string{(*nodes)->text(2)})});
  }

  auto edges = state_->sql.edge_types.get(state_->db);
  if (!edges) return edges.error();
  const sqlite::reset_guard edges_guard{**edges};
  (*edges)->bind_view(1, out.id.get());
  while (true) {
    const auto more = (*edges)->step();
    if (!more) return more.error();
    if (!*more) break;
    auto sources = read_ends((*edges)->text(3), (*edges)->text(1));
    if (!sources) return sources.error();
    auto targets = read_ends((*edges)->text(4), (*edges)->text(1));
    if (!targets) return targets.error();
    out.edge_types.push_back({.id = row_id{std::string{(*edges)->text(0)}},
                              .name = type_name{std::string{(*edges)->text(1)}},
                              .schema = document::trusted(std::string{(*edges)->text(2)}),
                              .sources = std::move(*sources),
                              .targets = std::move(*targets)});
  }
  return out;
}

result<std::vector<graph_type>> reader::list_graph_types() {
  auto names = state_->sql.graph_type_names.get(state_->db);
  if (!names) return names.error();
  const sqlite::reset_guard guard{**names};
  std::vector<graph_type> out;
  while (true) {
    const auto more = (*names)->step();
    if (!more) return more.error();
    if (!*more) return out;
    auto one = find_graph_type(graph_type_name{std::string{(*names)->text(0)}});
    if (!one) return one.error();
    out.push_back(std::move(*one));
  }
}

// --- Counting
// -------------------------------------------------------------------------------------

result<graph_stat> reader::stat(const stat_graph& query) {
  const auto anchor = state_->open_graph(query.graph);
  if (!anchor) return anchor.error();
  graph_stat out;
  const auto count = [&](sqlite::lazy_statement& lazy, type_role role, std::int64_t& all,
                         std::map<std::string, std::int64_t>& by_type) -> result<void> {
    auto found = lazy.get(state_->db);
    if (!found) return found.error();
    auto& row = **found;
    const sqlite::reset_guard guard{row};
    row.bind_view(1, query.graph.get());
    while (true) {
      const auto more = row.step();
      if (!more) return more.error();
      if (!*more) return {};
      by_type[type_as_read(row.text(0), role).get()] += row.integer(1);
      all += row.integer(1);
    }
  };
  auto& sql = state_->sql;
  if (auto ok = count(sql.count_nodes, type_role::node, out.nodes, out.nodes_by_type); !ok) {
    return ok.error();
  }
  if (auto ok = count(sql.count_edges, type_role::edge, out.edges, out.edges_by_type); !ok) {
    return ok.error();
  }
  const auto seq = last_seq();
  if (!seq) return seq.error();
  out.seq = *seq;
  return out;
}

result<change_seq> reader::last_seq() {
  auto found = state_->sql.last_seq.get(state_->db);
  if (!found) return found.error();
  auto& row = **found;
  const sqlite::reset_guard guard{row};
  const auto there = row.step();
  if (!there) return there.error();
  if (!*there) return change_seq{0};
  const auto text = row.text(0);
  std::int64_t seq = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), seq);
  if (bad != std::errc{} || end != text.data() + text.size() || seq < 0) {
    return fail(errc::storage_corrupt,
                "commit_seq in _quire_meta is '" + printable(text) + "', no change number");
  }
  return change_seq{seq};
}

}  // namespace quire::metagraph
