#include "../principals.hpp"
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

result<void> show_one(context& in, const std::string& named) {
  const auto id = in.org(named);
  if (!id) return id.error();
  const auto opened = in.engine();
  if (!opened) return opened.error();
  const auto found = (*opened)->find_organization(*id);
  if (!found) return found.error();
  show(in.out(), *found);
  return {};
}

struct owner_options {
  std::string org;
  std::string owner;
};

result<void> set_owner(context& in, const owner_options& how) {
  const auto owner = account_argument(in, how.owner);
  if (!owner) return owner.error();
  auto system = in.system();
  if (!system) return system.error();
  const auto changed = system->set_owner(org_id{how.org}, owner->id);
  if (!changed) return changed.error();
  show(in.out(), *changed);
  return {};
}

result<void> remove(context& in, const std::string& named) {
  const auto id = in.org(named);
  if (!id) return id.error();
  auto system = in.system();
  if (!system) return system.error();
  if (auto ok = system->remove_organization(*id); !ok) return ok.error();
  if (in.out().json()) {
    in.out().document({{"org", id->get()}, {"removed", true}});
  } else {
    in.out().line("Removed the organization '" + printable(id->get()) + "'.");
  }
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

  const auto add = [&](const char* name, const char* about, const char* example,
                       result<void> (*run)(context&, const std::string&)) {
    auto named = std::make_shared<std::string>();
    line.add(group, name, about, example, [named, run](context& in) { return run(in, *named); })
        .add_option("ORG", *named, "The organization; left out when --org is given")
        ->type_name("");
  };
  add("show", "Show an organization", "  quire org show acme", show_one);
  add("remove", "Remove an organization without tenant, and its memberships",
      "  quire tenant remove acme && quire org remove acme", remove);

  auto owner = std::make_shared<owner_options>();
  auto& changed = line.add(group, "set-owner", "Name the account that owns an organization",
                           "  quire --org acme member set ada@example.org --level owner\n"
                           "  quire org set-owner acme ada@example.org",
                           [owner](context& in) { return set_owner(in, *owner); });
  changed.add_option("ORG", owner->org, "The organization")->required()->type_name("");
  changed.add_option("ACCOUNT", owner->owner, "A member of level owner, by id or e-mail address")
      ->required()
      ->type_name("");
}

}  // namespace quire::tools
