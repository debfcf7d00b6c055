#include "reader_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include "access_desk.hpp"
#include "judgement.hpp"

namespace quire {
namespace {

using namespace std::chrono_literals;

// A reader shares its thread with other actors, so it does not wait long for a connection.
constexpr auto patience = 50ms;

template <class T>
result<read_reply> wrap(result<T> r) {
  if (!r) return r.error();
  return read_reply{std::move(*r)};
}

struct on_connection {
  runtime::read_connection& on;
  result<read_reply> operator()(const find_node& q) const { return wrap(on.rows.find(q)); }
  result<read_reply> operator()(const find_edge& q) const { return wrap(on.rows.find(q)); }
  result<read_reply> operator()(const list_nodes& q) const { return wrap(on.rows.list(q)); }
  result<read_reply> operator()(const list_edges& q) const { return wrap(on.rows.list(q)); }
  result<read_reply> operator()(const find_neighbors& q) const { return wrap(on.rows.neighbors(q)); }
  result<read_reply> operator()(const find_path& q) const { return wrap(on.rows.shortest_path(q)); }
  result<read_reply> operator()(const stat_graph& q) const { return wrap(on.rows.stat(q)); }
};

result<read_reply> read(tenant_core& core, const read_request& request) {
  if (request.deadline < core.engine->options.env.time->now()) {
    return fail(errc::deadline_exceeded, "the query waited past its deadline");
  }
  auto found = core.engine->desk->find(request.session);
  if (!found) return in_context(found.error(), "tenant '" + core.org.get() + "'");
  const auto who = std::move(*found);
  if (auto ok = judged_caller{core, who}.check_standing(); !ok) return ok.error();
  auto lease = core.pool()->acquire(runtime::reader_pool::user::actor, patience);
  if (!lease) return lease.error();
  return lease->with([&](runtime::read_connection& on) -> result<read_reply> {
    if (auto ok = on.begin(); !ok) return ok.error();
    if (!who->open || request.at_least.get() > 0) {
      auto seq = on.rows.last_seq();
      if (!seq) return seq.error();
      const judged_caller by{core, who};
      if (auto ok = by.check(operations::requirement(request.query), on.db, *seq); !ok) return ok.error();
      if (*seq < request.at_least) {
        return fail(errc::offset_out_of_range, "change " + std::to_string(request.at_least.get()) +
                                                   " is not in this file; its last is " + std::to_string(seq->get()));
      }
    }
    return answer(on, request.query);
  });
}

struct reader_state {
  static constexpr const char* name = "quire.reader";
};

}  // namespace

result<read_reply> answer(runtime::read_connection& on, const query& what) {
  return std::visit(on_connection{on}, what);
}

reader_actor spawn_reader(caf::actor_system& system, std::shared_ptr<tenant_core> core) {
  using stateful = reader_actor::stateful_pointer<reader_state>;
  return system.spawn([core = std::move(core)](stateful) mutable -> reader_actor::behavior_type {
    return {[core](const read_request& request) -> caf::result<read_reply> {
      core->touch();
      auto reply = read(*core, request);
      if (!reply) return to_caf(reply.error());
      return std::move(*reply);
    }};
  });
}

}  // namespace quire
