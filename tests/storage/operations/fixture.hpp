#pragma once

#include <quire/events/change_reader.hpp>
#include <quire/operations/tenant_store.hpp>
#include <quire/operations/verify.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/test/fixed_environment.hpp>
#include <quire/test/scratch.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace quire::operations {

inline const org_id acme{"acme"};

/// A JSON document in which `'` stands for `"`.
inline document json(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  return document::parse(text).value();
}

/// One node type `item` with a number `n`, one edge type `link` between any nodes with one as well.
inline define_graph_type items(const std::string& name, const std::string& config) {
  return {.name = graph_type_name{name},
          .module = json("{'Config': {'type': 'object', 'properties': {" + config +
                         "}}, 'ItemNode': {'type': 'object', 'properties': {'n': {'type': "
                         "'integer'}}, 'required': ['n']}, "
                         "'LinkEdge': {'type': 'object', 'properties': {'n': {'type': "
                         "'integer'}}}}")};
}

inline document number(std::int64_t n) { return json("{'n': " + std::to_string(n) + "}"); }

inline create_graph new_graph(const std::string& id, const std::string& type) {
  return {.id = graph_id{id}, .name = id, .type = graph_type_name{type}};
}
inline create_node new_node(const std::string& graph, const std::string& key, std::int64_t n = 0) {
  return {.graph = graph_id{graph},
          .key = node_key{key},
          .type = type_name{"item"},
          .attributes = number(n)};
}
inline create_edge new_edge(const std::string& graph, const std::string& from,
                            const std::string& to, const std::string& key = {}) {
  return {.graph = graph_id{graph},
          .key = edge_key{key},
          .type = type_name{"link"},
          .source = node_key{from},
          .target = node_key{to}};
}

template <class... Operations>
write_request request(Operations... operations) {
  write_request made;
  (made.operations.emplace_back(std::move(operations)), ...);
  return made;
}

inline std::string value(sqlite::connection& db, std::string_view sql) {
  auto rows = db.prepare("test", sql);
  BOOST_REQUIRE_MESSAGE(rows, rows.error());
  BOOST_REQUIRE(rows->step().value());
  return std::string{rows->text(0)};
}

/// The file says that its events are numbered from 1 to the last, once each.
inline void check_numbers(sqlite::connection& db) {
  BOOST_TEST(value(db,
                   "SELECT count(*) || ' ' || count(DISTINCT payload ->> 'seq') || ' ' || "
                   "coalesce(max(payload ->> 'seq'), 0) FROM _honker_stream") ==
             value(db,
                   "SELECT n || ' ' || n || ' ' || n FROM (SELECT coalesce(max(CAST(value AS "
                   "INTEGER)), 0) AS n FROM _quire_meta WHERE key = 'commit_seq')"));
}

/// A folder with the file of one tenant.
struct tenant_files {
  test::scratch_folder folder;
  test::fixed_environment env;
  std::filesystem::path file = folder / "tenant-acme.db";

  explicit tenant_files(const std::string& vfs = {}) {
    BOOST_REQUIRE(tenant_store::create_file(file, acme, options(vfs)));
  }
  static sqlite::open_options options(const std::string& vfs = {}) {
    return {.mode = sqlite::open_mode::read_write,
            .sync = sqlite::durability::normal,
            .busy_timeout = std::chrono::milliseconds{0},
            .vfs = vfs};
  }
  [[nodiscard]] std::unique_ptr<tenant_store> open(const sqlite::open_options& how = options()) {
    auto made = tenant_store::open(file, acme, how, env.get());
    BOOST_REQUIRE_MESSAGE(made, made.error());
    return std::move(*made);
  }
};

/// One request in a transaction of its own.
inline result<write_reply> write(tenant_store& store, const write_request& what) {
  if (auto ok = store.begin(); !ok) return ok.error();
  auto reply = store.apply(what);
  if (!store.is_open()) {
    store.roll_back();
    return reply;
  }
  if (auto ok = store.commit(); !ok) return ok.error();
  return reply;
}

inline write_reply written(tenant_store& store, const write_request& what) {
  auto reply = write(store, what);
  BOOST_REQUIRE_MESSAGE(reply, reply.error());
  return std::move(*reply);
}

inline errc refusal(tenant_store& store, const write_request& what) {
  const auto reply = write(store, what);
  return reply ? errc::none : reply.error().code;
}

/// A store with a simple graph `g` (type `simple`) that has nodes a and b.
struct one_tenant : tenant_files {
  std::unique_ptr<tenant_store> store = open();
  one_tenant() {
    written(*store, request(items("simple", "")));
    written(*store, request(new_graph("g", "simple"), new_node("g", "a"), new_node("g", "b")));
  }
  std::string value(std::string_view sql) { return operations::value(store->connection(), sql); }
};

}  // namespace quire::operations
