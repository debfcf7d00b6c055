#include "cli_fixture.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <regex>
#include <sstream>

namespace quire::test {

namespace {

using words = std::vector<std::string>;

constexpr const char* ada = "ada@example.org";
constexpr const char* bob = "bob@example.org";
constexpr const char* indexer = "indexer@example.org";

bool holds(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) BOOST_TEST_MESSAGE("no '" << part << "' in:\n" << text);
  return found;
}

/// The organization `acme`, owned by root@example.org, and three accounts that belong to nothing.
struct access_shell : shell {
  access_shell() {
    make_acme();
    done({"account", "create", ada, "--name", "Ada Lovelace"});
    done({"account", "create", bob});
    done({"account", "create", indexer, "--level", "service"});
  }

  std::string id_of(const std::string& email) {
    return text(json({"account", "show", email}), "id");
  }
  static std::string text(const boost::json::value& from, const std::string& member) {
    return from.at(member).as_string().c_str();
  }
  /// The member of every line of a list.
  words column(const words& command, const std::string& member) {
    words out;
    for (const auto& row : json_lines(command)) out.push_back(text(row, member));
    return out;
  }
  /// A command of `quire acl` in the tenant of `acme`.
  process_result acl(words arguments, const std::string& input = {}) {
    words all{"--org", "acme", "acl"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return quire(all, input);
  }
  void acl_done(const words& arguments) {
    const auto result = acl(arguments);
    BOOST_TEST_REQUIRE(result.status == 0, result.err);
  }
  bool may(const std::string& who, const std::string& scope) {
    const auto result = acl({"check", who, "--scope", scope});
    BOOST_TEST(result.err == "");
    BOOST_TEST(result.out == (result.status == 0 ? "yes\n" : "no\n"));
    BOOST_TEST(result.status <= 1);
    return result.status == 0;
  }
};

/// Everything before the line end.
std::string line_of(const std::string& text) { return text.substr(0, text.find('\n')); }

const std::string public_key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(identity_by_hand, access_shell)

BOOST_AUTO_TEST_CASE(makes_shows_and_lists_accounts) {
  const auto made = json({"account", "create", " Grace@Example.org ", "--level", "admin"});
  BOOST_TEST(made.at("email") == "grace@example.org");
  BOOST_TEST(made.at("accessLevel") == "admin");
  BOOST_TEST(made.at("status") == "active");
  BOOST_TEST(json({"account", "show", text(made, "id")}) == made);
  BOOST_TEST(json({"account", "show", "GRACE@example.org"}) == made);
  BOOST_TEST(json({"account", "create", "x@example.org", "--id", "the-x"}).at("id") == "the-x");
  const auto emails = column({"account", "list", "--all"}, "email");
  for (const auto* email : {ada, bob, indexer, "grace@example.org", "root@example.org"}) {
    BOOST_TEST(std::ranges::count(emails, email) == 1, email);
  }
  BOOST_TEST(holds(done({"account", "list", "--limit", "100"}), "Ada Lovelace"));
  const auto part = quire({"account", "list", "--limit", "2"});
  BOOST_TEST(std::ranges::count(part.out, '\n') == 3);
  BOOST_TEST(holds(part.err, "There are more: --all"));
  refused({"account", "create", "ADA@example.org"}, 1, "quire: unique_violation: ");
  refused({"account", "create", "nobody"}, 1, "quire: invalid_name: ");
  refused({"account", "create", "y@example.org", "--level", "root"}, 2,
          "quire: invalid_option: ", "user, admin, service");
  refused({"account", "show", "nobody@example.org"}, 1,
          "quire: not_found: ", "'quire account list' shows them");
}

BOOST_AUTO_TEST_CASE(moves_accounts_between_states) {
  BOOST_TEST(json({"account", "suspend", ada}).at("status") == "suspended");
  BOOST_TEST(json({"account", "activate", ada}).at("status") == "active");
  BOOST_TEST(json({"account", "deactivate", ada}).at("status") == "deactivated");
  refused({"account", "suspend", ada}, 1, "quire: conflict: ");
  BOOST_TEST(json({"account", "activate", ada}).at("status") == "active");
  refused({"account", "suspend", "system"}, 1, "quire: protected_row: ");
  BOOST_TEST(holds(done({"account", "remove", bob}), "Removed the account 'bob@example.org'."));
  refused({"account", "show", bob}, 1, "quire: not_found: ");
  refused({"account", "remove", "root@example.org"}, 1, "quire: foreign_key_violation: ");
}

BOOST_AUTO_TEST_CASE(changes_members_and_owners_of_an_organization) {
  refused({"member", "list"}, 2, "quire: invalid_option: ", "--org");
  BOOST_TEST(json({"--org", "acme", "member", "add", ada}).at("membershipLevel") == "member");
  refused({"--org", "acme", "member", "add", ada}, 1, "quire: unique_violation: ");
  refused({"org", "set-owner", "acme", ada}, 1, "quire: owner_required: ");
  BOOST_TEST(holds(done({"--org", "acme", "member", "set", ada, "--level", "owner"}),
                   "is now owner of 'acme'"));
  BOOST_TEST(text(json({"org", "set-owner", "acme", ada}), "ownerId") == id_of(ada));
  BOOST_TEST(text(json({"org", "show", "acme"}), "ownerId") == id_of(ada));
  refused({"--org", "acme", "member", "remove", ada}, 1, "quire: owner_required: ");
  refused({"--org", "acme", "member", "set", bob, "--level", "king"}, 2,
          "quire: invalid_option: ", "owner, admin, member");
  const auto listed = done({"--org", "acme", "member", "list"});
  BOOST_TEST(holds(listed, ada));
  BOOST_TEST(holds(listed, "root@example.org"));
  BOOST_TEST(holds(done({"--org", "acme", "member", "remove", "root@example.org"}),
                   "no member of 'acme' any more"));
  BOOST_TEST(json_lines({"--org", "acme", "member", "list"}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(removes_an_organization_after_its_tenant) {
  refused({"org", "remove", "acme"}, 1, "quire: tenant_exists: ");
  done({"tenant", "remove", "acme"});
  BOOST_TEST(json({"org", "remove", "acme"}).at("removed") == true);
  refused({"org", "show", "acme"}, 1, "quire: not_found: ");
}

BOOST_AUTO_TEST_CASE(prints_the_text_of_a_key_alone_and_once) {
  const auto made = quire({"key", "issue", ada, "--name", "laptop", "--expires", "90d"});
  BOOST_TEST_REQUIRE(made.status == 0, made.err);
  BOOST_TEST((std::regex_match(made.out, std::regex{"qk_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}\n"})));
  const auto key = line_of(made.out);
  BOOST_TEST(holds(made.err, "'laptop'"));
  BOOST_TEST(holds(made.err, "keep it now"));
  BOOST_TEST(made.err.find(key) == std::string::npos);
  const auto rows = json_lines({"key", "list", ada});
  BOOST_TEST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(holds(made.err, text(rows.front(), "id")));
  BOOST_TEST(rows.front().at("name") == "laptop");
  BOOST_TEST(rows.front().at("scopes").is_null());
  const auto secret = key.substr(key.rfind('_') + 1);
  for (const auto& all : {done({"key", "list", ada}), boost::json::serialize(rows.front()),
                          done({"audit", "--all"}), done({"audit", "--all", "--json"})}) {
    BOOST_TEST(all.find(secret) == std::string::npos);
  }
  const auto as_json =
      json({"key", "issue", indexer, "--scope", "nodes:read", "--scope", "edges:read"});
  BOOST_TEST(as_json.at("text").as_string().starts_with("qk_"));
  BOOST_TEST(as_json.at("scopes").as_array().size() == 2U);
  BOOST_TEST(holds(done({"key", "list", indexer}), "nodes:read"));
  refused({"key", "issue", ada, "--expires", "2020-01-01"}, 2,
          "quire: invalid_option: ", "is past");
  refused({"key", "issue", "system"}, 1, "quire: protected_row: ");
}

BOOST_AUTO_TEST_CASE(rotates_and_revokes_keys_by_their_ids) {
  const auto key = line_of(done({"key", "issue", ada, "--name", "ci"}));
  const auto old = text(json_lines({"key", "list", ada}).front(), "id");
  const auto rotated = quire({"key", "rotate", old, "--grace", "2h"});
  BOOST_TEST_REQUIRE(rotated.status == 0, rotated.err);
  BOOST_TEST(line_of(rotated.out) != key);
  BOOST_TEST(rotated.out.starts_with("qk_"));
  const auto listed = done({"key", "list", ada});
  BOOST_TEST(holds(listed, "active, rotated"));
  const auto rows = json_lines({"key", "list", ada});
  BOOST_TEST_REQUIRE(rows.size() == 2U);
  const auto& first = rows[text(rows[0], "id") == old ? 0 : 1];
  const auto fresh = text(first, "rotatedToId");
  refused({"key", "rotate", old}, 1, "quire: already_rotated: ");
  BOOST_TEST(holds(done({"key", "revoke", fresh}), "Revoked the key"));
  BOOST_TEST(holds(done({"key", "list", ada}), "revoked"));
  refused({"key", "revoke", "no-such-key"}, 1, "quire: not_found: ");
  const auto careless = quire({"key", "revoke", key});
  BOOST_TEST(careless.status == 2);
  BOOST_TEST(holds(careless.err, "the text of a key"));
  BOOST_TEST(careless.err.find(key) == std::string::npos);
  BOOST_TEST(
      holds(quire({"key", "rotate", fresh, "--grace", "soon"}).err, "'soon' is no length of time"));
}

BOOST_AUTO_TEST_CASE(adds_and_removes_public_keys) {
  const auto path = file("id.pub", public_key + " ada@laptop\n");
  const auto made = json({"peer", "add", ada, "@" + path, "--name", "laptop"});
  BOOST_TEST(made.at("fingerprint") ==
             "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd");
  BOOST_TEST(text(made, "publicKeyData") == public_key + " ada@laptop");
  BOOST_TEST(made.at("credentialType") == "ssh_key");
  refused({"peer", "add", bob, public_key}, 1, "quire: unique_violation: ");
  refused({"peer", "add", bob, "ssh-rsa AAAA"}, 2, "quire: invalid_option: ", "--fingerprint");
  BOOST_TEST(holds(done({"peer", "add", bob, "ssh-rsa AAAA", "--fingerprint", "SHA256:x", "--kind",
                         "cert_authority", "--expires", "2h"}),
                   "SHA256:x"));
  BOOST_TEST(holds(done({"peer", "list", ada}), "laptop"));
  done({"peer", "remove", text(made, "id")});
  BOOST_TEST(json_lines({"peer", "list", ada}).empty());
  refused({"peer", "remove", text(made, "id")}, 1, "quire: not_found: ");
}

BOOST_AUTO_TEST_CASE(tells_who_did_what) {
  done({"key", "issue", ada});
  done({"--org", "acme", "member", "add", ada});
  const auto issued = json_lines({"audit", "--action", "api_key.issued"});
  BOOST_TEST_REQUIRE(issued.size() == 1U);
  BOOST_TEST(issued.front().at("ownerId") == "system");
  BOOST_TEST(holds(done({"audit", "--since", "1h"}), "system@localhost"));
  const auto in_acme = column({"audit", "--org", "acme", "--all"}, "action");
  BOOST_TEST(!in_acme.empty());
  BOOST_TEST(std::ranges::count(in_acme, "account.created") == 0);
  BOOST_TEST(json_lines({"audit", "--account", ada}).empty());
  BOOST_TEST(json_lines({"audit", "--limit", "2"}).size() == 2U);
  refused({"audit", "--since", "someday"}, 2, "quire: invalid_option: ", "--since");
  BOOST_TEST(json({"audit", "prune", "--older-than", "1d"}).at("removed") == 0);
  BOOST_TEST(json_lines({"audit", "--action", "api_key.issued"}).size() == 1U);
  refused({"--org", "acme", "audit", "prune", "--older-than", "1d"}, 2,
          "quire: conflicting_options: ", "all organizations");
  refused({"audit", "prune"}, 2, "quire: usage: ", "--older-than");
  refused({"audit", "--action", "x", "prune", "--older-than", "1d"}, 2, "quire: usage: ");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(access_by_hand, access_shell)

BOOST_AUTO_TEST_CASE(grants_checks_and_takes_back) {
  const auto who = std::string{"account:"} + ada;
  BOOST_TEST(!may(who, "nodes:read"));
  acl_done({"grant", who, "--scope", "nodes:read", "--scope", "nodes:write"});
  BOOST_TEST(may(who, "nodes:read"));
  BOOST_TEST(may(ada, "nodes:write"));
  BOOST_TEST(may("account:" + id_of(ada), "nodes:write"));
  BOOST_TEST(!may(who, "edges:write"));
  BOOST_TEST(acl({"check", who, "--scope", "nodes:read", "--scope", "edges:read"}).status == 1);
  BOOST_TEST(acl({"check", who, "--any-scope", "nodes:read", "--any-scope", "edges:read"}).status ==
             0);
  BOOST_TEST(acl({"check", who, "--scope", "nodes:read", "--json"}).out == "{\"allowed\":true}\n");
  acl_done({"revoke", who, "--scope", "nodes:write"});
  BOOST_TEST(may(who, "nodes:read"));
  BOOST_TEST(!may(who, "nodes:write"));
  const auto again = acl({"revoke", who, "--scope", "nodes:write"});
  BOOST_TEST(again.status == 1);
  BOOST_TEST(holds(again.out, "nothing to take back"));
  done({"account", "suspend", ada});
  BOOST_TEST(!may(who, "nodes:read"));
}

BOOST_AUTO_TEST_CASE(grants_actions_on_resources) {
  acl_done({"grant", bob, "--resource", "doc:7=read,write", "--resource", "doc:8=read"});
  const auto on = [&](const std::string& resource) {
    return acl({"check", bob, "--resource", resource}).status == 0;
  };
  BOOST_TEST(on("doc:7=read"));
  BOOST_TEST(on("doc:7=write"));
  BOOST_TEST(on("doc:8=read"));
  BOOST_TEST(!on("doc:8=write"));
  BOOST_TEST(!on("doc:9=read"));
  BOOST_TEST(on("doc=write"));
  BOOST_TEST(!on("doc=delete"));
  const words list{"--org", "acme", "acl", "list"};
  const auto listed = [&](words more, const std::string& member) {
    more.insert(more.begin(), list.begin(), list.end());
    return column(more, member);
  };
  BOOST_TEST(listed({"resources", bob, "doc", "read"}, "resource") == (words{"doc:7", "doc:8"}),
             boost::test_tools::per_element());
  BOOST_TEST(
      listed({"principals", "doc:7", "write"}, "principal") == (words{"account:" + id_of(bob)}),
      boost::test_tools::per_element());
  BOOST_TEST(holds(acl({"list", "principals", "doc:7", "write"}).out, bob));
  acl_done({"revoke", bob, "--resource", "doc:7=write"});
  BOOST_TEST(on("doc:7=read"));
  BOOST_TEST(!on("doc:7=write"));
  acl_done({"revoke", bob, "--resource", "doc:7"});
  BOOST_TEST(!on("doc:7=read"));
}

BOOST_AUTO_TEST_CASE(delegates_with_narrowing_and_explains_it) {
  acl_done({"grant", ada, "--scope", "nodes:read", "--scope", "nodes:write"});
  const auto made = acl({"delegate", ada, indexer, "--scope", "nodes:read", "--expires", "8h"});
  BOOST_TEST_REQUIRE(made.status == 0, made.err);
  BOOST_TEST(holds(made.out, "service:" + id_of(indexer)));
  BOOST_TEST(holds(made.out, "all it has"));
  BOOST_TEST(may(indexer, "nodes:read"));
  BOOST_TEST(!may(indexer, "nodes:write"));

  const auto why = acl({"explain", indexer, "--scope", "nodes:read"});
  BOOST_TEST(why.status == 0, why.err);
  BOOST_TEST(holds(why.out, ": allowed\n"));
  BOOST_TEST(holds(why.out, "account:" + id_of(ada) + " holds it directly"));
  BOOST_TEST(holds(why.out, "by delegation"));
  BOOST_TEST(holds(why.out, "account:" + id_of(ada) + " is ada@example.org"));
  const auto why_not = acl({"explain", indexer, "--scope", "nodes:write"});
  BOOST_TEST(why_not.status == 1);
  BOOST_TEST(holds(why_not.out, "denied, access_denied"));
  BOOST_TEST(holds(why_not.out, "a scope is missing: nodes:write"));
  const auto as_json =
      boost::json::parse(acl({"explain", indexer, "--scope", "nodes:read", "--json"}).out);
  BOOST_TEST(as_json.at("allowed") == true);
  BOOST_TEST(as_json.at("chain").at("principals").as_array().size() == 2U);

  const auto grants = acl({"list", "grants", indexer});
  BOOST_TEST(holds(grants.out, "gets from"));
  BOOST_TEST(holds(grants.out, ada));
  BOOST_TEST(holds(acl({"list", "grants", ada}).out, "hands to"));

  acl_done({"revoke", ada, indexer});
  BOOST_TEST(!may(indexer, "nodes:read"));
  BOOST_TEST(acl({"revoke", ada, indexer}).status == 1);
}

BOOST_AUTO_TEST_CASE(hands_on_only_what_is_held_and_may_be_handed_on) {
  refused({"--org", "acme", "acl", "delegate", ada, bob, "--scope", "nodes:read"}, 1,
          "quire: scope_escalation: ", "nodes:read");
  acl_done({"grant", ada, "--scope", "nodes:read"});
  acl_done({"delegate", ada, bob, "--scope", "nodes:read", "--not-narrowable"});
  refused({"--org", "acme", "acl", "delegate", bob, indexer, "--scope", "nodes:read"}, 1,
          "quire: not_narrowable: ");
  refused({"--org", "acme", "acl", "delegate", bob, ada, "--scope", "nodes:read"}, 1,
          "quire: delegation_cycle: ");
}

BOOST_AUTO_TEST_CASE(memberships_carry_the_rights_of_the_organization) {
  BOOST_TEST(may("root@example.org", "nodes:write"));
  BOOST_TEST(!may(bob, "nodes:read"));
  done({"--org", "acme", "member", "add", bob});
  BOOST_TEST(!may(bob, "nodes:read"));
  acl_done({"grant", "role:member", "--scope", "nodes:read"});
  BOOST_TEST(may(bob, "nodes:read"));
  BOOST_TEST(!may(bob, "nodes:write"));
  done({"--org", "acme", "member", "set", bob, "--level", "admin"});
  BOOST_TEST(may(bob, "nodes:write"));
  BOOST_TEST(holds(acl({"list", "grants", bob}).out, "belongs to"));
  done({"--org", "acme", "member", "remove", bob});
  BOOST_TEST(!may(bob, "nodes:read"));
}

BOOST_AUTO_TEST_CASE(answers_many_questions_by_the_line) {
  acl_done({"grant", ada, "--scope", "nodes:read", "--resource", "doc:7=read"});
  const auto answers =
      acl({"check", "--batch"},
          R"({"who": "account:ada@example.org", "needs": {"requiredScopes": ["nodes:read"]}}
{"who": "account:ada@example.org", "needs": {"requiredScopes": ["nodes:write"]}}
no JSON
{"who": "account:nobody@example.org", "needs": {"requiredScopes": ["nodes:read"]}}
{"who": "ada@example.org", "needs": {"resourceType": "doc", "resourceAction": "read"}, "resourceId": "7"}
{"who": "ada@example.org", "needs": {"resourceType": "doc", "resourceAction": "read"}, "resourceId": "8"}
)");
  BOOST_TEST(answers.status == 0);
  BOOST_TEST(answers.err == "");
  std::istringstream lines{answers.out};
  std::string line;
  std::vector<boost::json::value> all;
  while (std::getline(lines, line)) all.push_back(boost::json::parse(line));
  BOOST_TEST_REQUIRE(all.size() == 6U);
  BOOST_TEST(all[0] == boost::json::parse(R"({"line": 1, "allowed": true})"));
  BOOST_TEST(all[1] == boost::json::parse(R"({"line": 2, "allowed": false})"));
  BOOST_TEST(all[2].at("line") == 3);
  BOOST_TEST(all[2].at("error").at("code") == "payload_not_json");
  BOOST_TEST(all[3].at("error").at("code") == "not_found");
  BOOST_TEST(all[4].at("allowed") == true);
  BOOST_TEST(all[5].at("allowed") == false);
  refused({"--org", "acme", "acl", "check", ada, "--batch"}, 2, "quire: conflicting_options: ");
}

BOOST_AUTO_TEST_CASE(compares_scopes_as_it_is_told) {
  acl_done({"grant", ada, "--scope", "nodes:*"});
  BOOST_TEST(!may(ada, "nodes:read"));
  BOOST_TEST(acl({"check", ada, "--scope", "nodes:read", "--scope-mode", "hierarchical"}).out ==
             "yes\n");
  refused({"--scope-mode", "loose", "org", "list"}, 2, "quire: invalid_option: --scope-mode",
          "loose");
}

BOOST_AUTO_TEST_CASE(keeps_the_rights_of_the_system_file_apart) {
  const words grant{"acl", "grant", ada, "--scope", "accounts:read", "--system"};
  done(grant);
  const auto allowed = [&](const words& where) {
    words check{"acl", "check", ada, "--scope", "accounts:read"};
    check.insert(check.end(), where.begin(), where.end());
    return quire(check).status == 0;
  };
  BOOST_TEST(allowed({"--system"}));
  BOOST_TEST(!allowed({"--org", "acme"}));
  refused({"acl", "check", ada, "--scope", "x"}, 2, "quire: invalid_option: ", "--system");
  refused({"--org", "acme", "acl", "check", ada, "--scope", "x", "--system"}, 2,
          "quire: conflicting_options: ");
}

BOOST_AUTO_TEST_CASE(tells_what_is_wrong_with_a_principal) {
  const auto wrong = [&](const std::string& who, int status, const std::string& begins,
                         const std::string& part) {
    refused({"--org", "acme", "acl", "grant", who, "--scope", "nodes:read"}, status, begins, part);
  };
  wrong("ada", 2, "quire: invalid_option: ", "write account:ID");
  wrong("person:ada", 2, "quire: invalid_option: ", "role:NAME");
  wrong("account:", 2, "quire: invalid_option: ", "write account:ID");
  wrong("account:ad@example.org", 1, "quire: not_found: ", "'quire account list'");
  wrong("account:no-such-id", 1, "quire: not_found: ", "no-such-id");
  wrong("org:nowhere", 1, "quire: not_found: ", "nowhere");
  wrong(std::string{"account:"} + indexer, 2,
        "quire: invalid_option: ", "write service:indexer@example.org");
  refused({"--org", "acme", "acl", "grant", ada}, 2, "quire: invalid_option: ", "--scope");
  refused({"--org", "acme", "acl", "revoke", ada}, 2,
          "quire: invalid_option: ", "second principal");
  refused({"--org", "acme", "acl", "revoke", ada, bob, "--scope", "x"}, 2,
          "quire: conflicting_options: ", "as a whole");
  refused({"--org", "acme", "acl", "check", ada}, 2, "quire: invalid_option: ", "--scope");
  refused({"--org", "acme", "acl", "grant", ada, "--resource", "doc"}, 2,
          "quire: invalid_option: ", "TYPE:ID=ACTION");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
