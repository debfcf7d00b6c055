#include <quire/operations/verify.hpp>

#include <quire/events/change_reader.hpp>
#include <quire/metagraph/catalog.hpp>
#include <quire/metagraph/validation.hpp>
#include <quire/sqlite/maintenance.hpp>
#include <quire/sqlite/statement.hpp>

#include <functional>

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
    for (auto step : {&examination::nodes, &examination::edges, &examination::change_numbers}) {
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

  result<void> each(const char* sql, const std::function<void(sqlite::statement&)>& row) {
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
  std::shared_ptr<const metagraph::graph_type_view> type_of(const graph_id& id, const std::string& what) {
    auto entry = types_.find(id);
    if (entry) return (**entry).type;
    report(what, entry.error().context);
    return nullptr;
  }

  result<void> nodes() {
    return each("SELECT graph_id, key, node_type, attributes FROM nodes", [&](sqlite::statement& s) {
      const auto what = "node '" + printable(s.text(1)) + "' in graph '" + printable(s.text(0)) + "'";
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
      if (type == nullptr) return report(what, "its type '" + printable(s.text(2)) + "' does not exist");
      if (auto ok = metagraph::check_node(*view, *type, attributes->value()); !ok) report(what, to_string(ok.error()));
    });
  }

  result<void> edges() {
    return each(
        "SELECT e.graph_id, coalesce(e.key, e.id), e.edge_type, e.attributes, e.undirected, s.node_type, t.node_type "
        "FROM edges e LEFT JOIN nodes s ON s.graph_id = e.graph_id AND s.key = e.source_node_key "
        "LEFT JOIN nodes t ON t.graph_id = e.graph_id AND t.key = e.target_node_key",
        [&](sqlite::statement& s) {
          const auto what = "edge '" + printable(s.text(1)) + "' in graph '" + printable(s.text(0)) + "'";
          auto attributes = document::parse_object(s.text(3));
          if (!attributes) return report(what, attributes.error().context);
          const auto view = type_of(graph_id{std::string{s.text(0)}}, what);
          if (!view || s.is_null(2)) return;
          const auto* type = view->find_edge_type(s.text(2));
          if (type == nullptr) return report(what, "its type '" + printable(s.text(2)) + "' does not exist");
          if (auto ok = metagraph::check_edge(*view, *type, attributes->value()); !ok) report(what, to_string(ok.error()));
          const std::string source{s.text(5)};
          const std::string target{s.text(6)};
          using maybe = std::optional<std::string_view>;
          if (auto ok = metagraph::check_ends(*view, *type, source.empty() ? maybe{} : maybe{source},
                                              target.empty() ? maybe{} : maybe{target});
              !ok) {
            report(what, to_string(ok.error()));
          }
          using kind = metagraph::graph_config::kind;
          const bool undirected = s.integer(4) != 0;
          if ((view->config().type == kind::directed && undirected) || (view->config().type == kind::undirected && !undirected)) {
            report(what, "its direction is not the graph type's");
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
          report("change events", "after number " + std::to_string(at.get()) + " comes " + std::to_string(e.seq.get()));
        }
        at = e.seq;
      }
    }
    if (at != *last) {
      report("change events", "the last is " + std::to_string(at.get()) + ", the file says " + std::to_string(last->get()));
    }
    return {};
  }

  sqlite::connection& db_;
  metagraph::catalog types_;
  events::change_reader changes_;
  std::size_t max_findings_;
  std::vector<std::string> findings_;
};

}  // namespace

result<std::vector<std::string>> verify(sqlite::connection& db, std::size_t max_findings) {
  return examination{db, max_findings}.run();
}

}  // namespace quire::operations
