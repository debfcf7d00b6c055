#include "fixture.hpp"

#include <quire/acl/graph_rows.hpp>
#include <quire/operations/system_store.hpp>
#include <quire/test/seed.hpp>

#include <optional>

namespace quire::operations {
namespace {

using tools = system_store::tools;
using how = membership_sync::how;

/// A system file with organization acme, owned by vera, and the file of its tenant.
struct two_files {
  test::scratch_folder folder;
  test::fixed_environment env;
  sqlite::open_options options{.mode = sqlite::open_mode::read_write,
                               .sync = sqlite::durability::normal,
                               .busy_timeout = std::chrono::milliseconds{0},
                               .vfs = {}};
  std::unique_ptr<system_store> system = open_system();
  std::unique_ptr<tenant_store> tenant;
  account_id vera;

  two_files() {
    const auto made =
        system->create({.id = acme, .owner_email = "vera@example.org", .name = {}, .slug = {}});
    BOOST_REQUIRE_MESSAGE(made, made.error());
    vera = account_id{system_value("SELECT owner_id FROM organizations")};
    const auto members = read_memberships(system->connection(), acme).value();
    BOOST_REQUIRE(
        tenant_store::create_file(folder / "tenant-acme.db", acme, options, env.get(), &members));
    open_tenant();
  }

  std::unique_ptr<system_store> open_system() {
    auto made =
        system_store::open(folder / "system.db", {.sync = sqlite::durability::normal}, env.get());
    BOOST_REQUIRE_MESSAGE(made, made.error());
    return std::move(*made);
  }
  void open_tenant() {
    tenant.reset();
    auto made = tenant_store::open(folder / "tenant-acme.db", acme, options, env.get());
    BOOST_REQUIRE_MESSAGE(made, made.error());
    tenant = std::move(*made);
  }

  std::string system_value(std::string_view sql) { return value(system->connection(), sql); }
  std::string tenant_value(std::string_view sql) { return value(tenant->connection(), sql); }

  template <class Body>
  auto change(Body&& body) {
    auto done = system->write(system_store::author{}, {.operation = "test", .scopes = {}},
                              std::forward<Body>(body));
    BOOST_REQUIRE_MESSAGE(done, done.error());
    return done;
  }
  account_id account(const std::string& name, account_level level = account_level::user) {
    change([&](tools& with) {
      return with.tables.accounts.create(
          {.email = name + "@example.org", .level = level, .id = account_id{name}}, with.in);
    });
    return account_id{name};
  }
  row_id join(const account_id& who, membership_level level = membership_level::member,
              const org_id& org = acme) {
    return change([&](tools& with) { return with.tables.members.add(org, who, level, with.in); })
        ->id;
  }
  void leave(const account_id& who) {
    change([&](tools& with) { return with.tables.members.remove(acme, who, with.in); });
  }
  void set_level(const account_id& who, membership_level level) {
    change([&](tools& with) { return with.tables.members.set_level(acme, who, level, with.in); });
  }

  bool is_behind() {
    return tenant->memberships().is_behind(tenant->connection(), system->connection()).value();
  }
  membership_report follow(how way = how::events) {
    BOOST_REQUIRE(tenant->begin());
    auto report = tenant->follow_memberships(system->connection(), way);
    BOOST_REQUIRE_MESSAGE(report, report.error());
    BOOST_REQUIRE(tenant->commit());
    return std::move(*report);
  }

