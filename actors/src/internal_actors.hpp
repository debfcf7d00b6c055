#pragma once

#include <quire/actors/tenant_actor.hpp>
#include <quire/messages/requests.hpp>
#include <quire/messages/rows.hpp>
#include <quire/acl/image.hpp>
#include <quire/operations/system_store.hpp>

#include <caf/atom.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <vector>

// The actors behind the facade as they know each other. Nothing here leaves the process.
namespace quire {

class tenant_core;
struct engine_shared;

using flush_atom = caf::atom_constant<caf::atom("flush")>;
using probe_atom = caf::atom_constant<caf::atom("probe")>;
using sleep_atom = caf::atom_constant<caf::atom("sleep")>;
using tidy_atom = caf::atom_constant<caf::atom("tidy")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using close_atom = caf::atom_constant<caf::atom("close")>;
using wake_atom = caf::atom_constant<caf::atom("wake")>;
using evict_atom = caf::atom_constant<caf::atom("evict")>;
using list_atom = caf::atom_constant<caf::atom("list")>;
using find_atom = caf::atom_constant<caf::atom("find")>;
using open_atom = caf::atom_constant<caf::atom("open")>;
using create_atom = caf::atom_constant<caf::atom("create")>;
using remove_atom = caf::atom_constant<caf::atom("remove")>;

/// "It is done": an answer without content.
struct done {};

/// A checkpoint ran aside: how many frames it left behind for the writer.
struct checkpoint_done {
  std::int64_t frames_left = 0;
};

/// An image of the graph of access control, as of some commit.
struct image_built {
  std::shared_ptr<const acl::acl_image> image{};
};

/// The audit trail has what happened in the tenant up to this change.
struct audit_told {
  change_seq up_to{};
};

/// Work for SYSTEM: run with its file, in its thread.
struct system_work {
  std::function<void(operations::system_store&)> run{};
  std::function<void()> answer{};  ///< after the image of accounts was published
};

using recheck_atom = caf::atom_constant<caf::atom("recheck")>;

using tenant_writer_actor = tenant_actor::extend<
    // From itself: everything that waits is applied in one transaction.
    caf::reacts_to<flush_atom>,
    // From WATCHER: another process may have committed.
    caf::reacts_to<probe_atom>,
    // From CHECKPOINTER.
    caf::reacts_to<checkpoint_done>,
    // From STORE: too many files are open; close this one if nothing waits.
    caf::reacts_to<sleep_atom>,
    // From itself: the next part of work too large for one transaction.
    caf::reacts_to<tidy_atom>,
    // From itself: is the tenant idle?
    caf::reacts_to<tick_atom>,
    // From IMAGER: the image is there, and may be behind.
    caf::reacts_to<image_built>,
    // From SYSTEM: the audit trail has been told of all grants and revocations up to that change.
    caf::reacts_to<audit_told>,
    // From itself: others committed a while ago, perhaps without events; the image is to be built anew.
    caf::reacts_to<recheck_atom>,
    // From STORE: answer everything, close the file, end. The answer comes when that is done.
    caf::replies_to<close_atom>::with<done>>;

using feed_hub_actor = feed_actor::extend<
    // From the commit gate: the ring moved on.
    caf::reacts_to<wake_atom>>;

/// CHECKPOINTER: copies write-ahead logs into their databases, away from the writers.
using checkpointer_actor = caf::typed_actor<caf::reacts_to<std::shared_ptr<tenant_core>>>;

/// SYSTEM: the only engine writer of the system file.
using system_actor = caf::typed_actor<
    // From threads, STORE and tenants.
    caf::reacts_to<system_work>,
    // From WATCHER: another process may have committed.
    caf::reacts_to<probe_atom>>;

/// IMAGER: builds images of graphs of access control, away from everybody else.
using image_builder_actor = caf::typed_actor<caf::reacts_to<std::shared_ptr<tenant_core>>>;

/// Those whom anybody inside the engine may need.
struct actor_handles {
  system_actor system;
  image_builder_actor images;
};

/// STORE: knows the tenants of the folder, makes and removes their files, wakes and ends their actors.
using store_actor = caf::typed_actor<
    caf::replies_to<open_atom, org_id>::with<std::shared_ptr<tenant_core>>,
    caf::replies_to<create_atom, org_id>::with<done>,
    caf::replies_to<remove_atom, org_id>::with<done>,
    caf::replies_to<list_atom>::with<std::vector<org_id>>,
    // From a tenant: more files are open than wanted.
    caf::reacts_to<evict_atom>,
    // From the engine: end all tenants.
    caf::replies_to<close_atom>::with<done>>;

}  // namespace quire

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::checkpoint_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::image_built)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::audit_told)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::system_work)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<quire::tenant_core>)
