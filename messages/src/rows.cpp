#include <quire/messages/rows.hpp>

namespace quire {

std::string_view to_string(type_scope scope) noexcept {
  switch (scope) {
    case type_scope::system: return "system";
    case type_scope::tenant: return "tenant";
    case type_scope::user: return "user";
  }
  return "";
}

std::string_view to_string(graph_status status) noexcept {
  switch (status) {
    case graph_status::active: return "active";
    case graph_status::archived: return "archived";
    case graph_status::draft: return "draft";
  }
  return "";
}

result<type_scope> type_scope_from_string(std::string_view text) {
  for (const auto scope : {type_scope::system, type_scope::tenant, type_scope::user}) {
    if (to_string(scope) == text) return scope;
  }
  return fail(errc::invalid_option, "scope '" + printable(text) + "' is none of system, tenant, user");
}

result<graph_status> graph_status_from_string(std::string_view text) {
  for (const auto status : {graph_status::active, graph_status::archived, graph_status::draft}) {
    if (to_string(status) == text) return status;
  }
  return fail(errc::invalid_option, "status '" + printable(text) + "' is none of active, archived, draft");
}

}  // namespace quire
