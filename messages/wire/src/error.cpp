#include "category.hpp"

#include <quire/wire/error.hpp>
#include <quire/wire/inspect.hpp>

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>

namespace quire {
namespace {

/// Of all that CAF can say only two things mean more to a caller than that something is broken.
errc meaning_of(const caf::error& e) {
  if (e.category() == caf::atom("system")) {
    switch (static_cast<caf::sec>(e.code())) {
      case caf::sec::request_timeout:
      case caf::sec::connection_timeout: return errc::deadline_exceeded;
      case caf::sec::request_receiver_down:
      case caf::sec::remote_linking_failed:
      case caf::sec::no_route_to_receiving_node:
      case caf::sec::cannot_forward_to_invalid_actor:
      case caf::sec::cannot_connect_to_node:
      case caf::sec::socket_disconnected:
      case caf::sec::bad_function_call: return errc::engine_closed;
      case caf::sec::unavailable_or_would_block: return errc::storage_busy;
      default: return errc::internal;
    }
  }
  if (e.category() == caf::atom("exit")) {
    switch (static_cast<caf::exit_reason>(e.code())) {
      case caf::exit_reason::unhandled_exception: return errc::internal;
      default: return errc::engine_closed;
    }
  }
  return errc::internal;
}

}  // namespace

error error_from_parts(std::uint8_t number, const caf::message& context) {
  if (context.size() == 1 && context.match_element<error>(0)) return context.get_as<error>(0);
  auto e = error{.code = static_cast<errc>(number), .context = {}, .details = {}};
  if (context.size() == 1 && context.match_element<std::string>(0))
    e.context = context.get_as<std::string>(0);
  if (errc_from_string(to_string(e.code)) != e.code || e.code == errc::none) {
    e.code = errc::internal;
    e.context = "error " + std::to_string(number) + " of a newer release" +
                (e.context.empty() ? "" : ": ") + e.context;
  }
  return e;
}

caf::error to_caf(const error& e) {
  if (e.code != errc::none)
    return {static_cast<std::uint8_t>(e.code), error_category, caf::make_message(e)};
  return to_caf(fail(errc::internal,
                     "an error without a code" + (e.context.empty() ? "" : ": " + e.context)));
}

error from_caf(const caf::error& e) {
  if (!e) return fail(errc::internal, "an answer without value and without error");
  if (e.category() == error_category) return error_from_parts(e.code(), e.context());
  return fail(meaning_of(e), "the actor system says " + printable(caf::to_string(e)));
}

}  // namespace quire
