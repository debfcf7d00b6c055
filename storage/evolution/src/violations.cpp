#include "violations_sql.hpp"

#include <quire/evolution/plan.hpp>
#include <quire/messages/ids.hpp>
#include <quire/metagraph/stored_name.hpp>
#include <quire/metagraph/validation.hpp>
#include <quire/sqlite/statement.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace quire::evolution {
namespace {

namespace json = boost::json;

/// Rows between two looks at `stop`.
constexpr std::size_t rows_per_look = 1'000;

std::string in_quotes(std::string_view text) { return "'" + printable(text) + "'"; }

class finder {
 public:
  finder(sqlite::connection& db, const row_id& graph_type, const metagraph::graph_type_view& after,
         const evolution_options& options, std::size_t max)
      : db_(db), graph_type_(graph_type), after_(after), options_(options), max_(max) {}

  result<std::vector<std::string>> run() {
    if (auto ok = find_ends(); !ok) return ok.error();
    if (!after_.config().allow_self_loops) {
      if (auto ok = find_self_loops(); !ok) return ok.error();
    }
    if (!after_.config().multi) {
      if (auto ok = find_parallel(); !ok) return ok.error();
    }
    if (after_.config().type != metagraph::graph_config::kind::mixed) {
      if (auto ok = find_directions(); !ok) return ok.error();
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool full() const noexcept { return out_.size() >= max_; }
  [[nodiscard]] std::int64_t room() const noexcept {
    return static_cast<std::int64_t>(max_ - out_.size());
  }

  /// Prepares, binds the graph type as ?1 and what `bind` adds, and gives each row to `row` while
  /// there is room.
  result<void> each(const char* name, const char* sql,
                    const std::function<void(sqlite::statement&)>& bind,
                    const std::function<void(sqlite::statement&)>& row) {
    auto query = db_.prepare(name, sql);
    if (!query) return query.error();
    query->bind(1, graph_type_);
    bind(*query);
    for (std::size_t n = 0; !full(); ++n) {
      if (n % rows_per_look == 0 && options_.stop && options_.stop()) {
        return fail(errc::deadline_exceeded,
                    std::string{name} + ": stopped as asked; nothing was written");
      }
      auto more = query->step();
      if (!more) return more.error();
      if (!*more) break;
      row(*query);
    }
    return {};
  }

  void note(std::string_view graph, std::string_view key, std::string_view id,
            const std::string& what) {
    const auto edge = key.empty() ? "anonymous edge " + in_quotes(id) : "edge " + in_quotes(key);
    out_.push_back("graph " + in_quotes(graph) + ", " + edge + ": " + what);
  }

  /// The stored name that rows with a written type will have.
  std::string name_after(part p, std::string_view written) const {
    const bool edge = p == part::edge_type;
    const auto stored_form = [&](std::string_view name) {
      return edge ? metagraph::stored_edge_name(name) : metagraph::stored_node_name(name);
    };
    auto name = stored_form(written);
    const std::string_view prefix = edge ? "edge:" : "node:";
    for (const auto& [key, migration] : options_.migrations) {
      std::string_view given = key;
      const bool prefixed = given.starts_with("node:") || given.starts_with("edge:");
      if (prefixed && !given.starts_with(prefix)) continue;
      if (prefixed) given.remove_prefix(prefix.size());
      const auto to = migration.new_type();
      if (to.empty() || stored_form(given) != name) continue;
      // An unmarked name means the part that has such a type: the caster refuses what is ambiguous.
      const bool known =
          edge ? after_.find_edge_type(to) != nullptr : after_.find_node_type(to) != nullptr;
      if (prefixed || known) return stored_form(to);
    }
    return name;
  }

  /// Written form to the type that it will mean; types that are not declared are left out.
  template <class Find>
  result<std::map<std::string, std::string, std::less<>>> written_types(const char* name,
                                                                        const char* sql, part p,
                                                                        const Find& is_declared) {
    std::map<std::string, std::string, std::less<>> out;
    auto ok = each(
        name, sql, [](sqlite::statement&) {},
        [&](sqlite::statement& row) {
          std::string written{row.text(0)};
          auto after = name_after(p, written);
          if (is_declared(after)) out.emplace(std::move(written), std::move(after));
        });
    if (!ok) return ok.error();
    return out;
  }

  result<void> find_ends() {
    auto edges =
        written_types("find the types of edges", violations_sql::edge_types, part::edge_type,
                      [&](const std::string& name) {
                        const auto* type = after_.find_edge_type(name);
                        return type != nullptr && !(type->sources.empty() && type->targets.empty());
                      });
    if (!edges) return edges.error();
    if (edges->empty()) return {};
    auto nodes = written_types(
        "find the types of nodes", violations_sql::node_types, part::node_type,
        [&](const std::string& name) { return after_.find_node_type(name) != nullptr; });
    if (!nodes) return nodes.error();
    const auto listed = [](const auto& types) {
      json::array names;
      for (const auto& [written, after] : types) names.emplace_back(written);
      return json::serialize(names);
    };
    return each(
        "find edges with ends that are not allowed", violations_sql::ends,
        [&](sqlite::statement& query) {
          query.bind(2, listed(*edges));
          query.bind(3, listed(*nodes));
        },
        [&](sqlite::statement& row) {
          const auto& name = edges->find(row.text(3))->second;
          const auto* type = after_.find_edge_type(name);
          const auto end = [&](int column) -> std::optional<std::string> {
            if (const auto known = nodes->find(row.text(column)); known != nodes->end()) {
              return known->second;
            }
            const auto attributes = document::trusted(std::string{row.text(column + 2)});
            const auto found = metagraph::infer_node_type(after_, attributes.value());
            if (!found) return std::nullopt;
            return (*found)->name;
          };
          const auto source = end(6);
          const auto target = end(7);
          if (type->allows(source, target)) return;
          const auto shown = [](const std::optional<std::string>& of) {
            return of ? in_quotes(*of) : std::string{"a node of unknown type"};
          };
          note(row.text(1), row.text(2), row.text(0),
               "edge type " + in_quotes(name) + " may not lead from " + shown(source) + " to " +
                   shown(target) + " (nodes " + in_quotes(row.text(4)) + " and " +
                   in_quotes(row.text(5)) + ")");
        });
  }

  result<void> find_self_loops() {
    return each(
        "find self-loops", violations_sql::self_loops,
        [&](sqlite::statement& query) { query.bind(2, room()); },
        [&](sqlite::statement& row) {
          note(row.text(1), row.text(2), row.text(0),
               "it is a self-loop of node " + in_quotes(row.text(3)) +
                   ", which the config no longer allows");
        });
  }

  result<void> find_parallel() {
    return each(
        "find parallel edges", violations_sql::parallel_edges,
        [&](sqlite::statement& query) { query.bind(2, room()); },
        [&](sqlite::statement& row) {
          const bool undirected = row.integer(3) != 0;
          out_.push_back(
              "graph " + in_quotes(row.text(0)) + ": " + std::to_string(row.integer(4)) +
              (undirected ? " undirected edges between nodes " : " directed edges from node ") +
              in_quotes(row.text(1)) + (undirected ? " and " : " to node ") +
              in_quotes(row.text(2)) + "; the config no longer allows parallel edges");
        });
  }

  result<void> find_directions() {
    const bool undirected = after_.config().type == metagraph::graph_config::kind::undirected;
    return each(
        "find edges of the wrong direction", violations_sql::directions,
        [&](sqlite::statement& query) {
          query.bind(2, room());
          query.bind(3, undirected ? 1 : 0);
        },
        [&](sqlite::statement& row) {
          note(row.text(1), row.text(2), row.text(0),
               undirected ? "it is directed, and the graphs are undirected now"
                          : "it is undirected, and the graphs are directed now");
        });
  }

  sqlite::connection& db_;
  const row_id& graph_type_;
  const metagraph::graph_type_view& after_;
  const evolution_options& options_;
  std::size_t max_;
  std::vector<std::string> out_;
};

}  // namespace

result<std::vector<std::string>> find_violations(sqlite::connection& db, const row_id& graph_type,
                                                 const metagraph::graph_type_view& after,
                                                 const evolution_options& options,
                                                 std::size_t max) {
  return finder(db, graph_type, after, options, max).run();
}

}  // namespace quire::evolution
