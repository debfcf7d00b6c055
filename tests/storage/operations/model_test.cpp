// Random operations, good and bad, against a model in memory; then the tables against the model,
// and a graph made of events alone against the tables.
#include "fixture.hpp"

#include <quire/test/seed.hpp>

#include <map>
#include <optional>
#include <set>
#include <variant>

namespace quire::operations {
namespace {

struct model_edge {
  std::string key;
  std::string from;
  std::string to;
  bool undirected = false;
  std::int64_t n = 0;
  friend bool operator==(const model_edge&, const model_edge&) = default;
};

struct model_graph {
  std::string type;
  bool archived = false;
  std::map<std::string, std::int64_t> nodes;
  std::map<std::string, model_edge> edges;  // by row id
  friend bool operator==(const model_graph&, const model_graph&) = default;
};

/// The number in attributes, if they pass the schema; none given: nothing passes.
std::optional<std::int64_t> number_in(const document& attributes) {
  const auto* object = attributes.value().if_object();
  const auto* n = object == nullptr ? nullptr : object->if_contains("n");
  if (n == nullptr || !n->is_int64()) return std::nullopt;
  return n->get_int64();
}

/// What the operations mean, said as simply as possible. An operation that fails leaves nothing
/// promised: the caller goes back to a copy.
struct model {
  std::map<std::string, model_graph> graphs;
  std::int64_t seq = 0;

  model_graph* graph(const graph_id& id) {
    const auto found = graphs.find(id.get());
    return found == graphs.end() ? nullptr : &found->second;
  }
  static errc writable(const model_graph* g) {
    if (g == nullptr) return errc::not_found;
    return g->archived ? errc::graph_archived : errc::none;
  }
  static auto find_edge(model_graph& g, const std::string& key, const std::string& id) {
    return std::find_if(g.edges.begin(), g.edges.end(), [&](const auto& e) {
      return key.empty() ? e.first == id : e.second.key == key;
    });
  }

