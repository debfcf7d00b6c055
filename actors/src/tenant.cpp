#include <quire/actors/tenant.hpp>
#include <quire/actors/tenant_actor.hpp>
#include <quire/runtime/waiter.hpp>

#include <caf/send.hpp>

#include <algorithm>

#include "subscription_state.hpp"
#include "tenant_core.hpp"
#include "view_state.hpp"
#include "write_envelope.hpp"

namespace quire {
namespace {

error would_deadlock() {
  return fail(errc::would_deadlock,
              "a blocking call in a thread that runs the engine's actors; send a message or use submit instead");
}

std::chrono::milliseconds patience(const tenant_core& core, const write_options& options) {
  return std::clamp(options.timeout.value_or(core.engine->options.timeout), std::chrono::milliseconds{0}, longest_wait);
}

/// The row of the only operation.
template <class Row>
result<Row> row_of(result<write_reply> reply) {
  if (!reply) return reply.error();
  if (auto* row = std::get_if<Row>(&reply->outcomes.front().row)) return std::move(*row);
  return fail(errc::internal, "the answer is of another kind than the request");
}

}  // namespace

tenant_base::tenant_base(std::shared_ptr<tenant_core> core, std::shared_ptr<quire::session::state> who)
    : core_(std::move(core)), who_(std::move(who)) {}

session_ref tenant_base::session() const { return quire::session{who_}.reference(); }

const org_id& tenant_base::org() const { return core_->org; }

result<admitted_write> admit(const tenant_base& tenant, std::vector<operation> operations, const write_options& options) {
  auto& core = *tenant.core();
  auto envelope = std::make_shared<write_envelope>();
  auto& request = envelope->request;
  envelope->who = tenant.caller();
  request.operations = std::move(operations);
  request.want_rows = options.want_rows;
  request.deadline = core.engine->options.env.time->now() + patience(core, options);
  auto place = core.permits->acquire(size_in_memory(request));
  if (!place) return in_context(place.error(), "tenant '" + core.org.get() + "'");
  envelope->in_flight = std::move(*place);
  core.touch();
  return admitted_write{std::move(envelope)};
}

void tenant_base::submit(std::vector<operation> operations, std::function<void(result<write_reply>)> done,
                         const write_options& options) {
  auto admitted = admit(*this, std::move(operations), options);
  if (!admitted) return done(admitted.error());
  admitted->envelope->done = std::move(done);
  if (auto writer = core_->writer()) caf::anon_send(writer, std::move(*admitted));
}

result<write_reply> tenant_base::write(std::vector<operation> operations, const write_options& options) {
  if (in_engine_thread()) return would_deadlock();
  auto answer = std::make_shared<runtime::waiter<result<write_reply>>>();
  submit(std::move(operations), [answer](result<write_reply> r) { answer->put(std::move(r)); }, options);
  const auto timeout = patience(*core_, options);
  if (auto r = answer->wait_for(timeout)) return std::move(*r);
  return fail(errc::deadline_exceeded, "tenant '" + core_->org.get() + "': no answer within " +
                                           std::to_string(timeout.count()) +
                                           " ms; if the write was under way it may still be applied");
}

template <class Row>
result<Row> tenant_base::one(operation what) {
  std::vector<operation> operations;
  operations.push_back(std::move(what));
  return row_of<Row>(write(std::move(operations)));
}

result<graph_type> tenant_base::define(graph_type_name name, std::string_view module_json) {
  auto module = document::parse(module_json);
  if (!module) return in_context(module.error(), "the module of graph type '" + printable(name.get()) + "'");
  return define(define_graph_type{.name = std::move(name),
                                  .module = std::move(*module),
                                  .description = {},
                                  .scope = type_scope::tenant,
                                  .owner = {}});
}

result<graph_type> tenant_base::define(define_graph_type what) { return one<graph_type>(std::move(what)); }
result<void> tenant_base::remove(delete_graph_type what) {
  auto gone = one<removed>(std::move(what));
  return gone ? result<void>{} : result<void>{gone.error()};
}
result<graph> tenant_base::create(create_graph what) { return one<graph>(std::move(what)); }
result<graph> tenant_base::update(update_graph what) { return one<graph>(std::move(what)); }
result<removed> tenant_base::remove(delete_graph what) {
  std::vector<operation> operations;
  operations.emplace_back(std::move(what));
  auto reply = write(std::move(operations));
  if (!reply) return reply.error();
  // Archived now and removed in parts: to the caller it is on its way all the same.
  if (const auto* going = std::get_if<graph>(&reply->outcomes.front().row)) {
    return removed{.id = row_id{going->id.get()}, .key = going->name};
  }
  return row_of<removed>(std::move(reply));
}
result<node> tenant_base::create(create_node what) { return one<node>(std::move(what)); }
result<node> tenant_base::upsert(upsert_node what) { return one<node>(std::move(what)); }
result<node> tenant_base::update(update_node what) { return one<node>(std::move(what)); }
result<removed> tenant_base::remove(delete_node what) { return one<removed>(std::move(what)); }
result<edge> tenant_base::create(create_edge what) { return one<edge>(std::move(what)); }
result<edge> tenant_base::upsert(upsert_edge what) { return one<edge>(std::move(what)); }
result<edge> tenant_base::update(update_edge what) { return one<edge>(std::move(what)); }
result<removed> tenant_base::remove(delete_edge what) { return one<removed>(std::move(what)); }

result<view> tenant_base::view() const {
  if (in_engine_thread()) return would_deadlock();
  auto state = view::state::open(core_, who_);
  if (!state) return state.error();
  return quire::view{std::move(*state)};
}

result<subscription> tenant_base::subscribe(const subscribe_options& options) const {
  if (in_engine_thread()) return would_deadlock();
  auto state = subscription::state::open(core_, who_, options);
  if (!state) return state.error();
  return subscription{std::move(*state)};
}

tenant_actor writer_of(const tenant_base& tenant) { return tenant.core()->writer(); }
reader_actor reader_of(const tenant_base& tenant) { return tenant.core()->next_reader(); }
feed_actor feed_of(const tenant_base& tenant) { return tenant.core()->feed(); }

}  // namespace quire
