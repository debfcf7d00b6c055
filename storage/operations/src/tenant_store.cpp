#include <quire/messages/limits.hpp>
#include <quire/operations/tenant_store.hpp>
#include <quire/sqlite/create_file.hpp>

#include <algorithm>

namespace quire::operations {
namespace {

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
// clang deduces the parameters of aggregates from version 17 on.
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;

error org_id_error(const org_id& org) {
  return fail(errc::invalid_org_id,
              "organization id '" + printable(org.get()) +
                  "': 1 to 63 of a-z, 0-9, '_' and '-', beginning with a letter or digit");
}

bool changes_types(const operation& op) {
  return std::holds_alternative<define_graph_type>(op) ||
         std::holds_alternative<delete_graph_type>(op);
}

bool changes_graphs(const operation& op) {
  return changes_types(op) || std::holds_alternative<create_graph>(op) ||
         std::holds_alternative<update_graph>(op) || std::holds_alternative<delete_graph>(op);
}

}  // namespace

result<void> tenant_store::create_file(const std::filesystem::path& file, const org_id& org,
                                       const sqlite::open_options& options) {
  if (!is_valid_org_id(org.get())) return org_id_error(org);
  return sqlite::create_file_aside(file, options, [&](sqlite::connection& db) -> result<void> {
    auto layout = sqlite::migrate(db, sqlite::file_kind::tenant, org);
    if (!layout) return layout.error();
    return {};
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
      catalog_(db_) {}

void tenant_store::forget_derived() {
  catalog_.forget();
  edges_.forget();
}

result<bool> tenant_store::begin() {
  edges_.forget();
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

bool tenant_store::is_barrier(const write_request& request) noexcept {
  return std::any_of(request.operations.begin(), request.operations.end(), changes_types);
}

result<outcome> tenant_store::apply(const operation& op, metagraph::write_context& context) {
  auto by = [&](auto& writer) {
    return [&](const auto& what) -> result<outcome> { return writer.apply(what, context); };
  };
  return std::visit(overloaded{[&](const define_graph_type& x) { return by(definitions_)(x); },
                               [&](const delete_graph_type& x) { return by(types_)(x); },
                               [&](const create_graph& x) { return by(graphs_)(x); },
                               [&](const update_graph& x) { return by(graphs_)(x); },
                               [&](const delete_graph& x) {
                                 edges_.forget();
                                 return by(graphs_)(x);
                               },
                               [&](const create_node& x) { return by(nodes_)(x); },
                               [&](const upsert_node& x) { return by(nodes_)(x); },
                               [&](const update_node& x) { return by(nodes_)(x); },
                               [&](const delete_node& x) {
                                 edges_.forget();
                                 return by(nodes_)(x);
                               },
                               [&](const create_edge& x) { return by(edges_)(x); },
                               [&](const upsert_edge& x) { return by(edges_)(x); },
                               [&](const update_edge& x) { return by(edges_)(x); },
                               [&](const delete_edge& x) { return by(edges_)(x); }},
                    op);
}

metagraph::write_context tenant_store::context_for(std::string_view actor, bool want_rows) {
  return {.db = db_,
          .changes = transaction_.changes(),
          .types = catalog_,
          .ids = ids_,
          .now = env_.time->now(),
          .actor = actor,
          .want_rows = want_rows,
          .edges_have_type_id = edges_have_type_id_};
}

result<bool> tenant_store::has_parts_to_remove() { return graphs_.has_parts(db_); }

result<void> tenant_store::remove_part() {
  auto context = context_for("system", false);
  edges_.forget();
  return graphs_.remove_part(context);
}

result<write_reply> tenant_store::apply(const write_request& request) {
  const auto count = request.operations.size();
  if (count == 0 || count > limits::max_operations_per_request) {
    return fail(errc::limit_exceeded,
                "a request of " + std::to_string(count) + " operations; 1 to " +
                    std::to_string(limits::max_operations_per_request) + " are taken");
  }
  if (!is_valid_key(request.session.actor)) {
    return fail(errc::invalid_option, "actor '" + printable(request.session.actor) + "': 1 to " +
                                          std::to_string(limits::max_key_bytes) +
                                          " bytes of UTF-8 without control characters");
  }
  // Compiled types survive the failure of a mere write: a flood of bad requests must not make good
  // ones slow.
  const bool forgets =
      std::any_of(request.operations.begin(), request.operations.end(), changes_graphs);
  return in_savepoint(
      context_for(request.session.actor, request.want_rows), forgets,
      [&](metagraph::write_context& context, write_reply& reply) -> result<void> {
        reply.outcomes.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
          auto done = apply(request.operations[i], context);
          if (!done) {
            return count == 1 ? done.error()
                              : in_context(done.error(), "operation " + std::to_string(i + 1) +
                                                             " of " + std::to_string(count));
          }
          reply.outcomes.push_back(std::move(*done));
        }
        return {};
      });
}

result<write_reply> tenant_store::apply(const maintenance& work) {
  edges_.forget();  // it may change what they remember of their neighbours
  return in_savepoint(context_for(work.actor, false), true,
                      [&](metagraph::write_context& context, write_reply&) {
                        maintenance_tools tools{
                            .context = context, .types = types_, .migrations = migrations_};
                        return work.run(tools);
                      });
}

template <class Body>
result<write_reply> tenant_store::in_savepoint(metagraph::write_context context, bool forgets,
                                               Body&& body) {
  const auto mark = transaction_.changes().mark();
  auto point = sqlite::savepoint::begin(db_);
  if (!point) return point.error();
  write_reply reply;
  result<void> done = body(context, reply);
  if (done) done = point->release();
  if (!done) {
    point->roll_back();
    transaction_.changes().rewind(mark);
    edges_.forget();
    if (forgets) catalog_.forget();
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
