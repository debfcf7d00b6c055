#pragma once

#include "principals.hpp"

#include <quire/acl/lists.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace quire::tools {

// What is said about rights, for people and for programs.

/// `nodes:read, nodes:write`, or `none`.
[[nodiscard]] std::string text_of(const std::vector<std::string>& scopes);
/// `doc:7=read,write, doc:8=read`, or `none`.
[[nodiscard]] std::string text_of(const acl::resource_map& resources);

/// `{what, malformed}` and what belongs to the kind: `edge`, `other`, `scopes`, `resources`,
/// `narrowable`, `expiresAt`, `membershipLevel`.
[[nodiscard]] boost::json::object json_of(const acl::holding& x);
/// Cells: what, with whom, scopes, resources, expiry, remarks.
[[nodiscard]] std::vector<std::string> row_of(const acl::holding& x, account_names& names,
                                              row_time now);

}  // namespace quire::tools
