#include "access_text.hpp"

#include "rows.hpp"

#include <quire/acl/access_control.hpp>

#include <boost/json/array.hpp>

namespace quire::tools {

namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const auto& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

bool is_delegation(acl::holding_kind kind) {
  return kind == acl::holding_kind::delegation_in || kind == acl::holding_kind::delegation_out;
}

bool is_membership(acl::holding_kind kind) {
  return kind == acl::holding_kind::membership || kind == acl::holding_kind::member;
}

std::string_view words_for(acl::holding_kind kind) {
  switch (kind) {
    case acl::holding_kind::scopes: return "has scopes";
    case acl::holding_kind::resources: return "has resources";
    case acl::holding_kind::grant: return "has a grant on";
    case acl::holding_kind::delegation_in: return "gets from";
    case acl::holding_kind::delegation_out: return "hands to";
    case acl::holding_kind::membership: return "belongs to";
    case acl::holding_kind::member: return "has the member";
  }
  return {};
}

std::string resources_cell(const acl::holding& x) {
  if (x.resources) return text_of(*x.resources);
  return is_delegation(x.kind) ? "all it has" : "";
}

std::string remarks(const acl::holding& x, row_time now) {
  std::vector<std::string> out;
  if (is_membership(x.kind)) out.emplace_back(to_string(x.level));
  if (x.malformed) out.emplace_back("malformed: counts as nothing");
  if (x.expires_at && *x.expires_at <= now.time_since_epoch().count()) out.emplace_back("expired");
  if (is_delegation(x.kind) && !x.narrowable) out.emplace_back("not to be handed on");
  return joined(out, ", ");
}

}  // namespace

std::string text_of(const std::vector<std::string>& scopes) {
  return scopes.empty() ? "none" : joined(scopes, ", ");
}

std::string text_of(const acl::resource_map& resources) {
  std::vector<std::string> out;
  out.reserve(resources.size());
  for (const auto& [key, actions] : resources) out.push_back(key + "=" + joined(actions, ","));
  return text_of(out);
}

boost::json::object json_of(const acl::holding& x) {
  boost::json::object out{{"what", to_string(x.kind)}, {"malformed", x.malformed}};
  if (!x.edge.empty()) out["edge"] = x.edge;
  if (!x.other.empty()) out["other"] = x.other;
  if (!x.scopes.empty() || is_delegation(x.kind) || x.kind == acl::holding_kind::scopes) {
    out["scopes"] = boost::json::array(x.scopes.begin(), x.scopes.end());
  }
  if (x.resources) out["resources"] = acl::to_json(*x.resources);
  if (is_delegation(x.kind)) out["narrowable"] = x.narrowable;
  if (x.expires_at) out["expiresAt"] = *x.expires_at;
  if (is_membership(x.kind)) out["membershipLevel"] = to_string(x.level);
  return out;
}

std::vector<std::string> row_of(const acl::holding& x, account_names& names, row_time now) {
  auto other = x.other;
  if (const auto email = names.behind(other); !email.empty()) other += " (" + email + ")";
  const bool has_scopes = is_delegation(x.kind) || !x.scopes.empty();
  const auto expires =
      x.expires_at ? text_of(row_time{std::chrono::seconds{*x.expires_at}}) : std::string{};
  return {std::string{words_for(x.kind)},
          std::move(other),
          has_scopes ? text_of(x.scopes) : "",
          resources_cell(x),
          expires,
          remarks(x, now)};
}

}  // namespace quire::tools
