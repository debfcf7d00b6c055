#include "samples.hpp"
#include "wire_codec.hpp"

#include <quire/messages/limits.hpp>
#include <quire/test/seed.hpp>

#include <boost/test/unit_test.hpp>
#include <caf/deep_to_string.hpp>

#include <tuple>

namespace {

using namespace quire;
using namespace quire::test;

/// Calls `f` with one filled value of everything that travels.
template <class F>
void for_each_sample(F&& f) {
  const auto write = sample_write_request();
  f(write);
  for (const auto& each : write.operations) {
    f(each);
    std::visit(f, each);
  }
  const auto reply = sample_write_reply();
  f(reply);
  for (const auto& each : reply.outcomes) f(each);
  f(removed{.id = row_id{"n1"}, .key = "a", .edges = 3});
  for (const auto& each : sample_read_requests()) {
    f(each);
    f(each.query);
    std::visit(f, each.query);
  }
  for (const auto& each : sample_read_replies()) {
    f(each);
    std::visit(
        [&](const auto& x) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(x)>, std::monostate>) f(x);
        },
        each.value);
  }
  f(list_options{.filter = json_of("{}"), .order = {}, .limit = 3, .cursor = "c"});
  f(neighbor{.node = sample_node(), .edge = sample_edge()});
  f(sample_graph_type());
  f(sample_graph_type().node_types.front());
  f(sample_graph_type().edge_types.front());
  f(sample_graph());
  f(sample_organization());
  f(sample_full_event());
  f(change_batch{sample_full_event(), sample_event(table::nodes, change_op::deleted)});
  f(sample_error());
  f(sample_error().details.front());
  f(session_ref{.kind = access_kind::named, .actor = "u1", .ticket = {}});
  f(session_ref{.kind = access_kind::ticket, .actor = "system", .ticket = session_ticket{"t1"}});
  f(json_of(R"({"a":[1,2.5,null,"é"]})"));
  f(org_id{"acme"});
  f(account_id{"u1"});
  f(graph_id{"g"});
  f(node_key{"a"});
  f(edge_key{"e"});
  f(type_name{"file"});
  f(graph_type_name{"call-graph"});
  f(row_id{"r"});
  f(change_seq{-1});
  f(stream_offset{1LL << 62U});
  f(topic{"nodes:created"});
  f(consumer_name{"mirror"});
}

/// Reading `from` must end in a value or an error; a value must be fit for use.
template <class T>
bool survives(const bytes& from) {
  const auto read = decode<T>(from);
  if (!read) return read.error().code != errc::none;
  return !encode(*read).empty() && !caf::deep_to_string(*read).empty();
}

bytes with_length(std::uint32_t n) {
  bytes out;
  for (; n > 0x7f; n >>= 7U) out.push_back(static_cast<char>((n & 0x7fU) | 0x80U));
  out.push_back(static_cast<char>(n));
  return out;
}

bytes operator+(bytes a, const bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire)

BOOST_AUTO_TEST_CASE(reads_back_what_it_wrote) {
  for_each_sample([]<class T>(const T& x) {
    const auto bytes = encode(x);
    const auto read = decode<T>(bytes);
    BOOST_TEST_REQUIRE(read.has_value(), caf::deep_to_string(x) << ": " << read.error());
    BOOST_TEST((encode(*read) == bytes), caf::deep_to_string(x));
    if constexpr (!std::is_same_v<T, operation> && !std::is_same_v<T, query> &&
                  requires { x == x; }) {
      BOOST_TEST((*read == x), caf::deep_to_string(x));
    }
  });
}

BOOST_AUTO_TEST_CASE(prints_every_message_on_one_line) {
  for_each_sample([](const auto& x) {
    const auto text = caf::deep_to_string(x);
    BOOST_TEST(!text.empty());
    BOOST_TEST(text.find("unprintable") == text.npos, text);
    BOOST_TEST(text.find('\n') == text.npos, text);
  });
  BOOST_TEST(caf::deep_to_string(find_node{.graph = graph_id{"g"}, .key = node_key{"a\n"}}) ==
             R"(find_node("g", "a\x0a"))");
}

BOOST_AUTO_TEST_CASE(never_prints_the_ticket_of_a_session) {
  write_request request;
  request.session = {.kind = access_kind::ticket, .actor = {}, .ticket = {"4b1d-secret"}};
  BOOST_TEST(caf::deep_to_string(request).find("secret") == std::string::npos);
  BOOST_TEST(caf::deep_to_string(request.session).find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(prints_long_lists_and_texts_shortened) {
  write_request many;
  many.operations.assign(
      1000, delete_node{.graph = graph_id{"g"}, .key = node_key{std::string(500, 'k')}});
  const auto text = caf::deep_to_string(many);
  BOOST_TEST(text.size() < 3000);
  BOOST_TEST(text.find("and 992 more") != text.npos);
}

BOOST_AUTO_TEST_CASE(refuses_bytes_that_end_early) {
  for_each_sample([]<class T>(const T& x) {
    const auto all = encode(x);
    for (std::size_t n = 0; n < all.size(); ++n) {
      const auto read = decode<T>(bytes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n)));
      BOOST_TEST(!read.has_value(),
                 n << " of " << all.size() << " bytes of " << caf::deep_to_string(x));
    }
  });
}

