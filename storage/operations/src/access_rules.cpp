#include <quire/acl/graph_module.hpp>
#include <quire/acl/graph_rows.hpp>
#include <quire/metagraph/stored_name.hpp>
#include <quire/operations/access_rules.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <type_traits>

namespace quire::operations {
namespace {

namespace json = boost::json;

constexpr std::string_view resource_prefix = "resource:";

/// For embedders that run operations without a system file: all accounts are in good standing.
class everybody final : public acl::identity_view {
 public:
  [[nodiscard]] std::optional<account_status> status_of(std::string_view) const override {
    return account_status::active;
  }
  [[nodiscard]] bool has_organization(std::string_view) const override { return true; }
  [[nodiscard]] std::optional<acl::credential_state> credential(std::string_view) const override {
    return std::nullopt;
  }
};

/// Texts of a list; what is no text is left out, because the graph type refuses it afterwards.
std::vector<std::string> texts_of(const json::value* list) {
  std::vector<std::string> out;
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& item : list->get_array()) {
    if (item.is_string()) out.emplace_back(item.get_string());
  }
  return out;
}

acl::resource_map resources_of(const json::value* map) {
  acl::resource_map out;
  if (map == nullptr || !map->is_object()) return out;
  for (const auto& member : map->get_object()) out[std::string{member.key()}] = texts_of(&member.value());
  return out;
}

const json::value* member_of(const json::object& o, std::string_view name) {
  return o.if_contains(json::string_view{name.data(), name.size()});
}

std::string text_of(const json::object& o, std::string_view name) {
  const auto* found = member_of(o, name);
  return found != nullptr && found->is_string() ? std::string{found->get_string()} : std::string{};
}

/// Type and id in the key of a resource's node.
std::pair<std::string_view, std::string_view> parts_of_resource(std::string_view key) {
  if (!key.starts_with(resource_prefix)) return {};
  key.remove_prefix(resource_prefix.size());
  const auto colon = key.find(':');
  if (colon == std::string_view::npos) return {};
  return {key.substr(0, colon), key.substr(colon + 1)};
}

error whole_attributes_only() {
  return fail(errc::invalid_option,
              "rows of the graph of access control are written as a whole: give `attributes`, not a patch or a merge");
}

error own_graph() {
  return fail(errc::protected_row,
              "the graph of access control is the engine's own: a file has one, it is neither removed nor archived");
}

template <class Op>
constexpr bool writes_rows = requires(const Op& op) { op.graph; };

}  // namespace

namespace {

bool needs_nothing(const caller& by, const acl::requirement& needs) {
  return by.open || (needs.scopes.empty() && needs.resource_type.empty());
}

constexpr acl::verdict passed{.allowed = true, .reason = errc::none, .visits = 0};

acl::search_request request_of(const caller& by, const acl::requirement& needs) {
  acl::search_request request{.subject = by.who,
                              .needs = needs,
                              .now = by.now,
                              .mode = by.mode,
                              .acting_as = by.acting_as,
                              .credential_scopes = {},
                              .to_pass_on = false};
  if (by.credential_scopes) request.credential_scopes = *by.credential_scopes;
  return request;
}

}  // namespace

const acl::identity_view& identities_of(const caller& by) {
  static const everybody all;
  return by.identities != nullptr ? *by.identities : all;
}

result<acl::verdict> judge(const caller& by, const acl::requirement& needs, const acl::acl_image& image) {
  if (needs_nothing(by, needs)) return passed;
  return acl::search(image, identities_of(by), request_of(by, needs));
}

result<acl::verdict> judge(const caller& by, const acl::requirement& needs, const acl::acl_image* image,
                           sqlite::connection& db) {
  if (image != nullptr) return judge(by, needs, *image);
  if (needs_nothing(by, needs)) return passed;
  auto graph = acl::find_acl_graph(db);
  if (!graph && graph.error().code == errc::acl_graph_missing) {
    return acl::verdict{.allowed = false, .reason = errc::acl_graph_missing, .visits = 0};
  }
  if (!graph) return graph.error();
  acl::sql_search view{db, std::move(*graph)};
  return acl::search(view, identities_of(by), request_of(by, needs));
}

