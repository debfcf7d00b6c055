#include "../rows.hpp"
#include "commands.hpp"
#include "listing.hpp"

#include <boost/json/array.hpp>

#include <memory>

namespace quire::tools {

namespace {

result<void> create(context& in, const std::string& named) {
  const auto id = in.org(named);
  if (!id) return id.error();
  const auto opened = in.engine();
  if (!opened) return opened.error();
  if (auto ok = (*opened)->create_tenant(*id); !ok) return ok.error();
  if (in.out().json()) {
    in.out().document({{"org", id->get()}, {"created", true}});
  } else {
    in.out().line("Made the tenant of '" + id->get() + "'.");
  }
  return {};
}

result<void> list(context& in) {
  const auto opened = in.engine();
  if (!opened) return opened.error();
  const auto all = (*opened)->tenants();
  if (!all) return all.error();
  table text{.columns = {{"ORG"}}, .rows = {}};
  for (const auto& id : *all) {
    if (in.out().json()) in.out().document({{"org", id.get()}});
    text.rows.push_back({id.get()});
  }
  if (!in.out().json()) in.out().rows(text);
  return {};
}

result<void> stat(context& in, const std::string& named) {
  auto tenant = in.tenant(named);
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  table text{.columns = {{"GRAPH"},
                         {"TYPE"},
                         {"STATUS"},
                         {"NODES", table::align::right},
                         {"EDGES", table::align::right}},
             .rows = {}};
  boost::json::array graphs;
  auto done = each_graph(*view, [&](const graph& g) -> result<void> {
    const auto counts = view->stat(g.id);
    if (!counts) return counts.error();
    graphs.push_back({{"id", g.id.get()},
                      {"name", g.name},
                      {"graphType", g.type.get()},
                      {"status", to_string(g.status)},
                      {"nodes", counts->nodes},
                      {"edges", counts->edges}});
    text.rows.push_back({g.name, g.type.get(), std::string{to_string(g.status)},
                         std::to_string(counts->nodes), std::to_string(counts->edges)});
    return {};
  });
  if (!done) return done;
  if (in.out().json()) {
    in.out().document(
        {{"org", tenant->org().get()}, {"seq", view->seq().get()}, {"graphs", std::move(graphs)}});
  } else {
    in.out().fields({{"org", tenant->org().get()}, {"seq", std::to_string(view->seq().get())}});
    in.out().rows(text);
  }
  return {};
}

result<void> check(context& in, const std::string& named) {
  auto tenant = in.tenant(named);
  if (!tenant) return tenant.error();
  auto view = tenant->view();
  if (!view) return view.error();
  const auto findings = view->verify();
  if (!findings) return findings.error();
  if (in.out().json()) {
    boost::json::array all;
    for (const auto& finding : *findings) all.emplace_back(finding);
    in.out().document(
        {{"org", tenant->org().get()}, {"ok", findings->empty()}, {"findings", std::move(all)}});
  } else {
    for (const auto& finding : *findings) in.out().line(printable(finding, 2000));
    if (findings->empty()) {
      in.out().line("The tenant of '" + tenant->org().get() + "' is sound.");
    }
  }
  if (findings->empty()) return {};
  return fail(errc::storage_corrupt, "the tenant of '" + tenant->org().get() + "' has " +
                                         std::to_string(findings->size()) +
                                         " findings, listed on standard output; mend the rows "
                                         "they name or restore the file");
}

result<void> remove(context& in, const std::string& named) {
  const auto id = in.org(named);
  if (!id) return id.error();
  const auto opened = in.engine();
  if (!opened) return opened.error();
  if (auto ok = (*opened)->remove_tenant(*id); !ok) return ok.error();
  if (in.out().json()) {
    in.out().document({{"org", id->get()}, {"removed", true}});
  } else {
    in.out().line("Removed the tenant of '" + id->get() +
                  "'; its file is kept in the folder 'removed'.");
  }
  return {};
}

result<void> migrate(context& in) {
  const auto opened = in.engine();
  if (!opened) return opened.error();
  const auto all = (*opened)->migrate_all();
  if (!all) return all.error();
  table text{
      .columns = {{"ORG"}, {"FROM", table::align::right}, {"TO", table::align::right}, {"RESULT"}},
      .rows = {}};
  std::size_t failed = 0;
  for (const auto& one : *all) {
    const bool ok = one.failure.code == errc::none;
    if (!ok) ++failed;
    const auto outcome = ok ? std::string{"ok"} : to_string(one.failure);
    if (in.out().json()) {
      in.out().document({{"org", one.org.get()},
                         {"from", one.from_version},
                         {"to", one.to_version},
                         {"ok", ok},
                         {"error", ok ? boost::json::value{} : boost::json::value(outcome)}});
    }
    text.rows.push_back(
        {one.org.get(), std::to_string(one.from_version), std::to_string(one.to_version), outcome});
  }
  if (!in.out().json()) in.out().rows(text);
  if (failed == 0) return {};
  return fail(errc::migration_failed,
              std::to_string(failed) + " of " + std::to_string(all->size()) +
                  " tenants failed, the others are done; mend the files and run it again");
}

}  // namespace

void add_tenant(command_line& line) {
  auto& group = line.group("tenant", "Tenants: one file of graphs per organization");
  const auto add = [&](const char* name, const char* about, const char* examples,
                       result<void> (*run)(context&, const std::string&)) {
    auto named = std::make_shared<std::string>();
    line.add(group, name, about, examples, [named, run](context& in) { return run(in, *named); })
        .add_option("ORG", *named, "The organization; left out when --org is given")
        ->type_name("");
  };
  add("create", "Make the file of an organization", "  quire tenant create acme", create);
  line.add(group, "list", "List the organizations that have a file", "  quire tenant list", list);
  add("stat", "Count what a tenant holds",
      "  quire tenant stat acme\n  quire --org acme tenant stat --json", stat);
  add("check", "Check a tenant's file and its rows; exit status 3 when something is wrong",
      "  quire tenant check acme", check);
  line.add(group, "migrate", "Bring every tenant's file to the current schema now",
           "  quire tenant migrate", migrate);
  add("remove", "Take a tenant out of use; its file moves to the folder 'removed'",
      "  quire tenant remove acme", remove);
}

}  // namespace quire::tools
