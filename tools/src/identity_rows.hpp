#pragma once

#include "output.hpp"

#include <quire/messages/identity.hpp>
#include <quire/messages/rows.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace quire::tools {

// Rows of the identity tables as JSON, with the names of the operations: `ownerId`, `accessLevel`.
[[nodiscard]] boost::json::object json_of(const account& x);
[[nodiscard]] boost::json::object json_of(const organization_member& x);
[[nodiscard]] boost::json::object json_of(const api_key& x);
[[nodiscard]] boost::json::object json_of(const peer_credential& x);
[[nodiscard]] boost::json::object json_of(const audit_entry& x);

void show(output& out, const account& x);

/// What a person asks of a credential: `active`, `revoked`, `disabled`, `expired`, or `rotated`.
[[nodiscard]] std::string state_of(const api_key& x, row_time now);
[[nodiscard]] std::string state_of(const peer_credential& x, row_time now);
/// The moment, or what its absence means.
[[nodiscard]] std::string text_of(const std::optional<row_time>& at, std::string_view absent);
/// `a, b`; `none` for the empty list, `absent` when there is no list.
[[nodiscard]] std::string text_of(const std::optional<std::vector<std::string>>& list,
                                  std::string_view absent);

}  // namespace quire::tools
