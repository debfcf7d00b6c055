#include "../rows.hpp"
#include "commands.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct create_options {
  std::string id;
  std::string owner;
  std::string name;
  std::string slug;
};

result<void> create(context& in, const create_options& how) {
  const auto opened = in.engine();
  if (!opened) return opened.error();
  const auto made = (*opened)->create_organization(
      {.id = org_id{how.id}, .owner_email = how.owner, .name = how.name, .slug = how.slug});
  if (!made) return made.error();
  show(in.out(), *made);
  return {};
}

result<void> list(context& in) {
  const auto opened = in.engine();
  if (!opened) return opened.error();
  const auto all = (*opened)->organizations();
  if (!all) return all.error();
  table text{.columns = {{"ORG"}, {"NAME"}, {"SLUG"}, {"CREATED"}}, .rows = {}};
  for (const auto& org : *all) {
    if (in.out().json()) in.out().document(json_of(org));
    text.rows.push_back({org.id.get(), org.name, org.slug, text_of(org.created_at)});
  }
  if (!in.out().json()) in.out().rows(text);
  return {};
}

}  // namespace

void add_org(command_line& line) {
  auto& group = line.group("org", "Organizations: who owns tenants");
  auto how = std::make_shared<create_options>();
  auto& made = line.add(group, "create", "Create an organization",
                        "  quire org create acme --owner root@example.org\n"
                        "  quire org create acme --owner root@example.org --name 'Acme, Inc.'",
                        [how](context& in) { return create(in, *how); });
  made.add_option("ORG", how->id, "Its id: a-z, 0-9, - and _, at most 63 characters")
      ->required()
      ->type_name("");
  made.add_option("--owner", how->owner, "E-mail address of the account that owns it")
      ->required()
      ->type_name("EMAIL");
  made.add_option("--name", how->name, "Its name; default: the id")->type_name("TEXT");
  made.add_option("--slug", how->slug, "Its short name in addresses; default: the id")
      ->type_name("TEXT");
  line.add(group, "list", "List the organizations", "  quire org list\n  quire org list --json",
           list);
}

}  // namespace quire::tools
