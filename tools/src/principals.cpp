#include "principals.hpp"

#include <quire/messages/ids.hpp>

#include <algorithm>
#include <optional>

namespace quire::tools {

namespace {

constexpr std::string_view forms =
    "write account:ID, account:E-MAIL, service:ID, org:ID or role:NAME";

error no_principal(std::string_view given) {
  return fail(errc::invalid_option,
              "'" + printable(given) + "' names no principal; " + std::string{forms});
}

acl::principal_kind kind_of(const account& x) {
  return x.level == account_level::service ? acl::principal_kind::service
                                           : acl::principal_kind::account;
}

bool is_email(std::string_view text) { return text.find('@') != std::string_view::npos; }

/// What was written before the colon; nothing for a bare e-mail address.
struct spelled_principal {
  std::optional<acl::principal_kind> kind;
  std::string id;
};

result<spelled_principal> spelled(const std::string& given) {
  const auto colon = given.find(':');
  if (colon != std::string::npos) {
    const auto kind = acl::principal_kind_from_string(given.substr(0, colon));
    if (!kind || colon + 1 == given.size()) return no_principal(given);
    return spelled_principal{*kind, given.substr(colon + 1)};
  }
  if (!is_email(given)) return no_principal(given);
  return spelled_principal{std::nullopt, given};
}

result<acl::principal_id> principal_of_account(context& in, const spelled_principal& what) {
  const auto found = account_argument(in, what.id);
  if (!found) return found.error();
  const auto kind = kind_of(*found);
  if (what.kind && *what.kind != kind) {
    const std::string right{to_string(kind)};
    return fail(errc::invalid_option, "'" + printable(what.id) + "' is of the kind '" + right +
                                          "'; write " + right + ":" + printable(what.id));
  }
  return acl::principal_id{kind, found->id.get()};
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const auto comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

std::string_view spelling(resource_form form) {
  switch (form) {
    case resource_form::whole: return "TYPE:ID=ACTION,…";
    case resource_form::actions_if_any: return "TYPE:ID=ACTION,…, or TYPE:ID for all actions";
    case resource_form::id_if_any: return "TYPE:ID=ACTION, or TYPE=ACTION for any of the type";
  }
  return {};
}

}  // namespace

result<account> account_argument(context& in, const std::string& given) {
  auto system = in.system();
  if (!system) return system.error();
  auto found = system->find_account(given);
  if (!found && found.error().code == errc::not_found) {
    return fail(errc::not_found, "no account '" + printable(given) +
                                     "'; 'quire account list' shows them, 'quire account create' "
                                     "makes one");
  }
  return found;
}

result<acl::principal_id> principal_argument(context& in, const std::string& given,
                                             absent_principal absent) {
  const auto what = spelled(given);
  if (!what) return what.error();
  const bool refuse = absent == absent_principal::refuse;
  const auto kind = what->kind.value_or(acl::principal_kind::account);
  switch (kind) {
    case acl::principal_kind::account:
    case acl::principal_kind::service:
      if (refuse || is_email(what->id)) return principal_of_account(in, *what);
      break;
    case acl::principal_kind::org: {
      if (!refuse) break;
      const auto engine = in.engine();
      if (!engine) return engine.error();
      const auto found = (*engine)->find_organization(org_id{what->id});
      if (!found) return found.error();
      break;
    }
    case acl::principal_kind::role: break;
  }
  return acl::principal_id{kind, what->id};
}

result<resource_argument> resource_from(const std::string& given, resource_form form) {
  const auto wrong = [&] {
    return fail(errc::invalid_option, "'" + printable(given) + "' names no resource; write " +
                                          std::string{spelling(form)});
  };
  resource_argument out;
  const auto equals = given.rfind('=');
  const auto colon = given.substr(0, equals).find(':');
  out.type = given.substr(0, std::min(colon, equals));
  if (colon != std::string::npos) {
    out.id = given.substr(colon + 1, equals == std::string::npos ? equals : equals - colon - 1);
  } else if (form != resource_form::id_if_any) {
    return wrong();
  }
  if (equals != std::string::npos) {
    out.actions = split(std::string_view{given}.substr(equals + 1));
  } else if (form != resource_form::actions_if_any) {
    return wrong();
  }
  if (out.type.empty() || (colon != std::string::npos && out.id.empty()) ||
      std::ranges::find(out.actions, std::string{}) != out.actions.end() ||
      (form == resource_form::id_if_any && out.actions.size() != 1)) {
    return wrong();
  }
  return out;
}

const std::string& account_names::of(const account_id& id) {
  if (const auto known = known_.find(id.get()); known != known_.end()) return known->second;
  const auto found = in_.find_account(id.get());
  return known_.emplace(id.get(), found ? found->email : id.get()).first->second;
}

std::string account_names::behind(std::string_view key) {
  const auto who = acl::principal_from_key(key);
  if (!who ||
      (who->kind != acl::principal_kind::account && who->kind != acl::principal_kind::service)) {
    return {};
  }
  const auto& name = of(account_id{who->id});
  return name == who->id ? std::string{} : name;
}

}  // namespace quire::tools
