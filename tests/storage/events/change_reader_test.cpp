#include "fixture.hpp"

#include <quire/test/seed.hpp>

namespace quire::events {
namespace {

struct reader_file : event_file {
  change_reader reader{db};

  std::string numbers(change_seq after, std::size_t limit, change_reader& from) {
    auto read = from.read(after, limit);
    BOOST_REQUIRE_MESSAGE(read, read.error());
    std::string out;
    for (const auto& e : *read) out += std::to_string(e.seq.get()) + " ";
    return out;
  }
  std::string numbers(std::int64_t after, std::size_t limit = 1000) {
    change_reader fresh{db};
    return numbers(change_seq{after}, limit, fresh);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(a_change_reader, reader_file)

BOOST_AUTO_TEST_CASE(finds_nothing_in_an_empty_file) {
  BOOST_TEST(reader.last()->get() == 0);
  BOOST_TEST(!reader.first()->has_value());
  BOOST_TEST(reader.read(change_seq{0}, 10)->empty());
  BOOST_TEST(reader.read(change_seq{7}, 10)->empty());
  write_others(3);
  BOOST_TEST(!reader.first()->has_value());
  BOOST_TEST(reader.read(change_seq{0}, 10)->empty());
}

BOOST_AUTO_TEST_CASE(gives_back_what_was_written) {
  write_others(2);
  auto e = node_event("a", change_op::updated);
  e.attributes = document::parse(R"({"x":1})").value();
  BOOST_REQUIRE(changes.append(e));
  BOOST_REQUIRE(changes.store());
  const auto written = changes.take();
  const auto read = reader.read(change_seq{0}, 10).value();
  BOOST_REQUIRE(read.size() == 1U);
  BOOST_TEST((read.front() == written.front()));
  BOOST_TEST(reader.last()->get() == 1);
}

BOOST_AUTO_TEST_CASE(finds_every_number_among_other_topics_and_gaps) {
  test::random_source random;
  BOOST_TEST_CONTEXT("QUIRE_SEED=" << random.used()) {
    constexpr int total = 120;
    for (int i = 0; i < total; ++i) {
      write_others(static_cast<int>(random.below(3)));
      if (random.chance(0.05)) write_others(150);
      write_changes(1);
    }
    write_others(20);
    run("DELETE FROM _honker_stream WHERE topic = 'nodes:seen' AND offset % 3 = 0");
    const auto all = numbers(0);
    for (int after = -1; after <= total + 1; ++after) {
      std::string wanted;
      for (int i = std::max(after, 0) + 1; i <= total; ++i) wanted += std::to_string(i) + " ";
      BOOST_TEST(numbers(after) == wanted);
      // From wherever it stopped, in order or not.
      BOOST_TEST(numbers(change_seq{after}, 1000, reader) == wanted);
      const auto some = static_cast<std::int64_t>(random.below(total));
      BOOST_TEST(numbers(change_seq{some}, 1, reader) == std::to_string(some + 1) + " ");
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_on_page_by_page_while_more_is_written) {
  write_changes(5);
  BOOST_TEST(numbers(change_seq{0}, 2, reader) == "1 2 ");
  BOOST_TEST(numbers(change_seq{2}, 2, reader) == "3 4 ");
  write_others(3);
  write_changes(2);
  BOOST_TEST(numbers(change_seq{4}, 2, reader) == "5 6 ");
  BOOST_TEST(numbers(change_seq{6}, 2, reader) == "7 ");
  BOOST_TEST(numbers(change_seq{7}, 2, reader) == "");
  write_changes(1);
  BOOST_TEST(numbers(change_seq{7}, 2, reader) == "8 ");
  BOOST_TEST(numbers(change_seq{0}, 0, reader) == "");
}

BOOST_AUTO_TEST_CASE(begins_where_a_trimmed_stream_begins) {
  write_changes(30);
  run("DELETE FROM _honker_stream WHERE offset <= 20");
  BOOST_TEST(reader.first()->value().get() == 21);
  for (const auto after : {0, 5, 20}) BOOST_TEST(numbers(after, 1) == "21 ");
  BOOST_TEST(numbers(25, 1) == "26 ");
  run("DELETE FROM _honker_stream");
  BOOST_TEST(!reader.first()->has_value());
  BOOST_TEST(numbers(25) == "");
  BOOST_TEST(reader.last()->get() == 30);
  write_changes(1);
  BOOST_TEST(numbers(25) == "31 ");
}

BOOST_AUTO_TEST_CASE(says_where_a_foreign_row_is_no_event) {
  write_changes(3);
  for (const auto* payload :
       {"'no json'", "'7'", "'{}'", "'{\"seq\": 4}'", "'{\"seq\": \"4\", \"at\": 1}'",
        "'{\"seq\": 4, \"at\": 1, \"table\": \"none\", \"op\": \"created\"}'", "x'00FF'"}) {
    run(std::string{"INSERT INTO _honker_stream (topic, payload) VALUES ('edges:deleted', "} +
        payload + ")");
    const auto offset = value("SELECT max(offset) FROM _honker_stream");
    change_reader fresh{db};
    BOOST_TEST(numbers(change_seq{0}, 3, fresh) == "1 2 3 ");
    const auto read = fresh.read(change_seq{3}, 10);
    BOOST_REQUIRE(!read);
    BOOST_TEST(read.error().code == errc::malformed_event);
    BOOST_TEST(read.error().context.find("offset " + offset) != std::string::npos, read.error());
    run("DELETE FROM _honker_stream WHERE offset = " + offset);
  }
}

BOOST_AUTO_TEST_CASE(searches_in_every_statement) {
  auto all = planned(reader);
  for (auto& s : all) {
    if (s.name == "find the ends of the stream") s.why_scan = "one row at each end";
  }
  test::check_plans(db, all);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::events
