#pragma once

#include <quire/events/change_log.hpp>
#include <quire/evolution/definition_writer.hpp>
#include <quire/metagraph/edge_writer.hpp>
#include <quire/metagraph/graph_writer.hpp>
#include <quire/metagraph/node_writer.hpp>
#include <quire/metagraph/type_writer.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/sqlite/transaction.hpp>
#include <quire/test/fixed_environment.hpp>
#include <quire/test/scratch.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace quire::metagraph::test {

/// A JSON document in which `'` stands for `"`.
inline document json(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  return document::parse(text).value();
}

/// People know each other and own robots; likes go from anything to anything.
inline std::string module_text(std::string_view kind, std::string_view more_config = {}) {
  return "{'Config': {'type': 'object', 'properties': {'type': {'const': '" + std::string{kind} +
         "'}" + std::string{more_config} +
         "}}, 'PersonNode': {'type': 'object', 'properties': {'name': {'type': 'string'}}, "
         "'required': ['name'], 'additionalProperties': false}, "
         "'RobotNode': {'type': 'object', 'properties': {'serial': {'type': 'integer'}}, "
         "'required': ['serial'], 'additionalProperties': false}, "
         "'KnowsEdge': {'type': 'object', 'properties': {'since': {'type': 'integer'}}, "
         "'additionalProperties': false}, "
         "'KnowsEdgeConstraints': {'type': 'object', 'properties': {'edgeType': {'const': "
         "'KnowsEdge'}, 'allowedSourceTypes': {'default': ['person']}, 'allowedTargetTypes': "
         "{'default': ['person']}}}, "
         "'OwnsEdge': {'type': 'object', 'properties': {'paid': {'type': 'number'}}, "
         "'additionalProperties': false}, "
         "'OwnsEdgeConstraints': {'type': 'object', 'properties': {'edgeType': {'const': "
         "'OwnsEdge'}, 'allowedSourceTypes': {'default': ['person']}, 'allowedTargetTypes': "
         "{'default': ['robot']}}}, "
         "'LikesEdge': {'type': 'object', 'properties': {'much': {'type': 'integer'}}, 'required': "
         "['much'], 'additionalProperties': false}}";
}

inline constexpr std::string_view loops_and_parallels =
    ", 'multi': {'const': true}, 'allowSelfLoops': {'const': true}";
inline constexpr std::string_view full_events = ", 'eventPayload': {'const': 'full'}";

/// The writers of one tenant file; each `apply` is a commit of its own.
struct writer_fixture {
  quire::test::scratch_folder folder;
  quire::test::fixed_environment env;
  sqlite::connection db = open();
  events::change_log changes{db, org_id{"acme"}};
  catalog types{db};
  id_maker ids{env.get()};
  type_writer type_rows;
  evolution::definition_writer definitions{type_rows};
  graph_writer graph_rows;
  node_writer node_rows;
  edge_writer edge_rows;
  change_batch told;  ///< events of the last commit
  bool want_rows = true;
  bool edges_have_type_id = false;

  [[nodiscard]] sqlite::connection open() const {
    auto made = sqlite::connection::open(
        folder / "tenant-acme.db",
        {.mode = sqlite::open_mode::create, .sync = sqlite::durability::normal});
    sqlite::migrate(*made, sqlite::file_kind::tenant, org_id{"acme"}).value();
    return std::move(*made);
  }

  /// Commits what `step` does with a write context, or undoes it.
  template <class Step>
  auto in_commit(Step&& step) {
    write_context in{.db = db,
                     .changes = changes,
                     .types = types,
                     .ids = ids,
                     .now = env.now(),
                     .actor = "tester",
                     .want_rows = want_rows,
                     .edges_have_type_id = edges_have_type_id};
    edge_rows.forget();
    told.clear();
    auto open_now = sqlite::transaction::begin_immediate(db);
    BOOST_REQUIRE(open_now);
    auto made = step(in);
    if (made) {
      BOOST_REQUIRE(changes.store());
      BOOST_REQUIRE(open_now->commit());
      told = changes.take();
    } else {
      open_now->roll_back();
      changes.forget();
      types.forget();
    }
    return made;
  }

