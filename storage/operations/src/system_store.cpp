#include <quire/acl/graph_module.hpp>
#include <quire/acl/graph_rows.hpp>
#include <quire/messages/limits.hpp>
#include <quire/operations/access_seed.hpp>
#include <quire/operations/system_store.hpp>
#include <quire/sqlite/create_file.hpp>
#include <quire/sqlite/migrate.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace quire::operations {
namespace {

/// Does any principal of the graph hold the right to administer it?
result<bool> has_administrator(const graph_id& graph, sqlite::connection& db) {
  auto statement = db.prepare("look for an administrator",
                              "SELECT 1 FROM nodes, json_each(nodes.attributes, '$.scopes') AS scope "
                              "WHERE nodes.graph_id = ?1 AND nodes.node_type = 'principal' AND scope.value = ?2 LIMIT 1");
  if (!statement) return statement.error();
  statement->bind(1, graph);
  statement->bind(2, acl_admin);
  return statement->step();
}

}  // namespace

result<std::unique_ptr<system_store>> system_store::open(const std::filesystem::path& file,
                                                         const sqlite::open_options& options,
                                                         environment env) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    auto made =
        sqlite::create_file_aside(file, options, [](sqlite::connection& db) -> result<void> {
          auto layout = sqlite::migrate(db, sqlite::file_kind::system, org_id{});
          if (!layout) return layout.error();
          return {};
        });
    // Another process may have been faster; then its file is as good.
    if (!made && made.error().code != errc::conflict)
      return in_context(made.error(), "system file");
  }
  auto db = sqlite::connection::open(file, options);
  if (!db) return in_context(db.error(), "system file");
  auto layout = sqlite::migrate(*db, sqlite::file_kind::system, org_id{});
  if (!layout) return in_context(layout.error(), "system file");
  auto store = std::unique_ptr<system_store>(new system_store(std::move(*db), env));
  if (auto ok = store->seed(); !ok) return in_context(ok.error(), "system file");
  auto image = store->images_.build(store->db_);
  if (!image) return in_context(image.error(), "system file");
  store->image_ = std::move(*image);
  return store;
}

system_store::system_store(sqlite::connection db, environment env)
    : db_(std::move(db)), env_(env), ids_(env), transaction_(db_, org_id{}), graphs_(db_) {}

result<void> system_store::seed() {
  auto there = has_access(db_);
  if (!there) return there.error();
  if (*there) return {};
  if (auto ok = transaction_.begin(); !ok) return ok.error();
  auto seeded = [&]() -> result<void> {
    auto again = has_access(db_);  // another process may have been faster
    if (!again) return again.error();
    if (*again) return {};
    const author own;  // the context borrows from it
    auto in = context_for(own, {});
    if (auto ok = tables_.accounts.ensure_system(in); !ok) return ok;
    return seed_access(db_, org_id{}, {}, env_);
  }();
  if (!seeded) {
    transaction_.roll_back();
    return seeded;
  }
  auto done = transaction_.commit();
  return done ? result<void>{} : result<void>{done.error()};
}

result<void> system_store::begin() {
  graphs_.forget_neighbours();
  auto foreign = transaction_.begin();
  if (!foreign) return foreign.error();
  if (!*foreign) return {};
  graphs_.forget();
  auto image = images_.build(db_);
  if (!image) {
    roll_back();
    return image.error();
  }
  image_ = std::move(*image);
  return {};
}

result<void> system_store::commit() {
  auto done = transaction_.commit();
  if (!done) {
    graphs_.forget();
    return done.error();
  }
  if (done->events.empty()) return {};
  auto image = images_.with_changes(*image_, db_, done->events);
  if (!image) image = images_.build(db_);
  // What is committed is committed; an image that cannot follow must not go on saying what was.
  if (!image) return in_context(image.error(), "committed, but accounts cannot be read anew; open the folder again");
  image_ = std::move(*image);
  return {};
}

void system_store::roll_back() {
  transaction_.roll_back();
  graphs_.forget();
}

result<bool> system_store::look_for_foreign_commits() {
  auto foreign = transaction_.look_for_foreign_commits();
  if (!foreign || !*foreign) return foreign;
  graphs_.forget();
  auto image = images_.build(db_);
  if (!image) return image.error();
  image_ = std::move(*image);
  return true;
}

result<void> system_store::require(const caller& by, const requirement_of& needs) {
  auto verdict =
      judge(by, {.scopes = needs.scopes, .resource_type = {}, .resource_id = {}, .action = {}}, nullptr, db_);
  if (!verdict) return verdict.error();
  if (verdict->allowed) return {};
  denial_ = {.needs = needs, .reason = verdict->reason};
  return fail(errc::access_denied, "access denied to " + std::string{needs.operation});
}

identity::write_context system_store::context_for(const author& who, const requirement_of& needs) {
  return {.db = db_,
          .changes = transaction_.changes(),
          .ids = ids_,
          .random = *env_.random,
          .now = env_.time->now(),
          .actor = who.by.actor,
          .origin = {.principal = who.by.who,
                     .operation = needs.operation,
                     .request = who.request,
                     .credential = who.with.id.get(),
                     .kind = who.with.kind}};
}