BOOST_AUTO_TEST_CASE(survives_any_changed_bytes) {
  random_source random;
  for_each_sample([&]<class T>(const T& x) {
    const auto good = encode(x);
    for (int round = 0; round < 200; ++round) {
      auto bad = good;
      for (auto flips = 1 + random.below(3); flips > 0; --flips) {
        bad[random.below(bad.size())] = static_cast<char>(random.below(256));
      }
      BOOST_TEST(survives<T>(bad), "seed " << random.used());
    }
  });
}

BOOST_AUTO_TEST_CASE(survives_noise) {
  random_source random;
  for (int round = 0; round < 2000; ++round) {
    bytes noise(random.below(200));
    for (auto& byte : noise) byte = static_cast<char>(random.below(256));
    BOOST_TEST(survives<write_request>(noise));
    BOOST_TEST(survives<write_reply>(noise));
    BOOST_TEST(survives<read_request>(noise));
    BOOST_TEST(survives<read_reply>(noise));
    BOOST_TEST(survives<change_batch>(noise));
    BOOST_TEST(survives<error>(noise));
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_text_longer_than_any_document_before_it_asks_for_memory) {
  const auto read = decode<node_key>(with_length(limits::max_document_bytes + 1));
  BOOST_TEST_REQUIRE(!read.has_value());
  BOOST_TEST(read.error().code == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(refuses_a_text_that_announces_more_than_it_has) {
  BOOST_TEST(
      !decode<node_key>(with_length(limits::max_document_bytes) + bytes{'a', 'b'}).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_more_operations_than_a_request_may_have) {
  write_request r;
  r.operations.resize(limits::max_operations_per_request, delete_graph{});
  BOOST_TEST(decode<write_request>(encode(r)).has_value());
  r.operations.emplace_back(delete_graph{});
  const auto read = decode<write_request>(encode(r));
  BOOST_TEST_REQUIRE(!read.has_value());
  BOOST_TEST(read.error().code == errc::limit_exceeded);
  BOOST_TEST(read.error().context.find("write_request") != std::string::npos, read.error());
}

BOOST_AUTO_TEST_CASE(refuses_a_list_that_announces_more_than_it_has) {
  const bytes page_of_a_million = with_length(1'000'000) + bytes(100, 0);
  BOOST_TEST(!decode<page<node>>(page_of_a_million).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_an_alternative_it_does_not_know) {
  const auto op = decode<operation>(bytes{static_cast<char>(std::variant_size_v<operation>)});
  BOOST_TEST_REQUIRE(!op.has_value());
  BOOST_TEST(op.error().code == errc::unknown_option);
  BOOST_TEST(decode<query>(bytes{static_cast<char>(std::variant_size_v<query>)}).error().code ==
             errc::unknown_option);
  BOOST_TEST(decode<read_reply>(bytes{static_cast<char>(255)}).error().code ==
             errc::unknown_option);
}

BOOST_AUTO_TEST_CASE(refuses_a_number_that_names_no_enumerator) {
  const auto refused = []<class T>(T good, std::size_t at, char bad) {
    auto bytes = encode(good);
    BOOST_TEST_REQUIRE(at < bytes.size());
    bytes[at] = bad;
    const auto read = decode<T>(bytes);
    BOOST_TEST_REQUIRE(!read.has_value());
    BOOST_TEST(read.error().code == errc::unknown_option, read.error());
  };
  refused(session_ref{}, 0, 2);
  refused(error{.code = errc::conflict, .context = {}, .details = {}}, 0,
          10);  // a gap in the numbers
  change_event e;
  refused(e, 8 + 1 + 1, 12);     // table
  refused(e, 8 + 1 + 1 + 1, 3);  // op
  refused(outcome{}, 1, 2);      // created
}

BOOST_AUTO_TEST_CASE(parses_a_document_when_it_reads_one) {
  const auto read = decode<document>(encode(json_of(R"({"x":[1]})")));
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->text() == R"({"x":[1]})");
  BOOST_TEST(read->value().at("x").at(0).as_int64() == 1);
}

BOOST_AUTO_TEST_CASE(keeps_an_absent_document_absent) {
  const auto read = decode<document>(encode(document{}));
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(!static_cast<bool>(*read));
}

BOOST_AUTO_TEST_CASE(refuses_a_document_that_is_not_json) {
  for (const char* bad : {"{", "nul", "{\"a\":1,}", "\"\xff\"", "1e999"}) {
    const auto read = decode<document>(encode(document::trusted(bad)));
    BOOST_TEST_REQUIRE(!read.has_value(), bad);
    BOOST_TEST(read.error().code == errc::payload_not_json, bad);
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_document_nested_too_deeply) {
  const auto depth = limits::max_document_depth + 1;
  const auto read = decode<document>(
      encode(document::trusted(std::string(depth, '[') + std::string(depth, ']'))));
  BOOST_TEST_REQUIRE(!read.has_value());
  BOOST_TEST(read.error().code == errc::depth_exceeded);
}

BOOST_AUTO_TEST_CASE(carries_texts_longer_than_one_step_of_reading) {
  const node_key key{std::string(200'000, 'k')};
  BOOST_TEST((decode<node_key>(encode(key)).value() == key));
}

BOOST_AUTO_TEST_SUITE_END()