  template <class Operation>
  result<outcome> apply(const Operation& op) {
    return in_commit([&](write_context& in) {
      if constexpr (requires { definitions.apply(op, in); }) {
        return definitions.apply(op, in);
      } else if constexpr (requires { type_rows.apply(op, in); }) {
        return type_rows.apply(op, in);
      } else if constexpr (requires { graph_rows.apply(op, in); }) {
        return graph_rows.apply(op, in);
      } else if constexpr (requires { node_rows.apply(op, in); }) {
        return node_rows.apply(op, in);
      } else {
        return edge_rows.apply(op, in);
      }
    });
  }

  /// The code of a failure, whose context must mention `about`; `errc::none` on success.
  template <class Operation>
  errc refusal(const Operation& op, std::string_view about = {}) {
    const auto before = changes.last();
    const auto done = apply(op);
    if (done) return errc::none;
    BOOST_TEST(done.error().context.find(about) != std::string::npos, done.error());
    BOOST_TEST(changes.last() == before);
    BOOST_TEST(number("SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM _quire_meta WHERE key "
                      "= 'commit_seq'") == before.get());
    return done.error().code;
  }

  template <class Operation>
  outcome done(const Operation& op) {
    auto made = apply(op);
    BOOST_REQUIRE_MESSAGE(made, made.error());
    return std::move(*made);
  }

  void define(const std::string& name, const std::string& module) {
    done(define_graph_type{.name = graph_type_name{name}, .module = json(module)});
  }
  /// A graph type `kind` and a graph of it with the same name.
  void make_graph(const std::string& kind, std::string_view more_config = {}) {
    define(kind, module_text(kind, more_config));
    done(create_graph{.id = graph_id{kind}, .name = kind, .type = graph_type_name{kind}});
  }
  void person(const std::string& graph, const std::string& key) {
    done(create_node{.graph = graph_id{graph},
                     .key = node_key{key},
                     .type = type_name{"person"},
                     .attributes = json("{'name': '" + key + "'}")});
  }
  void robot(const std::string& graph, const std::string& key) {
    done(create_node{.graph = graph_id{graph},
                     .key = node_key{key},
                     .type = type_name{"robot"},
                     .attributes = json("{'serial': 1}")});
  }
  static create_edge knows(const std::string& graph, const std::string& from, const std::string& to,
                           const std::string& key = {}) {
    return {.graph = graph_id{graph},
            .key = edge_key{key},
            .type = type_name{"knows"},
            .source = node_key{from},
            .target = node_key{to}};
  }

  /// As a foreign program writes.
  void sql(const std::string& text) {
    const auto made = db.execute(text);
    BOOST_REQUIRE_MESSAGE(made, made.error());
    types.forget();
  }
  std::string value(const std::string& text) {
    auto rows = db.prepare("test", text).value();
    BOOST_REQUIRE(rows.step().value());
    return std::string{rows.text(0)};
  }
  std::int64_t number(const std::string& text) { return std::stoll(value(text)); }
  /// Payloads of the stream from a number on, one per line.
  std::string stream_after(change_seq after) {
    auto rows = db.prepare("test",
                           "SELECT topic || ' ' || key || ' ' || payload FROM _honker_stream "
                           "WHERE payload ->> 'seq' > ?1 ORDER BY offset")
                    .value();
    rows.bind(1, after);
    std::string out;
    while (rows.step().value()) out.append(rows.text(0)).append("\n");
    return out;
  }
};

/// Ops and names of events: `edges:deleted e1, nodes:deleted a`.
inline std::string names(const change_batch& events) {
  std::string out;
  for (const auto& e : events) {
    if (!out.empty()) out += ", ";
    out += change_topic(e.table, e.op).get() + " " + (e.key.empty() ? e.id.get() : e.key);
  }
  return out;
}

}  // namespace quire::metagraph::test
