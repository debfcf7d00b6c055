#include "fixture.hpp"

#include <quire/actors/tenant_actor.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <set>

namespace quire::test {
namespace {

/// Stands still until it is moved; any thread.
class hand_clock final : public clock {
 public:
  [[nodiscard]] timestamp now() const override {
    return timestamp{std::chrono::milliseconds{at_.load()}};
  }
  void advance(std::chrono::milliseconds by) { at_ += by.count(); }

 private:
  std::atomic<std::int64_t> at_{1'700'000'000'000};
};

struct has_clock {
  hand_clock time;
};

using checked_tenant = quire::tenant<access::checked>;
using scope_list = std::vector<std::string>;

/// Tenant acme with a graph of notes: Vera owns it, Adam is admin, Bob a plain member, Olga a
/// stranger.
struct house : has_clock, running_engine {
  quire::system<access::open> people = engine->system(access::open{});
  account_id vera = people.find_account("acme@example.org").value().id;
  account_id adam = person("adam");
  account_id bob = person("bob");
  account_id olga = person("olga");

  house()
      : running_engine([this](engine_options& o) {
          o.safety = write_safety::process_crash;
          o.idle = 1h;
          o.env.time = &time;
        }) {
    people.add_member(acme_id(), adam, membership_level::admin).value();
    people.add_member(acme_id(), bob).value();
    acme->create(note("first")).value();
  }

  static org_id acme_id() { return org_id{"acme"}; }
  account_id person(const std::string& name) {
    return people.create_account({.email = name + "@example.org", .display_name = {}, .id = {}})
        .value()
        .id;
  }
  static acl::principal_id principal(const account_id& who) {
    return {acl::principal_kind::account, who.get()};
  }
  static acl::principal_id role(const std::string& name) {
    return {acl::principal_kind::role, name};
  }

