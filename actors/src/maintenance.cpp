#include "maintenance.hpp"

#include <quire/runtime/waiter.hpp>

#include <caf/send.hpp>

#include <thread>

#include "tenant_core.hpp"
#include "write_envelope.hpp"

namespace quire {
namespace {

using namespace std::chrono_literals;

constexpr auto retry_delay = 2ms;

}  // namespace

result<void> run_in_writer(const std::shared_ptr<tenant_core>& core, operations::maintenance work) {
  return submit_to_writer(core, std::move(work))();
}

std::function<result<void>()> submit_to_writer(const std::shared_ptr<tenant_core>& core, operations::maintenance work) {
  const auto in_tenant = [core](const error& e) { return in_context(e, "tenant '" + core->org.get() + "'"); };
  auto envelope = std::make_shared<write_envelope>();
  envelope->work = std::move(work);
  envelope->request.deadline = timestamp::max();
  while (true) {
    auto place = core->permits->acquire(size_in_memory(envelope->request));
    if (place) {
      envelope->in_flight = std::move(*place);
      break;
    }
    if (place.error().code != errc::storage_busy) {
      return [e = in_tenant(place.error())]() -> result<void> { return e; };
    }
    std::this_thread::sleep_for(retry_delay);  // callers come first
  }
  core->touch();
  auto answer = std::make_shared<runtime::waiter<result<write_reply>>>();
  envelope->done = [answer](result<write_reply> r) { answer->put(std::move(r)); };
  if (auto writer = core->writer()) caf::anon_send(writer, admitted_write{std::move(envelope)});
  envelope.reset();  // if nobody took it, it answers for itself
  return [answer, in_tenant]() -> result<void> {
    const auto reply = answer->wait_for(longest_wait);
    if (!reply) return fail(errc::internal, "the writer did not answer");
    return *reply ? result<void>{} : result<void>{in_tenant(reply->error())};
  };
}

result<void> run_on_reader(const std::shared_ptr<tenant_core>& core,
                           const std::function<result<void>(sqlite::connection&)>& body) {
  core->touch();
  auto lease = core->pool()->acquire(runtime::reader_pool::user::thread, core->engine->options.timeout);
  if (!lease) return in_context(lease.error(), "tenant '" + core->org.get() + "'");
  auto done = lease->with([&](runtime::read_connection& on) -> result<void> {
    on.snapshot.reset();
    return body(on.db);
  });
  if (!done) return in_context(done.error(), "tenant '" + core->org.get() + "'");
  return done;
}

}  // namespace quire
