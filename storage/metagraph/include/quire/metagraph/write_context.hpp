#pragma once

#include <quire/events/change_log.hpp>
#include <quire/messages/id_maker.hpp>
#include <quire/messages/requests.hpp>
#include <quire/metagraph/catalog.hpp>
#include <quire/sqlite/connection.hpp>

#include <string_view>

namespace quire::metagraph {

/// What every write needs besides its request. Made anew for each request; refers to objects of the file's writer.
struct write_context {
  sqlite::connection& db;
  events::change_log& changes;
  catalog& types;
  id_maker& ids;
  timestamp now;
  std::string_view actor;           ///< recorded in events
  bool want_rows = true;            ///< fill `outcome::row`
  bool edges_have_type_id = false;  ///< the file's edges also carry `edge_type_id`

  /// `now` as rows keep it.
  [[nodiscard]] std::int64_t seconds() const {
    return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  }
};

}  // namespace quire::metagraph