  quire::session session_of(const account_id& who, const session_options& how = {}) {
    return engine->authenticate(known_account{who}, acme_id(), how).value();
  }
  checked_tenant enter(const account_id& who) { return engine->tenant(session_of(who)).value(); }
  issued_key key_of(const account_id& who, std::optional<row_time> expires = {},
                    std::optional<scope_list> scopes = {}) {
    return people
        .issue_key(
            {.owner = who, .name = "test", .expires_at = expires, .scopes = std::move(scopes)})
        .value();
  }
  result<quire::session> by_key(const issued_key& key, const std::string& origin = {}) {
    return engine->authenticate(presented_key{key.text.reveal()}, acme_id(), {.origin = origin});
  }
  void give(const account_id& from, const acl::principal_id& to, scope_list scopes,
            std::optional<row_time> expires = {}) {
    hand_on(principal(from), to, std::move(scopes), expires);
  }
  void hand_on(const acl::principal_id& from, const acl::principal_id& to, scope_list scopes,
               std::optional<row_time> expires = {}) {
    acme->access()
        .delegate({.from = from,
                   .to = to,
                   .scopes = std::move(scopes),
                   .resources = {},
                   .expires_at = expires})
        .value();
  }
  void take_back(const account_id& from, const account_id& to) {
    BOOST_TEST(acme->access().revoke(principal(from), principal(to)).value());
  }
  graph_id acl_graph() const {
    for (const auto& g : acme->view().value().list_graphs().value().items) {
      if (g.name == "acl") return g.id;
    }
    return {};
  }
  row_time in_seconds(std::int64_t n) const {
    return std::chrono::floor<std::chrono::seconds>(time.now()) + std::chrono::seconds{n};
  }
  std::size_t rows(const std::string& action) {
    return people.list_audit({.action = action, .owner = {}, .org = {}, .since = {}}, 1000)
        .value()
        .items.size();
  }
};

bool may_read(const checked_tenant& t) {
  auto v = t.view();
  return v && v->find(find_node{graph_id{"g"}, node_key{"first"}}).has_value();
}
/// Writes something else each time.
bool may_write(checked_tenant& t) {
  static std::atomic<int> n{0};
  return t.create(note("w" + std::to_string(n++))).has_value();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(access_to_a_tenant, house)

BOOST_AUTO_TEST_CASE(is_whole_for_owners_and_admins_and_none_for_members) {
  for (const auto& who : {vera, adam}) {
    auto t = enter(who);
    BOOST_TEST(may_read(t));
    BOOST_TEST(may_write(t));
    BOOST_TEST(t.define(graph_type_name{"by" + who.get().substr(0, 4)}, notes_module).has_value());
    BOOST_TEST(t.subscribe().has_value());
    BOOST_TEST(t.view().value().verify().has_value());
    BOOST_TEST(t.access().grants_of(principal(bob)).has_value());
  }
  auto bobs = enter(bob);
  BOOST_TEST(!may_read(bobs));
  BOOST_TEST(!may_write(bobs));
  BOOST_TEST(error_of(bobs.create(note("x"))).code == errc::access_denied);
  BOOST_TEST(error_of(bobs.define(graph_type_name{"mine"}, notes_module)).code ==
             errc::access_denied);
  BOOST_TEST(error_of(bobs.subscribe()).code == errc::access_denied);
  BOOST_TEST(error_of(bobs.view().value().verify()).code == errc::access_denied);
  BOOST_TEST(error_of(bobs.access().grants_of(principal(vera))).code == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(of_plain_members_is_what_their_role_holds) {
  acme->access().grant({.to = role("member"), .scopes = {"nodes:read"}}).value();
  auto bobs = enter(bob);
  BOOST_TEST(may_read(bobs));
  BOOST_TEST(!may_write(bobs));
  people.set_level(acme_id(), bob, membership_level::admin).value();
  BOOST_TEST(may_write(bobs));
  people.remove_member(acme_id(), bob).value();
  BOOST_TEST(!may_read(bobs));
}

BOOST_AUTO_TEST_CASE(is_refused_to_strangers_as_if_there_were_no_tenant) {
  const auto stranger = engine->tenant(session_of(olga));
  const auto nowhere =
      engine->tenant(engine->authenticate(known_account{olga}, org_id{"nowhere"}, {}).value());
  BOOST_REQUIRE(!stranger);
  BOOST_REQUIRE(!nowhere);
  BOOST_TEST(stranger.error().code == errc::access_denied);
  BOOST_TEST(stranger.error().context == nowhere.error().context);
}

BOOST_AUTO_TEST_CASE(comes_with_a_key_and_ends_with_it) {
  const auto key = key_of(vera);
  auto session = by_key(key).value();
  auto veras = engine->tenant(session).value();
  BOOST_TEST(session.account().get() == vera.get());
  BOOST_TEST(may_write(veras));
  people.revoke_key(key.key.id).value();
  BOOST_TEST(!session.active());
  BOOST_TEST(!may_write(veras));
  BOOST_TEST(!may_read(veras));
  BOOST_TEST(error_of(session.renew()).code == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(is_refused_in_the_same_words_whatever_is_wrong_with_a_key) {
  const auto revoked = key_of(vera);
  people.revoke_key(revoked.key.id).value();
  const auto expired = key_of(vera, in_seconds(10));
  const auto owner_gone = key_of(olga);
  people.set_status(olga, account_status::suspended).value();
  BOOST_TEST(by_key(expired).has_value());
  time.advance(10s);
  const auto disabled = key_of(vera);
  {
    auto db = sqlite::connection::open(options.dir / "system.db", {}).value();
    db.execute("UPDATE api_keys SET enabled = 0 WHERE id = '" + disabled.key.id.get() + "'")
        .value();
  }
  BOOST_TEST(eventually([&] { return !by_key(disabled, "10.0.0.1"); }));
  std::set<std::string> words;
  int n = 0;
  for (const auto* key : {&revoked, &expired, &owner_gone, &disabled}) {
    const auto refused = by_key(*key, "10.0.1." + std::to_string(++n));
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().code == errc::access_denied);
    words.insert(refused.error().context);
  }
  const auto wrong =
      engine->authenticate(presented_key{"qk_of_nobody_at_all_whatsoever"}, acme_id(), {});
  words.insert(error_of(wrong).context);
  BOOST_TEST(words.size() == 1U);
}

BOOST_AUTO_TEST_CASE(comes_with_the_key_of_a_peer_and_ends_with_it) {
  const auto peer = people
                        .add_peer({.owner = vera,
                                   .fingerprint = "SHA256:of-vera",
                                   .public_key = "ssh-ed25519 AAAA",
                                   .name = "laptop",
                                   .expires_at = in_seconds(60),
                                   .scopes = scope_list{"nodes:read"}})
                        .value();
  const auto present = [&](std::string_view fingerprint) {
    return engine->authenticate(presented_peer{fingerprint}, acme_id(), {});
  };
  auto veras = engine->tenant(present("SHA256:of-vera").value()).value();
  BOOST_TEST(may_read(veras));
  BOOST_TEST(!may_write(veras));
  BOOST_TEST(error_of(present("SHA256:OF-VERA")).code == errc::access_denied);
  time.advance(59s);
  BOOST_TEST(may_read(veras));
  time.advance(1s);
  BOOST_TEST(!may_read(veras));
  people.remove_peer(peer.id).value();
  BOOST_TEST(error_of(present("SHA256:of-vera")).code == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(is_narrowed_by_the_key_and_never_widened) {
  const auto narrow = key_of(vera, {}, scope_list{"nodes:read"});
  auto reads = engine->tenant(by_key(narrow).value()).value();
  BOOST_TEST(may_read(reads));
  BOOST_TEST(!may_write(reads));
  const auto wide = key_of(bob, {}, scope_list{"nodes:read", "nodes:write"});
  auto bobs = engine->tenant(by_key(wide).value()).value();
  BOOST_TEST(!may_read(bobs));
}

BOOST_AUTO_TEST_CASE(ends_at_once_for_a_suspended_account_also_for_what_waits) {
  auto session = session_of(vera);
  auto veras = engine->tenant(session).value();
  BOOST_TEST(may_write(veras));
  std::promise<error> answer;
  {
    const foreign_lock nothing_is_written{file()};
    veras.submit(all_of(note("late")),
                 [&](result<write_reply> r) { answer.set_value(error_of(r)); });
    people.set_status(vera, account_status::suspended).value();
  }
  BOOST_TEST(answer.get_future().get().code == errc::access_denied);
  BOOST_TEST(!has("late"));
  BOOST_TEST(!session.active());
  BOOST_TEST(!may_read(veras));
  // The session is over for good, the account is not.
  people.set_status(vera, account_status::active).value();
  BOOST_TEST(!may_read(veras));
  BOOST_TEST(may_read(enter(vera)));
}

BOOST_AUTO_TEST_CASE(lasts_as_long_as_the_session) {
  auto session = session_of(vera, {.lifetime = 60s});
  auto veras = engine->tenant(session).value();
  time.advance(59'999ms);
  BOOST_TEST(may_write(veras));
  session.renew().value();
  time.advance(59'999ms);
  BOOST_TEST(may_write(veras));
  time.advance(1ms);
  BOOST_TEST(!session.active());
  BOOST_TEST(!may_write(veras));
  BOOST_TEST(error_of(session.renew()).code == errc::access_denied);

  auto other = session_of(vera);
  auto copy = other;
  auto again = engine->tenant(other).value();
  BOOST_TEST(may_write(again));
  copy.end();
  copy.end();
  BOOST_TEST(!may_write(again));
  BOOST_TEST(error_of(other.renew()).code == errc::access_denied);
}

BOOST_AUTO_TEST_CASE(as_a_role_is_only_what_flows_from_the_caller_into_it) {
  give(vera, role("editor"), {"nodes:read", "nodes:write"});
  const session_options as_editor{.origin = {}, .acting_as = "role:editor"};
  auto editor = engine->tenant(session_of(vera, as_editor)).value();
  BOOST_TEST(may_read(editor));
  BOOST_TEST(may_write(editor));
  BOOST_TEST(error_of(editor.define(graph_type_name{"mine"}, notes_module)).code ==
             errc::access_denied);
  // The role is there, but nothing flows into it through them.
  for (const auto& who : {adam, bob}) {
    const auto other = engine->tenant(session_of(who, as_editor));
    BOOST_TEST((!other || !may_read(*other)));
  }
  const auto nobody = engine->tenant(session_of(vera, {.origin = {}, .acting_as = "role:nobody"}));
  BOOST_TEST((!nobody || !may_read(*nobody)));
  acme->access().revoke(principal(vera), role("editor")).value();
  BOOST_TEST(!may_read(editor));
  const session_options no_role{.origin = {}, .acting_as = "bob"};
  BOOST_TEST(error_of(engine->authenticate(known_account{bob}, acme_id(), no_role)).code ==
             errc::invalid_option);
}

BOOST_AUTO_TEST_CASE(shrinks_on_its_way_from_a_person_to_a_worker) {
  const auto coordinator = person("coordinator");
  const auto worker = person("worker");
  give(vera, principal(coordinator), {"nodes:read", "nodes:write"}, in_seconds(60));
  give(coordinator, principal(worker), {"nodes:read"}, in_seconds(30));
  auto c = enter(coordinator);
  auto w = enter(worker);
  BOOST_TEST(may_read(c));
  BOOST_TEST(may_write(c));
  BOOST_TEST(may_read(w));
  BOOST_TEST(!may_write(w));
  // Nobody hands on what they do not hold.
  const auto more = acme->access().delegate({.from = principal(coordinator),
                                             .to = principal(worker),
                                             .scopes = {"nodes:read", "edges:write"},
                                             .resources = {},
                                             .expires_at = {}});
  BOOST_TEST(error_of(more).code == errc::scope_escalation);

  time.advance(30s);
  BOOST_TEST(!may_read(w));
  BOOST_TEST(may_read(c));
  give(coordinator, principal(worker), {"nodes:read"});
  BOOST_TEST(may_read(w));
  // In the middle of the chain, for the very next request.
  people.set_status(coordinator, account_status::suspended).value();
  BOOST_TEST(!may_read(w));
  people.set_status(coordinator, account_status::active).value();
  BOOST_TEST(may_read(w));
  take_back(vera, coordinator);
  BOOST_TEST(!may_read(w));
  BOOST_TEST(!may_read(c));
  BOOST_TEST(!acme->access().revoke(principal(vera), principal(coordinator)).value());
  give(vera, principal(coordinator), {"nodes:read"}, in_seconds(60));
  BOOST_TEST(may_read(w));
  time.advance(60s);
  BOOST_TEST(!may_read(w));
}

BOOST_AUTO_TEST_CASE(is_judged_when_a_request_is_run_and_not_when_it_was_sent) {
  give(vera, principal(bob), {"nodes:write"});
  auto bobs = enter(bob);
  BOOST_TEST(may_write(bobs));
  std::promise<error> taken;
  std::promise<error> late;
  {
    const foreign_lock nothing_is_written{file()};
    // The first of what waits takes away the right of the second.
    const auto edge = acme->access().grants_of(principal(bob)).value();
    const auto given = std::find_if(
        edge.items.begin(), edge.items.end(),
        [](const acl::holding& h) { return h.kind == acl::holding_kind::delegation_in; });
    BOOST_REQUIRE(given != edge.items.end());
    delete_edge gone;
    gone.graph = acl_graph();
    gone.key = edge_key{given->edge};
    acme->submit(all_of(gone), [&](result<write_reply> r) { taken.set_value(error_of(r)); });
    bobs.submit(all_of(note("late")), [&](result<write_reply> r) { late.set_value(error_of(r)); });
  }
  BOOST_TEST(taken.get_future().get().code == errc::none);
  BOOST_TEST(late.get_future().get().code == errc::access_denied);
  BOOST_TEST(!has("late"));
}

BOOST_AUTO_TEST_CASE(is_repaired_where_somebody_wrote_the_file_by_hand) {
  {
    auto db = sqlite::connection::open(file(), {}).value();
    db.execute(
          "UPDATE edges SET attributes = '{\"membershipLevel\":\"owner\"}' "
          "WHERE source_node_key = 'account:" +
          bob.get() + "'")
        .value();
  }
  const auto seen = engine->reconcile(acme_id(), reconcile_mode::report_only).value();
  BOOST_REQUIRE(seen.drifts.size() == 1U);
  BOOST_TEST(seen.drifts[0].account == "account:" + bob.get());
  BOOST_TEST(engine->reconcile(acme_id()).value().drifts.size() == 1U);
  BOOST_TEST(engine->reconcile(acme_id()).value().drifts.empty());
  auto bobs = enter(bob);
  BOOST_TEST(!may_write(bobs));
}

BOOST_AUTO_TEST_CASE(follows_each_write_with_and_without_an_image) {
  auto bobs = enter(bob);
  for (int i = 0; i < 60; ++i) {
    BOOST_TEST_CONTEXT(i) {
      give(vera, principal(bob), {"nodes:read", "nodes:write"});
      BOOST_TEST(may_write(bobs));
      BOOST_TEST(may_read(bobs));
      take_back(vera, bob);
      BOOST_TEST(!may_write(bobs));
      BOOST_TEST(!may_read(bobs));
    }
  }
  // Opened anew there is none at first.
  reopen();
  people = engine->system(access::open{});
  auto again = enter(bob);
  BOOST_TEST(!may_read(again));
  give(vera, principal(bob), {"nodes:read"});
  BOOST_TEST(may_read(again));
}

BOOST_AUTO_TEST_CASE(ends_for_views_readers_and_subscribers_when_the_right_is_gone) {
  give(vera, principal(bob), {"nodes:read", "streams:read"});
  auto session = session_of(bob);
  auto bobs = engine->tenant(session).value();
  caf::scoped_actor self{engine->actors()};
  const find_node first{graph_id{"g"}, node_key{"first"}};
  const auto ask = [&] {
    auto code = errc::internal;
    self->request(reader_of(bobs), patience,
                  read_request{.session = bobs.session(), .query = first})
        .receive([&](const read_reply&) { code = errc::none; },
                 [&](const caf::error& e) { code = from_caf(e).code; });
    return code;
  };
  auto view = bobs.view().value();
  auto feed = bobs.subscribe().value();
  std::promise<error> ended;
  std::atomic<int> heard{0};
  auto listener = engine->actors().spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](const feed_events& e) { heard += static_cast<int>(e.end - e.begin); },
            [&](const feed_ended& e) { ended.set_value(e.why); }};
  });
  auto subscribed = errc::internal;
  self->request(feed_of(bobs), patience,
                feed_subscribe{.subscriber = caf::actor_cast<caf::strong_actor_ptr>(listener),
                               .options = {},
                               .session = bobs.session()})
      .receive([&](change_seq) { subscribed = errc::none; },
               [&](const caf::error& e) { subscribed = from_caf(e).code; });
  BOOST_TEST(subscribed == errc::none);
  BOOST_TEST(ask() == errc::none);
  BOOST_TEST(view.find(first).has_value());
  acme->create(note("second")).value();
  BOOST_TEST(take(feed, 1).size() == 1U);
  BOOST_TEST(eventually([&] { return heard.load() == 1; }));

  take_back(vera, bob);
  BOOST_TEST(ask() == errc::access_denied);
  BOOST_TEST(error_of(view.find(first)).code == errc::access_denied);
  acme->create(note("third")).value();
  BOOST_TEST(error_of(feed.next(1s)).code == errc::access_denied);
  auto why = ended.get_future();
  BOOST_REQUIRE(why.wait_for(patience) == std::future_status::ready);
  BOOST_TEST(why.get().code == errc::access_denied);
  BOOST_TEST(heard.load() == 1);
  caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(shows_subscribers_only_the_tables_they_may_read) {
  give(vera, principal(bob), {"nodes:read", "streams:read"});
  auto feed = enter(bob).subscribe().value();
  acme->create(note("second")).value();
  acme->create(link("first", "second")).value();
  acme->create(note("third")).value();
  const auto seen = take(feed, 2);
  BOOST_REQUIRE(seen.size() == 2U);
  BOOST_TEST(static_cast<int>(seen[0].table) == static_cast<int>(table::nodes));
  BOOST_TEST(static_cast<int>(seen[1].table) == static_cast<int>(table::nodes));
}

BOOST_AUTO_TEST_CASE(takes_no_message_without_a_living_ticket) {
  auto session = session_of(vera);
  auto veras = engine->tenant(session).value();
  caf::scoped_actor self{engine->actors()};
  const auto send = [&](session_ref as, const std::string& key) {
    auto code = errc::internal;
    self->request(writer_of(veras), patience,
                  write_request{.session = std::move(as), .operations = all_of(note(key))})
        .receive([&](const write_reply&) { code = errc::none; },
                 [&](const caf::error& e) { code = from_caf(e).code; });
    return code;
  };
  BOOST_TEST(send(veras.session(), "by-ticket") == errc::none);
  BOOST_TEST(send({}, "named") == errc::access_denied);
  BOOST_TEST(send({.kind = access_kind::named, .actor = vera.get(), .ticket = {}}, "named") ==
             errc::access_denied);
  auto forged = veras.session();
  forged.ticket.text.back() = forged.ticket.text.back() == '0' ? '1' : '0';
  BOOST_TEST(send(forged, "forged") == errc::access_denied);
  const auto bobs = session_of(bob).reference();
  BOOST_TEST(send(bobs, "not-his") == errc::access_denied);
  const auto ref = veras.session();
  session.end();
  BOOST_TEST(send(ref, "ended") == errc::access_denied);
  BOOST_TEST(has("by-ticket"));
  for (const auto* key : {"named", "forged", "not-his", "ended"}) BOOST_TEST(!has(key));
}

BOOST_AUTO_TEST_CASE(follows_what_another_process_takes_away) {
  const auto key = key_of(vera);
  auto by_veras_key = engine->tenant(by_key(key).value()).value();
  people.set_level(acme_id(), adam, membership_level::admin).value();
  auto adams = enter(adam);
  give(vera, principal(bob), {"nodes:read"});
  auto bobs = enter(bob);
  BOOST_TEST(may_read(by_veras_key));
  BOOST_TEST(may_read(bobs));
  BOOST_TEST(may_read(adams));

  // The other one does not even have the tenant open when it removes a member.
  auto elsewhere = quire::engine::open(options).value();
  auto there = elsewhere.system(access::open{});
  there.remove_member(acme_id(), adam).value();
  BOOST_TEST(eventually([&] { return !may_read(adams); }));
  auto tenant_there = elsewhere.tenant(acme_id(), access::open{}).value();
  BOOST_TEST(tenant_there.access().revoke(principal(vera), principal(bob)).value());
  BOOST_TEST(eventually([&] { return !may_read(bobs); }));
  there.revoke_key(key.key.id).value();
  BOOST_TEST(eventually([&] { return !may_read(by_veras_key); }));
}

BOOST_AUTO_TEST_CASE(lists_are_complete_over_their_pages) {
  std::set<std::string> wanted;
  for (int i = 0; i < 25; ++i) {
    const auto id = "d" + std::to_string(100 + i);
    acme->access()
        .grant({.to = principal(bob),
                .scopes = {},
                .resource_type = "doc",
                .resource_id = id,
                .actions = {"read"}})
        .value();
    wanted.insert("doc:" + id);
  }
  const auto mine = enter(bob).access();
  auto graph = acme->access();
  std::set<std::string> got;
  std::string cursor;
  std::string stale;
  do {
    auto part =
        graph.resources_of(principal(bob), "doc", "read", {.limit = 7, .cursor = cursor}).value();
    BOOST_TEST(part.items.size() <= 7U);
    for (auto& item : part.items) BOOST_TEST(got.insert(item).second);
    cursor = part.next_cursor;
    if (stale.empty()) stale = cursor;
  } while (!cursor.empty());
  BOOST_TEST(got == wanted);
  BOOST_TEST(graph.resources_of(principal(bob), "doc", "write").value().items.empty());

  const auto who = graph.principals_on("doc", "d100", "read").value();
  BOOST_REQUIRE(who.items.size() == 1U);
  BOOST_TEST(who.items[0] == acl::key_of(principal(bob)));
  const auto held = graph.grants_of(principal(bob), {.limit = 1000, .cursor = {}}).value();
  BOOST_TEST(std::count_if(held.items.begin(), held.items.end(), [](const acl::holding& h) {
               return h.kind == acl::holding_kind::grant;
             }) == 25);

  acme->access()
      .grant({.to = principal(bob),
              .scopes = {},
              .resource_type = "doc",
              .resource_id = "new",
              .actions = {"read"}})
      .value();
  BOOST_TEST(
      error_of(graph.resources_of(principal(bob), "doc", "read", {.limit = 7, .cursor = stale}))
          .code == errc::invalid_cursor);
}

BOOST_AUTO_TEST_CASE(leaves_one_audit_row_for_each_act_and_no_secret) {
  const auto grown = [&](const std::string& action, const std::function<void()>& act) {
    const auto before = rows(action);
    act();
    BOOST_TEST(eventually([&] { return rows(action) == before + 1; }), action);
    BOOST_TEST(rows(action) == before + 1, action);
  };
  std::optional<issued_key> key;
  account_id nora;
  grown("account.created", [&] { nora = person("nora"); });
  grown("account.status", [&] { people.set_status(nora, account_status::suspended).value(); });
  grown("account.status", [&] { people.set_status(nora, account_status::active).value(); });
  grown("api_key.issued", [&] { key.emplace(key_of(nora)); });
  std::optional<issued_key> next;
  grown("api_key.rotated", [&] { next.emplace(people.rotate_key(key->key.id).value()); });
  grown("api_key.revoked", [&] { people.revoke_key(next->key.id).value(); });
  grown("membership.created", [&] { people.add_member(acme_id(), nora).value(); });
  grown("membership.changed",
        [&] { people.set_level(acme_id(), nora, membership_level::admin).value(); });
  grown("membership.removed", [&] { people.remove_member(acme_id(), nora).value(); });
  grown("acl.granted", [&] { give(vera, principal(nora), {"nodes:read"}); });
  grown("acl.revoked", [&] { take_back(vera, nora); });
  grown("auth.refused", [&] { BOOST_TEST(!by_key(*next)); });
  grown("access.denied",
        [&] { BOOST_TEST(!may_write(*std::make_unique<checked_tenant>(enter(bob)))); });
  std::string all;
  for (const auto& row : people.list_audit({}, 1000).value().items)
    all += std::string{row.details.text()};
  for (const auto* k : {&*key, &*next}) {
    BOOST_TEST(all.find(k->text.reveal()) == std::string::npos);
    BOOST_TEST(all.find(k->text.reveal().substr(26)) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(leaves_few_audit_rows_of_a_flood_and_counts_the_rest) {
  auto bobs = enter(bob);
  constexpr int flood = 5000;
  std::atomic<int> refused{0};
  std::atomic<int> answered{0};
  for (int i = 0; i < flood; ++i) {
    bobs.submit(all_of(note("x")), [&](const result<write_reply>& r) {
      if (error_of(r).code == errc::access_denied) ++refused;
      ++answered;
    });
    BOOST_REQUIRE(eventually([&] { return answered.load() + 1000 > i; }));
  }
  BOOST_TEST(eventually([&] { return answered.load() == flood; }));
  BOOST_TEST(refused.load() == flood);
  BOOST_TEST(eventually([&] {
    return rows("access.denied") + engine->status().refusals_not_recorded == std::size_t{flood};
  }));
  BOOST_TEST(rows("access.denied") > 0U);
  BOOST_TEST(rows("access.denied") <= 100U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(access_to_the_system_file, house)

BOOST_AUTO_TEST_CASE(begins_with_one_administrator) {
  const auto enter_system = [&](const account_id& who) {
    return engine->system(engine->authenticate(known_account{who}, org_id{}, {}).value());
  };
  if (auto early = enter_system(vera)) {
    BOOST_TEST(error_of(early->list_accounts()).code == errc::access_denied);
  }
  BOOST_TEST(error_of(people.bootstrap_administrator(vera, {"accounts:read"})).code ==
             errc::invalid_option);
  people
      .bootstrap_administrator(
          vera, {"acl:admin", "acl:write", "nodes:write", "edges:write", "accounts:read"})
      .value();
  BOOST_TEST(error_of(people.bootstrap_administrator(bob, {"acl:admin"})).code == errc::conflict);

  auto veras = enter_system(vera).value();
  BOOST_TEST(veras.list_accounts().has_value());
  BOOST_TEST(error_of(veras.set_status(bob, account_status::suspended)).code ==
             errc::access_denied);
  BOOST_TEST(error_of(veras.bootstrap_administrator(bob, {"acl:admin"})).code ==
             errc::access_denied);
  BOOST_TEST(error_of(veras.list_audit()).code == errc::access_denied);
  // Of what is held, a part may be handed on.
  veras.access().grant({.to = principal(bob), .scopes = {"accounts:read"}}).value();
  auto bobs = enter_system(bob).value();
  BOOST_TEST(bobs.list_accounts().has_value());
  BOOST_TEST(error_of(bobs.access().grant({.to = principal(bob), .scopes = {"acl:admin"}})).code ==
             errc::access_denied);
  BOOST_TEST(veras.access()
                 .revoke(direct_grant{.to = principal(bob), .scopes = {"accounts:read"}})
                 .value());
  BOOST_TEST(error_of(bobs.list_accounts()).code == errc::access_denied);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
