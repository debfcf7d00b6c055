#pragma once

#include <quire/identity/write_context.hpp>
#include <quire/sqlite/statement.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What API keys and peers have in common.
namespace quire::identity {

/// Whether this account may get a credential. `sql` gives the status of the account with id ?1.
/// Fails with `not_found`, `account_deactivated`, `protected_row`.
[[nodiscard]] result<void> check_credential_owner(sqlite::lazy_statement& sql,
                                                  const account_id& owner, sqlite::connection& db);

/// The metadata of a new credential with these scopes, as JSON text. Fails with `invalid_option`.
[[nodiscard]] result<std::string> metadata_of_scopes(
    const std::optional<std::vector<std::string>>& scopes);

}  // namespace quire::identity
