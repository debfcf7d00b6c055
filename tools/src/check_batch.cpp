#include "check_batch.hpp"

#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>

#include <algorithm>
#include <array>

namespace quire::tools {

namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 4> members{"who", "needs", "resourceId", "actingAs"};
constexpr document_limits request_limits{.max_bytes = check_batch::max_line_bytes};

/// A member that is a text; empty when it is left out.
result<std::string> text_member(const json::object& request, std::string_view name) {
  const auto* given = request.if_contains(name);
  if (given == nullptr) return std::string{};
  if (given->is_string()) return std::string{given->get_string()};
  return fail(errc::invalid_option, "'" + std::string{name} + "' must be a string");
}

}  // namespace

std::string check_batch::answer(const line_reader::line& line) {
  json::object out{{"line", ++lines_}};
  const auto allowed = verdict(line);
  if (allowed) {
    out["allowed"] = *allowed;
  } else {
    out["error"] = {{"code", to_string(allowed.error().code)},
                    {"message", allowed.error().context}};
  }
  return json_text(out);
}

result<bool> check_batch::verdict(const line_reader::line& line) const {
  if (line.too_long) {
    return fail(errc::too_large,
                "a line of more than " + std::to_string(max_line_bytes) + " bytes was passed over");
  }
  const auto question = question_in(line.text);
  if (!question) return question.error();
  return ask_(*question);
}

result<access_question> check_batch::question_in(std::string_view line) const {
  const auto request = document::parse_object(line, request_limits);
  if (!request) return request.error();
  const auto& given = request->value().get_object();
  for (const auto& member : given) {
    if (std::ranges::find(members, std::string_view{member.key()}) != members.end()) continue;
    return fail(errc::unknown_option, "a request has no member '" + printable(member.key()) +
                                          "'; it has who, needs, resourceId and actingAs");
  }
  access_question out;
  const auto who = text_member(given, "who");
  if (!who) return who.error();
  if (who->empty()) return fail(errc::invalid_option, "'who' is missing");
  const auto* needs = given.if_contains("needs");
  if (needs == nullptr) return fail(errc::invalid_option, "'needs' is missing");
  auto required = acl::access_control_from_json(*needs, "needs");
  if (!required) return required.error();
  out.needs = *std::move(required);
  auto resource = text_member(given, "resourceId");
  if (!resource) return resource.error();
  if (!resource->empty() && !out.needs.wants_resource()) {
    return fail(errc::invalid_option,
                "'resourceId' stands with 'resourceType' and 'resourceAction' in 'needs'");
  }
  out.resource_id = *std::move(resource);
  auto role = text_member(given, "actingAs");
  if (!role) return role.error();
  out.acting_as = *std::move(role);
  auto principal = find_(*who);
  if (!principal) return principal.error();
  out.who = *std::move(principal);
  return out;
}

}  // namespace quire::tools
