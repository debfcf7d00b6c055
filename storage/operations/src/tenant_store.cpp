#include <quire/operations/tenant_store.hpp>
#include <quire/sqlite/create_file.hpp>

namespace quire::operations {
namespace {

error org_id_error(const org_id& org) {
  return fail(errc::invalid_org_id,
              "organization id '" + printable(org.get()) +
                  "': 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or digit");
}

}  // namespace

result<void> tenant_store::create_file(const std::filesystem::path& file, const org_id& org,
                                       const sqlite::open_options& options, environment env,
                                       const membership_state* members) {
  if (!is_valid_org_id(org.get())) return org_id_error(org);
  return sqlite::create_file_aside(file, options, [&](sqlite::connection& db) -> result<void> {
    auto layout = sqlite::migrate(db, sqlite::file_kind::tenant, org);
    if (!layout) return layout.error();
    return members != nullptr ? seed_access(db, org, *members, env) : result<void>{};
  });
}

result<std::unique_ptr<tenant_store>> tenant_store::open(const std::filesystem::path& file,
                                                         const org_id& org,
                                                         const sqlite::open_options& options,
                                                         environment env) {
  if (!is_valid_org_id(org.get())) return org_id_error(org);
  const auto where = "tenant '" + org.get() + "'";
  auto db = sqlite::connection::open(file, options);
  if (!db) return in_context(db.error(), where);
  auto layout = sqlite::migrate(*db, sqlite::file_kind::tenant, org);
  if (!layout) return in_context(layout.error(), where);
  auto made = std::unique_ptr<tenant_store>(new tenant_store(std::move(*db), org, *layout, env));
  if (auto ok = made->look_for_foreign_commits(); !ok) return in_context(ok.error(), where);
  return made;
}

tenant_store::tenant_store(sqlite::connection db, const org_id& org,
                           const sqlite::file_layout& layout, environment env)
    : db_(std::move(db)),
      env_(env),
      org_(org),
      edges_have_type_id_(layout.edges_have_type_id),
      ids_(env),
      transaction_(db_, org),
      graphs_(db_),
      memberships_(org) {}

void tenant_store::forget_derived() { graphs_.forget(); }

result<bool> tenant_store::begin() {
  graphs_.forget_neighbours();
  auto foreign = transaction_.begin();
  if (foreign && db_.has_moved()) {
    transaction_.roll_back();
    return file_replaced();
  }
  if (foreign && *foreign) forget_derived();
  return foreign;
}

error tenant_store::file_replaced() const {
  return fail(errc::file_replaced, "tenant '" + org_.get() + "': its file was moved or replaced by another process; not applied");
}

result<bool> tenant_store::look_for_foreign_commits() {
  if (db_.has_moved()) return file_replaced();
  auto foreign = transaction_.look_for_foreign_commits();
  if (foreign && *foreign) forget_derived();
  return foreign;
}

metagraph::write_context tenant_store::context_for(std::string_view actor, bool want_rows) {
  return {.db = db_,
          .changes = transaction_.changes(),
          .types = graphs_.catalog(),
          .ids = ids_,
          .now = env_.time->now(),
          .actor = actor,
          .want_rows = want_rows,
          .edges_have_type_id = edges_have_type_id_};
}

result<bool> tenant_store::has_parts_to_remove() { return graphs_.graphs().has_parts(db_); }

result<void> tenant_store::remove_part() {
  auto context = context_for("system", false);
  graphs_.forget_neighbours();
  return graphs_.graphs().remove_part(context);
}

result<void> tenant_store::ensure_access(const membership_state& members) {
  if (auto there = has_access(db_); !there || *there) return there ? result<void>{} : result<void>{there.error()};
  auto begun = begin();
  if (!begun) return begun.error();
  auto there = has_access(db_);  // another process may have been faster
  auto seeded = !there    ? result<void>{there.error()}
                : *there ? result<void>{}
                         : seed_access(db_, org_, members, env_);
  if (!seeded) {
    roll_back();
    return seeded;
  }
  forget_derived();
  auto done = commit();
  return done ? result<void>{} : result<void>{done.error()};
}

result<membership_report> tenant_store::follow_memberships(sqlite::connection& system, membership_sync::how way) {
  auto context = context_for("system", true);
  result<membership_report> report = membership_report{};
  auto done = in_savepoint(
      context,
      [&](metagraph::write_context& in, write_reply&) -> result<void> {
        report = memberships_.follow(system, way, in, graphs_.nodes(), graphs_.edges());
        return report ? result<void>{} : result<void>{report.error()};
      },
      [&] { forget_derived(); });
  if (!done) return done.error();
  return report;
}

result<write_reply> tenant_store::apply(const write_request& request, const caller& by, const acl::acl_image* image) {
  return in_savepoint(
      context_for(by.actor, request.want_rows),
      [&](metagraph::write_context& context, write_reply& reply) -> result<void> {
        const auto before = context.changes.mark();
        if (auto ok = graphs_.apply(request.operations, by, image, context, reply); !ok) return ok;
        const auto acts = acts_in(context.changes.since(before));
        if (!acts) return acts.error();
        if (acts->empty()) return {};
        return outbox_.mark(context.changes.since(before).front().offset, db_);
      },
      [&] { graphs_.undone(request.operations); });
}

result<std::vector<told_act>> tenant_store::acts_in(std::span<const change_event> events) {
  const auto* graph = graphs_.rules().graph();
  if (graph == nullptr) return std::vector<told_act>{};
  return outbox_.acts_of(events, *graph, org_, db_);
}

result<std::vector<told_act>> tenant_store::untold_acts() {
  auto from = outbox_.pending(db_);
  if (!from) return from.error();
  const auto* graph = graphs_.rules().graph();
  if (!*from || graph == nullptr) return std::vector<told_act>{};
  return outbox_.read(**from, *graph, org_, db_);
}

result<write_reply> tenant_store::apply(const maintenance& work) {
  graphs_.forget_neighbours();  // it may change what they remember
  return in_savepoint(
      context_for(work.actor, false),
      [&](metagraph::write_context& context, write_reply&) {
        maintenance_tools tools{
            .context = context, .types = graphs_.types(), .migrations = graphs_.migrations()};
        return work.run(tools);
      },
      [&] { forget_derived(); });
}

template <class Body, class Undone>
result<write_reply> tenant_store::in_savepoint(metagraph::write_context context, Body&& body, Undone&& undone) {
  const auto mark = transaction_.changes().mark();
  auto point = sqlite::savepoint::begin(db_);
  if (!point) return point.error();
  write_reply reply;
  result<void> done = body(context, reply);
  if (done) done = point->release();
  if (!done) {
    point->roll_back();
    transaction_.changes().rewind(mark);
    undone();
    // Of a transaction that SQLite ended, the neighbours are gone as well.
    if (!is_open()) forget_derived();
    return done.error();
  }
  reply.seq = transaction_.changes().last();
  return reply;
}

result<committed> tenant_store::commit() {
  auto done = transaction_.commit();
  if (!done) forget_derived();
  return done;
}

void tenant_store::roll_back() {
  transaction_.roll_back();
  forget_derived();
}

}  // namespace quire::operations