const graph_id* access_rules::graph() {
  if (!looked_) {
    looked_ = true;
    if (auto found = acl::find_acl_graph(db_)) graph_ = std::move(*found);
  }
  return graph_ ? &*graph_ : nullptr;
}

bool access_rules::changes_access(const operation& op) {
  const auto* own = graph();
  return own != nullptr && std::visit(
                               [&](const auto& x) {
                                 if constexpr (writes_rows<std::remove_cvref_t<decltype(x)>>) {
                                   return x.graph == *own;
                                 } else {
                                   return false;
                                 }
                               },
                               op);
}

bool access_rules::is_barrier(std::span<const operation> all) {
  return std::any_of(all.begin(), all.end(), [&](const operation& op) { return changes_access(op); });
}

result<void> access_rules::require(const requirement_of& needs, const caller& by,
                                   const acl::acl_image* image) {
  auto verdict = judge(by, {.scopes = needs.scopes, .resource_type = {}, .resource_id = {}, .action = {}},
                       image, db_);
  if (!verdict) return verdict.error();
  if (verdict->allowed) return {};
  denial_ = {.needs = needs, .reason = verdict->reason};
  return fail(errc::access_denied, "access denied to " + std::string{needs.operation});
}

result<void> access_rules::admit(const operation& op, const caller& by, const acl::acl_image* image) {
  const auto needs = requirement(op);
  if (auto ok = require(needs, by, image); !ok) return ok;
  if (const auto* made = std::get_if<create_graph>(&op)) {
    return made->type.get() == acl::graph_type_of_acl ? result<void>{own_graph()} : result<void>{};
  }
  const auto* own = graph();
  if (own == nullptr) return {};
  const auto* updated = std::get_if<update_graph>(&op);
  const auto* deleted = std::get_if<delete_graph>(&op);
  if ((updated != nullptr && updated->id == *own) || (deleted != nullptr && deleted->id == *own)) {
    return own_graph();
  }
  if (!changes_access(op)) return {};
  static const std::string write{acl_write};
  if (auto ok = require({.operation = needs.operation, .scopes = {&write, 1}}, by, image); !ok) return ok;

  acl::sql_view rows{db_, *own};
  const acl::writer writer{.kind = by.open ? acl::writer_kind::vouched : acl::writer_kind::session,
                           .principal = by.who,
                           .acting_as = by.acting_as,
                           .credential_scopes = by.credential_scopes};
  const acl::insert_context in{.graph = rows,
                               .identities = identities_of(by),
                               .by = writer,
                               .now = by.now,
                               .mode = by.mode};
  auto checked = std::visit([&](const auto& x) { return check_row(x, in); }, op);
  if (!checked && checked.error().code == errc::access_denied) {
    denial_ = {.needs = needs, .reason = errc::access_denied};
  }
  return checked;
}

template <class Op>
result<void> access_rules::check_row(const Op& op, const acl::insert_context& in) {
  if constexpr (requires { op.patch; }) {
    if (op.patch) return whole_attributes_only();
  }
  if constexpr (requires { op.mode; }) {
    if (op.mode != upsert_mode::replace) return whole_attributes_only();
  }
  if constexpr (std::is_same_v<Op, delete_node>) {
    return check_removed_node(op.key, in);
  } else if constexpr (requires { op.source; }) {
    if (op.type.get().empty()) {
      return fail(errc::type_required, "edges of the graph of access control name their type: delegates or scopes");
    }
    return check_edge(metagraph::stored_edge_name(op.type.get()), op.source, op.target, op.attributes, in);
  } else if constexpr (std::is_same_v<Op, update_edge> || std::is_same_v<Op, delete_edge>) {
    auto stored = find_edge(op.key, op.id);
    if (!stored) return stored.error();
    if (!*stored) return {};  // not found is said by who writes
    if constexpr (std::is_same_v<Op, update_edge>) {
      return check_edge((*stored)->type, (*stored)->source, (*stored)->target, op.attributes, in);
    } else {
      return (*stored)->type == acl::type_names::belongs_to ? acl::check_membership(in.by) : result<void>{};
    }
  } else if constexpr (requires { op.key; op.attributes; }) {
    return check_node(op.key, op.attributes, in);
  } else {
    return {};
  }
}

