#include "fixture.hpp"

#include <quire/messages/limits.hpp>

namespace quire::events {
namespace {

struct stream_file : event_file {
  stream events{db};

  errc publish(const std::string& where, const std::string& payload) {
    const auto done = events.publish(topic{where}, {}, payload, noon);
    if (done) return errc::none;
    BOOST_TEST(!done.error().context.empty());
    return done.error().code;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(a_stream, stream_file)

BOOST_AUTO_TEST_CASE(gives_back_what_was_published_in_order) {
  const auto first = events.publish(topic{"a"}, "key", R"({ "x": 1 })", noon).value();
  BOOST_TEST(publish("b", "[]") == errc::none);
  const auto third = events.publish(topic{"a"}, {}, "\"text\"", noon).value();
  const auto read = events.read(topic{"a"}, stream_offset{0}, 10).value();
  BOOST_REQUIRE(read.size() == 2U);
  BOOST_TEST(read[0].offset == first);
  BOOST_TEST(read[0].topic.get() == "a");
  BOOST_TEST(read[0].key.value() == "key");
  BOOST_TEST(read[0].payload == R"({ "x": 1 })");
  BOOST_TEST(read[0].created_at == 1'700'000'000);
  BOOST_TEST(!read[1].key.has_value());
  BOOST_TEST(events.read(topic{"a"}, first, 10)->front().offset == third);
  BOOST_TEST(events.read(topic{"a"}, stream_offset{0}, 1)->size() == 1U);
  BOOST_TEST(events.read(topic{"a"}, third, 10)->empty());
  BOOST_TEST(events.read(topic{"none"}, stream_offset{0}, 10)->empty());
}

BOOST_AUTO_TEST_CASE(counts_offsets_beyond_what_a_double_holds) {
  run("INSERT INTO _honker_stream (offset, topic, payload) VALUES (9007199254740993, 'a', '1')");
  BOOST_TEST(publish("a", "2") == errc::none);
  const auto read = events.read(topic{"a"}, stream_offset{9007199254740993}, 10).value();
  BOOST_REQUIRE(read.size() == 1U);
  BOOST_TEST(read[0].offset.get() == 9007199254740994);
}

BOOST_AUTO_TEST_CASE(keeps_topics_of_the_engine_to_it) {
  for (const auto* name : {"__x", "jobs:a", "nodes:created", "audit_logs:deleted"})
    BOOST_TEST(publish(name, "1") == errc::reserved_name, name);
  for (const auto* name : {"nodes:seen", "node:created", "_x", "jobs", "a:b"})
    BOOST_TEST(publish(name, "1") == errc::none, name);
}

BOOST_AUTO_TEST_CASE(refuses_bad_names_and_payloads_and_writes_nothing) {
  for (const auto& name : {std::string{}, std::string(256, 'x'), std::string{"a\n"},
                           std::string{"\xFF"}, std::string{"a\0b", 3}})
    BOOST_TEST(publish(name, "1") == errc::invalid_name);
  for (const auto* payload : {"", "{", "nul", "{'a': 1}", "\"\xFF\"", "1 2"})
    BOOST_TEST(publish("a", payload) == errc::payload_not_json, payload);
  const std::string full(limits::max_payload_bytes - 2, 'x');
  BOOST_TEST(publish("a", "\"" + full + "x\"") == errc::payload_too_large);
  BOOST_TEST(value("SELECT count(*) FROM _honker_stream") == "0");
  BOOST_TEST(publish("a", "\"" + full + "\"") == errc::none);
  BOOST_TEST(publish(std::string(255, 'x'), "1") == errc::none);
}

BOOST_AUTO_TEST_CASE(moves_saved_offsets_forward_only) {
  const consumer_name who{"c"};
  const topic where{"nodes:created"};
  BOOST_TEST(events.saved_offset(who, where)->get() == 0);
  BOOST_TEST(events.save_offset(who, where, stream_offset{5}).value());
  BOOST_TEST(!events.save_offset(who, where, stream_offset{5}).value());
  BOOST_TEST(!events.save_offset(who, where, stream_offset{4}).value());
  BOOST_TEST(events.saved_offset(who, where)->get() == 5);
  BOOST_TEST(events.save_offset(who, where, stream_offset{6}).value());
  BOOST_TEST(events.saved_offset(who, where)->get() == 6);
  BOOST_TEST(events.saved_offset(who, topic{"b"})->get() == 0);
  BOOST_TEST(value("SELECT name, topic, offset FROM _honker_stream_consumers") ==
             "c|nodes:created|6");
  BOOST_TEST(events.save_offset(consumer_name{""}, where, stream_offset{1}).error().code ==
             errc::invalid_name);
  BOOST_TEST(events.save_offset(who, topic{"a\n"}, stream_offset{1}).error().code ==
             errc::invalid_name);
}

BOOST_AUTO_TEST_CASE(searches_in_every_statement) { test::check_plans(db, planned(events)); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::events
