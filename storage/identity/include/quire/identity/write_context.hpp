#pragma once

#include <quire/events/change_log.hpp>
#include <quire/messages/environment.hpp>
#include <quire/messages/id_maker.hpp>
#include <quire/messages/identity.hpp>
#include <quire/sqlite/connection.hpp>

#include <optional>
#include <string_view>

namespace quire::identity {

/// The account of the engine, in every system file: it has no credential and cannot be changed.
inline constexpr std::string_view system_account = "system";
inline constexpr std::string_view system_email = "system@localhost";

/// How an act came to be, as far as known, for the audit trail. Refers to the caller's texts.
struct act_origin {
  std::string_view principal{};
  std::string_view operation{};
  std::string_view request{};
  std::string_view credential{};          ///< row id of the credential used; empty: none
  std::optional<credential_kind> kind{};  ///< of that credential
};

/// What every write needs besides its request. Made anew for each request; refers to objects of the
/// system file's writer, inside whose transaction the write happens.
struct write_context {
  sqlite::connection& db;
  events::change_log& changes;
  id_maker& ids;
  entropy& random;
  timestamp now;
  std::string_view actor;  ///< account that acts, for events and the audit trail
  act_origin origin{};

  /// `now` as rows keep it.
  [[nodiscard]] row_time row_now() const { return std::chrono::floor<std::chrono::seconds>(now); }
  [[nodiscard]] std::int64_t seconds() const { return row_now().time_since_epoch().count(); }
};

/// Which part of a list. Pages follow one another by the last row's id, so rows that come and go
/// between them neither repeat nor hide others.
struct list_page {
  std::size_t limit = 100;    ///< 1 to `limits::max_page`; else `invalid_option`
  std::string_view cursor{};  ///< of the page before; empty: from the start; else `invalid_cursor`
};

}  // namespace quire::identity
