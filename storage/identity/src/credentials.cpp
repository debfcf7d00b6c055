#include "credentials.hpp"

#include "rows.hpp"

#include <quire/identity/api_keys.hpp>

#include <algorithm>

namespace quire::identity {
namespace {

constexpr std::size_t max_scopes = 1'024;

}  // namespace

result<void> check_credential_owner(sqlite::lazy_statement& sql, const account_id& owner,
                                    sqlite::connection& db) {
  if (owner.get() == system_account) {
    return fail(errc::protected_row,
                "new credential: the account 'system' is the engine's and has none");
  }
  auto status = first(
      sql, db, [](sqlite::statement& s) { return status_at(s, 0); }, owner);
  if (!status) return status.error();
  if (!*status) {
    return fail(errc::not_found,
                "new credential: there is no account '" + printable(owner.get()) + "'");
  }
  if (**status == account_status::deactivated) {
    return fail(errc::account_deactivated, "new credential: account '" + printable(owner.get()) +
                                               "' is deactivated; make it active first");
  }
  return {};
}

result<std::string> metadata_of_scopes(const std::optional<std::vector<std::string>>& scopes) {
  if (!scopes) return std::string{"{}"};
  if (scopes->size() > max_scopes) {
    return fail(errc::invalid_option, "new credential: " + std::to_string(scopes->size()) +
                                          " scopes; at most " + std::to_string(max_scopes));
  }
  std::string out = "{";
  append_json_string(out, scopes_member);
  out += ":[";
  for (const auto& scope : *scopes) {
    if (!is_valid_key(scope)) {
      return fail(errc::invalid_option, "new credential: scope '" + printable(scope) +
                                            "' is not 1 to 512 bytes without control characters");
    }
    if (out.back() != '[') out += ',';
    append_json_string(out, scope);
  }
  return out += "]}";
}

}  // namespace quire::identity
