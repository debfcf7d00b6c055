#include <quire/events/change_reader.hpp>
#include <quire/evolution/definition_writer.hpp>
#include <quire/metagraph/catalog.hpp>
#include <quire/metagraph/pending.hpp>
#include <quire/metagraph/validation.hpp>
#include <quire/operations/verify.hpp>
#include <quire/sqlite/maintenance.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/sqlite/transaction.hpp>

#include <functional>
#include <optional>

namespace quire::operations {
namespace {

constexpr std::size_t page_of_events = 1000;

class examination {
 public:
  examination(sqlite::connection& db, std::size_t max_findings)
      : db_(db), types_(db), changes_(db), max_findings_(max_findings) {}

  result<std::vector<std::string>> run() {
    auto found = sqlite::check_integrity(db_, sqlite::check_depth::full, max_findings_);
    if (!found) return found.error();
    findings_ = std::move(*found);
    for (auto step :
         {&examination::types, &examination::metadata, &examination::nodes, &examination::edges,
          &examination::parallel_edges, &examination::change_numbers}) {
      if (full()) break;
      if (auto ok = (this->*step)(); !ok) return ok.error();
    }
    return std::move(findings_);
  }

 private:
  [[nodiscard]] bool full() const { return findings_.size() >= max_findings_; }
  void report(const std::string& what, const std::string& why) {
    if (!full()) findings_.push_back(what + ": " + why);
  }

  result<void> each(std::string_view sql, const std::function<void(sqlite::statement&)>& row) {
    auto statement = db_.prepare("verify", sql);
    if (!statement) return statement.error();
    while (!full()) {
      auto more = statement->step();
      if (!more) return more.error();
      if (!*more) break;
      row(*statement);
    }
    return {};
  }

  /// The graph's type, if it has one.
  std::shared_ptr<const metagraph::graph_type_view> type_of(const graph_id& id,
                                                            const std::string& what) {
    auto entry = types_.find(id);
    if (!entry) {
      report(what, entry.error().context);
      return nullptr;
    }
    evolves_ = (**entry).lazy;
    // Half of the rows have the next form already, which only the end of the migration makes known.
    if (evolution::is_in_progress((**entry).version)) return nullptr;
    return (**entry).type;
  }

  /// The attributes as readers see them.
  document current(const quire::schema::compiled_schema& schema, document attributes) const {
    if (!evolves_) return attributes;
    auto now = metagraph::current_form(schema, attributes);
    return now ? std::move(*now) : attributes;
  }

  result<void> nodes() {
    return each("SELECT graph_id, key, node_type, attributes FROM nodes",
                [&](sqlite::statement& s) {
                  const auto what =
                      "node '" + printable(s.text(1)) + "' in graph '" + printable(s.text(0)) + "'";
                  auto attributes = document::parse_object(s.text(3));
                  if (!attributes) return report(what, attributes.error().context);
                  const auto view = type_of(graph_id{std::string{s.text(0)}}, what);
                  if (!view) return;
                  if (s.is_null(2)) {
                    auto inferred = metagraph::infer_node_type(*view, attributes->value());
                    if (!inferred) report(what, "no type, and " + to_string(inferred.error()));
                    return;
                  }
                  const auto* type = view->find_node_type(s.text(2));
                  if (type == nullptr)
                    return report(what, "its type '" + printable(s.text(2)) + "' does not exist");
                  const auto now = current(type->compiled, std::move(*attributes));
                  if (auto ok = metagraph::check_node(*view, *type, now.value()); !ok)
                    report(what, to_string(ok.error()));
                });
  }

  /// The type of a node at the end of an edge, by the rule of the writers; empty when unknown.
  static std::string end_type(const metagraph::graph_type_view& view, sqlite::statement& s,
                              int column) {
    if (!s.is_null(column)) {
      const auto* type = view.find_node_type(s.text(column));
      return type != nullptr ? type->name : std::string{s.text(column)};
    }
    const auto attributes = document::trusted(std::string{s.text(column + 1)});
    const auto inferred = metagraph::infer_node_type(view, attributes.value());
    return inferred ? (**inferred).name : std::string{};
  }

  /// What the rules of writing an edge say of this row, but for parallel edges.
  result<void> check_edge(const metagraph::graph_type_view& view, const document& attributes,
                          sqlite::statement& s) {
    const auto known = [](const std::string& type) {
      return type.empty() ? std::optional<std::string_view>{}
                          : std::optional<std::string_view>{type};
    };
    const auto source = end_type(view, s, 7);
    const auto target = end_type(view, s, 9);
    const metagraph::edge_type* type = nullptr;
    if (s.is_null(2)) {
      auto inferred =
          metagraph::infer_edge_type(view, attributes.value(), known(source), known(target));
      if (!inferred) return in_context(inferred.error(), "no type");
      type = *inferred;
    } else {
      type = view.find_edge_type(s.text(2));
      if (type == nullptr)
        return fail(errc::unknown_type, "its type '" + printable(s.text(2)) + "' does not exist");
      const auto now = current(type->compiled, attributes);
      if (auto ok = metagraph::check_edge(view, *type, now.value()); !ok) return ok;
    }
    if (auto ok = metagraph::check_ends(view, *type, known(source), known(target)); !ok) return ok;
    using kind = metagraph::graph_config::kind;
    const bool undirected = s.integer(4) != 0;
    if (view.config().type == (undirected ? kind::directed : kind::undirected)) {
      return fail(errc::direction_mismatch, "its direction is not the graph type's");
    }
    if (s.text(5) == s.text(6) && !view.config().allow_self_loops) {
      return fail(errc::self_loop, "the graph type allows no self-loops");
    }
    return {};
  }