  errc apply(const create_graph& op) {
    if (graphs.contains(op.id.get())) return errc::duplicate_key;
    graphs[op.id.get()].type = op.type.get();
    ++seq;
    return errc::none;
  }
  errc apply(const update_graph& op) {
    auto* g = graph(op.id);
    if (g == nullptr) return errc::not_found;
    const bool wanted = op.status == graph_status::archived;
    if (g->archived != wanted) ++seq;
    g->archived = wanted;
    return errc::none;
  }
  errc apply(const delete_graph& op) {
    if (graphs.erase(op.id.get()) == 0) return errc::not_found;
    ++seq;
    return errc::none;
  }
  errc apply(const create_node& op) {
    auto* g = graph(op.graph);
    if (const auto bad = writable(g); bad != errc::none) return bad;
    if (g->nodes.contains(op.key.get())) return errc::duplicate_key;
    const auto n = number_in(op.attributes);
    if (!n) return errc::validation_failed;
    g->nodes[op.key.get()] = *n;
    ++seq;
    return errc::none;
  }
  errc set_node(model_graph& g, const node_key& key, const document& attributes) {
    const auto n = number_in(attributes);
    if (!n) return errc::validation_failed;
    auto& stored = g.nodes[key.get()];
    if (stored != *n) ++seq;
    stored = *n;
    return errc::none;
  }
  errc apply(const upsert_node& op) {
    auto* g = graph(op.graph);
    if (const auto bad = writable(g); bad != errc::none) return bad;
    if (g->nodes.contains(op.key.get())) return set_node(*g, op.key, op.attributes);
    return apply(create_node{.graph = op.graph, .key = op.key, .attributes = op.attributes});
  }
  errc apply(const update_node& op) {
    auto* g = graph(op.graph);
    if (const auto bad = writable(g); bad != errc::none) return bad;
    const auto found = g->nodes.find(op.key.get());
    if (found == g->nodes.end()) return errc::not_found;
    if (op.expected && number_in(op.expected) != found->second) return errc::conflict;
    return set_node(*g, op.key, op.attributes);
  }
  errc apply(const delete_node& op) {
    auto* g = graph(op.graph);
    if (const auto bad = writable(g); bad != errc::none) return bad;
    if (g->nodes.erase(op.key.get()) == 0) return errc::not_found;
    seq += 1 + static_cast<std::int64_t>(std::erase_if(g->edges, [&](const auto& e) {
             return e.second.from == op.key.get() || e.second.to == op.key.get();
           }));
    return errc::none;
  }
  errc apply(const create_edge& op) {
    auto* g = graph(op.graph);
    if (const auto bad = writable(g); bad != errc::none) return bad;
    model_edge made{.key = op.key.get(), .from = op.source.get(), .to = op.target.get()};
    if (!g->nodes.contains(made.from) || !g->nodes.contains(made.to)) return errc::missing_endpoint;
    if ((g->type == "directed" && op.direction == edge_direction::undirected) ||
        (g->type == "undirected" && op.direction == edge_direction::directed)) {
      return errc::direction_mismatch;
    }
    made.undirected = g->type == "undirected" || op.direction == edge_direction::undirected;
    if (g->type != "mixed") {
      if (made.from == made.to) return errc::self_loop;
      for (const auto& [id, e] : g->edges) {
        const bool same = e.from == made.from && e.to == made.to;
        const bool turned = e.from == made.to && e.to == made.from;
        if (e.undirected == made.undirected && (same || (made.undirected && turned)))
          return errc::parallel_edge;
      }
    }
    if (!made.key.empty() && find_edge(*g, made.key, {}) != g->edges.end())
      return errc::duplicate_key;
    const auto n = number_in(op.attributes);
    if (!n) return errc::validation_failed;
    made.n = *n;
    g->edges[op.id.get()] = made;
    ++seq;
    return errc::none;
  }
  errc set_edge(model_edge& e, const document& attributes) {
    const auto n = number_in(attributes);
    if (!n) return errc::validation_failed;
    if (e.n != *n) ++seq;
    e.n = *n;
    return errc::none;
  }
  errc apply(const update_edge& op) {
    auto* g = graph(op.graph);
    if (const auto bad = writable(g); bad != errc::none) return bad;
    const auto found = find_edge(*g, op.key.get(), op.id.get());
    return found == g->edges.end() ? errc::not_found : set_edge(found->second, op.attributes);
  }
  errc apply(const delete_edge& op) {
    auto* g = graph(op.graph);
    if (const auto bad = writable(g); bad != errc::none) return bad;
    const auto found = find_edge(*g, op.key.get(), op.id.get());
    if (found == g->edges.end()) return errc::not_found;
    g->edges.erase(found);
    ++seq;
    return errc::none;
  }
  template <class Other>
  errc apply(const Other&) {
    return errc::internal;  // not part of this test
  }
};

/// Makes requests over few names, so that they meet.
class request_source {
 public:
  explicit request_source(test::random_source& random) : random_(random) {}

  write_request next() {
    write_request made;
    const auto count = random_.chance(0.6) ? 1 : 1 + random_.below(4);
    for (std::size_t i = 0; i < count; ++i) made.operations.push_back(one());
    made.want_rows = random_.chance(0.5);
    return made;
  }

 private:
  std::string one_of(std::initializer_list<const char*> names) {
    return names.begin()[random_.below(names.size())];
  }
  graph_id some_graph() { return graph_id{one_of({"g1", "g2", "g3", "g3", "g3", "g4"})}; }
  node_key some_node() { return node_key{"n" + std::to_string(random_.below(7))}; }
  std::string some_edge() { return "e" + std::to_string(random_.below(9)); }
  /// Edges without a key are known by their ids; ids never come twice.
  row_id new_id() { return row_id{"id" + std::to_string(++ids_)}; }
  row_id old_id() { return row_id{"id" + std::to_string(ids_ - random_.below(ids_ + 1) + 1)}; }
  document attributes() {
    if (random_.chance(0.08)) return json("{'n': 'bad'}");
    return number(static_cast<std::int64_t>(random_.below(3)));
  }
  edge_direction direction() { return static_cast<edge_direction>(random_.below(3)); }

