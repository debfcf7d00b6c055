#include "fixture.hpp"

#include <quire/actors/tenant_actor.hpp>
#include <quire/wire/message_types.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <future>
#include <mutex>

namespace quire::test {
namespace {

template <class Answer, class Handle, class... Parts>
result<Answer> ask(caf::actor_system& system, const Handle& whom, Parts&&... parts) {
  caf::scoped_actor self{system};
  result<Answer> out = fail(errc::internal, "no answer");
  self->request(whom, patience, std::forward<Parts>(parts)...)
      .receive([&](const Answer& a) { out = a; }, [&](const caf::error& e) { out = from_caf(e); });
  return out;
}

write_request plain(const open_tenant& tenant, std::vector<operation> what) {
  write_request made;
  made.session = tenant.session();
  made.operations = std::move(what);
  return made;
}

read_request query_for(const open_tenant& tenant, query what) {
  read_request made;
  made.session = tenant.session();
  made.query = std::move(what);
  return made;
}

/// What a subscribing actor got; shared with the test.
struct inbox {
  std::mutex mutex;
  std::vector<change_event> events;
  std::size_t largest = 0;  ///< most events in one message

  [[nodiscard]] std::size_t size() {
    const std::scoped_lock lock{mutex};
    return events.size();
  }
};

/// Subscribes with a credit, and renews it by what it got, unless told to stall.
caf::actor spawn_subscriber(engine& e, const open_tenant& tenant, const std::shared_ptr<inbox>& in,
                            std::size_t credit, subscribe_options options = {},
                            bool renews = true) {
  auto subscribed = std::make_shared<std::promise<void>>();
  auto ready = subscribed->get_future();
  auto made =
      e.actors().spawn([=, feed = feed_of(tenant)](caf::event_based_actor* self) -> caf::behavior {
        const auto me = caf::actor_cast<caf::strong_actor_ptr>(self);
        self->request(feed, caf::infinite,
                      feed_subscribe{.subscriber = me,
                                     .options = options,
                                     .credit = credit,
                                     .session = tenant.session()})
            .then([=](change_seq) { subscribed->set_value(); },
                  [=](const caf::error&) { subscribed->set_value(); });
        return {[=](const feed_events& got) {
                  {
                    const std::scoped_lock lock{in->mutex};
                    in->largest = std::max(in->largest, got.end - got.begin);
                    in->events.insert(in->events.end(),
                                      got.batch->begin() + static_cast<std::ptrdiff_t>(got.begin),
                                      got.batch->begin() + static_cast<std::ptrdiff_t>(got.end));
                  }
                  if (renews) {
                    self->send(feed, grant_credit{
                                         .subscriber = caf::actor_cast<caf::strong_actor_ptr>(self),
                                         .events = got.end - got.begin});
                  }
                },
                [=](caf::ok_atom, std::size_t more) {
                  self->send(
                      feed, grant_credit{.subscriber = caf::actor_cast<caf::strong_actor_ptr>(self),
                                         .events = more});
                }};
      });
  ready.wait();
  return made;
}

bool got_all(const std::shared_ptr<inbox>& in, std::int64_t first, std::size_t count) {
  return eventually([&] { return in->size() >= count; }) && in->size() == count &&
         contiguous(in->events, first);
}

void stop(const caf::actor& a) { caf::anon_send_exit(a, caf::exit_reason::user_shutdown); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(actors_of_a_tenant, running_engine)

BOOST_AUTO_TEST_CASE(take_plain_and_admitted_writes) {
  auto& system = engine->actors();
  const auto reply =
      ask<write_reply>(system, writer_of(*acme), plain(*acme, all_of(note("plain")))).value();
  BOOST_TEST(reply.outcomes.at(0).created);
  auto admitted = admit(*acme, all_of(note("admitted"))).value();
  BOOST_TEST(status().in_flight == 1U);
  BOOST_TEST(ask<write_reply>(system, writer_of(*acme), admitted).has_value());
  BOOST_TEST(status().in_flight == 0U);
  BOOST_TEST(has("plain"));
  BOOST_TEST(has("admitted"));
  BOOST_TEST(error_of(ask<write_reply>(system, writer_of(*acme), admitted)).code ==
             errc::invalid_option);  // sent twice
  BOOST_TEST(error_of(ask<write_reply>(system, writer_of(*acme), admitted_write{})).code ==
             errc::invalid_option);
}

BOOST_AUTO_TEST_CASE(answer_errors_with_code_context_and_details) {
  const auto e = error_of(
      ask<write_reply>(engine->actors(), writer_of(*acme), plain(*acme, all_of(bad_note("bad")))));
  BOOST_TEST(e.code == errc::validation_failed);
  BOOST_TEST(mentions(e, "bad"));
  BOOST_TEST(!e.details.empty());
  auto late = plain(*acme, all_of(note("late")));
  late.deadline = timestamp{};
  BOOST_TEST(error_of(ask<write_reply>(engine->actors(), writer_of(*acme), late)).code ==
             errc::deadline_exceeded);
  BOOST_TEST(!has("late"));
}

BOOST_AUTO_TEST_CASE(read_by_every_kind_of_query) {
  acme->write(all_of(note("a"), note("b"), link("a", "b"))).value();
  const auto reader = reader_of(*acme);
  const graph_id g{"g"};
  const auto read = [&](query q) {
    return ask<read_reply>(engine->actors(), reader, query_for(*acme, std::move(q))).value().value;
  };
  BOOST_TEST(std::get<node>(read(find_node{g, node_key{"a"}})).key == node_key{"a"});
  const auto edges = std::get<page<edge>>(read(list_edges{g, {}}));
  BOOST_REQUIRE(edges.items.size() == 1U);
  BOOST_TEST(std::get<edge>(read(find_edge{g, {}, edges.items[0].id})).target == node_key{"b"});
  BOOST_TEST(std::get<page<node>>(read(list_nodes{g, {}})).items.size() == 2U);
  find_neighbors around;
  around.graph = g;
  around.key = node_key{"a"};
  BOOST_TEST(std::get<page<neighbor>>(read(around)).items.size() == 1U);
  find_path way;
  way.graph = g;
  way.from = node_key{"a"};
  way.to = node_key{"b"};
  BOOST_TEST(std::get<path>(read(way)).nodes.size() == 2U);
  BOOST_TEST(std::get<graph_stat>(read(stat_graph{g})).nodes == 2);
  const auto absent = error_of(
      ask<read_reply>(engine->actors(), reader, query_for(*acme, find_node{g, node_key{"absent"}})));
  BOOST_TEST(absent.code == errc::not_found);
  BOOST_TEST(mentions(absent, "absent"));
  auto too_fresh = query_for(*acme, stat_graph{g});
  too_fresh.at_least = change_seq{1'000'000};
  BOOST_TEST(error_of(ask<read_reply>(engine->actors(), reader, too_fresh)).code ==
             errc::offset_out_of_range);
  auto late = query_for(*acme, stat_graph{g});
  late.deadline = timestamp{};
  BOOST_TEST(error_of(ask<read_reply>(engine->actors(), reader, late)).code ==
             errc::deadline_exceeded);
}

BOOST_AUTO_TEST_CASE(read_with_the_types_of_now) {
  const auto reader = reader_of(*acme);  // one and the same
  define_graph_type t;
  t.name = graph_type_name{"passing"};
  t.module = json(R"({"OldNode": {"type": "object"}})");
  const auto filtered = [&](const std::string& type) {
    list_nodes q;
    q.graph = graph_id{"h"};
    q.options.filter = json(R"({"nodeType": ")" + type + "\"}");
    return ask<read_reply>(engine->actors(), reader, query_for(*acme, q));
  };
  create_graph g;
  g.id = graph_id{"h"};
  g.name = "h";
  g.type = t.name;
  create_node n;
  n.graph = g.id;
  n.key = node_key{"n"};
  acme->write(all_of(t)).value();
  acme->write(all_of(g, n)).value();
  BOOST_TEST(std::get<page<node>>(filtered("old").value().value).items.size() == 1U);
  acme->remove(delete_graph{g.id}).value();
  acme->remove(delete_graph_type{t.name}).value();
  t.module = json(R"({"FreshNode": {"type": "object"}})");
  acme->write(all_of(t)).value();
  acme->write(all_of(g, n)).value();
  auto found = filtered("fresh");
  BOOST_REQUIRE_MESSAGE(found, error_of(found));
  BOOST_TEST(std::get<page<node>>(found.value().value).items.size() == 1U);
}

BOOST_AUTO_TEST_CASE(keep_no_place_for_callers_that_die) {
  {
    const foreign_lock nothing_drains{file()};
    for (int i = 0; i < 10; ++i) {
      auto admitted = admit(*acme, all_of(note("n" + std::to_string(i)))).value();
      engine->actors().spawn([writer = writer_of(*acme), admitted](caf::event_based_actor* self) {
        self->request(writer, caf::infinite, admitted).then([](const write_reply&) {});
        if (admitted.envelope) self->quit();
      });
    }
    { auto never_sent = admit(*acme, all_of(note("never"))).value(); }
  }
  BOOST_TEST(
      eventually([&] { return status().in_flight == 0U && engine->status().in_flight == 0U; }));
  BOOST_TEST(!has("never"));
  BOOST_TEST(acme->create(note("next")).has_value());
}

BOOST_AUTO_TEST_CASE(are_replaced_when_something_kills_them) {
  std::vector<std::future<errc>> answers;
  {
    const foreign_lock nothing_drains{file()};
    for (int i = 0; i < 5; ++i) {
      auto promise = std::make_shared<std::promise<errc>>();
      answers.push_back(promise->get_future());
      acme->submit(all_of(note("n" + std::to_string(i))), [promise](const result<write_reply>& r) {
        promise->set_value(error_of(r).code);
      });
    }
    auto kept = admit(*acme, all_of(note("kept"))).value();
    caf::scoped_actor self{engine->actors()};
    self->send(writer_of(*acme), kept);
    caf::anon_send_exit(writer_of(*acme), caf::exit_reason::kill);
    for (auto& a : answers) BOOST_TEST(a.get() == errc::engine_closed);
  }
  for (const auto& reader : {reader_of(*acme), reader_of(*acme)})
    caf::anon_send_exit(reader, caf::exit_reason::kill);
  caf::anon_send_exit(feed_of(*acme), caf::exit_reason::kill);
  BOOST_TEST(eventually([&] { return acme->create(note("again")).has_value() || has("again"); }));
  BOOST_TEST(eventually([&] {
    return ask<read_reply>(engine->actors(), reader_of(*acme), query_for(*acme, stat_graph{graph_id{"g"}}))
        .has_value();
  }));
  auto in = std::make_shared<inbox>();
  const auto start = seq().get();
  BOOST_TEST(eventually([&] { return status().subscribers == 0U; }));
  caf::actor subscriber;
  BOOST_TEST(eventually([&] {
    subscriber = spawn_subscriber(*engine, *acme, in, 10);
    if (status().subscribers == 1U) return true;
    stop(subscriber);
    return false;
  }));
  acme->create(note("told")).value();
  BOOST_TEST(got_all(in, start + 1, 1));
  stop(subscriber);
  BOOST_TEST(status().in_flight == 0U);
}

BOOST_AUTO_TEST_CASE(refuse_blocking_calls_of_other_actors) {
  const auto seen = std::make_shared<std::promise<std::vector<errc>>>();
  engine->actors().spawn([&, seen](caf::event_based_actor* self) {
    seen->set_value({error_of(acme->create(note("x"))).code, error_of(acme->view()).code,
                     error_of(acme->subscribe()).code, error_of(engine->tenants()).code,
                     error_of(engine->close()).code});
    self->quit();
  });
  for (const auto code : seen->get_future().get()) BOOST_TEST(code == errc::would_deadlock);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(subscribing_actors, running_engine)

BOOST_AUTO_TEST_CASE(get_everything_in_order_with_credit_one_among_fast_ones) {
  const auto start = seq().get();
  auto one = std::make_shared<inbox>();
  auto fast = std::make_shared<inbox>();
  auto past = std::make_shared<inbox>();
  const auto a = spawn_subscriber(*engine, *acme, one, 1);
  const auto b = spawn_subscriber(*engine, *acme, fast, 1000);
  const auto c = spawn_subscriber(*engine, *acme, past, 7,
                                  {.from = change_seq{0}, .tables = {}, .ops = {}, .graph = {}});
  BOOST_TEST(status().subscribers == 3U);
  for (int i = 0; i < 30; ++i) {
    std::vector<operation> several;
    for (int k = 0; k < 10; ++k)
      several.emplace_back(note("n" + std::to_string(i) + "-" + std::to_string(k)));
    acme->write(std::move(several)).value();
  }
  BOOST_TEST(got_all(fast, start + 1, 300));
  BOOST_TEST(got_all(one, start + 1, 300));
  BOOST_TEST(got_all(past, 1, static_cast<std::size_t>(start) + 300));
  BOOST_TEST(one->largest == 1U);
  BOOST_TEST(past->largest <= 7U);
  for (const auto& s : {a, b, c}) stop(s);
  BOOST_TEST(eventually([&] { return status().subscribers == 0U; }));
}

BOOST_AUTO_TEST_CASE(that_stall_get_the_rest_from_the_file_later) {
  reopen([](engine_options& o) { o.ring_events = 4; });
  const auto start = seq().get();
  auto in = std::make_shared<inbox>();
  auto live = std::make_shared<inbox>();
  const auto stalled = spawn_subscriber(*engine, *acme, in, 3, {}, false);
  const auto reading = spawn_subscriber(*engine, *acme, live, 64);
  for (int i = 0; i < 200; ++i) acme->create(note("n" + std::to_string(i))).value();
  BOOST_TEST(got_all(live, start + 1, 200));
  BOOST_TEST(in->size() == 3U);
  caf::anon_send(stalled, caf::ok_atom::value, std::size_t{1000});
  BOOST_TEST(got_all(in, start + 1, 200));
  stop(stalled);
  stop(reading);
}

BOOST_AUTO_TEST_CASE(get_only_what_they_asked_for) {
  auto in = std::make_shared<inbox>();
  const auto edges = spawn_subscriber(
      *engine, *acme, in, 1, {.from = {}, .tables = {table::edges}, .ops = {}, .graph = {}});
  acme->write(all_of(note("a"), note("b"), link("a", "b"), note("c"), link("b", "c"))).value();
  BOOST_TEST(eventually([&] { return in->size() == 2U; }));
  for (const auto& e : in->events) BOOST_TEST(e.table == table::edges);
  stop(edges);
}

BOOST_AUTO_TEST_CASE(from_now_on_get_nothing_old_of_a_file_nobody_opened) {
  acme->create(note("old")).value();
  const auto start = seq().get();
  reopen();
  auto in = std::make_shared<inbox>();
  const auto live = spawn_subscriber(*engine, *acme, in, 100);
  acme->create(note("new")).value();
  BOOST_TEST(got_all(in, start + 1, 1));
  stop(live);
}

BOOST_AUTO_TEST_CASE(beyond_the_end_are_refused) {
  caf::scoped_actor self{engine->actors()};
  const feed_subscribe wish{
      .subscriber = caf::actor_cast<caf::strong_actor_ptr>(self),
      .options = {.from = change_seq{100'000}, .tables = {}, .ops = {}, .graph = {}},
      .credit = 1,
      .session = acme->session()};
  const auto e = error_of(ask<change_seq>(engine->actors(), feed_of(*acme), wish));
  BOOST_TEST(e.code == errc::offset_out_of_range);
  BOOST_TEST(mentions(e, "100000"));
  BOOST_TEST(error_of(ask<change_seq>(engine->actors(), feed_of(*acme), feed_subscribe{})).code ==
             errc::invalid_option);
  BOOST_TEST(status().subscribers == 0U);
}

BOOST_AUTO_TEST_CASE(hear_of_commits_by_others) {
  auto second = engine::open(options).value();
  auto other = second.tenant(org_id{"acme"}, access::open{}).value();
  const auto start = seq().get();
  auto in = std::make_shared<inbox>();
  const auto live = spawn_subscriber(*engine, *acme, in, 5);
  for (int i = 0; i < 20; ++i) other.create(note("n" + std::to_string(i))).value();
  BOOST_TEST(got_all(in, start + 1, 20));
  stop(live);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(engines_in_the_hosts_actor_system)

BOOST_AUTO_TEST_CASE(work_and_leave_it_usable) {
  caf::actor_system_config config;
  add_message_types(config);
  config.set("scheduler.max-threads", std::size_t{4});
  caf::actor_system system{config};
  for (int round = 0; round < 3; ++round) {
    running_engine r{[&](engine_options& o) { o.host = &system; }};
    running_engine beside{[&](engine_options& o) { o.host = &system; }};
    BOOST_TEST(&r.engine->actors() == &system);
    BOOST_TEST(r.acme->create(note("a")).has_value());
    BOOST_TEST(
        ask<write_reply>(system, writer_of(*beside.acme), plain(*beside.acme, all_of(note("b")))).has_value());
    BOOST_TEST(!r.has("b"));
    r.engine->close().value();
    BOOST_TEST(beside.has("b"));
  }
  const auto alive = std::make_shared<std::promise<int>>();
  system.spawn([alive](caf::event_based_actor* self) {
    alive->set_value(1);
    self->quit();
  });
  BOOST_TEST(alive->get_future().get() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