metagraph::write_context system_store::graph_context_for(const author& who) {
  return {.db = db_,
          .changes = transaction_.changes(),
          .types = graphs_.catalog(),
          .ids = ids_,
          .now = env_.time->now(),
          .actor = who.by.actor};
}

result<organization> system_store::create(const new_organization& what, const author& who) {
  static const std::vector<std::string> scopes{"organizations:write", "accounts:write", "organization_members:write"};
  auto made = write(who, {.operation = "organizations.create", .scopes = scopes}, [&](tools& with) -> result<organization> {
    if (!is_valid_org_id(what.id.get())) {
      return fail(errc::invalid_org_id,
                  "ids are 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or digit");
    }
    auto owner = with.tables.accounts.find_or_create(what.owner_email, with.in);
    if (!owner) return owner.error();
    return with.tables.organizations.create({.id = what.id, .owner = owner->id, .name = what.name, .slug = what.slug}, with.in);
  });
  if (!made && made.error().code != errc::access_denied) {
    return in_context(made.error(), "organization '" + printable(what.id.get()) + "'");
  }
  return made;
}

result<write_reply> system_store::apply(std::span<const operation> all, const author& who) {
  auto done = write(who, {.operation = "graphs.write", .scopes = {}}, [&](tools& with) -> result<write_reply> {
    write_reply reply;
    const auto before = with.graph_in.changes.mark();
    if (auto ok = with.graphs.apply(all, who.by, nullptr, with.graph_in, reply); !ok) return ok.error();
    if (const auto* graph = with.graphs.rules().graph()) {
      auto acts = acts_.acts_of(with.graph_in.changes.since(before), *graph, org_id{}, db_);
      if (!acts) return acts.error();
      for (const auto& act : *acts) {
        if (auto ok = with.tables.audit.append({.action = act.action, .target = act.target}, with.in); !ok) return ok.error();
      }
    }
    reply.seq = with.graph_in.changes.last();
    return reply;
  });
  if (!done && done.error().code == errc::access_denied) denial_ = graphs_.rules().last_denial();
  return done;
}

result<void> system_store::note_use(const row_id& key) {
  const auto* known = image_->credential(credential_kind::api_key, key.get());
  const auto now = std::chrono::floor<std::chrono::seconds>(env_.time->now());
  if (known == nullptr || (known->last_used_at && now - *known->last_used_at < std::chrono::minutes{1})) return {};
  return write(author{}, {.operation = "api_keys.use", .scopes = {}}, [&](tools& with) -> result<void> {
    auto noted = with.tables.api_keys.note_use(key, with.in);
    return noted ? result<void>{} : result<void>{noted.error()};
  });
}

result<organization> system_store::find(const org_id& id) { return tables_.organizations.find(id, db_); }

result<std::vector<organization>> system_store::list() {
  std::vector<organization> all;
  std::string cursor;
  while (true) {
    auto part = tables_.organizations.list({.limit = limits::max_page, .cursor = cursor}, db_);
    if (!part) return part.error();
    std::move(part->items.begin(), part->items.end(), std::back_inserter(all));
    if (part->next_cursor.empty()) return all;
    cursor = std::move(part->next_cursor);
  }
}

result<void> system_store::bootstrap(const account_id& account, const std::vector<std::string>& scopes) {
  return write(author{}, {.operation = "acl.bootstrap", .scopes = {}}, [&](tools& with) -> result<void> {
    if (std::find(scopes.begin(), scopes.end(), acl_admin) == scopes.end()) {
      return fail(errc::invalid_option, "the first administrator needs acl:admin among its scopes");
    }
    auto row = with.tables.accounts.find(account, db_);
    if (!row) return row.error();
    auto graph = acl::find_acl_graph(db_);
    if (!graph) return graph.error();
    auto there = has_administrator(*graph, db_);
    if (!there) return there.error();
    if (*there) {
      return fail(errc::conflict, "the system file has an administrator; whoever holds acl:admin there grants further scopes");
    }
    const acl::principal_id who{row->level == account_level::service ? acl::principal_kind::service
                                                                      : acl::principal_kind::account,
                                account.get()};
    boost::json::array list;
    for (const auto& scope : scopes) list.emplace_back(scope);
    const boost::json::object attributes{{acl::attribute_names::identity_type, to_string(who.kind)},
                                         {acl::attribute_names::identity_id, who.id},
                                         {acl::attribute_names::scopes, std::move(list)}};
    auto made = with.graphs.nodes().apply(upsert_node{.graph = *graph,
                                                      .key = node_key{key_of(who)},
                                                      .type = type_name{std::string{acl::type_names::principal}},
                                                      .attributes = document::from(attributes)},
                                          with.graph_in);
    if (!made) return made.error();
    return with.tables.audit.append({.action = "acl.granted", .target = key_of(who)}, with.in);
  });
}

}  // namespace quire::operations
