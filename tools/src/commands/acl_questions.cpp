#include "../check_batch.hpp"
#include "../principals.hpp"
#include "../serve_lines.hpp"
#include "access_options.hpp"
#include "commands.hpp"

#include <quire/acl/explain.hpp>
#include <quire/messages/ids.hpp>
#include <quire/messages/json_text.hpp>

#include <unistd.h>

#include <memory>
#include <set>

namespace quire::tools {

namespace {

/// A denial may tell of a thousand paths; accounts on the first of them are named.
constexpr std::size_t max_named_paths = 20;

struct question_options {
  access_options where;
  std::string who;
  std::vector<std::string> scopes;
  std::vector<std::string> any_scopes;
  std::string resource;
  std::string role;
  bool batch = false;
};

result<std::string> role_argument(context& in, const std::string& given) {
  if (given.empty()) return std::string{};
  const auto role = principal_argument(in, given, absent_principal::allow);
  if (!role) return role.error();
  if (role->kind == acl::principal_kind::role) return acl::key_of(*role);
  return fail(errc::invalid_option, "--acting-as takes role:NAME, not '" + printable(given) + "'");
}

result<access_question> question_of(context& in, const question_options& how) {
  access_question out;
  out.needs.required_scopes = how.scopes;
  out.needs.required_scopes_any = how.any_scopes;
  if (!how.resource.empty()) {
    auto resource = resource_from(how.resource, resource_form::id_if_any);
    if (!resource) return resource.error();
    out.needs.resource_type = std::move(resource->type);
    out.needs.resource_action = std::move(resource->actions.front());
    out.resource_id = std::move(resource->id);
  }
  if (how.who.empty()) return fail(errc::invalid_option, "WHO is missing");
  if (out.needs.empty()) {
    return fail(errc::invalid_option, "may do what? Give --scope, --any-scope or --resource");
  }
  auto role = role_argument(in, how.role);
  if (!role) return role.error();
  out.acting_as = *std::move(role);
  auto who = principal_argument(in, how.who, absent_principal::allow);
  if (!who) return who.error();
  out.who = *std::move(who);
  return out;
}

result<void> serve_checks(context& in, const question_options& how) {
  if (!how.who.empty() || !how.scopes.empty() || !how.any_scopes.empty() || !how.resource.empty() ||
      !how.role.empty()) {
    return fail(errc::conflicting_options,
                "--batch reads its questions from standard input; leave the others out");
  }
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  check_batch batch{[&in](const std::string& who) {
                      return principal_argument(in, who, absent_principal::allow);
                    },
                    [&graph](const access_question& what) { return graph->check(what); }};
  return serve_lines(STDIN_FILENO, check_batch::max_line_bytes, in.out(),
                     [&batch](const line_reader::line& line) { return batch.answer(line); });
}

result<void> check(context& in, const question_options& how) {
  if (how.batch) return serve_checks(in, how);
  const auto what = question_of(in, how);
  if (!what) return what.error();
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  const auto allowed = graph->check(*what);
  if (!allowed) return allowed.error();
  if (in.out().json()) {
    in.out().document({{"allowed", *allowed}});
  } else {
    in.out().line(*allowed ? "yes" : "no");
  }
  if (!*allowed) in.answer_no();
  return {};
}

/// Says which accounts stand behind the keys of a proof.
void show_accounts(context& in, const acl::decision& what) {
  std::set<std::string> keys{what.subject};
  if (what.chain) keys.insert(what.chain->principals.begin(), what.chain->principals.end());
  for (std::size_t i = 0; i < std::min(what.notes.size(), max_named_paths); ++i) {
    keys.insert(what.notes[i].principals.begin(), what.notes[i].principals.end());
  }
  auto system = in.system();
  if (!system) return;  // the proof is complete without them
  account_names names{*std::move(system)};
  for (const auto& key : keys) {
    const auto email = names.behind(key);
    if (!email.empty()) in.out().line(printable(key) + " is " + printable(email));
  }
}

result<void> explain(context& in, const question_options& how) {
  const auto what = question_of(in, how);
  if (!what) return what.error();
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  const auto decision = graph->explain(*what);
  if (!decision) return decision.error();
  if (in.out().json()) {
    in.out().json_line(json_text(acl::to_json(*decision)));
  } else {
    in.out().text(acl::explain(*decision));
    show_accounts(in, *decision);
  }
  if (!decision->allowed) in.answer_no();
  return {};
}

void declare(CLI::App& app, question_options& how) {
  app.add_option("WHO", how.who, "account:ID, account:E-MAIL, service:ID, org:ID or role:NAME")
      ->type_name("");
  app.add_option("--scope", how.scopes, "What is needed; given several times: all of them")
      ->allow_extra_args(false)
      ->type_name("SCOPE");
  app.add_option("--any-scope", how.any_scopes, "Given several times: one of them is enough")
      ->allow_extra_args(false)
      ->type_name("SCOPE");
  app.add_option("--resource", how.resource,
                 "The action on a resource; TYPE=ACTION: on some resource of the type")
      ->type_name("TYPE:ID=ACTION");
  app.add_option("--acting-as", how.role, "Only what flows through this role")
      ->type_name("role:NAME");
  how.where.declare(app);
}

}  // namespace

void add_acl_questions(command_line& line, CLI::App& group) {
  auto asked = std::make_shared<question_options>();
  auto& made =
      line.add(group, "check", "May somebody do something? yes or no; exit status 0 or 1",
               "  quire --org acme acl check account:ada@example.org --scope nodes:write\n"
               "  quire --org acme acl check role:reader --resource doc:7=read\n"
               "  echo '{\"who\": \"account:ada@example.org\", \"needs\": {\"requiredScopes\": "
               "[\"nodes:read\"]}}' | quire --org acme acl check --batch",
               [asked](context& in) { return check(in, *asked); });
  declare(made, *asked);
  made.add_flag("--batch", asked->batch,
                "Answer questions on standard input, one JSON document per line; see the guide");

  auto why = std::make_shared<question_options>();
  declare(line.add(group, "explain",
                   "Why somebody may do something, or what is missing; exit status as of 'check'",
                   "  quire --org acme acl explain account:ada@example.org --scope nodes:write",
                   [why](context& in) { return explain(in, *why); }),
          *why);
}

}  // namespace quire::tools
