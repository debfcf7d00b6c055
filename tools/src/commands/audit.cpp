#include "../identity_rows.hpp"
#include "../moments.hpp"
#include "../principals.hpp"
#include "../rows.hpp"
#include "commands.hpp"
#include "listing.hpp"
#include "page_options.hpp"

#include <memory>

namespace quire::tools {

namespace {

struct audit_options {
  std::string action;
  std::string who;
  std::string since;
  page_options part;
};

result<void> list(context& in, const audit_options& how) {
  audit_filter filter{.action = how.action, .org = in.options().org};
  if (!how.since.empty()) {
    const auto at = moment_past(how.since, now(), "--since");
    if (!at) return at.error();
    filter.since = *at;
  }
  account_id owner;  // the filter refers to it
  if (!how.who.empty()) {
    auto who = account_argument(in, how.who);
    if (!who) return who.error();
    owner = std::move(who->id);
    filter.owner = owner.get();
  }
  auto system = in.system();
  if (!system) return system.error();
  account_names names{*system};
  table text{.columns = {{"WHEN"}, {"ACTION"}, {"WHO"}, {"ORG"}, {"DETAILS"}}, .rows = {}};
  const auto rest = each_item(
      how.part.cursor(), how.part.limit(),
      [&](std::size_t limit, const std::string& cursor) {
        return system->list_audit(filter, limit, cursor);
      },
      [&](const audit_entry& x) -> result<void> {
        if (in.out().json()) {
          in.out().document(json_of(x));
        } else {
          text.rows.push_back({text_of(x.created_at), x.action, names.of(x.owner), x.org.get(),
                               std::string{x.details.text()}});
        }
        return {};
      });
  if (!rest) return rest.error();
  if (!in.out().json()) in.out().rows(text);
  how.part.tell_of_more(*rest);
  return {};
}

result<void> prune(context& in, const std::string& older_than) {
  // Rows of one organization cannot be chosen: to keep that from being a surprise, it is refused.
  if (!in.options().org.empty()) {
    return fail(errc::conflicting_options,
                "'quire audit prune' removes rows of all organizations; leave --org out");
  }
  const auto before = moment_past(older_than, now(), "--older-than");
  if (!before) return before.error();
  auto system = in.system();
  if (!system) return system.error();
  const auto removed = system->prune_audit(*before);
  if (!removed) return removed.error();
  if (in.out().json()) {
    in.out().document({{"removed", *removed}});
  } else {
    in.out().line("Removed " + std::to_string(*removed) + (*removed == 1 ? " row" : " rows") +
                  " from before " + text_of(*before) + ".");
  }
  return {};
}

}  // namespace

void add_audit(command_line& line) {
  auto& group = line.group("audit", "Who did what, newest first; --org for one organization");
  auto how = std::make_shared<audit_options>();
  line.add_default(group,
                   "  quire audit --since 7d\n"
                   "  quire audit --org acme --action access.denied --all --json\n"
                   "  quire audit --account ada@example.org --limit 20\n"
                   "What is done with this command is told of the account 'system'.",
                   [how](context& in) { return list(in, *how); });
  std::vector<CLI::Option*> filters{
      group.add_option("--action", how->action, "Only this one, such as api_key.issued")
          ->type_name("ACTION"),
      group
          .add_option("--account", how->who, "Only what this account did, by id or e-mail address")
          ->type_name("ACCOUNT"),
      group.add_option("--since", how->since, "Only from then on: 2h, 30d, 2026-12-01 (UTC)")
          ->type_name("TIME")};
  how->part.declare(group);

  auto older_than = std::make_shared<std::string>();
  auto& pruned = line.add(group, "prune", "Remove old rows; the one way they leave",
                          "  quire audit prune --older-than 365d",
                          [older_than](context& in) { return prune(in, *older_than); });
  pruned.add_option("--older-than", *older_than, "Those from before: 365d, 2026-01-01 (UTC)")
      ->required()
      ->type_name("TIME");
  for (auto* filter : filters) pruned.excludes(filter);
}

}  // namespace quire::tools
