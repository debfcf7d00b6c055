#include "../access_text.hpp"
#include "../moments.hpp"
#include "../principals.hpp"
#include "../rows.hpp"
#include "access_options.hpp"
#include "commands.hpp"

#include <quire/acl/access_control.hpp>

#include <memory>

namespace quire::tools {

namespace {

constexpr const char* principal_forms =
    "account:ID, account:E-MAIL, service:ID, org:ID or role:NAME";

void declare_scopes(CLI::App& app, std::vector<std::string>& into, const char* about) {
  app.add_option("--scope", into, about)->allow_extra_args(false)->type_name("SCOPE");
}

CLI::Option* declare_resources(CLI::App& app, std::vector<std::string>& into, const char* about) {
  return app.add_option("--resource", into, about)
      ->allow_extra_args(false)
      ->type_name("TYPE:ID=ACTION,…");
}

result<std::vector<resource_argument>> resources_from(const std::vector<std::string>& given,
                                                      resource_form form) {
  std::vector<resource_argument> out;
  for (const auto& one : given) {
    auto resource = resource_from(one, form);
    if (!resource) return resource.error();
    out.push_back(*std::move(resource));
  }
  return out;
}

struct grant_options {
  access_options where;
  std::string who;
  std::string receiver;  ///< of a delegation that is taken back
  std::vector<std::string> scopes;
  std::vector<std::string> resources;
};

/// One grant each: scopes with the first resource, then the other resources.
std::vector<direct_grant> grants_of(const acl::principal_id& to, const grant_options& how,
                                    const std::vector<resource_argument>& resources) {
  std::vector<direct_grant> out{{.to = to, .scopes = how.scopes}};
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (i > 0) out.push_back({.to = to});
    out.back().resource_type = resources[i].type;
    out.back().resource_id = resources[i].id;
    out.back().actions = resources[i].actions;
  }
  return out;
}

/// With several grants, which one an error is about; those before it are done.
error in_grant(error e, const std::vector<direct_grant>& all, std::size_t at) {
  if (all.size() == 1) return e;
  return in_context(std::move(e), "'" + printable(all[at].resource_type) + ":" +
                                      printable(all[at].resource_id) + "', number " +
                                      std::to_string(at + 1) + " of " + std::to_string(all.size()) +
                                      " (those before it are done)");
}

result<void> grant(context& in, const grant_options& how) {
  const auto resources = resources_from(how.resources, resource_form::whole);
  if (!resources) return resources.error();
  if (how.scopes.empty() && resources->empty()) {
    return fail(errc::invalid_option, "grant what? Give --scope or --resource");
  }
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  const auto to = principal_argument(in, how.who, absent_principal::refuse);
  if (!to) return to.error();
  const auto all = grants_of(*to, how, *resources);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (auto ok = graph->grant(all[i]); !ok) return in_grant(ok.error(), all, i);
  }
  if (in.out().json()) {
    in.out().document({{"principal", acl::key_of(*to)}, {"granted", true}});
  } else {
    in.out().line("Granted to " + printable(acl::key_of(*to)) + ".");
  }
  return {};
}

struct delegate_options {
  access_options where;
  std::string from;
  std::string to;
  std::vector<std::string> scopes;
  std::vector<std::string> resources;
  std::string expires;
  bool no_resources = false;
  bool not_narrowable = false;
};

result<delegation> delegation_of(context& in, const delegate_options& how) {
  delegation out;
  out.scopes = how.scopes;
  out.narrowable = !how.not_narrowable;
  const auto resources = resources_from(how.resources, resource_form::whole);
  if (!resources) return resources.error();
  if (how.no_resources || !resources->empty()) out.resources.emplace();
  for (const auto& one : *resources) acl::join(*out.resources, {{one.key(), one.actions}});
  if (!how.expires.empty()) {
    const auto at = moment_ahead(how.expires, now(), "--expires");
    if (!at) return at.error();
    out.expires_at = *at;
  }
  if (out.scopes.empty() && resources->empty()) {
    return fail(errc::invalid_option, "delegate what? Give --scope or --resource");
  }
  auto from = principal_argument(in, how.from, absent_principal::refuse);
  if (!from) return from.error();
  out.from = *std::move(from);
  auto to = principal_argument(in, how.to, absent_principal::refuse);
  if (!to) return to.error();
  out.to = *std::move(to);
  return out;
}

result<void> delegate(context& in, const delegate_options& how) {
  const auto what = delegation_of(in, how);
  if (!what) return what.error();
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  const auto made = graph->delegate(*what);
  if (!made) return made.error();
  if (in.out().json()) {
    in.out().document(json_of(*made));
    return {};
  }
  in.out().fields({{"from", acl::key_of(what->from)},
                   {"to", acl::key_of(what->to)},
                   {"scopes", text_of(what->scopes)},
                   {"resources", what->resources ? text_of(*what->resources) : "all it has"},
                   {"may hand on", what->narrowable ? "yes" : "no"},
                   {"expires", what->expires_at ? text_of(*what->expires_at) : "never"}});
  return {};
}

