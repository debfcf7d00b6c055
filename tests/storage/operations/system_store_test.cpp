#include "fixture.hpp"

#include <quire/operations/system_store.hpp>
#include <quire/test/plan.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <optional>

namespace quire::operations {
namespace {

struct system_files {
  test::scratch_folder folder;
  test::fixed_environment env;
  std::filesystem::path file = folder / "system.db";

  [[nodiscard]] result<std::unique_ptr<system_store>> try_open() {
    return system_store::open(
        file, {.sync = sqlite::durability::normal, .busy_timeout = std::chrono::seconds{20}},
        env.get());
  }
  [[nodiscard]] std::unique_ptr<system_store> open() {
    auto made = try_open();
    BOOST_REQUIRE_MESSAGE(made, made.error());
    return std::move(*made);
  }
};

struct one_system : system_files {
  std::unique_ptr<system_store> store = open();

  std::string value(std::string_view sql) { return operations::value(store->connection(), sql); }
  organization made(const new_organization& what) {
    auto done = store->create(what);
    BOOST_REQUIRE_MESSAGE(done, done.error());
    return std::move(*done);
  }
  /// The code of a refusal that wrote nothing.
  errc refusal(const new_organization& what) {
    const auto before = value("SELECT count(*) FROM accounts");
    const auto seq = store->last_seq();
    const auto done = store->create(what);
    BOOST_TEST(value("SELECT count(*) FROM accounts") == before);
    BOOST_TEST(store->last_seq() == seq);
    check_numbers(store->connection());
    if (done) return errc::none;
    BOOST_TEST(done.error().context.find("organization '") == 0U, done.error());
    return done.error().code;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(a_system_file, one_system)

BOOST_AUTO_TEST_CASE(begins_with_the_account_of_the_engine) {
  BOOST_TEST(value("SELECT id || ' ' || email || ' ' || access_level || ' ' || status FROM "
                   "accounts") == "system system@localhost service active");
  BOOST_TEST(value("SELECT key || ' ' || payload FROM _honker_stream") ==
             R"(system {"seq":1,"org":null,"table":"accounts","op":"created","id":"system",)"
             R"("at":1700000000123,"actor":"system"})");
  store = open();
  BOOST_TEST(store->last_seq().get() == 0);
  BOOST_TEST(value("SELECT count(*) FROM accounts") == "1");
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(gets_an_organization_with_owner_membership_and_events) {
  const auto row = made({.id = acme,
                         .owner_email = "  Ann@Example.ORG ",
                         .name = "Acme & Sons",
                         .slug = "acme-sons"});
  BOOST_TEST(row.id == acme);
  BOOST_TEST(row.name == "Acme & Sons");
  BOOST_TEST(row.slug == "acme-sons");
  BOOST_TEST(row.created_at.time_since_epoch().count() == 1'700'000'000);
  BOOST_TEST(value("SELECT email || ' ' || access_level FROM accounts WHERE id = '" +
                   row.owner.get() + "'") == "ann@example.org user");
  BOOST_TEST(value("SELECT org_id || ' ' || account_id || ' ' || membership_level FROM "
                   "organization_members") == "acme " + row.owner.get() + " owner");
  BOOST_TEST(value("SELECT group_concat(topic, ' ') FROM (SELECT topic FROM _honker_stream WHERE "
                   "topic <> 'audit_logs:created' ORDER BY offset)") ==
             "accounts:created accounts:created organizations:created "
             "organization_members:created");
  BOOST_TEST((store->find(acme).value() == row));
  BOOST_TEST(store->last_seq().get() == 6);  // and two rows of the audit trail
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(uses_the_account_of_an_address_again) {
  const auto first = made({.id = acme, .owner_email = "ann@example.org"});
  const auto second = made({.id = org_id{"b_2"}, .owner_email = "ANN@example.org\n"});
  BOOST_TEST(first.owner == second.owner);
  BOOST_TEST(second.name == "b_2");
  BOOST_TEST(second.slug == "b-2");
  BOOST_TEST(value("SELECT count(*) FROM accounts") == "2");
  const auto all = store->list().value();
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST((all[0] == first));
  BOOST_TEST((all[1] == second));
}

BOOST_AUTO_TEST_CASE(refuses_what_exists) {
  made({.id = acme, .owner_email = "a@b.c", .name = "N", .slug = "s"});
  BOOST_TEST(refusal({.id = acme, .owner_email = "new@b.c", .name = "M", .slug = "t"}) ==
             errc::unique_violation);
  BOOST_TEST(refusal({.id = org_id{"o2"}, .owner_email = "new@b.c", .name = "M", .slug = "s"}) ==
             errc::unique_violation);
  BOOST_TEST(refusal({.id = org_id{"o2"}, .owner_email = "new@b.c", .name = "N", .slug = "t"}) ==
             errc::unique_violation);
  const auto why = store->create({.id = acme, .owner_email = "a@b.c", .name = "M", .slug = "t"});
  BOOST_TEST(why.error().context.find("organizations.id") != std::string::npos, why.error());
}

BOOST_AUTO_TEST_CASE(refuses_bad_ids_slugs_names_and_addresses) {
  for (const auto& id : {std::string{}, std::string{"../x"}, std::string{"A"}, std::string{"a b"},
                         std::string(64, 'a'), std::string{"\xFF"}, std::string{"a\0", 2}})
    BOOST_TEST(refusal({.id = org_id{id}, .owner_email = "a@b.c"}) == errc::invalid_org_id);
  for (const auto* slug : {"A", "a_b", "-a", "a/b"})
    BOOST_TEST(refusal({.id = acme, .owner_email = "a@b.c", .slug = slug}) == errc::invalid_name);
  for (const auto* name : {"a\n", "\xFF"})
    BOOST_TEST(refusal({.id = acme, .owner_email = "a@b.c", .name = name}) == errc::invalid_name);
  for (const auto& email :
       {std::string{}, std::string{"   "}, std::string{"ann"}, std::string{"@b"}, std::string{"a@"},
        std::string{"a@b@c"}, std::string{"a b@c"}, std::string{"a\x01@b"}, std::string{"a@\xFF"},
        std::string(250, 'a') + "@b.cd"})
    BOOST_TEST(refusal({.id = acme, .owner_email = email}) == errc::invalid_name, email);
  BOOST_TEST(store->find(acme).error().code == errc::not_found);
  BOOST_TEST(store->list()->empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(processes_make_one_system_file_together, system_files) {
  constexpr int processes = 4;
  constexpr int each = 5;
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      env.reseed(static_cast<std::uint64_t>(p) + 1000);
      auto mine = try_open();
      std::optional<error> failed;
      if (!mine) failed = mine.error();
      for (int i = 0; !failed && i < each; ++i) {
        const auto id = "o" + std::to_string(p) + "-" + std::to_string(i);
        const auto made = (**mine).create({.id = org_id{id}, .owner_email = "shared@b.c"});
        if (!made) failed = made.error();
      }
      if (failed) std::cerr << *failed << std::endl;
      // Nothing of the parent's may run its destructors here.
      ::_exit(failed ? 1 : 0);
    }
    children.push_back(child);
  }
  for (const auto child : children) {
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0);
  }
  auto store = open();
  BOOST_TEST(store->list()->size() == std::size_t{processes * each});
  BOOST_TEST(value(store->connection(), "SELECT count(*) FROM accounts") == "2");
  check_numbers(store->connection());
}

}  // namespace quire::operations
