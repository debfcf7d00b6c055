#include <quire/acl/access_control.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace quire::acl {
namespace {

namespace json = boost::json;

constexpr std::string_view scopes_member = "requiredScopes";
constexpr std::string_view any_member = "requiredScopesAny";
constexpr std::string_view type_member = "resourceType";
constexpr std::string_view action_member = "resourceAction";
constexpr std::string_view auth_member = "customAuth";

error bad_spec(std::string_view operation, std::string what) {
  return fail(errc::invalid_spec,
              "requirement of operation '" + printable(operation) + "': " + std::move(what));
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array list;
  list.reserve(texts.size());
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

/// A member that lists texts, if it is there.
result<void> read_texts(const json::object& from, std::string_view name,
                        std::vector<std::string>& into, std::string_view operation) {
  const auto* value = from.if_contains(name);
  if (value == nullptr) return {};
  const auto* list = value->if_array();
  if (list == nullptr) return bad_spec(operation, std::string{name} + " is no list of texts");
  for (const auto& item : *list) {
    const auto* text = item.if_string();
    if (text == nullptr)
      return bad_spec(operation, std::string{name} + " lists something that is no text");
    into.emplace_back(text->begin(), text->end());
  }
  return {};
}

result<void> read_text(const json::object& from, std::string_view name,
                       std::optional<std::string>& into, std::string_view operation) {
  const auto* value = from.if_contains(name);
  if (value == nullptr) return {};
  const auto* text = value->if_string();
  if (text == nullptr) return bad_spec(operation, std::string{name} + " is no text");
  into.emplace(text->begin(), text->end());
  return {};
}

bool holds_resource(const access_control& needs, const std::optional<resource_map>& resources,
                    std::optional<std::string_view> id, scope_mode mode) noexcept {
  if (!needs.wants_resource()) return true;
  if (!resources) return false;
  if (!id) return covers_some(*resources, *needs.resource_type, *needs.resource_action, mode);
  return covers(*resources, std::string{*needs.resource_type}.append(":").append(*id),
                *needs.resource_action, mode);
}

bool passes(const access_control& needs, const std::vector<std::string>& scopes,
            const std::optional<resource_map>& resources, std::optional<std::string_view> id,
            scope_mode mode) {
  return check_access(needs, scopes, resources, mode) &&
         (!id || holds_resource(needs, resources, id, mode));
}

result<void> enforce(const access_control& needs, const identity* who, std::string_view operation,
                     std::optional<std::string_view> id, scope_mode mode) {
  if (needs.empty()) return {};
  const auto refuse = [&](std::string why) {
    return fail(errc::access_denied,
                "operation '" + printable(operation) + "' was refused: " + std::move(why));
  };
  if (who == nullptr) return refuse("nobody has signed in; connect with a credential");
  const bool allowed =
      who->chains.empty()
          ? passes(needs, who->scopes, who->resources, id, mode)
          : std::any_of(who->chains.begin(), who->chains.end(), [&](const authority_chain& chain) {
              return passes(needs, chain.scopes, chain.resources, id, mode);
            });
  if (allowed) return {};
  return refuse("account '" + printable(who->id) +
                "' lacks what it requires; ask an administrator to explain the decision");
}

}  // namespace

result<void> check_spec(const access_control& needs, std::string_view operation) {
  if (needs.resource_type.has_value() != needs.resource_action.has_value()) {
    return bad_spec(operation,
                    "resourceType and resourceAction belong together; give both or none");
  }
  const auto blank = [](const std::string& text) { return text.empty(); };
  if (std::any_of(needs.required_scopes.begin(), needs.required_scopes.end(), blank) ||
      std::any_of(needs.required_scopes_any.begin(), needs.required_scopes_any.end(), blank)) {
    return bad_spec(operation, "a required scope is empty; name it or leave it out");
  }
  for (const auto* text : {&needs.resource_type, &needs.resource_action, &needs.custom_auth}) {
    if (*text && (*text)->empty())
      return bad_spec(operation, "a member is an empty text; name it or leave it out");
  }
  return {};
}

bool check_access(const access_control& needs, const std::vector<std::string>& scopes,
                  const std::optional<resource_map>& resources, scope_mode mode) noexcept {
  const auto held = [&](const std::string& wanted) { return covers_any(scopes, wanted, mode); };
  const auto& any = needs.required_scopes_any;
  return std::all_of(needs.required_scopes.begin(), needs.required_scopes.end(), held) &&
         (any.empty() || std::any_of(any.begin(), any.end(), held)) &&
         (!needs.wants_resource() || (resources && covers_some(*resources, *needs.resource_type,
                                                               *needs.resource_action, mode)));
}

result<void> enforce_access(const access_control& needs, const identity* who,
                            std::string_view operation, scope_mode mode) {
  return enforce(needs, who, operation, std::nullopt, mode);
}

result<void> authorize(const access_control& needs, const identity* who, std::string_view operation,
                       std::string_view resource_id, scope_mode mode) {
  return enforce(needs, who, operation, resource_id, mode);
}

json::value to_json(const access_control& needs) {
  json::object out;
  if (!needs.required_scopes.empty()) out[scopes_member] = array_of(needs.required_scopes);
  if (!needs.required_scopes_any.empty()) out[any_member] = array_of(needs.required_scopes_any);
  if (needs.resource_type) out[type_member] = *needs.resource_type;
  if (needs.resource_action) out[action_member] = *needs.resource_action;
  if (needs.custom_auth) out[auth_member] = *needs.custom_auth;
  return out;
}

result<access_control> access_control_from_json(const json::value& value,
                                                std::string_view operation) {
  const auto* members = value.if_object();
  if (members == nullptr) return bad_spec(operation, "is no JSON object");
  constexpr std::array known{scopes_member, any_member, type_member, action_member, auth_member};
  for (const auto& member : *members) {
    if (std::find(known.begin(), known.end(), std::string_view{member.key()}) == known.end()) {
      return bad_spec(
          operation, "member '" + printable(member.key()) +
                         "' is unknown; there are requiredScopes, requiredScopesAny, resourceType, "
                         "resourceAction and customAuth");
    }
  }
  access_control needs;
  if (auto ok = read_texts(*members, scopes_member, needs.required_scopes, operation); !ok)
    return ok.error();
  if (auto ok = read_texts(*members, any_member, needs.required_scopes_any, operation); !ok)
    return ok.error();
  if (auto ok = read_text(*members, type_member, needs.resource_type, operation); !ok)
    return ok.error();
  if (auto ok = read_text(*members, action_member, needs.resource_action, operation); !ok)
    return ok.error();
  if (auto ok = read_text(*members, auth_member, needs.custom_auth, operation); !ok)
    return ok.error();
  if (auto ok = check_spec(needs, operation); !ok) return ok.error();
  return needs;
}

json::value to_json(const resource_map& resources) {
  json::object out;
  for (const auto& [key, actions] : resources) out[key] = array_of(actions);
  return out;
}

json::value to_json(const identity& who) {
  json::object out;
  out["id"] = who.id;
  out["scopes"] = array_of(who.scopes);
  if (who.resources) out["resources"] = to_json(*who.resources);
  return out;
}

}  // namespace quire::acl