result<bool> revoke_delegation(context& in, const grant_options& how) {
  if (!how.scopes.empty() || !how.resources.empty()) {
    return fail(errc::conflicting_options,
                "a delegation is taken back as a whole; 'quire acl delegate' again makes it "
                "smaller");
  }
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  const auto from = principal_argument(in, how.who, absent_principal::allow);
  if (!from) return from.error();
  const auto to = principal_argument(in, how.receiver, absent_principal::allow);
  if (!to) return to.error();
  return graph->revoke(*from, *to);
}

result<bool> revoke_grants(context& in, const grant_options& how) {
  const auto resources = resources_from(how.resources, resource_form::actions_if_any);
  if (!resources) return resources.error();
  if (how.scopes.empty() && resources->empty()) {
    return fail(errc::invalid_option,
                "take back what? Give --scope or --resource, or a second principal for what the "
                "first delegated to it");
  }
  auto graph = how.where.open(in);
  if (!graph) return graph.error();
  const auto from = principal_argument(in, how.who, absent_principal::allow);
  if (!from) return from.error();
  bool any = false;
  const auto all = grants_of(*from, how, *resources);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto done = graph->revoke(all[i]);
    if (!done) return in_grant(done.error(), all, i);
    any = any || *done;
  }
  return any;
}

result<void> revoke(context& in, const grant_options& how) {
  const auto done = how.receiver.empty() ? revoke_grants(in, how) : revoke_delegation(in, how);
  if (!done) return done.error();
  if (in.out().json()) {
    in.out().document({{"revoked", *done}});
  } else {
    in.out().line(*done ? "Taken back." : "There was nothing to take back.");
  }
  if (!*done) in.answer_no();
  return {};
}

void add_changes(command_line& line, CLI::App& group) {
  auto given = std::make_shared<grant_options>();
  auto& granted =
      line.add(group, "grant", "Give somebody rights of its own, which come from nobody else",
               "  quire --org acme acl grant account:ada@example.org --scope nodes:read --scope "
               "nodes:write\n"
               "  quire --org acme acl grant role:reader --resource doc:7=read\n"
               "  quire acl grant account:ada@example.org --scope accounts:read --system",
               [given](context& in) { return grant(in, *given); });
  granted.add_option("WHO", given->who, principal_forms)->required()->type_name("");
  declare_scopes(granted, given->scopes, "A scope, such as nodes:read; may be given several times");
  declare_resources(granted, given->resources, "Actions on a resource; may be given several times");
  given->where.declare(granted);

  auto part = std::make_shared<delegate_options>();
  auto& delegated = line.add(
      group, "delegate",
      "Let somebody hand a part of its rights to another; said again, it replaces what was said",
      "  quire --org acme acl delegate account:ada@example.org service:coordinator@example.org "
      "--scope nodes:read --expires 8h\n"
      "  quire --org acme acl delegate role:editor account:bob@example.org --scope nodes:write "
      "--resource doc:7=read,write --not-narrowable",
      [part](context& in) { return delegate(in, *part); });
  delegated.add_option("FROM", part->from, principal_forms)->required()->type_name("");
  delegated.add_option("TO", part->to, "Who gets it, written likewise")->required()->type_name("");
  declare_scopes(delegated, part->scopes, "A scope that passes; may be given several times");
  auto* resources = declare_resources(delegated, part->resources,
                                      "Actions on a resource that pass; may be given several "
                                      "times. Default: all that FROM has");
  delegated.add_flag("--no-resources", part->no_resources, "No actions on resources pass")
      ->excludes(resources);
  delegated.add_option("--expires", part->expires, "Until when: 2h, 30d, 2026-12-01 (UTC)")
      ->type_name("TIME");
  delegated.add_flag("--not-narrowable", part->not_narrowable, "TO may not hand it on");
  part->where.declare(delegated);

  auto taken = std::make_shared<grant_options>();
  auto& revoked = line.add(
      group, "revoke", "Take rights back: what was granted, or what one delegated to another",
      "  quire --org acme acl revoke account:ada@example.org --scope nodes:write\n"
      "  quire --org acme acl revoke account:ada@example.org --resource doc:7\n"
      "  quire --org acme acl revoke account:ada@example.org service:coordinator@example.org",
      [taken](context& in) { return revoke(in, *taken); });
  revoked.add_option("WHO", taken->who, principal_forms)->required()->type_name("");
  revoked.add_option("RECEIVER", taken->receiver, "Who got it, of a delegation")->type_name("");
  declare_scopes(revoked, taken->scopes, "A scope that was granted; may be given several times");
  declare_resources(revoked, taken->resources,
                    "Actions on a resource, TYPE:ID for all; may be given several times");
  taken->where.declare(revoked);
}

}  // namespace

void add_acl(command_line& line) {
  auto& group = line.group("acl", "Who may do what: grant, delegate, revoke, check, explain, list");
  add_changes(line, group);
  add_acl_questions(line, group);
  add_acl_lists(line, group);
}

}  // namespace quire::tools
