#pragma once

#include <quire/acl/image.hpp>
#include <quire/actors/access.hpp>
#include <quire/actors/system.hpp>
#include <quire/actors/tenant.hpp>
#include <quire/operations/caller.hpp>
#include <quire/operations/requirements.hpp>
#include <quire/sqlite/connection.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace quire {

/// One file with its graph of access control, as one caller sees it.
struct access_graph::state {
  state() = default;
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  virtual ~state() = default;

  /// What one reading sees: a snapshot, the number of its last change, and by whom and what it is judged.
  struct reading {
    sqlite::connection& db;
    change_seq seq{};
    const operations::caller& by;
    std::shared_ptr<const acl::acl_image> image{};  ///< of that state or a newer one; may be null
  };
  /// Operations that commit or fail as one.
  [[nodiscard]] virtual result<write_reply> write(std::vector<operation> all) = 0;
  /// Runs `body` in a snapshot. Blocks.
  [[nodiscard]] virtual result<void> read(const std::function<result<void>(const reading&)>& body) = 0;
  /// Notes a denial and answers it.
  [[nodiscard]] virtual error refuse(std::string_view operation, errc why) = 0;
};

[[nodiscard]] std::shared_ptr<access_graph::state> make_access(const tenant_base& tenant);
[[nodiscard]] std::shared_ptr<access_graph::state> make_access(const std::shared_ptr<system_base::state>& system);

}  // namespace quire