  operation one() {
    const auto graph = some_graph();
    const auto dice = random_.below(100);
    if (dice < 3) {
      return new_graph(graph.get(), graph.get() == "g1"   ? "directed"
                                    : graph.get() == "g2" ? "undirected"
                                                          : "mixed");
    }
    if (dice < 5) {
      const bool archive = random_.chance(0.3);
      return update_graph{.id = graph,
                          .set_status = true,
                          .status = archive ? graph_status::archived : graph_status::active};
    }
    if (dice < 6) return delete_graph{graph};
    if (dice < 22) return create_node{graph, some_node(), type_name{"item"}, attributes()};
    if (dice < 32) return upsert_node{graph, some_node(), {}, attributes()};
    if (dice < 42) {
      update_node op{graph, some_node(), attributes()};
      if (random_.chance(0.3)) op.expected = number(static_cast<std::int64_t>(random_.below(3)));
      return op;
    }
    if (dice < 47) return delete_node{graph, some_node()};
    if (dice < 82) {
      create_edge op{.graph = graph,
                     .type = type_name{"link"},
                     .source = some_node(),
                     .target = some_node(),
                     .attributes = attributes(),
                     .direction = direction(),
                     .id = new_id()};
      if (random_.chance(0.6)) op.key = edge_key{some_edge()};
      return op;
    }
    const bool by_key = random_.chance(0.6);
    const edge_key key{by_key ? some_edge() : std::string{}};
    const row_id id = by_key ? row_id{} : old_id();
    if (dice < 93)
      return update_edge{.graph = graph, .key = key, .id = id, .attributes = attributes()};
    return delete_edge{graph, key, id};
  }

  test::random_source& random_;
  std::size_t ids_ = 0;
};

/// What the tables hold.
std::map<std::string, model_graph> stored(sqlite::connection& db) {
  std::map<std::string, model_graph> out;
  auto graphs = db.prepare("test",
                           "SELECT g.id, t.name, g.status = 'archived' FROM graphs g JOIN "
                           "graph_types t ON t.id = g.graph_type_id")
                    .value();
  while (graphs.step().value()) {
    auto& g = out[std::string{graphs.text(0)}];
    g.type = graphs.text(1);
    g.archived = graphs.integer(2) != 0;
  }
  auto nodes = db.prepare("test", "SELECT graph_id, key, attributes ->> 'n' FROM nodes").value();
  while (nodes.step().value())
    out[std::string{nodes.text(0)}].nodes[std::string{nodes.text(1)}] = nodes.integer(2);
  auto edges = db.prepare("test",
                          "SELECT graph_id, id, key, source_node_key, target_node_key, "
                          "undirected, attributes ->> 'n' FROM edges")
                   .value();
  while (edges.step().value()) {
    out[std::string{edges.text(0)}].edges[std::string{edges.text(1)}] = {
        .key = std::string{edges.text(2)},
        .from = std::string{edges.text(3)},
        .to = std::string{edges.text(4)},
        .undirected = edges.integer(5) != 0,
        .n = edges.integer(6)};
  }
  return out;
}

/// What a subscriber knows who has seen nothing but events: nodes, and edges by key or id.
struct replica {
  struct graph {
    std::map<std::string, std::int64_t> nodes;
    std::map<std::string, std::string> edges;  // "from to n"
    friend bool operator==(const graph&, const graph&) = default;
  };
  std::map<std::string, graph> graphs;

  void follow(const change_event& e) {
    const auto name = e.key.empty() ? e.id.get() : e.key;
    const bool gone = e.op == change_op::deleted;
    if (e.table == table::graphs) {
      // A type that is deleted unties graphs; none is here.
      if (gone) {
        BOOST_TEST(graphs.erase(name) == 1U);
      } else {
        graphs[name];
      }
      return;
    }
    if (e.table != table::nodes && e.table != table::edges) return;
    BOOST_TEST(gone == !e.attributes);
    auto& g = graphs[e.graph.get()];
    const auto n = gone ? 0 : number_in(e.attributes).value();
    if (e.table == table::nodes) {
      BOOST_TEST(g.nodes.contains(name) == (e.op != change_op::created));
      if (gone) {
        g.nodes.erase(name);
      } else {
        g.nodes[name] = n;
      }
    } else {
      BOOST_TEST(g.edges.contains(name) == (e.op != change_op::created));
      if (gone) {
        g.edges.erase(name);
      } else {
        g.edges[name] = e.source.get() + " " + e.target.get() + " " + std::to_string(n);
      }
    }
  }

