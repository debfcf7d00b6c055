#include "reader_state.hpp"
#include "type_spelling.hpp"

#include <quire/metagraph/reader.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quire::metagraph {

namespace {

/// How a node was reached: over which edge, from which node.
struct visit {
  const std::pair<const std::string, visit>* from = nullptr;  // null at the start
  std::int64_t edge = 0;
};

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

/// Visited nodes by key. Its entries never move, so they refer to each other.
using visits = std::unordered_map<std::string, visit, text_hash, std::equal_to<>>;
using visited = visits::value_type;

/// The search from one end.
struct side {
  visits seen;
  std::vector<const visited*> frontier;
  walk_pair walks;
};

/// Where the two sides met: one node, or the two ends of the edge that was found last.
struct meeting {
  const visited* here = nullptr;   ///< in the side that was being expanded
  const visited* there = nullptr;  ///< the same key in the other side
};

direction reversed(direction d) {
  if (d == direction::both) return d;
  return d == direction::out ? direction::in : direction::out;
}

}  // namespace

/// One search; lives inside one call.
class path_search {
 public:
  path_search(reader_state& s, const find_path& query) : state_(s), query_(query) {}

  [[nodiscard]] result<path> run();

 private:
  [[nodiscard]] result<sqlite::statement*> statement_of(walk w);
  [[nodiscard]] result<meeting> expand(side& mine, const side& other, bool directed);
  [[nodiscard]] result<path> collect(const visited* from_side, const visited* to_side);

  reader_state& state_;
  const find_path& query_;
  std::vector<std::string> types_;
  std::array<std::optional<sqlite::statement>, walk_count> typed_;
};

result<sqlite::statement*> path_search::statement_of(walk w) {
  const auto kind = static_cast<std::size_t>(w);
  if (types_.empty()) return state_.sql.steps[kind].get(state_.db);
  auto& ready = typed_[kind];
  if (!ready) {
    auto prepared = state_.db.prepare(
        "search a path by type",
        std::string{step_texts[kind]} + " AND +e.edge_type IN " + marks(types_.size()));
    if (!prepared) return prepared.error();
    int parameter = 3;
    for (const auto& t : types_) prepared->bind(parameter++, std::string_view{t});
    ready.emplace(std::move(*prepared));
  }
  return &*ready;
}

result<meeting> path_search::expand(side& mine, const side& other, bool directed) {
  std::vector<const visited*> next;
  for (const auto* node : mine.frontier) {
    for (std::size_t w = 0; w < walks_needed(query_.direction, directed); ++w) {
      auto prepared = statement_of(w == 0 ? mine.walks.first : mine.walks.second);
      if (!prepared) return prepared.error();
      auto& row = **prepared;
      const sqlite::reset_guard guard{row};
      row.bind_view(1, query_.graph.get());
      row.bind_view(2, node->first);
      while (true) {
        const auto there = row.step();
        if (!there) return there.error();
        if (!*there) break;
        const auto key = row.text(1);
        if (mine.seen.find(key) != mine.seen.end()) continue;
        const auto met = other.seen.find(key);
        if (met == other.seen.end() && mine.seen.size() + other.seen.size() >= query_.max_visited) {
          return fail(errc::limit_exceeded,
                      "the search from node '" + printable(query_.from.get()) + "' to '" +
                          printable(query_.to.get()) + "' visited " +
                          std::to_string(query_.max_visited) +
                          " nodes without an answer; allow more or name edge types");
        }
        const auto added =
            mine.seen.emplace(std::string{key}, visit{.from = node, .edge = row.integer(0)}).first;
        // All nearer nodes of both sides are known and none met, so this one lies on a shortest
        // path.
        if (met != other.seen.end()) return meeting{.here = &*added, .there = &*met};
        next.push_back(&*added);
      }
    }
  }
  mine.frontier = std::move(next);
  return meeting{};
}

result<path> path_search::collect(const visited* from_side, const visited* to_side) {
  std::vector<const visited*> before;
  for (const auto* v = from_side; v != nullptr; v = v->second.from) before.push_back(v);
  std::reverse(before.begin(), before.end());

  path out;
  const auto add_node = [&](const std::string& key) -> result<void> {
    auto one = state_.find(query_.graph, node_key{key});
    if (!one && one.error().code == errc::not_found) {
      // The search follows edges alone; only a foreign program can leave one without its end.
      return fail(errc::storage_corrupt, "an edge of the path: " + one.error().context);
    }
    if (!one) return one.error();
    out.nodes.push_back(std::move(*one));
    return {};
  };
  const auto add_edge = [&](std::int64_t rowid) -> result<void> {
    auto found = state_.sql.edge_by_rowid.get(state_.db);
    if (!found) return found.error();
    auto& row = **found;
    const sqlite::reset_guard guard{row};
    row.bind(1, rowid);
    const auto there = row.step();
    if (!there) return there.error();
    if (!*there) return fail(errc::internal, "an edge of a path left its snapshot");
    auto one = state_.read_edge(row, 0, query_.graph);
    if (!one) return one.error();
    out.edges.push_back(std::move(*one));
    return {};
  };
  for (const auto* v : before) {
    if (v->second.from != nullptr) {
      if (auto ok = add_edge(v->second.edge); !ok) return ok.error();
    }
    if (auto ok = add_node(v->first); !ok) return ok.error();
  }
  for (const auto* v = to_side; v->second.from != nullptr; v = v->second.from) {
    if (auto ok = add_edge(v->second.edge); !ok) return ok.error();
    if (auto ok = add_node(v->second.from->first); !ok) return ok.error();
  }
  return out;
}

result<path> path_search::run() {
  if (auto ok = state_.look_for_pending(query_.graph); !ok) return ok.error();
  const auto anchor = state_.open_graph(query_.graph);
  if (!anchor) return anchor.error();
  auto start = state_.find(query_.graph, query_.from);
  if (!start) return start.error();
  if (query_.from == query_.to) return path{.nodes = {std::move(*start)}, .edges = {}};
  if (const auto end = state_.has_node(query_.graph, query_.to); !end) {
    return end.error();
  } else if (!*end) {
    return state_.no_node(query_.graph, query_.to);
  }
  types_ = type_spellings(query_.edge_types, type_role::edge);

  side from{.seen = {}, .frontier = {}, .walks = walks_of(query_.direction)};
  side to{.seen = {}, .frontier = {}, .walks = walks_of(reversed(query_.direction))};
  from.frontier.push_back(&*from.seen.emplace(query_.from.get(), visit{}).first);
  to.frontier.push_back(&*to.seen.emplace(query_.to.get(), visit{}).first);
  for (std::size_t depth = 0; depth < query_.max_depth; ++depth) {
    if (from.frontier.empty() || to.frontier.empty()) break;
    const bool forward = from.frontier.size() <= to.frontier.size();
    const auto met =
        forward ? expand(from, to, anchor->directed()) : expand(to, from, anchor->directed());
    if (!met) return met.error();
    if (met->here == nullptr) continue;
    return forward ? collect(met->here, met->there) : collect(met->there, met->here);
  }
  return path{};
}

result<path> reader::shortest_path(const find_path& query) {
  if (auto ok = check_types(query.edge_types); !ok) return ok.error();
  return path_search{*state_, query}.run();
}

}  // namespace quire::metagraph
