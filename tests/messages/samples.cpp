#include "samples.hpp"

#include <utility>

namespace quire::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr row_time born{seconds{1'700'000'000}};
constexpr row_time touched{seconds{1'700'000'100}};
constexpr timestamp now{milliseconds{1'700'000'000'123}};

}  // namespace

document json_of(std::string_view text) { return document::parse(text).value(); }

node sample_node() {
  return {.id = row_id{"n1"},
          .graph = graph_id{"g"},
          .key = node_key{"a"},
          .type = type_name{"file"},
          .attributes = json_of(R"({"x":1})"),
          .metadata = json_of("{}"),
          .created_at = born,
          .updated_at = touched};
}

edge sample_edge() {
  return {.id = row_id{"e1"},
          .graph = graph_id{"g"},
          .key = edge_key{},
          .type = type_name{"calls"},
          .source = node_key{"a"},
          .target = node_key{"b"},
          .undirected = true,
          .attributes = {},
          .metadata = json_of("{}"),
          .created_at = born,
          .updated_at = touched};
}

graph_type sample_graph_type() {
  return {.id = row_id{"t1"},
          .name = graph_type_name{"call-graph"},
          .description = "d",
          .config = json_of("{}"),
          .version = 2,
          .scope = type_scope::user,
          .created_at = born,
          .updated_at = touched,
          .node_types = {{.id = row_id{"t2"}, .name = type_name{"file"}, .schema = json_of("{}")}},
          .edge_types = {{.id = row_id{"t3"},
                          .name = type_name{"calls"},
                          .schema = json_of("true"),
                          .sources = {type_name{"file"}},
                          .targets = {}}}};
}

graph sample_graph() {
  return {.id = graph_id{"g"},
          .type = graph_type_name{"call-graph"},
          .name = "main",
          .description = "",
          .owner = "o",
          .project = "p",
          .status = graph_status::draft,
          .metadata = json_of("{}"),
          .created_at = born,
          .updated_at = touched};
}

organization sample_organization() {
  return {.id = org_id{"acme"},
          .name = "Acme",
          .slug = "acme",
          .owner = account_id{"u1"},
          .created_at = born,
          .updated_at = touched};
}

write_request sample_write_request() {
  write_request r;
  r.session.actor = "u1";
  r.deadline = now;
  r.want_rows = false;
  r.operations = {
      define_graph_type{.name = graph_type_name{"t"},
                        .module = json_of("{}"),
                        .description = "d",
                        .scope = type_scope::user,
                        .owner = account_id{"u1"}},
      delete_graph_type{.name = graph_type_name{"t"}},
      create_graph{.id = graph_id{"g"},
                   .name = "main",
                   .type = graph_type_name{"t"},
                   .description = "d",
                   .owner = "o",
                   .project = "p",
                   .status = graph_status::archived,
                   .metadata = {}},
      update_graph{.id = graph_id{"g"},
                   .name = "new",
                   .description = "",
                   .metadata = {},
                   .set_status = true,
                   .status = graph_status::draft},
      delete_graph{.id = graph_id{"g"}},
      create_node{.graph = graph_id{"g"},
                  .key = node_key{"a"},
                  .type = type_name{"file"},
                  .attributes = json_of(R"({"x":1})"),
                  .metadata = {},
                  .id = row_id{"n1"}},
      upsert_node{.graph = graph_id{"g"},
                  .key = node_key{"a"},
                  .type = type_name{},
                  .attributes = json_of("{}"),
                  .mode = upsert_mode::merge},
      update_node{.graph = graph_id{"g"},
                  .key = node_key{"a"},
                  .attributes = {},
                  .patch = json_of("[]"),
                  .expected = json_of("{}"),
                  .metadata = {}},
      delete_node{.graph = graph_id{"g"}, .key = node_key{"a"}},
      create_edge{.graph = graph_id{"g"},
                  .key = edge_key{"e"},
                  .type = type_name{"calls"},
                  .source = node_key{"a"},
                  .target = node_key{"b"},
                  .attributes = json_of("{}"),
                  .metadata = {},
                  .direction = edge_direction::undirected,
                  .id = row_id{}},
      upsert_edge{.graph = graph_id{"g"},
                  .key = edge_key{"e"},
                  .type = type_name{"calls"},
                  .source = node_key{"a"},
                  .target = node_key{"b"},
                  .attributes = json_of("{}"),
                  .mode = upsert_mode::replace,
                  .direction = edge_direction::directed},
      update_edge{.graph = graph_id{"g"},
                  .key = edge_key{},
                  .id = row_id{"e1"},
                  .attributes = json_of("{}"),
                  .patch = {},
                  .expected = {},
                  .metadata = {}},
      delete_edge{.graph = graph_id{"g"}, .key = edge_key{"e"}, .id = row_id{}},
  };
  return r;
}

write_reply sample_write_reply() {
  return {.seq = change_seq{7},
          .outcomes = {
              {.row = {}, .created = false, .changed = false},
              {.row = sample_graph_type(), .created = true, .changed = true},
              {.row = sample_graph(), .created = true, .changed = true},
              {.row = sample_node(), .created = false, .changed = true},
              {.row = sample_edge(), .created = true, .changed = true},
              {.row = removed{.id = row_id{"n1"}, .key = "a", .edges = 3},
               .created = false,
               .changed = true},
          }};
}

std::vector<read_request> sample_read_requests() {
  const list_options options{
      .filter = json_of(R"({"x":1})"), .order = json_of("[]"), .limit = 10, .cursor = "c"};
  const std::vector<query> queries{
      find_node{.graph = graph_id{"g"}, .key = node_key{"a"}},
      find_edge{.graph = graph_id{"g"}, .key = edge_key{"e"}, .id = row_id{}},
      list_nodes{.graph = graph_id{"g"}, .options = options},
      list_edges{.graph = graph_id{"g"}, .options = {}},
      find_neighbors{.graph = graph_id{"g"},
                     .key = node_key{"a"},
                     .direction = direction::both,
                     .edge_types = {type_name{"calls"}},
                     .node_types = {},
                     .limit = 10,
                     .cursor = ""},
      find_path{.graph = graph_id{"g"},
                .from = node_key{"a"},
                .to = node_key{"b"},
                .direction = direction::in,
                .edge_types = {type_name{"calls"}},
                .max_depth = 5,
                .max_visited = 1000},
      stat_graph{.graph = graph_id{"g"}},
  };
  std::vector<read_request> all;
  for (const auto& q : queries) {
    read_request r;
    r.session.actor = "u1";
    r.at_least = change_seq{6};
    r.query = q;
    all.push_back(std::move(r));
  }
  return all;
}

std::vector<read_reply> sample_read_replies() {
  const neighbor beside{.node = sample_node(), .edge = sample_edge()};
  return {{},
          {sample_node()},
          {sample_edge()},
          {page<node>{.items = {sample_node()}, .next_cursor = "c"}},
          {page<edge>{.items = {sample_edge()}, .next_cursor = ""}},
          {page<neighbor>{.items = {beside}, .next_cursor = "c"}},
          {path{.nodes = {sample_node()}, .edges = {sample_edge()}}},
          {graph_stat{.nodes = 2,
                      .edges = 1,
                      .nodes_by_type = {{"file", 2}},
                      .edges_by_type = {{"", 1}},
                      .seq = change_seq{7}}}};
}

change_event sample_event(table t, change_op op) {
  change_event e;
  e.seq = change_seq{static_cast<std::int64_t>(t) * 3 + static_cast<std::int64_t>(op) + 1};
  e.table = t;
  e.op = op;
  e.at = now;
  e.actor = "u1";
  if (t < table::accounts) e.org = org_id{"acme"};  // the others live in the system file
  if (t == table::nodes || t == table::edges) {
    e.graph = graph_id{"g"};
    e.key = t == table::nodes ? "a \"quoted\" key" : "e";
    if (op != change_op::deleted) e.attributes = json_of(R"({"x":1,"name":"Ωmega"})");
  } else {
    e.id = row_id{"r1"};
  }
  if (t == table::edges) {
    e.source = node_key{"a"};
    e.target = node_key{"b"};
    if (op == change_op::updated) e.id = row_id{std::exchange(e.key, "")};  // an anonymous one
  }
  return e;
}

change_event sample_full_event() {
  auto e = sample_event(table::edges, change_op::created);
  e.seq = change_seq{7};
  e.attributes = json_of(R"({"x":1})");
  e.offset = stream_offset{300};
  return e;
}

error sample_error() {
  return fail(errc::validation_failed, "creating node 'a'",
              {{.code = "object_required", .pointer = "/x", .message = "Required"}});
}

}  // namespace quire::test
