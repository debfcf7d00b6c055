#include "samples.hpp"

#include <quire/wire/error.hpp>
#include <quire/wire/inspect.hpp>
#include <quire/wire/message_types.hpp>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include <cstdlib>
#include <fstream>
#include <map>

namespace {

using namespace quire;
using namespace quire::test;

struct config : caf::actor_system_config {
  config() {
    quire::add_message_types(*this);
    set("scheduler.policy", caf::atom("testing"));  // no threads
  }
};

struct fixture {
  config cfg;
  caf::actor_system system{cfg};

  template <class T>
  T through_the_wire(const T& x) {
    std::vector<char> buffer;
    caf::binary_serializer sink{system, buffer};
    BOOST_TEST_REQUIRE(!sink(x));
    caf::binary_deserializer source{system, buffer};
    T read;
    BOOST_TEST_REQUIRE(!source(read));
    return read;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(message_types, fixture)

BOOST_AUTO_TEST_CASE(all_of_the_block_are_registered_and_documented_with_their_versions) {
  std::map<std::string, int> block;
  for (const auto& each : quire::message_types()) block.emplace(each.name, each.version);

  std::map<std::string, int> registered;
  for (const auto& [type, name] : cfg.type_names_by_rtti) {
    if (name.starts_with("quire::")) registered.emplace(name, block[name]);
  }
  BOOST_TEST((registered == block));

  std::ifstream page{QUIRE_MESSAGES_PAGE};
  BOOST_TEST_REQUIRE(page.good());
  std::map<std::string, int> documented;
  for (std::string line; std::getline(page, line);) {
    // | `name` | version | …
    constexpr std::string_view start = "| `";
    constexpr std::string_view middle = "` | ";
    const auto name_ends = line.find(middle);
    if (!line.starts_with(start) || name_ends == line.npos) continue;
    const auto name = line.substr(start.size(), name_ends - start.size());
    documented.emplace("quire::" + name, std::atoi(line.c_str() + name_ends + middle.size()));
  }
  BOOST_TEST((documented == block));
}

BOOST_AUTO_TEST_CASE(can_be_registered_twice) {
  quire::add_message_types(cfg);
  BOOST_TEST(cfg.value_factories_by_name.count("quire::write_request") == 1U);
}

BOOST_AUTO_TEST_CASE(messages_of_the_block_can_be_sent_to_another_process) {
  const auto sent =
      caf::make_message(sample_write_request(), sample_write_reply(),
                        sample_read_requests().front(), sample_read_replies().back(),
                        sample_full_event(), change_batch{sample_full_event()}, sample_error());
  const auto read = through_the_wire(sent);
  BOOST_TEST_REQUIRE(read.size() == quire::message_types().size());
  BOOST_TEST(to_string(read) == to_string(sent));
  BOOST_TEST((read.get_as<write_reply>(1) == sample_write_reply()));
  BOOST_TEST((read.get_as<change_batch>(5) == change_batch{sample_full_event()}));
}

BOOST_AUTO_TEST_CASE(an_error_keeps_code_context_and_details_across_processes) {
  BOOST_TEST((from_caf(to_caf(sample_error())) == sample_error()));
  BOOST_TEST((from_caf(through_the_wire(to_caf(sample_error()))) == sample_error()));
}

BOOST_AUTO_TEST_CASE(the_actor_system_can_tell_an_error_to_people) {
  BOOST_TEST(system.render(to_caf(sample_error())) ==
             "quire: validation_failed: creating node 'a'; /x: Required");
}

BOOST_AUTO_TEST_CASE(an_error_without_a_code_does_not_become_success) {
  const auto crossed = to_caf(error{});
  BOOST_TEST(static_cast<bool>(crossed));
  BOOST_TEST(from_caf(crossed).code == errc::internal);
  BOOST_TEST(from_caf(caf::error{}).code == errc::internal);
}

BOOST_AUTO_TEST_CASE(an_error_of_a_newer_release_is_internal_and_says_its_number) {
  const auto read =
      from_caf(caf::error{250, caf::atom("quire"), caf::make_message(std::string{"new"})});
  BOOST_TEST(read.code == errc::internal);
  BOOST_TEST(read.context == "error 250 of a newer release: new");
}

BOOST_AUTO_TEST_CASE(an_error_with_a_bare_text_keeps_it) {
  const auto read =
      from_caf(caf::error{2, caf::atom("quire"), caf::make_message(std::string{"changed"})});
  BOOST_TEST(read.code == errc::conflict);
  BOOST_TEST(read.context == "changed");
}

BOOST_AUTO_TEST_CASE(errors_of_the_actor_system_get_the_code_a_caller_can_act_on) {
  BOOST_TEST(from_caf(make_error(caf::sec::request_receiver_down)).code == errc::engine_closed);
  BOOST_TEST(from_caf(make_error(caf::sec::request_timeout)).code == errc::deadline_exceeded);
  BOOST_TEST(from_caf(make_error(caf::sec::runtime_error)).code == errc::internal);
  BOOST_TEST(from_caf(make_error(caf::exit_reason::user_shutdown)).code == errc::engine_closed);
  BOOST_TEST(from_caf(make_error(caf::exit_reason::unhandled_exception)).code == errc::internal);
  const auto foreign =
      from_caf(caf::error{1, caf::atom("other"), caf::make_message(std::string{"x"})});
  BOOST_TEST(foreign.code == errc::internal);
  BOOST_TEST(foreign.context.find("other") != std::string::npos, foreign.context);
}

BOOST_AUTO_TEST_SUITE_END()
