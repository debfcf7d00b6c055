#pragma once

#include <quire/actors/subscription.hpp>
#include <quire/actors/tenant.hpp>
#include <quire/wire/error.hpp>
#include <quire/wire/inspect.hpp>

#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace quire {

struct write_envelope;

/// A write request that holds its place among those in flight. Made by `admit`; sent once, within this process.
struct admitted_write {
  std::shared_ptr<write_envelope> envelope{};
};

/// Takes a place for the request before it enters a mailbox. Fails at once with `storage_busy` or `engine_closed`; then
/// nothing was sent. Any thread. A request that reaches the writer after its deadline is not applied.
///
///   auto admitted = quire::admit(acme, std::move(request));
///   if (!admitted) …
///   self->request(quire::writer_of(acme), caf::infinite, *admitted).then([](const quire::write_reply& r) { … });
///
/// `caf::infinite` is right here: the answer always comes, at the latest when the tenant's actor ends, and no timer piles up.
[[nodiscard]] result<admitted_write> admit(const tenant_base& tenant, std::vector<operation> operations,
                                           const write_options& options = {});

/// TENANT: the only writer of one tenant file. Errors are those of quire/messages/errc.hpp, category "quire"; `from_caf`
/// gives them back.
using tenant_actor = caf::typed_actor<
    // Operations that commit or fail as one. The answer is sent only after COMMIT returned. What callers on this node send
    // should be admitted first: a request that comes this way is counted when it is taken from the mailbox, not before.
    caf::replies_to<write_request>::with<write_reply>,
    // The same, admitted.
    caf::replies_to<admitted_write>::with<write_reply>>;

/// READER: answers queries about one tenant from snapshots, on connections of its own.
using reader_actor = caf::typed_actor<
    // One query, one snapshot.
    caf::replies_to<read_request>::with<read_reply>>;

/// Change events on their way to a subscribing actor: `batch` from `begin` to `end`, shared by all subscribers.
struct feed_events {
  std::shared_ptr<const change_batch> batch{};
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Asks FEED for change events. They come as `feed_events` messages to `subscriber`, in order, without hole or repeat,
/// never more in flight than the credit granted; one renews it with `grant_credit`. A subscriber that ends is noticed.
struct feed_subscribe {
  caf::strong_actor_ptr subscriber{};
  subscribe_options options{};
  std::size_t credit = 256;  ///< events
  session_ref session{};     ///< of a tenant handle: `tenant::session()`; only what it may read is sent
};

/// The last message of a subscription whose session has ended or may read nothing of it any more.
struct feed_ended {
  error why{};
};

struct grant_credit {
  caf::strong_actor_ptr subscriber{};
  std::size_t events = 0;
};

struct feed_unsubscribe {
  caf::strong_actor_ptr subscriber{};
};

/// FEED: fans committed changes of one tenant out to actors.
using feed_actor = caf::typed_actor<
    // Answers with the change number after which events will come.
    caf::replies_to<feed_subscribe>::with<change_seq>,
    caf::reacts_to<grant_credit>,
    caf::reacts_to<feed_unsubscribe>>;

/// Handles of a tenant's actors; valid until the engine closes.
[[nodiscard]] tenant_actor writer_of(const tenant_base& tenant);
/// One of the tenant's readers, in turn.
[[nodiscard]] reader_actor reader_of(const tenant_base& tenant);
[[nodiscard]] feed_actor feed_of(const tenant_base& tenant);

}  // namespace quire

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::admitted_write)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::feed_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::feed_subscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::feed_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::grant_credit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(quire::feed_unsubscribe)
