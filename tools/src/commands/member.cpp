#include "../identity_rows.hpp"
#include "../principals.hpp"
#include "../rows.hpp"
#include "commands.hpp"
#include "listing.hpp"
#include "page_options.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct member_options {
  std::string who;
  std::string level;
};

/// What every command on one member works with.
struct membership {
  quire::system<access::open> system;
  org_id org;
  account who;
};

result<membership> find(context& in, const member_options& how) {
  auto org = in.org();
  if (!org) return org.error();
  auto system = in.system();
  if (!system) return system.error();
  auto who = account_argument(in, how.who);
  if (!who) return who.error();
  return membership{*std::move(system), *std::move(org), *std::move(who)};
}

result<membership_level> level_of(const member_options& how) {
  const auto level = membership_level_from_string(how.level);
  if (level) return *level;
  return fail(errc::invalid_option,
              "--level '" + printable(how.level) + "' is none of owner, admin, member");
}

/// Lets the organization's tenant, if there is one, follow before the command returns: from then on
/// it decides by the new memberships, in whichever process.
result<void> follow(context& in, const org_id& org) {
  const auto engine = in.engine();
  if (!engine) return engine.error();
  const auto done = (*engine)->reconcile(org);
  if (done || done.error().code == errc::tenant_not_found) return {};
  return in_context(done.error(), "the membership is stored, but the tenant does not follow");
}

void tell(context& in, const organization_member& x, const account& who, std::string_view verb) {
  if (in.out().json()) return in.out().document(json_of(x));
  in.out().line("'" + printable(who.email) + "' " + std::string{verb} + " " +
                std::string{to_string(x.level)} + " of '" + x.org.get() + "'.");
}

result<void> add_one(context& in, const member_options& how) {
  const auto level = level_of(how);
  if (!level) return level.error();
  auto at = find(in, how);
  if (!at) return at.error();
  const auto made = at->system.add_member(at->org, at->who.id, *level);
  if (!made && made.error().code == errc::unique_violation) {
    return fail(errc::unique_violation, "'" + printable(at->who.email) + "' is a member of '" +
                                            at->org.get() +
                                            "' already; 'quire member set' changes its level");
  }
  if (!made) return made.error();
  tell(in, *made, at->who, "became");
  return follow(in, at->org);
}

result<void> set_level(context& in, const member_options& how) {
  const auto level = level_of(how);
  if (!level) return level.error();
  auto at = find(in, how);
  if (!at) return at.error();
  const auto changed = at->system.set_level(at->org, at->who.id, *level);
  if (!changed) return changed.error();
  tell(in, *changed, at->who, "is now");
  return follow(in, at->org);
}

result<void> remove(context& in, const member_options& how) {
  auto at = find(in, how);
  if (!at) return at.error();
  if (auto ok = at->system.remove_member(at->org, at->who.id); !ok) return ok.error();
  if (in.out().json()) {
    in.out().document(
        {{"orgId", at->org.get()}, {"accountId", at->who.id.get()}, {"removed", true}});
  } else {
    in.out().line("'" + printable(at->who.email) + "' is no member of '" + at->org.get() +
                  "' any more; what it was granted in person stays, 'quire acl list grants' shows "
                  "it.");
  }
  return follow(in, at->org);
}

result<void> list(context& in, const page_options& part) {
  const auto org = in.org();
  if (!org) return org.error();
  auto system = in.system();
  if (!system) return system.error();
  account_names names{*system};
  table text{.columns = {{"E-MAIL"}, {"LEVEL"}, {"SINCE"}, {"ACCOUNT"}}, .rows = {}};
  const auto rest = each_item(
      part.cursor(), part.limit(),
      [&](std::size_t limit, const std::string& cursor) {
        return system->list_members(*org, limit, cursor);
      },
      [&](const organization_member& x) -> result<void> {
        if (in.out().json()) {
          in.out().document(json_of(x));
        } else {
          text.rows.push_back({names.of(x.account), std::string{to_string(x.level)},
                               text_of(x.created_at), x.account.get()});
        }
        return {};
      });
  if (!rest) return rest.error();
  if (!in.out().json()) in.out().rows(text);
  part.tell_of_more(*rest);
  return {};
}

}  // namespace

void add_member(command_line& line) {
  auto& group = line.group("member", "Members of an organization: add, set, remove, list");
  const auto add = [&](const char* name, const char* about, const char* example,
                       result<void> (*run)(context&, const member_options&)) -> auto& {
    auto how = std::make_shared<member_options>();
    auto& made =
        line.add(group, name, about, example, [how, run](context& in) { return run(in, *how); });
    made.add_option("ACCOUNT", how->who, "The account, by id or e-mail address")
        ->required()
        ->type_name("");
    if (run == remove) return made;
    auto* level =
        made.add_option("--level", how->level,
                        "owner and admin: all rights of the organization; member: those of "
                        "role:member, at first none")
            ->type_name("LEVEL");
    if (run == add_one) {
      how->level = "member";
      level->capture_default_str();
    } else {
      level->required();
    }
    return made;
  };
  add("add", "Make an account a member",
      "  quire --org acme member add ada@example.org\n"
      "  quire --org acme member add ada@example.org --level admin",
      add_one);
  add("set", "Change the level of a member",
      "  quire --org acme member set ada@example.org --level owner", set_level);
  add("remove", "End a membership; what was granted to the account in person stays",
      "  quire --org acme member remove ada@example.org", remove);
  auto part = std::make_shared<page_options>();
  part->declare(line.add(group, "list", "List the members",
                         "  quire --org acme member list\n  quire --org acme member list --json",
                         [part](context& in) { return list(in, *part); }));
}

}  // namespace quire::tools
