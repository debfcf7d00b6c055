#include "module_text.hpp"

#include <quire/acl/graph_module.hpp>

#include <array>
#include <utility>

namespace quire::acl {

result<row_id> row_id_of_type(std::string_view stored_name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> rows = {{
      {type_names::principal, row_ids::principal},
      {type_names::resource, row_ids::resource},
      {type_names::delegates, row_ids::delegates},
      {type_names::scopes, row_ids::scopes},
      {type_names::belongs_to, row_ids::belongs_to},
  }};
  for (const auto& [name, id] : rows) {
    if (name == stored_name) return row_id{std::string{id}};
  }
  return fail(errc::unknown_type,
              "graph type '" + std::string{graph_type_of_acl} + "' has no type '" +
                  printable(stored_name) +
                  "'; it has principal, resource, delegates, scopes, belongs_to");
}

define_graph_type acl_definition() {
  define_graph_type made;
  made.name = graph_type_name{std::string{graph_type_of_acl}};
  made.module = document::trusted(std::string{module_text().front().text});
  made.description = "Principals, what they hold, and how it is delegated.";
  made.scope = type_scope::system;
  return made;
}

}  // namespace quire::acl