  std::string table() {
    return system_value(
        "SELECT coalesce(group_concat(line, '; '), '') FROM (SELECT 'member:' || m.id || ' ' || "
        "iif(a.access_level = 'service', 'service:', 'account:') || a.id || ' ' || "
        "m.membership_level "
        "AS line FROM organization_members m JOIN accounts a ON a.id = m.account_id "
        "WHERE m.org_id = 'acme' ORDER BY 1)");
  }
  std::string graph() {
    return tenant_value(
        "SELECT coalesce(group_concat(line, '; '), '') FROM (SELECT key || ' ' || source_node_key "
        "|| "
        "' ' || (attributes ->> '$.membershipLevel') AS line FROM edges "
        "WHERE edge_type = 'belongs_to' AND target_node_key = 'org:acme' ORDER BY 1)");
  }
  std::string edges() { return tenant_value("SELECT count(*) FROM edges"); }
  std::string offset() {
    return tenant_value("SELECT value FROM _quire_meta WHERE key = 'sync.offset:system'");
  }
  void rewind_to(const std::string& to) {
    auto db = sqlite::connection::open(folder / "tenant-acme.db", options).value();
    BOOST_REQUIRE(
        db.execute("UPDATE _quire_meta SET value = '" + to + "' WHERE key = 'sync.offset:system'"));
  }
  /// As if events were pruned.
  void trim() {
    auto& db = system->connection();
    const auto last = system_value("SELECT max(offset) FROM _honker_stream");
    BOOST_REQUIRE(
        db.execute("INSERT INTO _quire_streams (topic, trimmed_to) "
                   "SELECT DISTINCT topic, " +
                   last +
                   " FROM _honker_stream WHERE topic LIKE 'organization_members:%' "
                   "ON CONFLICT (topic) DO UPDATE SET trimmed_to = excluded.trimmed_to"));
    lose();
  }
  /// As if events had never been.
  void lose() {
    BOOST_REQUIRE(system->connection().execute(
        "DELETE FROM _honker_stream WHERE topic LIKE 'organization_members:%'"));
  }
  /// What a foreign program does to the tenant's file.
  void spoil(const std::string& sql) {
    auto db = sqlite::connection::open(folder / "tenant-acme.db", options).value();
    const auto done = db.execute(sql);
    BOOST_REQUIRE_MESSAGE(done, done.error());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memberships_of_a_tenant, two_files)

BOOST_AUTO_TEST_CASE(are_in_its_file_from_the_first_moment) {
  BOOST_TEST(graph() == table());
  BOOST_TEST(!graph().empty());
  BOOST_TEST(!is_behind());
  const auto report = follow();
  BOOST_TEST(!report.reconciled);
  BOOST_TEST(report.drifts.empty());
}

BOOST_AUTO_TEST_CASE(follow_the_events_of_the_system_file) {
  const auto bob = account("bob");
  join(bob);
  BOOST_TEST(is_behind());
  auto report = follow();
  BOOST_TEST(!report.reconciled);
  BOOST_REQUIRE(report.drifts.size() == 1U);
  BOOST_TEST(report.drifts[0].kind == drift_kind::missing);
  BOOST_TEST(report.drifts[0].account == "account:bob");
  BOOST_TEST(graph() == table());
  BOOST_TEST(!is_behind());

  set_level(bob, membership_level::admin);
  report = follow();
  BOOST_REQUIRE(report.drifts.size() == 1U);
  BOOST_TEST(report.drifts[0].kind == drift_kind::differing);
  BOOST_TEST(graph() == table());

  leave(bob);
  report = follow();
  BOOST_REQUIRE(report.drifts.size() == 1U);
  BOOST_TEST(report.drifts[0].kind == drift_kind::surplus);
  BOOST_TEST(graph() == table());
  // What was given to the account in person stays with its principal.
  BOOST_TEST(tenant_value("SELECT count(*) FROM nodes WHERE key = 'account:bob'") == "1");
  check_numbers(tenant->connection());
}

BOOST_AUTO_TEST_CASE(write_each_change_once_as_an_event_of_the_tenant) {
  join(account("bob"));
  follow();
  const auto seq = tenant->last_seq();
  rewind_to("0");
  BOOST_TEST(follow().drifts.empty());
  BOOST_TEST(tenant->last_seq() == seq);
}

BOOST_AUTO_TEST_CASE(have_a_new_edge_when_somebody_left_and_came_back) {
  const auto bob = account("bob");
  const auto first = join(bob);
  follow();
  leave(bob);
  const auto second = join(bob, membership_level::admin);
  BOOST_TEST(first != second);
  const auto report = follow();
  BOOST_TEST(report.drifts.size() == 2U);
  BOOST_TEST(graph() == table());
  BOOST_TEST(tenant_value("SELECT count(*) FROM edges WHERE source_node_key = 'account:bob'") ==
             "1");
}

BOOST_AUTO_TEST_CASE(know_services_from_people) {
  join(account("robot", account_level::service));
  follow();
  BOOST_TEST(tenant_value("SELECT count(*) FROM edges WHERE source_node_key = 'service:robot'") ==
             "1");
  BOOST_TEST(graph() == table());
}

BOOST_AUTO_TEST_CASE(end_with_the_account) {
  const auto bob = account("bob");
  join(bob);
  follow();
  change([&](tools& with) { return with.tables.accounts.remove(bob, with.in); });
  BOOST_TEST(is_behind());
  follow();
  BOOST_TEST(graph() == table());
}

BOOST_AUTO_TEST_CASE(are_not_those_of_other_organizations) {
  BOOST_REQUIRE(system->create(
      {.id = org_id{"globex"}, .owner_email = "g@example.org", .name = {}, .slug = {}}));
  join(account("bob"), membership_level::owner, org_id{"globex"});
  BOOST_TEST(!is_behind());
  BOOST_TEST(follow().drifts.empty());
  BOOST_TEST(graph() == table());
}

BOOST_AUTO_TEST_CASE(are_compared_in_all_when_events_were_trimmed) {
  join(account("bob"));
  trim();
  BOOST_TEST(system_value(
                 "SELECT count(*) FROM _honker_stream WHERE topic LIKE 'organization_members:%'") ==
             "0");
  join(account("cara"));
  BOOST_TEST(is_behind());
  const auto report = follow();
  BOOST_TEST(report.reconciled);
  BOOST_TEST(report.drifts.size() == 2U);
  BOOST_TEST(graph() == table());
  BOOST_TEST(!is_behind());
}

BOOST_AUTO_TEST_CASE(are_found_behind_when_all_events_since_were_trimmed) {
  join(account("bob"));
  trim();
  BOOST_TEST(is_behind());
  follow();
  BOOST_TEST(graph() == table());
}

BOOST_AUTO_TEST_CASE(are_reported_in_each_kind_of_drift_and_repaired_only_when_asked) {
  const auto bob = join(account("bob"));
  const auto cara = join(account("cara"));
  follow();
  const auto dan = join(account("dan"));
  follow();
  spoil("DELETE FROM edges WHERE key = 'member:" + bob.get() + "'");
  spoil("UPDATE edges SET attributes = '{\"membershipLevel\":\"owner\"}' WHERE key = 'member:" +
        cara.get() + "'");
  spoil("UPDATE edges SET key = 'member:forged' WHERE key = 'member:" + dan.get() + "'");
  const auto spoilt = graph();
  const auto offset_before = offset();

  const auto only = follow(how::report_only);
  BOOST_TEST(only.reconciled);
  BOOST_TEST(graph() == spoilt);
  BOOST_TEST(offset() == offset_before);
  auto has = [&](const membership_report& in, drift_kind kind, const std::string& edge,
                 const std::string& who) {
    return std::count(in.drifts.begin(), in.drifts.end(), drift{kind, edge, who}) == 1;
  };
  for (const auto& report : {only, follow(how::everything)}) {
    BOOST_TEST(report.drifts.size() == 4U);
    BOOST_TEST(has(report, drift_kind::missing, "member:" + bob.get(), "account:bob"));
    BOOST_TEST(has(report, drift_kind::differing, "member:" + cara.get(), "account:cara"));
    BOOST_TEST(has(report, drift_kind::surplus, "member:forged", "account:dan"));
    BOOST_TEST(has(report, drift_kind::missing, "member:" + dan.get(), "account:dan"));
  }
  BOOST_TEST(graph() == table());
  BOOST_TEST(follow(how::everything).drifts.empty());
}

BOOST_AUTO_TEST_CASE(move_an_edge_that_names_somebody_else) {
  const auto bob = join(account("bob"));
  follow();
  join(account("cara"));
  follow();
  leave(account_id{"cara"});
  follow();
  spoil("UPDATE edges SET source_node_key = 'account:cara' WHERE key = 'member:" + bob.get() + "'");
  const auto report = follow(how::everything);
  BOOST_REQUIRE(report.drifts.size() == 1U);
  BOOST_TEST(report.drifts[0].kind == drift_kind::differing);
  BOOST_TEST(graph() == table());
}

BOOST_AUTO_TEST_CASE(are_healed_after_a_kill_between_the_two_commits) {
  // What was committed in the system file and never reached the tenant is as if nobody had
  // followed.
  join(account("bob"));
  set_level(account_id{"bob"}, membership_level::admin);
  system.reset();
  tenant.reset();
  system = open_system();
  open_tenant();
  BOOST_TEST(is_behind());
  follow();
  BOOST_TEST(graph() == table());
  BOOST_TEST(edges() == "2");
}

BOOST_AUTO_TEST_CASE(leave_nothing_behind_when_the_transaction_is_undone) {
  join(account("bob"));
  const auto before = graph();
  BOOST_REQUIRE(tenant->begin());
  BOOST_REQUIRE(tenant->follow_memberships(system->connection(), how::events));
  tenant->roll_back();
  BOOST_TEST(graph() == before);
  BOOST_TEST(is_behind());
  follow();
  BOOST_TEST(graph() == table());
}

BOOST_AUTO_TEST_CASE(end_equal_after_random_changes_with_repeated_and_lost_deliveries) {
  test::random_source random;
  std::vector<account_id> all;
  for (int i = 0; i < 12; ++i) {
    all.push_back(account("p" + std::to_string(i),
                          i % 4 == 0 ? account_level::service : account_level::user));
  }
  const auto level = [&] { return static_cast<membership_level>(random.below(3)); };
  const auto is_member = [&](const account_id& who) {
    return system_value(
               "SELECT count(*) FROM organization_members WHERE org_id = 'acme' AND account_id = "
               "'" +
               who.get() + "'") == "1";
  };
  bool lost = false;
  for (int step = 0; step < 400; ++step) {
    BOOST_TEST_CONTEXT("seed " << random.used() << ", step " << step) {
      const auto& who = all[random.below(all.size())];
      switch (random.below(10)) {
        case 0: {
          (void)follow();
          if (!lost) BOOST_TEST(graph() == table());
          break;
        }
        case 1:
          rewind_to(std::to_string(random.below(1 + std::stoul(offset()))));
          break;  // all comes again
        case 2:
          if (random.chance(0.2)) {
            lose();
            lost = true;
          } else if (random.chance(0.2)) {
            trim();
          }
          break;
        case 3: open_tenant(); break;
        default:
          if (!is_member(who)) {
            join(who, level());
          } else if (random.chance(0.5)) {
            leave(who);
          } else {
            set_level(who, level());
          }
      }
      if (step % 100 == 99) {
        const auto seen = follow(how::report_only);
        const bool differ = graph() != table();
        BOOST_TEST(seen.drifts.empty() == !differ);
        BOOST_TEST(follow(how::everything).drifts.size() == seen.drifts.size());
        BOOST_TEST(graph() == table());
        check_numbers(tenant->connection());
        lost = false;
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::operations
