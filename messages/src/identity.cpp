#include <quire/messages/identity.hpp>

#include <initializer_list>

namespace quire {
namespace {

/// The value of that name; the error names them all.
template <class E>
result<E> one_of(std::string_view what, std::string_view text, std::initializer_list<E> values) {
  std::string names;
  for (const auto x : values) {
    if (to_string(x) == text) return x;
    if (!names.empty()) names += ", ";
    names += to_string(x);
  }
  return fail(errc::invalid_option,
              std::string{what} + " '" + printable(text) + "' is none of " + names);
}

}  // namespace

std::string_view to_string(account_level x) noexcept {
  switch (x) {
    case account_level::admin: return "admin";
    case account_level::user: return "user";
    case account_level::service: return "service";
  }
  return "";
}

std::string_view to_string(account_status x) noexcept {
  switch (x) {
    case account_status::active: return "active";
    case account_status::suspended: return "suspended";
    case account_status::deactivated: return "deactivated";
  }
  return "";
}

std::string_view to_string(membership_level x) noexcept {
  switch (x) {
    case membership_level::owner: return "owner";
    case membership_level::admin: return "admin";
    case membership_level::member: return "member";
  }
  return "";
}

std::string_view to_string(peer_kind x) noexcept {
  switch (x) {
    case peer_kind::ssh_key: return "ssh_key";
    case peer_kind::cert_authority: return "cert_authority";
  }
  return "";
}

std::string_view to_string(credential_kind x) noexcept {
  switch (x) {
    case credential_kind::api_key: return "api_key";
    case credential_kind::peer_credential: return "peer_credential";
  }
  return "";
}

result<account_level> account_level_from_string(std::string_view text) {
  return one_of("access level", text,
                {account_level::admin, account_level::user, account_level::service});
}

result<account_status> account_status_from_string(std::string_view text) {
  return one_of("status", text,
                {account_status::active, account_status::suspended, account_status::deactivated});
}

result<membership_level> membership_level_from_string(std::string_view text) {
  return one_of("membership level", text,
                {membership_level::owner, membership_level::admin, membership_level::member});
}

result<peer_kind> peer_kind_from_string(std::string_view text) {
  return one_of("kind of peer", text, {peer_kind::ssh_key, peer_kind::cert_authority});
}

result<credential_kind> credential_kind_from_string(std::string_view text) {
  return one_of("kind of credential", text,
                {credential_kind::api_key, credential_kind::peer_credential});
}

}  // namespace quire
