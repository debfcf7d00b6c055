#pragma once

#include <quire/acl/access_control.hpp>
#include <quire/operations/requirements.hpp>
#include <quire/sqlite/connection.hpp>

#include <memory>

#include "session_state.hpp"
#include "tenant_core.hpp"

namespace quire {

/// A session at the moment of one request: it and the images it is judged by, kept alive together. Made for each request.
class judged_caller {
 public:
  judged_caller(tenant_core& core, std::shared_ptr<quire::session::state> who);

  /// The session has not ended, and its credential and account are good. Fails with `access_denied`.
  [[nodiscard]] result<void> check_standing() const;
  /// The caller may do it, by the state that the connection sees, whose last change is `seen`. Fails with `access_denied`;
  /// why goes to the audit trail and nowhere else.
  [[nodiscard]] result<void> check(const operations::requirement_of& needs, sqlite::connection& db, change_seq seen) const;
  /// The same verdict without a refusal: what is not allowed is left out.
  [[nodiscard]] result<bool> may(const operations::requirement_of& needs, sqlite::connection& db, change_seq seen) const;

  /// By an image alone.
  [[nodiscard]] result<bool> may(const operations::requirement_of& needs, const acl::acl_image& image) const;

  [[nodiscard]] const operations::caller& caller() const noexcept { return caller_; }
  [[nodiscard]] quire::session::state& session() const noexcept { return *who_; }

 private:
  tenant_core& core_;
  std::shared_ptr<quire::session::state> who_;
  std::shared_ptr<const operations::identities> present_;
  operations::caller caller_;
};

/// The session's principal is known in the tenant. Fails with `access_denied`.
[[nodiscard]] result<void> check_known(const std::shared_ptr<tenant_core>& core, const std::shared_ptr<quire::session::state>& who);

/// The caller may do it now, by a connection of the tenant's pool. For work that is no request of its own.
[[nodiscard]] result<void> check_now(const std::shared_ptr<tenant_core>& core, const std::shared_ptr<quire::session::state>& who,
                                     const operations::requirement_of& needs);

}  // namespace quire
