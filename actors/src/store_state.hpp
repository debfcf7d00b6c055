#pragma once

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "internal_actors.hpp"
#include "tenant_core.hpp"
#include "tenant_registry.hpp"

namespace quire {

/// STORE from inside: the tenants used so far, by organization. It resolves handles and is not on the path of a request.
class store_state {
 public:
  struct parts {
    std::shared_ptr<engine_shared> engine;
    system_actor system;
    image_builder_actor images;
    checkpointer_actor checkpointer;
    std::shared_ptr<tenant_registry> registry;
  };

  void start(store_actor::pointer self, parts p);

  caf::result<std::shared_ptr<tenant_core>> open(const org_id& org);
  caf::result<done> create(const org_id& org);
  caf::result<done> remove(const org_id& org);
  caf::result<std::vector<org_id>> list();
  void evict();
  caf::result<done> close();

  static constexpr const char* name = "quire.store";

 private:
  [[nodiscard]] result<void> check(const org_id& org) const;
  [[nodiscard]] bool file_exists(const org_id& org) const;
  std::shared_ptr<tenant_core> wake(const org_id& org);
  [[nodiscard]] result<void> move_away(const org_id& org);
  void end_tenant(const std::shared_ptr<tenant_core>& core, const std::function<void()>& then);
  /// One of a tenant's actors ended by itself or was killed: another takes its place.
  void revive(const caf::actor_addr& who);
  [[nodiscard]] tenant_writer_actor make_writer(const std::shared_ptr<tenant_core>& core);
  [[nodiscard]] feed_hub_actor make_feed(const std::shared_ptr<tenant_core>& core);
  [[nodiscard]] reader_actor make_reader(const std::shared_ptr<tenant_core>& core);
  /// Tells the audit trail, soon.
  void audit(std::string_view action, const org_id& org) const;
  void job_done();
  void end_if_done();

  store_actor::pointer self_ = nullptr;
  parts parts_;
  std::size_t jobs_ = 0;  // begun and waiting for another actor; each owes somebody an answer
  std::set<std::string> leaving_;  // tenants whose files are about to be moved away
  bool closing_ = false;
  caf::typed_response_promise<done> closed_;
};

[[nodiscard]] store_actor spawn_store(caf::actor_system& system, store_state::parts parts);

}  // namespace quire