  result<void> edges() {
    return each(
        "SELECT e.graph_id, coalesce(e.key, e.id), e.edge_type, e.attributes, e.undirected, "
        "e.source_node_key, "
        "e.target_node_key, s.node_type, CASE WHEN s.node_type IS NULL THEN s.attributes END, "
        "t.node_type, "
        "CASE WHEN t.node_type IS NULL THEN t.attributes END "
        "FROM edges e LEFT JOIN nodes s ON s.graph_id = e.graph_id AND s.key = e.source_node_key "
        "LEFT JOIN nodes t ON t.graph_id = e.graph_id AND t.key = e.target_node_key",
        [&](sqlite::statement& s) {
          const auto what =
              "edge '" + printable(s.text(1)) + "' in graph '" + printable(s.text(0)) + "'";
          auto attributes = document::parse_object(s.text(3));
          if (!attributes) return report(what, attributes.error().context);
          const auto view = type_of(graph_id{std::string{s.text(0)}}, what);
          if (!view) return;
          if (auto ok = check_edge(*view, *attributes, s); !ok) report(what, to_string(ok.error()));
        });
  }

  result<void> parallel_edges() {
    // Undirected ends count in either order.
    return each(
        "SELECT graph_id, min(coalesce(key, id)), count(*) FROM edges GROUP BY graph_id, "
        "CASE WHEN undirected THEN min(source_node_key, target_node_key) ELSE source_node_key END, "
        "CASE WHEN undirected THEN max(source_node_key, target_node_key) ELSE target_node_key END, "
        "undirected "
        "HAVING count(*) > 1",
        [&](sqlite::statement& s) {
          const auto what =
              "edge '" + printable(s.text(1)) + "' in graph '" + printable(s.text(0)) + "'";
          const auto view = type_of(graph_id{std::string{s.text(0)}}, what);
          if (view && !view->config().multi) {
            report(what, "one of " + std::to_string(s.integer(2)) +
                             " parallel edges, and the graph type allows none");
          }
        });
  }

  result<void> metadata() {
    for (const auto* name :
         {"graph_types", "node_types", "edge_types", "graphs", "nodes", "edges"}) {
      const auto sql = std::string{"SELECT id FROM "} + name +
                       " WHERE metadata IS NOT NULL AND CASE WHEN json_valid(metadata) THEN "
                       "json_type(metadata) END "
                       "IS NOT 'object'";
      auto done = each(sql, [&](sqlite::statement& s) {
        report(std::string{"row '"} + printable(s.text(0)) + "' of " + name,
               "its metadata are no JSON object");
      });
      if (!done) return done;
    }
    return {};
  }

  result<void> types() {
    return each("SELECT name FROM graph_types", [&](sqlite::statement& s) {
      const auto what = "graph type '" + printable(s.text(0)) + "'";
      auto view = types_.find_type(graph_type_name{std::string{s.text(0)}});
      if (!view) return report(what, to_string(view.error()));
      for (const auto& type : (**view).node_types()) {
        if (type.broken) report(what, to_string(*type.broken));
      }
      for (const auto& type : (**view).edge_types()) {
        if (type.broken) report(what, to_string(*type.broken));
      }
    });
  }

  result<void> change_numbers() {
    auto last = changes_.last();
    if (!last) return last.error();
    auto first = changes_.first();
    if (!first) return first.error();
    if (!first->has_value()) return {};
    change_seq at{(*first)->get() - 1};
    while (!full()) {
      auto events = changes_.read(at, page_of_events);
      if (!events) {
        report("change events", to_string(events.error()));
        return {};
      }
      if (events->empty()) break;
      for (const auto& e : *events) {
        if (e.seq.get() != at.get() + 1) {
          report("change events", "after number " + std::to_string(at.get()) + " comes " +
                                      std::to_string(e.seq.get()));
        }
        at = e.seq;
      }
    }
    if (at != *last) {
      report("change events", "the last is " + std::to_string(at.get()) + ", the file says " +
                                  std::to_string(last->get()));
    }
    return {};
  }

  sqlite::connection& db_;
  metagraph::catalog types_;
  events::change_reader changes_;
  std::size_t max_findings_;
  bool evolves_ = false;  // the graph that was last asked for is evolved lazily
  std::vector<std::string> findings_;
};

}  // namespace

result<std::vector<std::string>> verify(sqlite::connection& db, std::size_t max_findings) {
  // One snapshot: else a commit of others between two steps would look like damage.
  std::optional<sqlite::read_transaction> snapshot;
  if (!db.in_transaction()) {
    auto begun = sqlite::read_transaction::begin(db);
    if (!begun) return begun.error();
    snapshot.emplace(std::move(*begun));
  }
  return examination{db, max_findings}.run();
}

}  // namespace quire::operations
