#include "samples.hpp"
#include "wire_codec.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

using namespace quire;
using namespace quire::test;

std::string read_golden(const std::string& name) {
  const auto path = std::filesystem::path{QUIRE_GOLDEN_DIR} / name;
  std::ifstream in{path, std::ios::binary};
  BOOST_TEST_REQUIRE(in.good(), path);
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The messages of a `.hex` file: bytes up to `#`, `==` starts a message.
std::vector<bytes> golden_bytes(const std::string& name) {
  std::istringstream lines{read_golden(name)};
  std::vector<bytes> all;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("==")) {
      all.emplace_back();
      continue;
    }
    std::istringstream words{line.substr(0, line.find('#'))};
    for (unsigned byte = 0; words >> std::hex >> byte;)
      all.at(all.size() - 1).push_back(static_cast<char>(byte));
  }
  return all;
}

/// Both directions: what we write is golden, and what is golden reads as the value.
template <class T>
void check(const bytes& golden, const T& value) {
  const auto ours = encode(value);
  const auto differs = std::mismatch(golden.begin(), golden.end(), ours.begin(), ours.end()).first;
  BOOST_TEST((ours == golden), "first difference at byte " << differs - golden.begin());
  const auto read = decode<T>(golden);
  BOOST_TEST_REQUIRE(read.has_value(), read.error());
  BOOST_TEST((encode(*read) == golden));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(write_request_has_the_bytes_of_version_1) {
  static_assert(write_request::version == 1);
  check(golden_bytes("write_request_v1.hex").at(0), sample_write_request());
}

BOOST_AUTO_TEST_CASE(write_reply_has_the_bytes_of_version_1) {
  static_assert(write_reply::version == 1);
  check(golden_bytes("write_reply_v1.hex").at(0), sample_write_reply());
}

BOOST_AUTO_TEST_CASE(read_request_has_the_bytes_of_version_1) {
  static_assert(read_request::version == 1);
  const auto all = golden_bytes("read_request_v1.hex");
  const auto samples = sample_read_requests();
  BOOST_TEST_REQUIRE(all.size() == samples.size());
  BOOST_TEST(all.size() == std::variant_size_v<query>);
  for (std::size_t i = 0; i < all.size(); ++i) check(all[i], samples[i]);
}

BOOST_AUTO_TEST_CASE(read_reply_has_the_bytes_of_version_1) {
  static_assert(read_reply::version == 1);
  const auto all = golden_bytes("read_reply_v1.hex");
  const auto samples = sample_read_replies();
  BOOST_TEST_REQUIRE(all.size() == samples.size());
  BOOST_TEST(all.size() == std::variant_size_v<decltype(read_reply::value)>);
  for (std::size_t i = 0; i < all.size(); ++i) check(all[i], samples[i]);
}

BOOST_AUTO_TEST_CASE(change_event_and_batch_have_the_bytes_of_version_1) {
  static_assert(change_event::version == 1);
  const auto all = golden_bytes("change_event_v1.hex");
  BOOST_TEST_REQUIRE(all.size() == 2U);
  check(all[0], sample_full_event());
  check(all[1], change_batch{sample_full_event(), sample_full_event()});
}

BOOST_AUTO_TEST_CASE(error_has_the_bytes_of_version_1) {
  static_assert(error::version == 1);
  check(golden_bytes("error_v1.hex").at(0), sample_error());
}

/// The payload is stored in streams and read by other programs: every table, every kind of change,
/// byte for byte.
BOOST_AUTO_TEST_CASE(change_events_have_the_json_of_version_1) {
  const auto file = read_golden("change_event_v1.json");
  BOOST_TEST(document::parse(file).has_value());
  std::istringstream lines{file};
  std::vector<std::string> payloads;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('{'))
      payloads.push_back(line.ends_with(',') ? line.substr(0, line.size() - 1) : line);
  }
  BOOST_TEST_REQUIRE(payloads.size() == 36U);
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    const auto event = sample_event(static_cast<table>(i / 3), static_cast<change_op>(i % 3));
    BOOST_TEST(to_json(event) == payloads[i]);
    const auto read = change_event_from_json(payloads[i]);
    BOOST_TEST_REQUIRE(read.has_value(), read.error());
    BOOST_TEST((*read == event), payloads[i]);
  }
}

BOOST_AUTO_TEST_SUITE_END()
