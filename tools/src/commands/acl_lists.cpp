#include "../access_text.hpp"
#include "../moments.hpp"
#include "../principals.hpp"
#include "access_options.hpp"
#include "commands.hpp"
#include "listing.hpp"
#include "page_options.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct list_arguments {
  access_options where;
  page_options part;
  std::string who;
  std::string resource;
  std::string type;
  std::string action;
};

result<void> list_resources(context& in, const list_arguments& how) {
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  const auto who = principal_argument(in, how.who, absent_principal::allow);
  if (!who) return who.error();
  table text{.columns = {{"RESOURCE"}}, .rows = {}};
  const auto rest = each_item(
      how.part.cursor(), how.part.limit(),
      [&](std::size_t limit, const std::string& cursor) {
        return graph->resources_of(*who, how.type, how.action, {.limit = limit, .cursor = cursor});
      },
      [&](const std::string& key) -> result<void> {
        if (in.out().json()) {
          in.out().document({{"resource", key}});
        } else {
          text.rows.push_back({key});
        }
        return {};
      });
  if (!rest) return rest.error();
  if (!in.out().json()) in.out().rows(text);
  how.part.tell_of_more(*rest);
  return {};
}

result<void> list_principals(context& in, const list_arguments& how) {
  const auto on = resource_from(how.resource + "=" + how.action, resource_form::whole);
  if (!on) return on.error();
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  auto system = in.system();
  if (!system) return system.error();
  account_names names{*std::move(system)};
  table text{.columns = {{"PRINCIPAL"}, {"E-MAIL"}}, .rows = {}};
  const auto rest = each_item(
      how.part.cursor(), how.part.limit(),
      [&](std::size_t limit, const std::string& cursor) {
        return graph->principals_on(on->type, on->id, how.action,
                                    {.limit = limit, .cursor = cursor});
      },
      [&](const std::string& key) -> result<void> {
        if (in.out().json()) {
          in.out().document({{"principal", key}});
        } else {
          text.rows.push_back({key, names.behind(key)});
        }
        return {};
      });
  if (!rest) return rest.error();
  if (!in.out().json()) in.out().rows(text);
  how.part.tell_of_more(*rest);
  return {};
}

result<void> list_grants(context& in, const list_arguments& how) {
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  const auto who = principal_argument(in, how.who, absent_principal::allow);
  if (!who) return who.error();
  auto system = in.system();
  if (!system) return system.error();
  account_names names{*std::move(system)};
  table text{.columns = {{"WHAT"}, {"WITH"}, {"SCOPES"}, {"RESOURCES"}, {"EXPIRES"}, {"REMARKS"}},
             .rows = {}};
  const auto at = now();
  const auto rest = each_item(
      how.part.cursor(), how.part.limit(),
      [&](std::size_t limit, const std::string& cursor) {
        return graph->grants_of(*who, {.limit = limit, .cursor = cursor});
      },
      [&](const acl::holding& x) -> result<void> {
        if (in.out().json()) {
          in.out().document(json_of(x));
        } else {
          text.rows.push_back(row_of(x, names, at));
        }
        return {};
      });
  if (!rest) return rest.error();
  if (!in.out().json()) in.out().rows(text);
  how.part.tell_of_more(*rest);
  return {};
}

}  // namespace

void add_acl_lists(command_line& line, CLI::App& group) {
  auto& lists = line.group(group, "list", "What somebody may use, who may use something, and why");
  const auto add = [&](const char* name, const char* about, const char* example,
                       result<void> (*run)(context&, const list_arguments&)) {
    auto how = std::make_shared<list_arguments>();
    auto& made =
        line.add(lists, name, about, example, [how, run](context& in) { return run(in, *how); });
    const auto argument = [&made](const char* called, std::string& into, const char* what) {
      made.add_option(called, into, what)->required()->type_name("");
    };
    constexpr const char* who = "account:ID, account:E-MAIL, service:ID, org:ID or role:NAME";
    if (run == list_principals) {
      argument("TYPE:ID", how->resource, "The resource");
      argument("ACTION", how->action, "What they may do with it");
    } else {
      argument("WHO", how->who, who);
    }
    if (run == list_resources) {
      argument("TYPE", how->type, "Of which type");
      argument("ACTION", how->action, "What it may do with them");
    }
    how->where.declare(made);
    how->part.declare(made);
  };
  add("resources", "All resources of a type with which somebody may do something",
      "  quire --org acme acl list resources account:ada@example.org doc read", list_resources);
  add("principals", "All who may do something with a resource",
      "  quire --org acme acl list principals doc:7 read", list_principals);
  add("grants", "What somebody holds of its own, gets, hands on, and belongs to",
      "  quire --org acme acl list grants account:ada@example.org", list_grants);
}

}  // namespace quire::tools
