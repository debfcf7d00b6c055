#pragma once

#include <quire/acl/graph_module.hpp>
#include <quire/acl/image.hpp>
#include <quire/acl/memory_view.hpp>
#include <quire/acl/sql_view.hpp>
#include <quire/events/change_log.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/sqlite/transaction.hpp>
#include <quire/test/scratch.hpp>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::acl {

/// A tenant file with an empty graph of access control. What is written has an event, like what the
/// engine writes, and no checks, like what others write.
class acl_file {
 public:
  acl_file() {
    sqlite::migrate(db, sqlite::file_kind::tenant, org_id{"acme"}).value();
    sql("INSERT INTO graph_types (id, name, config) VALUES ('" + std::string{row_ids::graph_type} +
        "', 'acl', '{}')");
    sql("INSERT INTO graphs (id, graph_type_id, name, status) VALUES ('the-acl', '" +
        std::string{row_ids::graph_type} + "', 'acl', 'active')");
    log_.load().value();
  }

  void sql(const std::string& text) { db.execute(text).value(); }
  void run(std::string_view text, const std::vector<std::string>& values) {
    auto s = db.prepare("test", text).value();
    for (std::size_t i = 0; i < values.size(); ++i) s.bind(static_cast<int>(i + 1), values[i]);
    s.run().value();
  }

  /// Writes in one transaction; what `write` does is told by `tell`. Answers its events.
  template <class Write>
  change_batch commit(Write&& write) {
    auto t = sqlite::transaction::begin_immediate(db).value();
    write();
    log_.store().value();
    t.commit().value();
    return log_.take();
  }

  /// Makes or replaces a node.
  void put_node(const std::string& key, std::string_view type, const std::string& attributes) {
    run("INSERT INTO nodes (id, graph_id, key, node_type, attributes) VALUES ('n:' || ?1, "
        "'the-acl', "
        "?1, ?2, ?3) ON CONFLICT (graph_id, key) DO UPDATE SET node_type = ?2, attributes = ?3",
        {key, std::string{type}, attributes});
    tell_node(key);
  }
  void remove_node(const std::string& key) {
    std::vector<std::string> edges;
    {
      auto rows = db.prepare("test",
                             "SELECT id FROM edges WHERE graph_id = 'the-acl' AND "
                             "(source_node_key = ?1 OR target_node_key = ?1)")
                      .value();
      rows.bind(1, key);
      while (rows.step().value()) edges.emplace_back(rows.text(0));
    }
    for (const auto& id : edges) remove_edge(id);
    run("DELETE FROM nodes WHERE graph_id = 'the-acl' AND key = ?1", {key});
    tell_node(key);
  }
  /// Makes or replaces an edge; its ends stay.
  void put_edge(const std::string& id, std::string_view type, const std::string& source,
                const std::string& target, const std::string& attributes) {
    run("INSERT INTO edges (id, graph_id, edge_type, source_node_key, target_node_key, attributes) "
        "VALUES (?1, 'the-acl', ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET edge_type = ?2, "
        "attributes = ?5",
        {id, std::string{type}, source, target, attributes});
    tell_edge(id, source, target);
  }
  void remove_edge(const std::string& id) {
    auto rows =
        db.prepare("test", "SELECT source_node_key, target_node_key FROM edges WHERE id = ?1")
            .value();
    rows.bind(1, id);
    if (!rows.step().value()) return;
    const std::string source{rows.text(0)};
    const std::string target{rows.text(1)};
    rows.reset();
    run("DELETE FROM edges WHERE id = ?1", {id});
    tell_edge(id, source, target);
  }

  [[nodiscard]] std::shared_ptr<const acl_image> image(const image_options& options = {}) {
    return acl_image::build(db, graph, options).value();
  }

  test::scratch_folder folder{};
  sqlite::connection db =
      sqlite::connection::open(folder / "tenant.db", {.mode = sqlite::open_mode::create}).value();
  graph_id graph{"the-acl"};

 private:
  void tell_node(const std::string& key) {
    change_event e;
    e.graph = graph;
    e.table = table::nodes;
    e.op = change_op::updated;
    e.key = key;
    log_.append(std::move(e)).value();
  }
  void tell_edge(const std::string& id, const std::string& source, const std::string& target) {
    change_event e;
    e.graph = graph;
    e.table = table::edges;
    e.op = change_op::updated;
    e.id = row_id{id};
    e.source = node_key{source};
    e.target = node_key{target};
    log_.append(std::move(e)).value();
  }

  events::change_log log_{db, org_id{"acme"}};
};

inline std::string text_of(const std::vector<std::string>& list) {
  return boost::json::serialize(boost::json::value_from(list));
}
inline std::string text_of(const resource_map& map) {
  boost::json::object out;
  for (const auto& [key, actions] : map) out[key] = boost::json::value_from(actions);
  return boost::json::serialize(out);
}

inline std::string principal_text(const std::string& key, const std::vector<std::string>& scopes,
                                  const resource_map& resources = {}) {
  const auto colon = key.find(':');
  return R"({"identityType":")" + key.substr(0, colon) + R"(","identityId":")" +
         key.substr(colon + 1) + R"(","scopes":)" + text_of(scopes) +
         (resources.empty() ? std::string{} : ",\"resources\":" + text_of(resources)) + "}";
}
inline std::string resource_text(const std::string& type, const std::string& id,
                                 const std::optional<std::vector<std::string>>& actions = {}) {
  return R"({"resourceType":")" + type + R"(","resourceId":")" + id + "\"" +
         (actions ? ",\"actions\":" + text_of(*actions) : std::string{}) + "}";
}
inline std::string delegation_text(const step_in& step) {
  return "{\"narrowedScopes\":" + text_of(step.scopes) +
         (step.resources ? ",\"narrowedResources\":" + text_of(*step.resources) : std::string{}) +
         (step.narrowable ? std::string{} : ",\"narrowable\":false") +
         (step.expires_at ? ",\"expiresAt\":" + std::to_string(*step.expires_at) : std::string{}) +
         "}";
}
inline std::string membership_text(membership_level level) {
  return R"({"membershipLevel":")" + std::string{to_string(level)} + "\"}";
}

/// Everybody is active, everything is there.
struct everyone final : identity_view {
  [[nodiscard]] std::optional<account_status> status_of(std::string_view) const override {
    return account_status::active;
  }
  [[nodiscard]] bool has_organization(std::string_view) const override { return true; }
  [[nodiscard]] std::optional<credential_state> credential(std::string_view) const override {
    return std::nullopt;
  }
};

inline timestamp at_second(std::int64_t s) { return timestamp{std::chrono::seconds{s}}; }

/// What an image and the file say of one check; they must agree.
inline verdict ask(acl_file& file, const acl_image& image, const search_request& request,
                   const identity_view& identities) {
  const auto in_memory = search(image, identities, request).value();
  sql_search by_sql(file.db, file.graph);
  const auto from_file = search(by_sql, identities, request).value();
  sql_view view(file.db, file.graph);
  searchable_view by_view(view);
  const auto from_view = search(by_view, identities, request).value();
  BOOST_TEST(in_memory.allowed == from_file.allowed);
  BOOST_TEST(in_memory.reason == from_file.reason);
  BOOST_TEST(in_memory.allowed == from_view.allowed);
  BOOST_TEST(in_memory.reason == from_view.reason);
  return in_memory;
}

}  // namespace quire::acl
