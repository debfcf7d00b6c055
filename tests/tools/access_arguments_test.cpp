#include "check_batch.hpp"
#include "moments.hpp"
#include "openssh_key.hpp"
#include "principals.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

namespace quire::tools {

namespace {

constexpr row_time at(std::int64_t seconds) { return row_time{std::chrono::seconds{seconds}}; }
// 2026-11-24 04:00:00 UTC.
constexpr row_time today = at(1'795'492'800);

void wrong_usage(const error& e, const std::string& holds) {
  BOOST_TEST(e.code == errc::invalid_option);
  BOOST_TEST(e.context.find(holds) != std::string::npos, e.context);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(moments)

BOOST_AUTO_TEST_CASE(reads_lengths_of_time) {
  const auto seconds = [](std::string_view text) {
    return duration_argument(text, "--grace").value().count();
  };
  BOOST_TEST(seconds("0s") == 0);
  BOOST_TEST(seconds("90s") == 90);
  BOOST_TEST(seconds("15m") == 900);
  BOOST_TEST(seconds("2h") == 7200);
  BOOST_TEST(seconds("30d") == 30 * 86'400);
  BOOST_TEST(seconds("4w") == 28 * 86'400);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_length_of_time) {
  for (const auto* text : {"", "h", "2", "-2h", "+2h", "2.5h", "2y", " 2h", "2h ", "101w1",
                           "9999999999h", "2000000000w", "99999d"}) {
    const auto refused = duration_argument(text, "--grace");
    BOOST_TEST_REQUIRE(!refused, text);
    wrong_usage(refused.error(), "--grace");
  }
}

BOOST_AUTO_TEST_CASE(reads_moments_to_come) {
  const auto moment = [](std::string_view text) {
    return moment_ahead(text, today, "--expires").value();
  };
  BOOST_TEST((moment("2h") == today + std::chrono::hours{2}));
  BOOST_TEST((moment("2026-12-01") == at(1'796'083'200)));
  BOOST_TEST((moment("2026-12-01T08:30") == at(1'796'083'200 + 8 * 3600 + 30 * 60)));
  BOOST_TEST((moment("2026-12-01 08:30:15") == at(1'796'083'200 + 8 * 3600 + 30 * 60 + 15)));
  BOOST_TEST((moment("2026-12-01T08:30:15Z") == moment("2026-12-01 08:30:15")));
  BOOST_TEST((moment("2028-02-29") == at(1'835'395'200)));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_moment) {
  for (const auto* text :
       {"tomorrow", "2027-02-29", "2026-13-01", "2026-12-1", "26-12-01", "2026-12-01T",
        "2026/12/01", "2026-12-01T24:00", "2026-12-01T08:60", "2026-12-01T08:30:61",
        "2026-12-01T08-30", "2026-12-01x08:30", "2026-12-01T08:30:15+01:00", "Z", "-026-12-01"}) {
    const auto refused = moment_ahead(text, today, "--expires");
    BOOST_TEST_REQUIRE(!refused, text);
    wrong_usage(refused.error(), "is no time");
  }
}

BOOST_AUTO_TEST_CASE(tells_the_past_from_what_is_to_come) {
  wrong_usage(moment_ahead("2026-11-01", today, "--expires").error(), "is past");
  wrong_usage(moment_ahead("0s", today, "--expires").error(), "is past");
  wrong_usage(moment_past("2026-12-01", today, "--since").error(), "is to come");
  BOOST_TEST((moment_past("2d", today, "--since").value() == today - std::chrono::days{2}));
  BOOST_TEST((moment_past("2026-11-01", today, "--since").value() == at(1'793'491'200)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(resource_arguments)

BOOST_AUTO_TEST_CASE(split_at_the_first_colon_and_the_last_equals_sign) {
  const auto plain = resource_from("doc:7=read,write", resource_form::whole).value();
  BOOST_TEST(plain.type == "doc");
  BOOST_TEST(plain.id == "7");
  BOOST_TEST(plain.actions == (std::vector<std::string>{"read", "write"}),
             boost::test_tools::per_element());
  const auto odd = resource_from("doc:a:b=c=read", resource_form::whole).value();
  BOOST_TEST(odd.key() == "doc:a:b=c");
  BOOST_TEST(odd.actions.front() == "read");
}

BOOST_AUTO_TEST_CASE(leave_out_only_what_the_command_allows) {
  for (const auto* text :
       {"", "doc", "doc:7", "doc=read", "doc:=read", ":7=read", "doc:7=", "doc:7=read,", "=read"}) {
    const auto refused = resource_from(text, resource_form::whole);
    BOOST_TEST_REQUIRE(!refused, text);
    wrong_usage(refused.error(), "names no resource");
  }
  BOOST_TEST(resource_from("doc:7", resource_form::actions_if_any).value().actions.empty());
  BOOST_TEST(!resource_from("doc=read", resource_form::actions_if_any));
  BOOST_TEST(resource_from("doc=read", resource_form::id_if_any).value().id == "");
  BOOST_TEST(!resource_from("doc:7", resource_form::id_if_any));
  BOOST_TEST(!resource_from("doc:7=read,write", resource_form::id_if_any));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(openssh_keys)

BOOST_AUTO_TEST_CASE(give_the_fingerprint_of_the_raw_key) {
  // The key is 32 bytes, 0 to 31.
  const std::string key =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
  const std::string expected = "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd";
  BOOST_TEST(fingerprint_of_openssh(key).value() == expected);
  BOOST_TEST(fingerprint_of_openssh(key + " ada@laptop").value() == expected);
}

BOOST_AUTO_TEST_CASE(of_other_kinds_or_cut_off_are_refused) {
  for (const auto* text :
       {"", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 AAAA", "ssh-rsa AAAAB3NzaC1yc2EAAAAD",
        "ssh-ed25519AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAA",
        "ssh-ed25519 !AAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"}) {
    const auto refused = fingerprint_of_openssh(text);
    BOOST_TEST_REQUIRE(!refused, text);
    wrong_usage(refused.error(), "--fingerprint");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(check_batches)

namespace {

/// Knows `role:reader`, who may do what needs `nodes:read` alone.
struct small_world {
  access_question asked;
  check_batch batch{[](const std::string& who) -> result<acl::principal_id> {
                      if (who == "role:reader") {
                        return acl::principal_id{acl::principal_kind::role, "reader"};
                      }
                      return fail(errc::not_found, "nobody");
                    },
                    [this](const access_question& what) -> result<bool> {
                      asked = what;
                      return what.needs.required_scopes == std::vector<std::string>{"nodes:read"};
                    }};

  std::string answer(std::string_view line) { return batch.answer({.text = line}); }
  /// The code of the error that is the answer.
  std::string refused(std::string_view line) {
    return boost::json::parse(answer(line)).at("error").at("code").as_string().c_str();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(answer_with_the_number_of_the_line, small_world) {
  BOOST_TEST(answer(R"({"who": "role:reader", "needs": {"requiredScopes": ["nodes:read"]}})") ==
             R"({"line":1,"allowed":true})");
  BOOST_TEST(answer(R"({"who": "role:reader", "needs": {"requiredScopes": ["nodes:write"]}})") ==
             R"({"line":2,"allowed":false})");
}

BOOST_FIXTURE_TEST_CASE(pass_on_all_members, small_world) {
  static_cast<void>(answer(
      R"({"who": "role:reader", "needs": {"requiredScopesAny": ["a"], "resourceType": "doc",
          "resourceAction": "read"}, "resourceId": "7", "actingAs": "role:editor"})"));
  BOOST_TEST(acl::key_of(asked.who) == "role:reader");
  BOOST_TEST(asked.needs.required_scopes_any.front() == "a");
  BOOST_TEST(asked.needs.resource_type.value() == "doc");
  BOOST_TEST(asked.resource_id == "7");
  BOOST_TEST(asked.acting_as == "role:editor");
}

BOOST_FIXTURE_TEST_CASE(go_on_after_a_bad_line, small_world) {
  BOOST_TEST(refused("") == "payload_not_json");
  BOOST_TEST(refused("{") == "payload_not_json");
  BOOST_TEST(refused("[]") == "validation_failed");
  BOOST_TEST(refused(R"({"needs": {}})") == "invalid_option");
  BOOST_TEST(refused(R"({"who": 7, "needs": {}})") == "invalid_option");
  BOOST_TEST(refused(R"({"who": "role:reader"})") == "invalid_option");
  BOOST_TEST(refused(R"({"who": "role:reader", "needs": {"scopes": []}})") == "invalid_spec");
  BOOST_TEST(refused(R"({"who": "role:writer", "needs": {}})") == "not_found");
  BOOST_TEST(refused(R"({"who": "role:reader", "needs": {}, "why": 1})") == "unknown_option");
  BOOST_TEST(refused(R"({"who": "role:reader", "needs": {}, "resourceId": "7"})") ==
             "invalid_option");
  BOOST_TEST(
      boost::json::parse(batch.answer({.text = {}, .too_long = true})).at("error").at("code") ==
      "too_large");
  BOOST_TEST(answer(R"({"who": "role:reader", "needs": {"requiredScopes": ["nodes:read"]}})") ==
             R"({"line":12,"allowed":true})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::tools
