#include <quire/acl/evaluate.hpp>
#include <quire/acl/graph_module.hpp>
#include <quire/acl/graph_rows.hpp>
#include <quire/acl/search.hpp>
#include <quire/acl/sql_view.hpp>
#include <quire/messages/limits.hpp>
#include <quire/operations/access_rules.hpp>
#include <quire/sqlite/statement.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

#include "access_state.hpp"

namespace quire {
namespace {

namespace json = boost::json;
using reading = access_graph::state::reading;

// Somebody else wrote the same rows between our look and our write: so often it is tried again.
constexpr int tries = 4;

json::array list_of(const std::vector<std::string>& texts) {
  json::array list;
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

json::object map_of(const acl::resource_map& map) {
  json::object o;
  for (const auto& [key, actions] : map) o[key] = list_of(actions);
  return o;
}

document attributes_of(const acl::principal_id& who, const std::vector<std::string>& scopes) {
  return document::from(json::object{{acl::attribute_names::identity_type, to_string(who.kind)},
                                     {acl::attribute_names::identity_id, who.id},
                                     {acl::attribute_names::scopes, list_of(scopes)}});
}

document attributes_of(const delegation& what) {
  json::object o{{acl::attribute_names::narrowed_scopes, list_of(what.scopes)}};
  if (what.resources) o[acl::attribute_names::narrowed_resources] = map_of(*what.resources);
  if (!what.narrowable) o[acl::attribute_names::narrowable] = false;
  if (what.expires_at) o[acl::attribute_names::expires_at] = what.expires_at->time_since_epoch().count();
  return document::from(std::move(o));
}

/// The rows of the graph of access control, read for a change of them.
class rows {
 public:
  rows(sqlite::connection& db, graph_id graph) : db_(db), graph_(std::move(graph)) {}

  [[nodiscard]] const graph_id& graph() const { return graph_; }

  /// Attributes of a node; null: there is none.
  result<std::optional<document>> node(const std::string& key) {
    auto s = db_.prepare("read a node of access control", "SELECT attributes FROM nodes WHERE graph_id = ?1 AND key = ?2");
    if (!s) return s.error();
    s->bind(1, graph_);
    s->bind(2, key);
    auto row = s->step();
    if (!row) return row.error();
    if (!*row) return std::optional<document>{};
    return std::optional{document::trusted(std::string{s->text(0)})};
  }

  struct edge_row {
    row_id id;
    std::string type;
    document attributes;
  };
  /// The edge between two nodes; there is one at most.
  result<std::optional<edge_row>> edge(const std::string& from, const std::string& to) {
    auto s = db_.prepare("read an edge of access control",
                         "SELECT id, edge_type, attributes FROM edges "
                         "WHERE graph_id = ?1 AND source_node_key = ?2 AND target_node_key = ?3");
    if (!s) return s.error();
    s->bind(1, graph_);
    s->bind(2, from);
    s->bind(3, to);
    auto row = s->step();
    if (!row) return row.error();
    if (!*row) return std::optional<edge_row>{};
    return std::optional{edge_row{row_id{std::string{s->text(0)}}, std::string{s->text(1)},
                                  document::trusted(std::string{s->text(2)})}};
  }

  /// Adds what makes the principal, unless it is there.
  result<void> ensure(const acl::principal_id& who, std::vector<operation>& out) {
    if (auto valid = acl::principal_from_key(key_of(who)); !valid) return valid.error();
    auto there = node(key_of(who));
    if (!there) return there.error();
    if (!*there) {
      out.emplace_back(create_node{.graph = graph_,
                                   .key = node_key{key_of(who)},
                                   .type = type_name{std::string{acl::type_names::principal}},
                                   .attributes = attributes_of(who, {})});
    }
    return {};
  }

  /// Adds what makes the edge, or gives it other attributes.
  result<void> put(std::string_view type, const std::string& from, const std::string& to, document attributes,
                   std::vector<operation>& out) {
    auto there = edge(from, to);
    if (!there) return there.error();
    if (*there && (*there)->type == type) {
      out.emplace_back(update_edge{.graph = graph_, .id = (*there)->id, .attributes = std::move(attributes)});
      return {};
    }
    auto key = from + "->" + to;
    if (!is_valid_key(key)) key.clear();
    out.emplace_back(create_edge{.graph = graph_,
                                 .key = edge_key{std::move(key)},
                                 .type = type_name{std::string{type}},
                                 .source = node_key{from},
                                 .target = node_key{to},
                                 .attributes = std::move(attributes)});
    return {};
  }

 private:
  sqlite::connection& db_;
  graph_id graph_;
};

/// Who may not write learns nothing from what there is to write, or not. The write itself is judged again.
result<void> check_writer(access_graph::state& file, const reading& in) {
  if (in.by.open) return {};
  static const std::array<std::string, 1> scopes{std::string{operations::acl_write}};
  auto verdict = operations::judge(in.by, {.scopes = scopes, .resource_type = {}, .resource_id = {}, .action = {}},
                                   in.image.get(), in.db);
  if (!verdict) return verdict.error();
  return verdict->allowed ? result<void>{} : result<void>{file.refuse("acl.write", verdict->reason)};
}

/// Looks what there is, decides what to write, writes it; again when somebody else was faster.
result<write_reply> change(access_graph::state& file,
                           const std::function<result<void>(rows&, std::vector<operation>&)>& plan) {
  result<write_reply> reply = write_reply{};
  for (int i = 0; i < tries; ++i) {
    std::vector<operation> todo;
    auto looked = file.read([&](const reading& in) -> result<void> {
      if (auto ok = check_writer(file, in); !ok) return ok;
      auto graph = acl::find_acl_graph(in.db);
      if (!graph) return graph.error();
      rows all{in.db, std::move(*graph)};
      return plan(all, todo);
    });
    if (!looked) return looked.error();
    if (todo.empty()) return write_reply{};
    reply = file.write(std::move(todo));
    const auto code = reply ? errc::none : reply.error().code;
    const bool raced = code == errc::conflict || code == errc::duplicate_key || code == errc::not_found;
    if (!raced) break;
  }
  return reply;
}

/// Scopes of a principal's node with some added or taken away; the rest of its attributes stays.
document with_scopes(const document& attributes, const std::vector<std::string>& scopes, bool add, bool& changed) {
  auto o = attributes.value().is_object() ? attributes.value().get_object() : json::object{};
  auto& held = o[acl::attribute_names::scopes];
  if (!held.is_array()) held = json::array{};
  auto& list = held.get_array();
  for (const auto& scope : scopes) {
    const auto at = std::find(list.begin(), list.end(), json::value(scope));
    if (add && at == list.end()) {
      list.emplace_back(scope);
      changed = true;
    } else if (!add && at != list.end()) {
      list.erase(at);
      changed = true;
    }
  }
  return document::from(std::move(o));
}

std::vector<std::string> actions_of(const document& attributes) {
  std::vector<std::string> out;
  if (const auto* o = attributes.value().if_object()) {
    if (const auto* list = o->if_contains(acl::attribute_names::actions); list != nullptr && list->is_array()) {
      for (const auto& x : list->get_array()) {
        if (x.is_string()) out.emplace_back(x.get_string());
      }
    }
  }
  return out;
}

acl::request request_of(const access_question& what) {
  acl::request made{.subject = what.who, .credential = {}, .acting_as = {}, .needs = what.needs, .resource_id = {}};
  if (!what.acting_as.empty()) made.acting_as = what.acting_as;
  if (!what.resource_id.empty()) made.resource_id = what.resource_id;
  return made;
}

}  // namespace

access_graph::access_graph(std::shared_ptr<state> s) : state_(std::move(s)) {}

access_graph tenant_base::access() const { return access_graph{make_access(*this)}; }

result<edge> access_graph::delegate(const delegation& what) {
  auto reply = change(*state_, [&](rows& all, std::vector<operation>& out) -> result<void> {
    if (auto ok = all.ensure(what.from, out); !ok) return ok;
    if (auto ok = all.ensure(what.to, out); !ok) return ok;
    return all.put(acl::type_names::delegates, key_of(what.from), key_of(what.to), attributes_of(what), out);
  });
  if (!reply) return reply.error();
  if (auto* made = std::get_if<edge>(&reply->outcomes.back().row)) return std::move(*made);
  return fail(errc::internal, "the answer is of another kind than the request");
}

result<bool> access_graph::revoke(const acl::principal_id& from, const acl::principal_id& to) {
  auto reply = change(*state_, [&](rows& all, std::vector<operation>& out) -> result<void> {
    auto there = all.edge(key_of(from), key_of(to));
    if (!there) return there.error();
    if (*there && (*there)->type == acl::type_names::delegates) {
      out.emplace_back(delete_edge{.graph = all.graph(), .id = (*there)->id});
    }
    return {};
  });
  if (!reply) return reply.error();
  return !reply->outcomes.empty();
}

result<void> access_graph::grant(const direct_grant& what) {
  if (what.resource_type.empty() != what.actions.empty() || what.resource_type.empty() != what.resource_id.empty()) {
    return fail(errc::invalid_option, "a grant on a resource names its type, its id and at least one action");
  }
  auto reply = change(*state_, [&](rows& all, std::vector<operation>& out) -> result<void> {
    const auto key = key_of(what.to);
    if (auto valid = acl::principal_from_key(key); !valid) return valid.error();
    auto there = all.node(key);
    if (!there) return there.error();
    if (!*there) {
      out.emplace_back(create_node{.graph = all.graph(),
                                   .key = node_key{key},
                                   .type = type_name{std::string{acl::type_names::principal}},
                                   .attributes = attributes_of(what.to, what.scopes)});
    } else {
      bool changed = false;
      auto next = with_scopes(**there, what.scopes, true, changed);
      if (changed) {
        out.emplace_back(update_node{
            .graph = all.graph(), .key = node_key{key}, .attributes = std::move(next), .expected = **there});
      }
    }
    if (what.resource_type.empty()) return {};
    const auto resource = acl::resource_key(what.resource_type, what.resource_id);
    auto known = all.node(resource);
    if (!known) return known.error();
    if (!*known) {
      out.emplace_back(create_node{.graph = all.graph(),
                                   .key = node_key{resource},
                                   .type = type_name{std::string{acl::type_names::resource}},
                                   .attributes = document::from(
                                       json::object{{acl::attribute_names::resource_type, what.resource_type},
                                                    {acl::attribute_names::resource_id, what.resource_id}})});
    }
    auto edge = all.edge(key, resource);
    if (!edge) return edge.error();
    auto actions = *edge ? actions_of((*edge)->attributes) : std::vector<std::string>{};
    for (const auto& action : what.actions) {
      if (std::find(actions.begin(), actions.end(), action) == actions.end()) actions.push_back(action);
    }
    return all.put(acl::type_names::scopes, key, resource,
                   document::from(json::object{{acl::attribute_names::actions, list_of(actions)}}), out);
  });
  return reply ? result<void>{} : result<void>{reply.error()};
}

result<bool> access_graph::revoke(const direct_grant& what) {
  auto reply = change(*state_, [&](rows& all, std::vector<operation>& out) -> result<void> {
    const auto key = key_of(what.to);
    auto there = all.node(key);
    if (!there) return there.error();
    if (!*there) return {};
    bool changed = false;
    auto next = with_scopes(**there, what.scopes, false, changed);
    if (changed) {
      out.emplace_back(update_node{
          .graph = all.graph(), .key = node_key{key}, .attributes = std::move(next), .expected = **there});
    }
    if (what.resource_type.empty()) return {};
    auto edge = all.edge(key, acl::resource_key(what.resource_type, what.resource_id));
    if (!edge) return edge.error();
    if (!*edge || (*edge)->type != acl::type_names::scopes) return {};
    auto actions = actions_of((*edge)->attributes);
    const auto before = actions.size();
    std::erase_if(actions, [&](const std::string& x) {
      return what.actions.empty() || std::find(what.actions.begin(), what.actions.end(), x) != what.actions.end();
    });
    if (actions.empty()) {
      out.emplace_back(delete_edge{.graph = all.graph(), .id = (*edge)->id});
    } else if (actions.size() != before) {
      out.emplace_back(update_edge{.graph = all.graph(),
                                   .id = (*edge)->id,
                                   .attributes = document::from(
                                       json::object{{acl::attribute_names::actions, list_of(actions)}}),
                                   .expected = (*edge)->attributes});
    }
    return {};
  });
  if (!reply) return reply.error();
  return !reply->outcomes.empty();
}

namespace {

/// Whoever asks about others must be allowed to see how authority flows.
result<void> check_asker(access_graph::state& file, const reading& in, std::string_view about) {
  if (in.by.open || in.by.who == about) return {};
  const auto needs = operations::requirement(operations::deed::read_access);
  auto verdict = operations::judge(
      in.by, {.scopes = needs.scopes, .resource_type = {}, .resource_id = {}, .action = {}}, in.image.get(), in.db);
  if (!verdict) return verdict.error();
  return verdict->allowed ? result<void>{} : result<void>{file.refuse(needs.operation, verdict->reason)};
}

result<void> check_fresh(const reading& in, change_seq at_least) {
  if (in.seq >= at_least) return {};
  return fail(errc::offset_out_of_range, "change " + std::to_string(at_least.get()) + " is not there yet; the last is " +
                                             std::to_string(in.seq.get()));
}

acl::list_request part_of(const access_page& part, const reading& in) {
  return {.now = in.by.now, .mode = in.by.mode, .limit = part.limit, .cursor = part.cursor};
}

}  // namespace

result<bool> access_graph::check(const access_question& what) {
  if (auto ok = acl::check_spec(what.needs, "the question"); !ok) return ok.error();
  bool allowed = false;
  auto looked = state_->read([&](const reading& in) -> result<void> {
    if (auto ok = check_fresh(in, what.at_least); !ok) return ok;
    const auto who = key_of(what.who);
    if (auto ok = check_asker(*state_, in, who); !ok) return ok;
    const auto& identities = operations::identities_of(in.by);
    const auto id = what.resource_id.empty() ? std::nullopt : std::optional{what.resource_id};
    acl::search_request request{.subject = who,
                                .needs = {},
                                .now = in.by.now,
                                .mode = in.by.mode,
                                .acting_as = what.acting_as,
                                .credential_scopes = {},
                                .to_pass_on = false};
    if (in.by.who == who && in.by.credential_scopes) request.credential_scopes = *in.by.credential_scopes;
    if (acl::can_search(what.needs, id) && in.image) {
      auto verdict = acl::check(*in.image, identities, what.needs, id, request);
      if (!verdict) return verdict.error();
      allowed = verdict->allowed;
      return {};
    }
    auto graph = acl::find_acl_graph(in.db);
    if (!graph) return graph.error();
    if (acl::can_search(what.needs, id)) {
      acl::sql_search view{in.db, *graph};
      auto verdict = acl::check(view, identities, what.needs, id, request);
      if (!verdict) return verdict.error();
      allowed = verdict->allowed;
      return {};
    }
    acl::sql_view view{in.db, *graph};
    auto decision = acl::evaluate(view, identities, request_of(what), in.by.now, in.by.mode);
    if (!decision) return decision.error();
    allowed = decision->allowed;
    return {};
  });
  if (!looked) return looked.error();
  return allowed;
}

result<acl::decision> access_graph::explain(const access_question& what) {
  if (auto ok = acl::check_spec(what.needs, "the question"); !ok) return ok.error();
  acl::decision decision;
  auto looked = state_->read([&](const reading& in) -> result<void> {
    if (auto ok = check_fresh(in, what.at_least); !ok) return ok;
    if (auto ok = check_asker(*state_, in, {}); !ok) return ok;
    auto graph = acl::find_acl_graph(in.db);
    if (!graph) return graph.error();
    acl::sql_view view{in.db, *graph};
    auto made = acl::evaluate(view, operations::identities_of(in.by), request_of(what), in.by.now, in.by.mode);
    if (!made) return made.error();
    decision = std::move(*made);
    return {};
  });
  if (!looked) return looked.error();
  return decision;
}

result<page<std::string>> access_graph::resources_of(const acl::principal_id& who, std::string_view type,
                                                     std::string_view action, const access_page& part) {
  page<std::string> found;
  auto looked = state_->read([&](const reading& in) -> result<void> {
    if (auto ok = check_asker(*state_, in, key_of(who)); !ok) return ok;
    const auto& identities = operations::identities_of(in.by);
    const auto list = [&]() -> result<page<std::string>> {
      if (in.image) return acl::resources_of(*in.image, identities, key_of(who), action, type, part_of(part, in));
      auto graph = acl::find_acl_graph(in.db);
      if (!graph) return graph.error();
      return acl::resources_of(in.db, *graph, identities, key_of(who), action, type, part_of(part, in));
    };
    auto made = list();
    if (!made) return made.error();
    found = std::move(*made);
    return {};
  });
  if (!looked) return looked.error();
  return found;
}

result<page<std::string>> access_graph::principals_on(std::string_view type, std::string_view id, std::string_view action,
                                                      const access_page& part) {
  page<std::string> found;
  auto looked = state_->read([&](const reading& in) -> result<void> {
    if (auto ok = check_asker(*state_, in, {}); !ok) return ok;
    const auto& identities = operations::identities_of(in.by);
    const auto list = [&]() -> result<page<std::string>> {
      if (in.image) return acl::principals_on(*in.image, identities, type, id, action, part_of(part, in));
      auto graph = acl::find_acl_graph(in.db);
      if (!graph) return graph.error();
      return acl::principals_on(in.db, *graph, identities, type, id, action, part_of(part, in));
    };
    auto made = list();
    if (!made) return made.error();
    found = std::move(*made);
    return {};
  });
  if (!looked) return looked.error();
  return found;
}

result<page<acl::holding>> access_graph::grants_of(const acl::principal_id& who, const access_page& part) {
  page<acl::holding> found;
  auto looked = state_->read([&](const reading& in) -> result<void> {
    if (auto ok = check_asker(*state_, in, key_of(who)); !ok) return ok;
    auto graph = acl::find_acl_graph(in.db);
    if (!graph) return graph.error();
    auto made = acl::grants_of(in.db, *graph, key_of(who), part_of(part, in));
    if (!made) return made.error();
    found = std::move(*made);
    return {};
  });
  if (!looked) return looked.error();
  return found;
}

}  // namespace quire