result<void> access_rules::check_node(const node_key& key, const document& attributes,
                                      const acl::insert_context& in) {
  // An update of metadata alone changes nothing that counts. What is no object the graph type refuses.
  if (!attributes || !attributes.value().is_object()) return {};
  const auto& o = attributes.value().get_object();
  if (key.get().starts_with(resource_prefix)) {
    return acl::check_resource(key.get(), text_of(o, acl::attribute_names::resource_type),
                               text_of(o, acl::attribute_names::resource_id));
  }
  auto before = in.graph.find(key.get());
  if (!before) return before.error();
  acl::principal after;
  auto kind = acl::principal_kind_from_string(text_of(o, acl::attribute_names::identity_type));
  if (!kind) return kind.error();
  after.who = {*kind, text_of(o, acl::attribute_names::identity_id)};
  after.direct.scopes = texts_of(member_of(o, acl::attribute_names::scopes));
  after.direct.resources = resources_of(member_of(o, acl::attribute_names::resources));
  return acl::check_principal(in, key.get(), *before ? &**before : nullptr, after);
}

result<void> access_rules::check_edge(std::string_view type, const node_key& source, const node_key& target,
                                      const document& attributes, const acl::insert_context& in) {
  if (type == acl::type_names::belongs_to) return acl::check_membership(in.by);
  if (!attributes || !attributes.value().is_object()) return {};
  const auto& o = attributes.value().get_object();
  if (type == acl::type_names::delegates) {
    acl::delegation edge{.from = source.get(),
                         .to = target.get(),
                         .scopes = texts_of(member_of(o, acl::attribute_names::narrowed_scopes)),
                         .resources = {}};
    if (const auto* map = member_of(o, acl::attribute_names::narrowed_resources)) edge.resources = resources_of(map);
    return acl::check_delegation(in, edge);
  }
  const auto [resource_type, resource_id] = parts_of_resource(target.get());
  return acl::check_grant(in, source.get(), resource_type, resource_id,
                          texts_of(member_of(o, acl::attribute_names::actions)));
}

result<void> access_rules::check_removed_node(const node_key& key, const acl::insert_context& in) {
  if (key.get().starts_with(resource_prefix)) return {};
  const auto org = acl::principal_from_key(key.get());
  if (org && org->kind == acl::principal_kind::org) return acl::check_membership(in.by);
  auto steps = in.graph.steps_into(key.get());
  if (!steps) return steps.error();
  const bool member = std::any_of(steps->begin(), steps->end(),
                                  [](const acl::step_in& s) { return s.kind == acl::step_kind::membership; });
  return member ? acl::check_membership(in.by) : result<void>{};
}

result<std::optional<access_rules::stored_edge>> access_rules::find_edge(const edge_key& key, const row_id& id) {
  auto& sql = key.get().empty() ? sql_.edge_by_id : sql_.edge_by_key;
  auto statement = sql.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  s.bind(1, *graph_);
  if (key.get().empty()) {
    s.bind(2, id);
  } else {
    s.bind(2, key);
  }
  auto row = s.step();
  if (!row) return row.error();
  if (!*row) return std::optional<stored_edge>{};
  return std::optional{stored_edge{.type = std::string{s.text(0)},
                                   .source = node_key{std::string{s.text(1)}},
                                   .target = node_key{std::string{s.text(2)}}}};
}

std::vector<const sqlite::lazy_statement*> access_rules::statements() const {
  static_assert(sizeof(sql_) == 2 * sizeof(sqlite::lazy_statement), "all are listed");
  return {&sql_.edge_by_key, &sql_.edge_by_id};
}

}  // namespace quire::operations
