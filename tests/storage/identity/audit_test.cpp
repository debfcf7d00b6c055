#include "fixture.hpp"

#include <algorithm>
#include <functional>

namespace quire::identity {
namespace {

struct trail : system_file {
  page<audit_entry> list(const audit_filter& filter = {}, const list_page& part = {}) {
    auto answer = tables.audit.list(filter, part, db);
    BOOST_REQUIRE_MESSAGE(answer, answer.error());
    return std::move(*answer);
  }
  std::string targets(const audit_filter& filter = {}) {
    std::string out;
    for (const auto& row : list(filter).items)
      out += std::string{row.details.value().at("target").get_string()} + " ";
    return out;
  }
  void note(const std::string& action, const std::string& target, const std::string& org = {}) {
    done([&](write_context& in) {
      return tables.audit.append({.action = action, .org = org, .target = target}, in);
    });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit, trail)

BOOST_AUTO_TEST_CASE(has_exactly_one_row_for_each_act_and_an_event_for_each_row) {
  account_id ann;
  account_id bob;
  row_id key;
  row_id peer;
  const org_id acme{"acme"};
  using in_t = write_context&;
  struct step {
    std::string action;
    std::function<result<void>(in_t)> run;
  };
  const auto drop = [](auto answer) -> result<void> {
    if (!answer) return answer.error();
    return {};
  };
  const std::vector<step> steps{
      {"account.created",
       [&](in_t in) -> result<void> {
         auto made = tables.accounts.create({.email = "a@b"}, in);
         if (made) ann = made->id;
         return drop(made);
       }},
      {"account.created",
       [&](in_t in) -> result<void> {
         auto made = tables.accounts.find_or_create("b@b", in);
         if (made) bob = made->id;
         return drop(made);
       }},
      {"", [&](in_t in) { return drop(tables.accounts.find_or_create("b@b", in)); }},
      {"account.status",
       [&](in_t in) {
         return drop(tables.accounts.set_status(ann, account_status::suspended, in));
       }},
      {"account.status",
       [&](in_t in) { return drop(tables.accounts.set_status(ann, account_status::active, in)); }},
      {"organization.created",
       [&](in_t in) { return drop(tables.organizations.create({.id = acme, .owner = ann}, in)); }},
      {"organization.changed",
       [&](in_t in) { return drop(tables.organizations.rename(acme, "A", in)); }},
      {"membership.created",
       [&](in_t in) { return drop(tables.members.add(acme, bob, membership_level::member, in)); }},
      {"membership.changed",
       [&](in_t in) {
         return drop(tables.members.set_level(acme, bob, membership_level::owner, in));
       }},
      {"organization.changed",
       [&](in_t in) { return drop(tables.organizations.change_owner(acme, bob, in)); }},
      {"membership.removed", [&](in_t in) { return tables.members.remove(acme, ann, in); }},
      {"api_key.issued",
       [&](in_t in) -> result<void> {
         auto made = tables.api_keys.issue({.owner = ann}, in);
         if (made) key = made->key.id;
         return drop(std::move(made));
       }},
      {"api_key.issued",
       [&](in_t in) {
         return drop(tables.api_keys.create({.owner = ann}, std::string(64, 'a'), in));
       }},
      {"api_key.disabled",
       [&](in_t in) { return drop(tables.api_keys.set_enabled(key, false, in)); }},
      {"api_key.enabled",
       [&](in_t in) { return drop(tables.api_keys.set_enabled(key, true, in)); }},
      {"", [&](in_t in) { return drop(tables.api_keys.note_use(key, in)); }},
      {"api_key.rotated",
       [&](in_t in) -> result<void> {
         auto made = tables.api_keys.rotate(key, {}, in);
         if (made) key = made->key.id;
         return drop(std::move(made));
       }},
      {"api_key.revoked", [&](in_t in) { return drop(tables.api_keys.revoke(key, in)); }},
      {"peer.added",
       [&](in_t in) -> result<void> {
         auto made = tables.peers.add({.owner = ann, .fingerprint = "f", .public_key = "k"}, in);
         if (made) peer = made->id;
         return drop(made);
       }},
      {"peer.removed", [&](in_t in) { return tables.peers.remove(peer, in); }},
      {"organization.removed", [&](in_t in) { return tables.organizations.remove(acme, in); }},
      {"account.status",
       [&](in_t in) {
         return drop(tables.accounts.set_status(ann, account_status::deactivated, in));
       }},
      {"account.removed", [&](in_t in) { return tables.accounts.remove(ann, in); }},
  };
  for (const auto& [action, run] : steps) {
    BOOST_TEST_CONTEXT(action) {
      env.advance(std::chrono::seconds{1});
      const auto before = audit_rows();
      done(run);
      BOOST_TEST(audit_rows() - before == (action.empty() ? 0 : 1));
      if (action.empty()) continue;
      const auto newest = list({}, {.limit = 1}).items.at(0);
      BOOST_TEST(newest.action == action);
      BOOST_TEST(newest.owner.get() == "system");
      BOOST_TEST(std::count_if(events.begin(), events.end(), [&](const change_event& e) {
                   return e.table == table::audit_logs && e.op == change_op::created &&
                          e.id == newest.id;
                 }) == 1);
    }
  }
  // Every number of a change is in the stream once.
  BOOST_TEST(value("SELECT count(DISTINCT payload ->> 'seq') = count(*) AND max(payload ->> 'seq') "
                   "= count(*) FROM _honker_stream") == "1");
}

BOOST_AUTO_TEST_CASE(has_no_row_for_an_act_that_failed) {
  const auto ann = new_account("a@b").id;
  const auto before = audit_rows();
  BOOST_TEST(refusal([&](write_context& in) {
               return tables.accounts.create({.email = "a@b"}, in);
             }) == errc::unique_violation);
  BOOST_TEST(audit_rows() == before);
}

BOOST_AUTO_TEST_CASE(tells_who_did_what_to_whom_and_how) {
  const auto ann = new_account("a@b").id;
  new_organization("acme", ann);
  actor = ann.get();
  origin = {.principal = "account:ann",
            .operation = "auth",
            .request = "r1",
            .credential = "k1",
            .kind = credential_kind::api_key};
  done([&](write_context& in) {
    return tables.audit.append(
        {.action = "auth.refused", .org = "acme", .target = "t\"1", .reason = "credential_expired"},
        in);
  });
  const auto row = list().items.at(0);
  BOOST_TEST(row.owner == ann);
  BOOST_TEST(row.credential.get() == "k1");
  BOOST_TEST((row.kind == credential_kind::api_key));
  BOOST_TEST(row.org.get() == "acme");
  BOOST_TEST(row.details.text() ==
             R"({"orgId":"acme","principal":"account:ann","operationId":"auth","requestId":"r1",)"
             R"("reason":"credential_expired","target":"t\"1"})");
  BOOST_TEST(events.at(0).actor == ann.get());
}

BOOST_AUTO_TEST_CASE(gives_to_the_engine_what_no_account_did) {
  actor = "role:robot";
  note("access.denied", "x", "nowhere");
  const auto row = list().items.at(0);
  BOOST_TEST(row.owner.get() == "system");
  BOOST_TEST(row.org.get().empty());
  BOOST_TEST(row.details.text() == R"({"orgId":"nowhere","principal":"role:robot","target":"x"})");
}

BOOST_AUTO_TEST_CASE(takes_a_row_with_a_ready_id_once) {
  const row_id id{"acme:17"};
  const auto once = [&] {
    return done([&](write_context& in) {
      return tables.audit.append_once(id, {.action = "acl.granted", .target = "x"}, in);
    });
  };
  BOOST_TEST(once());
  BOOST_TEST(events.size() == 1U);
  env.advance(std::chrono::hours{1});
  BOOST_TEST(!once());
  BOOST_TEST(events.empty());
  BOOST_TEST(audit_rows() == 1);
  BOOST_TEST(refusal([&](write_context& in) {
               return tables.audit.append_once(row_id{""}, {.action = "a"}, in);
             }) == errc::invalid_key);
}

BOOST_AUTO_TEST_CASE(lists_the_newest_first_by_every_filter) {
  const auto ann = new_account("a@b").id;
  new_organization("acme", ann);
  new_organization("other", ann);
  const auto start = std::chrono::floor<std::chrono::seconds>(env.now());
  int i = 0;
  for (const auto* who : {"system", ann.get().c_str()}) {
    actor = who;
    for (const auto* org : {"acme", "other"}) {
      for (const auto* action : {"one", "two"}) {
        env.advance(std::chrono::seconds{1});
        note(action, std::to_string(++i), org);
      }
    }
  }
  const auto since = start + std::chrono::seconds{3};
  BOOST_TEST(targets({.since = since}) == "8 7 6 5 4 3 ");
  BOOST_TEST(targets({.action = "one"}) == "7 5 3 1 ");
  BOOST_TEST(targets({.action = "one", .since = since}) == "7 5 3 ");
  BOOST_TEST(targets({.owner = ann.get()}) == "8 7 6 5 ");
  BOOST_TEST(targets({.owner = ann.get(), .org = "acme"}) == "6 5 ");
  BOOST_TEST(targets({.org = "acme", .since = since}) == "6 5 ");
  BOOST_TEST(targets({.action = "two", .owner = "system", .org = "other"}) == "4 ");
  BOOST_TEST(targets({.action = "three"}).empty());
  BOOST_TEST(list().items.size() == 11U);
}

BOOST_AUTO_TEST_CASE(lists_in_pages_that_bear_new_rows_and_pruned_ones) {
  for (int i = 0; i < 10; ++i) {
    if (i % 3 == 0) env.advance(std::chrono::seconds{1});  // several in one second
    note("a", std::to_string(i));
  }
  for (const auto* action : {"", "a"}) {
    BOOST_TEST_CONTEXT("action '" << action << "'") {
      std::vector<std::string> seen;
      std::string cursor;
      do {
        const auto part = list({.action = action}, {.limit = 3, .cursor = cursor});
        for (const auto& row : part.items)
          seen.emplace_back(row.details.value().at("target").get_string());
        cursor = part.next_cursor;
        note("b", "new");
      } while (!cursor.empty());
      BOOST_TEST(seen.back() == "0");
      std::erase(seen, "new");
      BOOST_TEST(
          (seen == std::vector<std::string>{"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"}));
    }
  }
  const auto part = list({.action = "a"}, {.limit = 9});
  env.advance(std::chrono::hours{1});
  done([&](write_context& in) { return tables.audit.prune(in.row_now(), 100, in); });
  BOOST_TEST(tables.audit.list({}, {.cursor = part.next_cursor}, db).error().code ==
             errc::invalid_cursor);
}

BOOST_AUTO_TEST_CASE(loses_old_rows_only_and_by_the_batch) {
  for (int i = 0; i < 4; ++i) {
    note("b", "old");
    note("a", "old");
    note("c", "old");
  }
  env.advance(std::chrono::seconds{10});
  const auto limit = std::chrono::floor<std::chrono::seconds>(env.now());
  note("b", "new");
  note("d", "new");
  const auto prune = [&](std::size_t rows) {
    return done([&](write_context& in) { return tables.audit.prune(limit, rows, in); });
  };
  BOOST_TEST(prune(5) == 5U);
  BOOST_TEST(events.size() == 5U);
  BOOST_TEST((events.at(0).op == change_op::deleted));
  BOOST_TEST(prune(5) == 5U);
  BOOST_TEST(prune(5) == 2U);
  BOOST_TEST(prune(5) == 0U);
  BOOST_TEST(targets() == "new new ");
}

BOOST_AUTO_TEST_CASE(cannot_be_rewritten) {
  note("a", "x");
  const auto changed = db.execute("UPDATE audit_logs SET details = '{}'");
  BOOST_REQUIRE(!changed);
  BOOST_TEST(changed.error().code == errc::append_only);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::identity