  static std::map<std::string, graph> of(const std::map<std::string, model_graph>& from) {
    std::map<std::string, graph> out;
    for (const auto& [id, g] : from) {
      auto& made = out[id];
      made.nodes = g.nodes;
      for (const auto& [row, e] : g.edges) {
        made.edges[e.key.empty() ? row : e.key] = e.from + " " + e.to + " " + std::to_string(e.n);
      }
    }
    return out;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_tenant_agrees_with_the_model_and_its_events_with_both) {
  test::random_source random;
  BOOST_TEST_CONTEXT("QUIRE_SEED=" << random.used()) {
    tenant_files files;
    auto store = files.open();
    const std::string full = ", 'eventPayload': {'const': 'full'}";
    written(*store, request(items("directed", "'type': {'const': 'directed'}" + full)));
    written(*store, request(items("undirected", "'type': {'const': 'undirected'}" + full)));
    written(*store, request(items("mixed",
                                  "'type': {'const': 'mixed'}, 'multi': {'const': true}, "
                                  "'allowSelfLoops': {'const': true}" +
                                      full)));
    model expected;
    expected.seq = store->last_seq().get();
    for (const auto* id : {"g1", "g2", "g3"}) {
      const auto op = new_graph(id, *(id + 1) == '1'   ? "directed"
                                    : *(id + 1) == '2' ? "undirected"
                                                       : "mixed");
      written(*store, request(op));
      BOOST_REQUIRE(expected.apply(op) == errc::none);
    }
    request_source requests{random};
    std::map<errc, int> answers;
    replica live;
    for (const auto* id : {"g1", "g2", "g3"}) live.graphs[id];
    int applied = 0;
    while (applied < 20'000) {
      if (random.chance(0.02)) store = files.open();
      BOOST_REQUIRE(store->begin());
      const auto before = expected;
      const auto size = 1 + random.below(8);
      for (std::size_t i = 0; i < size; ++i) {
        const auto what = requests.next();
        auto attempt = expected;
        auto wanted = errc::none;
        for (const auto& op : what.operations) {
          wanted = std::visit([&](const auto& x) { return attempt.apply(x); }, op);
          if (wanted != errc::none) break;
        }
        const auto reply = store->apply(what);
        const auto answer = reply ? errc::none : reply.error().code;
        BOOST_REQUIRE_MESSAGE(answer == wanted, "operation " << applied << ": " << answer
                                                             << " instead of " << wanted);
        if (reply) {
          expected = std::move(attempt);
          BOOST_TEST(reply->seq.get() == expected.seq);
        }
        ++answers[answer];
        applied += static_cast<int>(what.operations.size());
      }
      if (random.chance(0.1)) {
        store->roll_back();
        expected = before;
        continue;
      }
      const auto done = store->commit();
      BOOST_REQUIRE_MESSAGE(done, done.error());
      BOOST_TEST(done->seq.get() == expected.seq);
      for (const auto& e : done->events) live.follow(e);
    }

    for (const auto code : {errc::none, errc::not_found, errc::conflict, errc::duplicate_key,
                            errc::graph_archived, errc::validation_failed, errc::missing_endpoint,
                            errc::direction_mismatch, errc::self_loop, errc::parallel_edge}) {
      BOOST_TEST(answers[code] > 0, "never answered " << code);
    }
    const auto rows = stored(store->connection());
    BOOST_TEST((rows == expected.graphs));
    BOOST_TEST((live.graphs == replica::of(expected.graphs)));
    // Once more from the stream, as one reads who was not there.
    replica late;
    events::change_reader reader{store->connection()};
    change_seq at{0};
    for (;;) {
      const auto page = reader.read(at, 100).value();
      if (page.empty()) break;
      for (const auto& e : page) {
        BOOST_TEST(e.seq.get() == at.get() + 1);
        at = e.seq;
        late.follow(e);
      }
    }
    BOOST_TEST(at.get() == expected.seq);
    BOOST_TEST((late.graphs == live.graphs));
    BOOST_TEST(verify(store->connection()).value().empty());
  }
}

}  // namespace quire::operations
