#include "fixture.hpp"

#include <quire/sqlite/statement.hpp>

#include <atomic>
#include <fstream>
#include <future>

namespace quire::test {
namespace {

using reply_future = std::future<result<write_reply>>;

/// Sends without waiting.
reply_future send(open_tenant& to, std::vector<operation> what, const write_options& options = {}) {
  auto promise = std::make_shared<std::promise<result<write_reply>>>();
  auto answer = promise->get_future();
  to.submit(
      std::move(what), [promise](result<write_reply> r) { promise->set_value(std::move(r)); },
      options);
  return answer;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(writing, running_engine)

BOOST_AUTO_TEST_CASE(shows_every_answered_write_to_the_next_view) {
  for (int i = 0; i < 50; ++i) {
    const auto key = "n" + std::to_string(i);
    const auto seq = acme->write(all_of(note(key))).value().seq;
    auto view = acme->view().value();
    BOOST_TEST(view.seq() >= seq);
    BOOST_TEST(view.find(find_node{graph_id{"g"}, node_key{key}}).has_value());
  }
}

BOOST_AUTO_TEST_CASE(shares_a_commit_and_harms_no_neighbour_of_a_request_that_fails) {
  const auto before = seq();
  const auto commits = status().commits;
  std::vector<reply_future> answers;
  {
    const foreign_lock together{file()};  // until it leaves, all eight wait in one queue
    for (int i = 0; i < 8; ++i) {
      answers.push_back(
          send(*acme, all_of(i == 3 ? bad_note("bad") : note("n" + std::to_string(i)))));
    }
    BOOST_TEST(eventually([&] { return status().in_flight == 8U; }));
  }
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto answer = answers[i].get();
    if (i == 3) {
      BOOST_TEST(error_of(answer).code == errc::validation_failed);
      BOOST_TEST(!has("bad"));
    } else {
      BOOST_REQUIRE_MESSAGE(answer, error_of(answer));
      BOOST_TEST(has("n" + std::to_string(i)));
    }
  }
  BOOST_TEST(seq().get() == before.get() + 7);
  BOOST_TEST(status().commits - commits < 4U);
  BOOST_TEST(eventually([&] { return status().in_flight == 0U; }));
}

BOOST_AUTO_TEST_CASE(answers_only_when_others_can_read_it) {
  auto reader = sqlite::connection::open(file(), {.mode = sqlite::open_mode::read_only}).value();
  auto count = reader.prepare("count", "SELECT count(*) FROM nodes WHERE key = ?1").value();
  for (int i = 0; i < 20; ++i) {
    const auto key = "n" + std::to_string(i);
    const auto seen = std::make_shared<std::promise<std::int64_t>>();
    acme->submit(all_of(note(key)), [&, seen](const result<write_reply>& r) {
      // Another connection, asked before anybody else could have had the answer.
      count.bind(1, key);
      const auto row = count.step();
      const auto found = r && row && *row ? count.integer(0) : -1;
      count.reset();
      seen->set_value(found);
    });
    BOOST_TEST(seen->get_future().get() == 1);
  }
}

BOOST_AUTO_TEST_CASE(lets_definitions_commit_alone_in_the_middle_of_others) {
  std::vector<reply_future> answers;
  const auto commits = status().commits;
  {
    const foreign_lock together{file()};
    answers.push_back(send(*acme, all_of(note("before"))));
    define_graph_type more;
    more.name = graph_type_name{"more"};
    more.module = json(R"({"ThingNode": {"type": "object"}})");
    answers.push_back(send(*acme, all_of(more)));
    create_graph g;
    g.id = graph_id{"h"};
    g.name = "h";
    g.type = graph_type_name{"more"};
    answers.push_back(send(*acme, all_of(g)));
    create_node thing;
    thing.graph = graph_id{"h"};
    thing.key = node_key{"thing"};
    answers.push_back(send(*acme, all_of(thing, note("after"))));
  }
  for (auto& a : answers) {
    auto answer = a.get();
    BOOST_TEST(answer.has_value(), error_of(answer));
  }
  BOOST_TEST(status().commits - commits >= 3U);
}

BOOST_AUTO_TEST_CASE(commits_the_operations_of_one_request_as_one) {
  const auto before = seq();
  auto failed = acme->write(all_of(note("a"), note("b"), link("a", "nobody")));
  BOOST_TEST(error_of(failed).code == errc::missing_endpoint);
  BOOST_TEST(mentions(error_of(failed), "operation 3 of 3"));
  BOOST_TEST(seq() == before);
  BOOST_TEST(!has("a"));
  auto done = acme->write(all_of(note("a"), note("b"), link("a", "b"))).value();
  BOOST_TEST(done.outcomes.size() == 3U);
  BOOST_TEST(done.seq.get() == before.get() + 3);
}

BOOST_AUTO_TEST_CASE(spares_the_rows_when_nobody_wants_them) {
  const auto reply = acme->write(all_of(note("a")), {.timeout = {}, .want_rows = false}).value();
  BOOST_TEST(std::holds_alternative<std::monostate>(reply.outcomes.at(0).row));
}

BOOST_AUTO_TEST_CASE(keeps_a_callback_that_throws_from_its_neighbours) {
  std::vector<reply_future> answers;
  {
    const foreign_lock together{file()};
    acme->submit(all_of(note("thrower")),
                 [](const result<write_reply>&) { throw std::runtime_error{"mine"}; });
    for (int i = 0; i < 4; ++i)
      answers.push_back(send(*acme, all_of(note("n" + std::to_string(i)))));
  }
  for (auto& a : answers) BOOST_TEST(a.get().has_value());
  BOOST_TEST(acme->create(note("later")).has_value());
}

BOOST_AUTO_TEST_CASE(drops_what_waited_past_its_deadline_and_keeps_no_place_for_it) {
  const auto before = seq();
  {
    const foreign_lock busy{file()};
    auto dropped = send(*acme, all_of(note("late")), {.timeout = 30ms});
    const auto why = error_of(dropped.get());
    BOOST_TEST(why.code == errc::deadline_exceeded);
    BOOST_TEST(mentions(why, "not applied"));
    BOOST_TEST(mentions(why, "acme"));
    BOOST_TEST(error_of(acme->write(all_of(note("late too")), {.timeout = 10ms})).code ==
               errc::deadline_exceeded);
    BOOST_TEST(
        eventually([&] { return status().in_flight == 0U && status().in_flight_bytes == 0U; }));
  }
  BOOST_TEST(acme->create(note("next")).has_value());
  BOOST_TEST(!has("late"));
  BOOST_TEST(seq().get() == before.get() + 1);
}

BOOST_AUTO_TEST_CASE(takes_waiting_times_beyond_any_clock) {
  BOOST_TEST(acme->write(all_of(note("for ever")), {.timeout = std::chrono::milliseconds::max()})
                 .has_value());
  auto never = acme->write(all_of(note("never")), {.timeout = std::chrono::milliseconds::min()});
  BOOST_TEST((never || never.error().code == errc::deadline_exceeded));
}

BOOST_AUTO_TEST_CASE(refuses_to_block_inside_its_own_callbacks) {
  const auto seen = std::make_shared<std::promise<std::vector<errc>>>();
  acme->submit(all_of(note("a")), [&, seen](const result<write_reply>&) {
    seen->set_value({error_of(acme->write(all_of(note("b")))).code, error_of(acme->view()).code,
                     error_of(acme->subscribe()).code, error_of(engine->organizations()).code,
                     error_of(engine->close()).code});
  });
  const auto codes = seen->get_future().get();
  BOOST_TEST(codes.size() == 5U);
  for (const auto code : codes) BOOST_TEST(code == errc::would_deadlock);
  BOOST_TEST(!has("b"));
  BOOST_TEST(acme->create(note("b")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(limits_of_writing)

BOOST_AUTO_TEST_CASE(refuse_ten_thousand_requests_beyond_them_at_once_in_flat_memory) {
  running_engine r{[](engine_options& o) { o.per_tenant.requests = 16; }};
  std::atomic<int> busy{0};
  std::atomic<int> done{0};
  {
    const foreign_lock nothing_drains{r.file()};
    const std::string words(2000, 'x');
    const auto resident = [] {
      std::ifstream in{"/proc/self/statm"};
      std::size_t size = 0;
      std::size_t pages = 0;
      in >> size >> pages;
      return pages * 4096;
    };
    const auto fire = [&](int count) {
      for (int i = 0; i < count; ++i) {
        r.acme->submit(all_of(note("n" + std::to_string(i), words)),
                       [&](const result<write_reply>& a) {
                         ++(error_of(a).code == errc::storage_busy ? busy : done);
                       });
      }
    };
    fire(516);
    BOOST_TEST(busy.load() == 500);  // answered before submit returned
    const auto before = resident();
    fire(10'000);
    BOOST_TEST(busy.load() == 10'500);
    if (!sanitized) BOOST_TEST(resident() - std::min(before, resident()) < (2U << 20U));
    BOOST_TEST(r.status().in_flight == 16U);
    BOOST_TEST(r.status().busy >= 10'500U);
  }
  BOOST_TEST(eventually([&] { return done.load() == 16; }));
  BOOST_TEST(r.status().in_flight == 0U);
}

BOOST_AUTO_TEST_CASE(that_make_no_sense_stop_nothing) {
  running_engine r{[](engine_options& o) {
    o.group = {.requests = 0, .bytes = 0, .time = 0us};
    o.max_readers = 0;
    o.reader_actors = 0;
    o.ring_events = 0;
    o.ring_bytes = 0;
    o.cache_bytes = 0;
    o.timeout = std::chrono::milliseconds::max();
  }};
  BOOST_TEST(r.acme->create(note("a")).has_value());
  BOOST_TEST(r.has("a"));
}

BOOST_AUTO_TEST_CASE(of_the_log_refuse_writes_while_a_view_pins_it_and_no_longer) {
  running_engine r{[](engine_options& o) {
    o.wal_soft_bytes = 64U << 10U;
    o.wal_hard_bytes = 256U << 10U;
  }};
  const std::string words(4000, 'x');
  int number = 0;
  const auto write = [&] {
    return error_of(r.acme->create(note("n" + std::to_string(number++), words))).code;
  };
  {
    auto pin = r.acme->view().value();
    errc code = errc::none;
    while (code == errc::none && number < 2000) code = write();
    BOOST_TEST(code == errc::storage_busy);
    BOOST_TEST(pin.find(find_node{graph_id{"g"}, node_key{"n0"}})
                   .has_error());  // the old snapshot still stands
  }
  BOOST_TEST(eventually([&] { return write() == errc::none; }));
  for (int i = 0; i < 300; ++i) {
    const auto code = write();
    BOOST_TEST((code == errc::none || code == errc::storage_busy));
  }
}

BOOST_AUTO_TEST_SUITE_END()

// What comes through the facade and cannot be taken: a named error that says on what, and nothing
// written.
BOOST_FIXTURE_TEST_SUITE(bad_input, running_engine)

namespace {

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

}  // namespace

BOOST_AUTO_TEST_CASE(is_refused_with_code_and_context_and_writes_nothing) {
  acme->create(note("a")).value();
  const auto before = seq();
  struct bad {
    errc code;
    std::string about;  // must be named
    std::function<error()> what;
  };
  auto with_attributes = [](std::string_view attributes) {
    auto n = note("new key");
    n.attributes = json(attributes);
    return n;
  };
  auto of_type = [](const char* type) {
    auto n = note("new key");
    n.type = type_name{type};
    return n;
  };
  auto by_key = [](const std::string& key) {
    auto n = note("x");
    n.key = node_key{key};
    return n;
  };
  const std::vector<bad> table{
      {errc::duplicate_key, "'a'", [&] { return error_of(acme->create(note("a"))); }},
      {errc::validation_failed, "new key",
       [&] { return error_of(acme->create(with_attributes(R"({"text": 1})"))); }},
      {errc::validation_failed, "new key",
       [&] { return error_of(acme->create(with_attributes("[]"))); }},
      {errc::unknown_type, "ghost", [&] { return error_of(acme->create(of_type("ghost"))); }},
      {errc::missing_endpoint, "nobody",
       [&] { return error_of(acme->create(link("a", "nobody"))); }},
      {errc::not_found, "nowhere",
       [&] { return error_of(acme->create(note("x", "t", "nowhere"))); }},
      {errc::invalid_key, "key", [&] { return error_of(acme->create(by_key(""))); }},
      {errc::invalid_key, "\\x00",
       [&] { return error_of(acme->create(by_key(std::string("a\0b", 3)))); }},
      {errc::invalid_key, "\\xff", [&] { return error_of(acme->create(by_key("a\xff"))); }},
      {errc::invalid_key, "key",
       [&] { return error_of(acme->create(by_key(std::string(600, 'k')))); }},
      {errc::not_found, "gone",
       [&] {
         return error_of(acme->remove(delete_node{graph_id{"g"}, node_key{"gone"}}));
       }},
      {errc::unknown_type, "no-type",
       [&] {
         create_graph g;
         g.name = "x";
         g.type = graph_type_name{"no-type"};
         return error_of(acme->create(g));
       }},
      {errc::payload_not_json, "half",
       [&] { return error_of(acme->define(graph_type_name{"half"}, R"({"ANode": )")); }},
      {errc::unclassified_entry, "Strange",
       [&] {
         return error_of(
             acme->define(graph_type_name{"odd"}, R"({"Strange": {"type": "object"}})"));
       }},
      {errc::schema_invalid, "ANode",
       [&] {
         return error_of(
             acme->define(graph_type_name{"odd"}, R"({"ANode": {"type": "nonsense"}})"));
       }},
      {errc::invalid_name, "No Name",
       [&] { return error_of(acme->define(graph_type_name{"No Name"}, notes_module)); }},
      {errc::graph_type_in_use, "notes",
       [&] { return error_of(acme->remove(delete_graph_type{graph_type_name{"notes"}})); }},
      {errc::limit_exceeded, "0 operations", [&] { return error_of(acme->write({})); }},
      {errc::limit_exceeded, "10001",
       [&] {
         return error_of(acme->write(std::vector<operation>(10'001, operation{note("many")})));
       }},
      {errc::payload_not_json, "",
       [] { return error_of(document::parse("{\"text\": \"\xff\xfe\"}")); }},
      {errc::depth_exceeded, "", [] { return error_of(document::parse(nested(10'000))); }},
      {errc::too_large, "",
       [] {
         return error_of(document::parse("{\"text\": \"" + std::string(100U << 20U, 'x') + "\"}"));
       }},
  };
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto e = table[i].what();
    BOOST_TEST_CONTEXT("line " << i << ": " << e) {
      BOOST_TEST(e.code == table[i].code);
      BOOST_TEST(to_string(e).find(table[i].about) != std::string::npos);
      BOOST_TEST(!e.context.empty());
      BOOST_TEST(seq() == before);
    }
  }
  BOOST_TEST(acme->create(note("b")).has_value());
  BOOST_TEST(acme->view().value().verify().value().empty());
}

BOOST_AUTO_TEST_CASE(in_the_name_of_an_organization_reaches_no_file) {
  for (const auto* id : {"", "../x", "..", "a/b", "A", "-x", ".hidden", "a\xff", "x.db"}) {
    BOOST_TEST_CONTEXT("id '" << id << "'") {
      const org_id org{id};
      const new_organization made{
          .id = org, .owner_email = "x@example.org", .name = {}, .slug = {}};
      for (const auto& e :
           {error_of(engine->tenant(org, access::open{})), error_of(engine->create_tenant(org)),
            error_of(engine->remove_tenant(org)), error_of(engine->create_tenant(made))}) {
        BOOST_TEST(e.code == errc::invalid_org_id, e);
        BOOST_TEST(!e.context.empty());
      }
    }
  }
  BOOST_TEST(engine->tenants().value().size() == 1U);
  BOOST_TEST(error_of(engine->create_tenant(org_id{std::string(64, 'a')})).code ==
             errc::invalid_org_id);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
