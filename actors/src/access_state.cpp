#include "access_state.hpp"

#include <quire/operations/access_rules.hpp>
#include <quire/sqlite/transaction.hpp>

#include "access_desk.hpp"
#include "image_builder.hpp"
#include "judgement.hpp"
#include "maintenance.hpp"
#include "membership_follow.hpp"
#include "system_handle.hpp"

namespace quire {
namespace {

class tenant_access_graph final : public access_graph::state {
 public:
  explicit tenant_access_graph(tenant_base tenant) : tenant_(std::move(tenant)) {}

  result<write_reply> write(std::vector<operation> all) override { return tenant_.write(std::move(all)); }

  result<void> read(const std::function<result<void>(const reading&)>& body) override {
    if (in_engine_thread()) return fail(errc::would_deadlock, "a blocking call in a thread that runs the engine's actors");
    const auto& core = tenant_.core();
    const judged_caller by{*core, tenant_.caller()};
    if (auto ok = by.check_standing(); !ok) return ok;
    if (auto ok = ensure_followed(core); !ok) return ok;
    core->touch();
    auto lease = core->pool()->acquire(runtime::reader_pool::user::thread, core->engine->options.timeout);
    if (!lease) return in_context(lease.error(), "tenant '" + core->org.get() + "'");
    return lease->with([&](runtime::read_connection& on) -> result<void> {
      if (auto ok = on.begin(); !ok) return ok;
      auto seq = on.rows.last_seq();
      if (!seq) return seq.error();
      auto image = core->access.at_least(*seq);
      if (!image) want_image(*core);
      auto done = body({.db = on.db, .seq = *seq, .by = by.caller(), .image = std::move(image)});
      on.snapshot.reset();
      return done;
    });
  }

  error refuse(std::string_view operation, errc why) override {
    return tenant_.core()->engine->desk->refuse(*tenant_.caller(), operation, why);
  }

 private:
  tenant_base tenant_;
};

class system_access_graph final : public access_graph::state {
 public:
  explicit system_access_graph(std::shared_ptr<system_base::state> system) : system_(std::move(system)) {}

  result<write_reply> write(std::vector<operation> all) override {
    return system_->run([this, all = std::move(all)](operations::system_store& file) {
      const operations::identities present{file.image()};
      const auto author = system_->author(present);
      return file.apply(all, author);
    });
  }

  result<void> read(const std::function<result<void>(const reading&)>& body) override {
    if (in_engine_thread()) return fail(errc::would_deadlock, "a blocking call in a thread that runs the engine's actors");
    auto& engine = *system_->engine;
    if (const auto why = engine.desk->standing(*system_->who); why != errc::none) return refuse({}, why);
    const auto present = engine.desk->identities();
    const auto by = engine.desk->caller_of(*system_->who, *present);
    auto lease = engine.system_pool->acquire(runtime::reader_pool::user::thread, engine.options.timeout);
    if (!lease) return in_context(lease.error(), "system file");
    return lease->with([&](runtime::read_connection& on) -> result<void> {
      if (auto ok = on.begin(); !ok) return ok;
      auto seq = on.rows.last_seq();
      if (!seq) return seq.error();
      auto done = body({.db = on.db, .seq = *seq, .by = by, .image = nullptr});
      on.snapshot.reset();
      return done;
    });
  }

  error refuse(std::string_view operation, errc why) override {
    return system_->engine->desk->refuse(*system_->who, operation, why);
  }

 private:
  std::shared_ptr<system_base::state> system_;
};

}  // namespace

std::shared_ptr<access_graph::state> make_access(const tenant_base& tenant) {
  return std::make_shared<tenant_access_graph>(tenant);
}

std::shared_ptr<access_graph::state> make_access(const std::shared_ptr<system_base::state>& system) {
  return std::make_shared<system_access_graph>(system);
}

}  // namespace quire
