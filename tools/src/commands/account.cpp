#include "../identity_rows.hpp"
#include "../principals.hpp"
#include "../rows.hpp"
#include "commands.hpp"
#include "listing.hpp"
#include "page_options.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct create_options {
  std::string email;
  std::string name;
  std::string level = "user";
  std::string id;
};

result<void> create(context& in, const create_options& how) {
  const auto level = account_level_from_string(how.level);
  if (!level) {
    return fail(errc::invalid_option,
                "--level '" + printable(how.level) + "' is none of user, admin, service");
  }
  auto system = in.system();
  if (!system) return system.error();
  const auto made = system->create_account(
      {.email = how.email, .display_name = how.name, .level = *level, .id = account_id{how.id}});
  if (!made && made.error().code == errc::unique_violation) {
    return fail(errc::unique_violation, "there is an account of that address or id already: '" +
                                            printable(how.email) +
                                            "'; 'quire account list' shows them");
  }
  if (!made) return made.error();
  show(in.out(), *made);
  return {};
}

result<void> list(context& in, const page_options& part) {
  auto system = in.system();
  if (!system) return system.error();
  table text{.columns = {{"E-MAIL"}, {"NAME"}, {"LEVEL"}, {"STATUS"}, {"ID"}}, .rows = {}};
  const auto rest = each_item(
      part.cursor(), part.limit(),
      [&](std::size_t limit, const std::string& cursor) {
        return system->list_accounts(limit, cursor);
      },
      [&](const account& x) -> result<void> {
        if (in.out().json()) {
          in.out().document(json_of(x));
        } else {
          text.rows.push_back({x.email, x.display_name, std::string{to_string(x.level)},
                               std::string{to_string(x.status)}, x.id.get()});
        }
        return {};
      });
  if (!rest) return rest.error();
  if (!in.out().json()) in.out().rows(text);
  part.tell_of_more(*rest);
  return {};
}

result<void> show_one(context& in, const std::string& who) {
  const auto found = account_argument(in, who);
  if (!found) return found.error();
  show(in.out(), *found);
  return {};
}

result<void> set_status(context& in, const std::string& who, account_status status) {
  const auto found = account_argument(in, who);
  if (!found) return found.error();
  auto system = in.system();
  if (!system) return system.error();
  const auto changed = system->set_status(found->id, status);
  if (!changed) return changed.error();
  show(in.out(), *changed);
  return {};
}

result<void> remove(context& in, const std::string& who) {
  const auto found = account_argument(in, who);
  if (!found) return found.error();
  auto system = in.system();
  if (!system) return system.error();
  if (auto ok = system->remove_account(found->id); !ok) return ok.error();
  if (in.out().json()) {
    in.out().document({{"id", found->id.get()}, {"removed", true}});
  } else {
    in.out().line("Removed the account '" + printable(found->email) + "'.");
  }
  return {};
}

}  // namespace

void add_account(command_line& line) {
  auto& group = line.group("account", "Accounts: people, services and agents that act");
  auto how = std::make_shared<create_options>();
  auto& made = line.add(group, "create", "Create an account",
                        "  quire account create ada@example.org --name 'Ada Lovelace'\n"
                        "  quire account create indexer@example.org --level service",
                        [how](context& in) { return create(in, *how); });
  made.add_option("EMAIL", how->email, "Its e-mail address; case makes no difference")
      ->required()
      ->type_name("");
  made.add_option("--name", how->name, "The name people know it by")->type_name("TEXT");
  made.add_option("--level", how->level,
                  "user, admin or service; gives no right by itself, those come from 'quire acl'")
      ->type_name("LEVEL")
      ->capture_default_str();
  made.add_option("--id", how->id, "Its id, instead of one that is made")->type_name("ID");

  auto part = std::make_shared<page_options>();
  part->declare(line.add(group, "list", "List the accounts",
                         "  quire account list\n  quire account list --all --json",
                         [part](context& in) { return list(in, *part); }));

  const auto add = [&](const char* name, const char* about, const char* example,
                       const std::function<result<void>(context&, const std::string&)>& run) {
    auto who = std::make_shared<std::string>();
    line.add(group, name, about, example, [who, run](context& in) { return run(in, *who); })
        .add_option("ACCOUNT", *who, "The account, by id or e-mail address")
        ->required()
        ->type_name("");
  };
  add("show", "Show an account", "  quire account show ada@example.org", show_one);
  const auto becomes = [](account_status status) {
    return [status](context& in, const std::string& who) { return set_status(in, who, status); };
  };
  add("suspend", "Refuse an account, and what others hold by its delegation, until it is activated",
      "  quire account suspend ada@example.org", becomes(account_status::suspended));
  add("activate", "Let an account act again", "  quire account activate ada@example.org",
      becomes(account_status::active));
  add("deactivate", "End an account and revoke all its keys and peers for good",
      "  quire account deactivate ada@example.org", becomes(account_status::deactivated));
  add("remove", "Remove an account that never acted and owns no organization",
      "  quire account remove ada@example.org", remove);
}

}  // namespace quire::tools
