#pragma once

#include <quire/operations/tenant_store.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <span>

#include "commit_gate.hpp"
#include "internal_actors.hpp"

namespace quire {

/// TENANT from inside: a queue in front of one tenant_store. Handlers only queue; `flush`, which lands behind everything
/// already in the mailbox, takes the queue and does all between BEGIN and COMMIT itself. No transaction is open when a
/// handler returns. Destroyed with the actor, however it ends: then the file closes and whoever waits is answered.
class tenant_state {
 public:
  struct parts {
    std::shared_ptr<tenant_core> core;
    checkpointer_actor checkpointer;
    caf::actor_addr store;  // weak: STORE owns us
  };

  tenant_state() = default;
  tenant_state(const tenant_state&) = delete;
  tenant_state& operator=(const tenant_state&) = delete;
  ~tenant_state();

  void start(tenant_writer_actor::pointer self, parts p);

  caf::result<write_reply> write(const write_request& request);
  caf::result<write_reply> write(const admitted_write& admitted);
  void flush();
  void probe();
  void checkpointed(std::int64_t frames_left);
  void sleep();
  void tidy();
  void tick();
  void take_image(std::shared_ptr<const acl::acl_image> image);
  void recheck();
  void audit_is_told(change_seq up_to);
  caf::result<done> close();

  static constexpr const char* name = "quire.tenant";

 private:
  using steady = std::chrono::steady_clock;
  static constexpr int tries_while_closing = 2'000;

  void enqueue(std::shared_ptr<write_envelope> envelope);
  void put_back(std::vector<std::shared_ptr<write_envelope>> envelopes);
  void send_flush();
  void flush_later(std::chrono::milliseconds delay);
  void drop_expired();
  void refuse_queue(const error& e);
  [[nodiscard]] bool expects_company() const;
  [[nodiscard]] bool leaves_room_for_others();
  /// True when the engine is closing and has waited long enough for a lock that others hold.
  [[nodiscard]] bool gives_up() { return closing_ && ++busy_tries_ > tries_while_closing; }
  /// True when the log is above its hard bound and cannot be emptied now.
  [[nodiscard]] bool log_is_full();
  /// The log is several times its soft bound in spite of the checkpoints aside.
  [[nodiscard]] bool log_is_outgrown() const;
  /// The file, opened if need be. On failure everyone waiting is answered.
  [[nodiscard]] bool ensure_open();
  void close_file();
  void note_foreign_commit();
  /// Applies from the queue inside the open transaction; false when SQLite ended it.
  [[nodiscard]] bool apply_group();
  void commit_group();
  /// One request: the engine's own work, or operations as far as its session may.
  [[nodiscard]] result<write_reply> apply(const write_envelope& envelope);
  /// Makes the graph of access control and its memberships current; the file was just opened.
  [[nodiscard]] result<void> catch_up();
  /// Sends grants and revocations to the audit trail.
  void tell_audit(std::vector<operations::told_act> acts);
  /// The image follows what was committed. Before anything of the commit leaves.
  void follow_image(std::span<const change_event> events);
  void watch_log_size();
  /// Goes on with what is removed in parts, if there is anything, after everything that waits.
  void tidy_later(std::chrono::milliseconds pause);
  void end_if_done();
  void sleep_if_idle();

  tenant_writer_actor::pointer self_ = nullptr;
  parts parts_;
  std::unique_ptr<commit_gate> gate_;
  std::unique_ptr<operations::tenant_store> file_;
  std::deque<std::shared_ptr<write_envelope>> queue_;
  bool flush_sent_ = false;
  bool ticking_ = false;
  bool tidying_ = false;
  bool removes_graph_ = false;  // since the last commit
  bool checkpoint_runs_ = false;
  bool sleepy_ = false;  // asked to close the file, and still at work
  std::size_t last_group_ = 0;  // requests of the last commit, when it ended, and what it took
  steady::time_point last_commit_end_{};
  steady::duration last_commit_took_{};
  int busy_tries_ = 0;            // tries, while closing, that met a foreign lock
  steady::time_point image_built_{};  // when the image was last built from all rows
  bool recheck_sent_ = false;
  change_seq told_from_{};  // what was told last of grants and revocations
  steady::time_point foreign_at_{};  // when a foreign commit was last noticed
  steady::time_point room_at_{};     // when the lock was last left to others on purpose
  bool closing_ = false;
  caf::typed_response_promise<done> closed_;
};

/// Spawns TENANT.
[[nodiscard]] tenant_writer_actor spawn_tenant(caf::actor_system& system, tenant_state::parts parts);

}  // namespace quire
