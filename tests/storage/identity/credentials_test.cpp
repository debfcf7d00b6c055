#include "fixture.hpp"

#include <quire/crypto/digest.hpp>
#include <quire/crypto/key_text.hpp>

#include <fstream>
#include <iterator>
#include <unordered_set>

namespace quire::identity {
namespace {

using scopes = std::optional<std::vector<std::string>>;

struct one_owner : system_file {
  account_id ann = new_account("ann@b.c").id;

  result<issued_key> rotated(const row_id& id, const rotation_options& how = {}) {
    return attempt([&](write_context& in) { return tables.api_keys.rotate(id, how, in); });
  }
  [[nodiscard]] row_time in_seconds(int n) const {
    return std::chrono::floor<std::chrono::seconds>(env.now()) + std::chrono::seconds{n};
  }
  /// All bytes of all files of the engine.
  std::string everything() {
    std::string out;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
      std::ifstream in{entry.path(), std::ios::binary};
      out.append(std::istreambuf_iterator<char>{in}, {});
    }
    return out;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(api_keys_of_an_account, one_owner)

BOOST_AUTO_TEST_CASE(are_found_by_their_text) {
  const auto made = new_key({.owner = ann, .name = "laptop", .scopes = {{"nodes:read"}}});
  BOOST_TEST(told() == "api_keys:created");
  BOOST_TEST((crypto::row_of_key_text(made.text.reveal()) == made.key.id));
  const auto finding = found(made);
  BOOST_TEST(static_cast<bool>(finding));
  BOOST_TEST(finding.credential->id == made.key.id);
  BOOST_TEST(finding.credential->owner == ann);
  BOOST_TEST((finding.credential->scopes == scopes{{"nodes:read"}}));
  BOOST_TEST((finding.credential->kind == credential_kind::api_key));
  BOOST_TEST(
      (*image->credential(credential_kind::api_key, made.key.id.get()) == *finding.credential));
  BOOST_TEST((tables.api_keys.find(made.key.id, db).value() == made.key));
}

BOOST_AUTO_TEST_CASE(are_unknown_by_any_other_text) {
  const auto made = new_key({.owner = ann});
  const std::string text{made.text.reveal()};
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto other = text;
    other[i] = other[i] == 'x' ? 'y' : 'x';
    if (found(other).reason != errc::credential_unknown) BOOST_ERROR("found at " << i);
  }
  for (const auto& other :
       {std::string{}, text.substr(0, 15), text + "0", text.substr(1), std::string(512, 'k'),
        std::string(513, 'k'), crypto::to_hex(crypto::sha256(text))})
    BOOST_TEST(found(other).reason == errc::credential_unknown);
  BOOST_TEST(!found("nothing of the kind").credential.has_value());
}

BOOST_AUTO_TEST_CASE(come_from_elsewhere_by_their_hash) {
  const std::string theirs(16, 'k');
  const auto hash = crypto::to_hex(crypto::sha256(theirs));
  const auto create = [&](std::string_view with) {
    return attempt(
        [&](write_context& in) { return tables.api_keys.create({.owner = ann}, with, in); });
  };
  for (const auto& bad :
       {std::string{}, hash.substr(1), hash + "0", "G" + hash.substr(1), theirs}) {
    const auto answer = create(bad);
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code == errc::invalid_key_hash);
    BOOST_TEST((bad.empty() || answer.error().context.find(bad) == std::string::npos));
  }
  BOOST_TEST(create(hash).has_value());
  BOOST_TEST(found(theirs).reason == errc::none);
  BOOST_TEST(create(hash).error().code == errc::unique_violation);
}

BOOST_AUTO_TEST_CASE(are_refused_without_an_owner_and_with_bad_names_and_scopes) {
  const auto refused = [&](const key_options& what) {
    return refusal([&](write_context& in) { return tables.api_keys.issue(what, in); });
  };
  BOOST_TEST(refused({.owner = account_id{"nobody"}}) == errc::not_found);
  BOOST_TEST(refused({.owner = ann, .name = "\n"}) == errc::invalid_name);
  BOOST_TEST(refused({.owner = ann, .scopes = {{""}}}) == errc::invalid_option);
  BOOST_TEST(refused({.owner = ann, .scopes = {{"a", "\n"}}}) == errc::invalid_option);
  BOOST_TEST(refused({.owner = ann, .scopes = {std::vector<std::string>(1'025, "a")}}) ==
             errc::invalid_option);
}

BOOST_AUTO_TEST_CASE(narrow_by_their_metadata) {
  const auto text_of = [&](const scopes& given) {
    return new_key({.owner = ann, .scopes = given});
  };
  const auto scopes_found = [&](const issued_key& key) { return found(key).credential->scopes; };
  BOOST_TEST((scopes_found(text_of(std::nullopt)) == scopes{}));
  BOOST_TEST((scopes_found(text_of(scopes{std::vector<std::string>{}})) ==
              scopes{std::vector<std::string>{}}));
  BOOST_TEST((scopes_found(text_of({{"a:b", "\"quoted\""}})) == scopes{{"a:b", "\"quoted\""}}));
  // What others wrote: anything but an array of strings gives no scopes.
  const auto key = text_of(std::nullopt);
  const scopes none{std::vector<std::string>{}};
  const std::vector<std::pair<std::string, scopes>> cases{
      {R"('{"other":1}')", std::nullopt},
      {"NULL", std::nullopt},
      {R"('{"_acl.scopes":5}')", none},
      {R"('{"_acl.scopes":null}')", none},
      {R"('{"_acl.scopes":"a"}')", none},
      {R"('{"_acl.scopes":{}}')", none},
      {R"('{"_acl.scopes":["a",1]}')", none},
      {R"('{"_acl.scopes":["a",["b"]]}')", none},
      {R"('{"_acl.scopes":["a","b"]}')", scopes{{"a", "b"}}},
      {R"('{"_acl.scopes":["a"')", none},
      {"'[]'", none},
      {"''", none}};
  for (const auto& [metadata, wanted] : cases) {
    by_hand("UPDATE api_keys SET metadata = " + metadata);
    BOOST_TEST((scopes_found(key) == wanted), metadata);
    BOOST_TEST((tables.api_keys.find(key.key.id, db)->scopes == wanted), metadata);
  }
}

BOOST_AUTO_TEST_CASE(are_good_until_the_second_they_expire) {
  const auto key = new_key({.owner = ann, .expires_at = in_seconds(10)});
  env.advance(std::chrono::milliseconds{9'876});  // 999 ms into the ninth second
  BOOST_TEST(found(key).reason == errc::none);
  env.advance(std::chrono::milliseconds{1});
  BOOST_TEST(found(key).reason == errc::credential_expired);
  BOOST_TEST(image->judge_credential(credential_kind::api_key, key.key.id.get(), env.now()) ==
             errc::credential_expired);
}

BOOST_AUTO_TEST_CASE(name_the_first_reason_that_holds) {
  const auto key = new_key({.owner = ann, .expires_at = in_seconds(10)});
  const auto reason = [&] { return found(key).reason; };
  BOOST_TEST(reason() == errc::none);
  by_hand("PRAGMA foreign_keys = OFF; DELETE FROM accounts WHERE email = 'ann@b.c'");
  BOOST_TEST(reason() == errc::account_deactivated);
  by_hand("INSERT INTO accounts (id, email, status) VALUES ('" + ann.get() +
          "', 'ann@b.c', 'deactivated')");
  BOOST_TEST(reason() == errc::account_deactivated);
  by_hand("UPDATE accounts SET status = 'suspended' WHERE email = 'ann@b.c'");
  BOOST_TEST(reason() == errc::account_suspended);
  env.advance(std::chrono::seconds{10});
  BOOST_TEST(reason() == errc::credential_expired);
  by_hand("UPDATE api_keys SET enabled = 0");
  BOOST_TEST(reason() == errc::credential_disabled);
  by_hand("UPDATE api_keys SET revoked_at = 9999999999");  // in the future all the same
  BOOST_TEST(reason() == errc::credential_revoked);
  by_hand("DELETE FROM api_keys");
  BOOST_TEST(reason() == errc::credential_unknown);
}

BOOST_AUTO_TEST_CASE(are_switched_off_and_revoked_for_good) {
  const auto key = new_key({.owner = ann});
  const auto set = [&](bool on) {
    done([&](write_context& in) { return tables.api_keys.set_enabled(key.key.id, on, in); });
  };
  set(false);
  BOOST_TEST(found(key).reason == errc::credential_disabled);
  set(true);
  BOOST_TEST(found(key).reason == errc::none);
  set(true);
  BOOST_TEST(events.empty());
  const auto revoke = [&] {
    done([&](write_context& in) { return tables.api_keys.revoke(key.key.id, in); });
  };
  revoke();
  BOOST_TEST(found(key).reason == errc::credential_revoked);
  const auto before = audit_rows();
  revoke();
  BOOST_TEST(audit_rows() == before);
  BOOST_TEST(refusal([&](write_context& in) {
               return tables.api_keys.revoke(row_id{"none"}, in);
             }) == errc::not_found);
}

BOOST_AUTO_TEST_CASE(rotate_at_once) {
  const auto old = new_key({.owner = ann, .name = "n", .scopes = {{"s"}}});
  by_hand("UPDATE api_keys SET metadata = json_set(metadata, '$.other', 7)");
  const auto fresh = rotated(old.key.id);
  BOOST_REQUIRE_MESSAGE(fresh, fresh.error());
  BOOST_TEST(told() == "api_keys:created api_keys:updated");
  BOOST_TEST(fresh->key.owner == ann);
  BOOST_TEST(fresh->key.name == "n");
  BOOST_TEST((fresh->key.scopes == scopes{{"s"}}));
  BOOST_TEST(value("SELECT metadata ->> 'other' FROM api_keys WHERE id = '" + fresh->key.id.get() +
                   "'") == "7");
  BOOST_TEST(found(old).reason == errc::credential_revoked);
  BOOST_TEST(found(*fresh).reason == errc::none);
  BOOST_TEST(tables.api_keys.find(old.key.id, db)->rotated_to == fresh->key.id);
  BOOST_TEST(rotated(old.key.id).error().code == errc::already_rotated);
  BOOST_TEST(rotated(row_id{"none"}).error().code == errc::not_found);
}

BOOST_AUTO_TEST_CASE(rotate_with_a_grace_period) {
  const std::chrono::seconds grace{60};
  const auto endless = new_key({.owner = ann});
  const auto late = new_key({.owner = ann, .expires_at = in_seconds(90)});
  const auto early = new_key({.owner = ann, .expires_at = in_seconds(30)});
  const auto fresh = rotated(endless.key.id, {.grace = grace});
  BOOST_TEST(!fresh->key.expires_at.has_value());
  BOOST_TEST((rotated(late.key.id, {.grace = grace})->key.expires_at == late.key.expires_at));
  BOOST_TEST(
      (rotated(early.key.id, {.grace = grace, .expires_at = in_seconds(500)})->key.expires_at ==
       in_seconds(500)));
  const auto expiry = [&](const issued_key& key) {
    return *tables.api_keys.find(key.key.id, db)->expires_at - in_seconds(0);
  };
  BOOST_TEST(expiry(endless).count() == 60);
  BOOST_TEST(expiry(late).count() == 60);
  BOOST_TEST(expiry(early).count() == 30);
  BOOST_TEST(found(endless).reason == errc::none);
  BOOST_TEST(rotated(endless.key.id).error().code == errc::already_rotated);
  env.advance(grace);
  BOOST_TEST(found(endless).reason == errc::credential_expired);
  BOOST_TEST(found(*fresh).reason == errc::none);
  for (const auto bad : {std::chrono::seconds{-1}, std::chrono::seconds{std::chrono::years{11}},
                         std::chrono::seconds::max()})
    BOOST_TEST(rotated(fresh->key.id, {.grace = bad}).error().code == errc::invalid_option);
}

BOOST_AUTO_TEST_CASE(do_not_rotate_once_revoked_nor_come_to_life_by_it) {
  const auto revoked = new_key({.owner = ann});
  done([&](write_context& in) { return tables.api_keys.revoke(revoked.key.id, in); });
  BOOST_TEST(rotated(revoked.key.id).error().code == errc::already_rotated);
  const auto off = new_key({.owner = ann});
  done([&](write_context& in) { return tables.api_keys.set_enabled(off.key.id, false, in); });
  BOOST_TEST(found(*rotated(off.key.id)).reason == errc::credential_disabled);
}

BOOST_AUTO_TEST_CASE(follow_their_rotations_for_64_steps) {
  const auto first = new_key({.owner = ann});
  std::vector<row_id> wanted{first.key.id};
  for (int i = 0; i < 70; ++i) {
    auto next = rotated(wanted.back());
    BOOST_REQUIRE(next);
    wanted.push_back(next->key.id);
  }
  const auto chain = [&](const row_id& from) {
    std::vector<row_id> out;
    for (const auto& key : tables.api_keys.rotation_chain(from, db).value()) out.push_back(key.id);
    return out;
  };
  BOOST_TEST((chain(first.key.id) == std::vector(wanted.begin(), wanted.begin() + 65)));
  BOOST_TEST((chain(wanted[6]) == std::vector(wanted.begin() + 6, wanted.end())));
  BOOST_TEST((chain(wanted.back()) == std::vector{wanted.back()}));
  BOOST_TEST(tables.api_keys.rotation_chain(row_id{"x"}, db).error().code == errc::not_found);
}

BOOST_AUTO_TEST_CASE(end_where_a_cycle_made_by_hand_repeats) {
  const auto a = new_key({.owner = ann}).key.id;
  const auto b = rotated(a)->key.id;
  const auto c = rotated(b)->key.id;
  const auto close = [&](const row_id& to) {
    by_hand("UPDATE api_keys SET rotated_to_id = '" + to.get() + "' WHERE id = '" + c.get() + "'");
  };
  close(a);
  BOOST_TEST(tables.api_keys.rotation_chain(a, db)->size() == 3U);
  close(c);
  BOOST_TEST(tables.api_keys.rotation_chain(a, db)->size() == 3U);
  BOOST_TEST(tables.api_keys.rotation_chain(c, db)->size() == 1U);
}

BOOST_AUTO_TEST_CASE(note_their_use_once_a_minute) {
  const auto key = new_key({.owner = ann}).key.id;
  const auto note = [&] {
    return done([&](write_context& in) { return tables.api_keys.note_use(key, in); });
  };
  const auto before = audit_rows();
  BOOST_TEST(note());
  BOOST_TEST(told() == "api_keys:updated");
  BOOST_TEST(
      (image->credential(credential_kind::api_key, key.get())->last_used_at == in_seconds(0)));
  BOOST_TEST(!note());
  env.advance(std::chrono::seconds{59});
  BOOST_TEST(!note());
  env.advance(std::chrono::seconds{1});
  BOOST_TEST(note());
  env.advance(std::chrono::seconds{-3'600});
  BOOST_TEST(note());
  BOOST_TEST(audit_rows() == before);
}

BOOST_AUTO_TEST_CASE(are_listed_by_owner) {
  const auto bob = new_account("bob@b.c").id;
  for (int i = 0; i < 5; ++i) new_key({.owner = ann});
  new_key({.owner = bob});
  const auto part = tables.api_keys.list_of_owner(ann, {.limit = 3}, db).value();
  BOOST_TEST(part.items.size() == 3U);
  BOOST_TEST(tables.api_keys.list_of_owner(ann, {.cursor = part.next_cursor}, db)->items.size() ==
             2U);
  BOOST_TEST(tables.api_keys.list_of_owner(bob, {}, db)->items.size() == 1U);
}

BOOST_AUTO_TEST_CASE(leave_their_text_nowhere) {
  const auto issued = new_key({.owner = ann, .name = "n"});
  const auto fresh = rotated(issued.key.id, {.grace = std::chrono::seconds{5}});
  found(issued);
  BOOST_REQUIRE(db.checkpoint());
  const auto bytes = everything();
  // The look works: what is stored is found.
  BOOST_TEST(bytes.find(issued.key.id.get()) != std::string::npos);
  for (const auto text : {issued.text.reveal(), fresh->text.reveal()}) {
    BOOST_TEST((bytes.find(text) == std::string::npos), "the whole text is in a file");
    BOOST_TEST((bytes.find(text.substr(26)) == std::string::npos), "the secret is in a file");
  }
  // The hash is in its column alone: not in events, not in the audit trail.
  const auto hash = crypto::to_hex(crypto::sha256(issued.text.reveal()));
  BOOST_TEST(value("SELECT count(*) FROM _honker_stream WHERE payload LIKE '%" + hash + "%'") ==
             "0");
  BOOST_TEST(value("SELECT count(*) FROM audit_logs WHERE details LIKE '%" + hash + "%'") == "0");
}

BOOST_AUTO_TEST_CASE(differ_and_are_found_in_a_hundred_thousand) {
  constexpr int many = 100'000;
  std::vector<std::string> texts;
  texts.reserve(many);
  done([&](write_context& in) -> result<void> {
    for (int i = 0; i < many; ++i) {
      auto made = tables.api_keys.issue({.owner = ann}, in);
      if (!made) return made.error();
      texts.emplace_back(made->text.reveal());
    }
    return {};
  });
  BOOST_TEST(image->credential_count() == std::size_t{many});
  const std::unordered_set<std::string> different(texts.begin(), texts.end());
  BOOST_TEST(different.size() == std::size_t{many});
  for (const auto& text : texts) {
    const auto finding = image->find_api_key(text, env.now());
    if (!finding || crypto::row_of_key_text(text) != finding.credential->id)
      BOOST_ERROR("a key is not found");
  }
  for (std::size_t i = 0; i < texts.size(); i += 100) {
    if (!found(texts[i])) BOOST_ERROR("a key is not found in the file");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(peers_of_an_account, one_owner)

BOOST_AUTO_TEST_CASE(are_found_by_their_fingerprint) {
  std::array<std::byte, 32> key{};
  key[0] = std::byte{1};
  const auto fingerprint = fingerprint_of(key);
  BOOST_TEST(fingerprint == crypto::to_hex(crypto::sha256(std::span<const std::byte>{key})));
  const auto made = new_peer({.owner = ann,
                              .kind = peer_kind::cert_authority,
                              .fingerprint = fingerprint,
                              .public_key = "ssh-ed25519 AAAA",
                              .name = "ca",
                              .scopes = {{"s"}}});
  BOOST_TEST(told() == "peer_credentials:created");
  BOOST_TEST((tables.peers.find(made.id, db).value() == made));
  BOOST_TEST((tables.peers.find_by_fingerprint(fingerprint, db).value() == made));
  const auto finding = found_peer(fingerprint);
  BOOST_TEST(finding.reason == errc::none);
  BOOST_TEST((finding.credential->kind == credential_kind::peer_credential));
  BOOST_TEST((finding.credential->scopes == scopes{{"s"}}));
  BOOST_TEST(found_peer(fingerprint + " ").reason == errc::credential_unknown);
  BOOST_TEST(found_peer("").reason == errc::credential_unknown);
  BOOST_TEST(tables.peers.list_of_owner(ann, {}, db)->items.size() == 1U);
  done([&](write_context& in) { return tables.peers.remove(made.id, in); });
  BOOST_TEST(told() == "peer_credentials:deleted");
  BOOST_TEST(found_peer(fingerprint).reason == errc::credential_unknown);
}

BOOST_AUTO_TEST_CASE(go_through_the_states_of_keys) {
  new_peer({.owner = ann, .fingerprint = "f", .public_key = "k", .expires_at = in_seconds(10)});
  const auto reason = [&] { return found_peer("f").reason; };
  env.advance(std::chrono::milliseconds{9'876});
  BOOST_TEST(reason() == errc::none);
  status(ann, account_status::suspended);
  BOOST_TEST(reason() == errc::account_suspended);
  by_hand("UPDATE accounts SET status = 'deactivated' WHERE email = 'ann@b.c'");
  BOOST_TEST(reason() == errc::account_deactivated);
  by_hand("PRAGMA foreign_keys = OFF; DELETE FROM accounts WHERE email = 'ann@b.c'");
  BOOST_TEST(reason() == errc::account_deactivated);
  env.advance(std::chrono::milliseconds{1});
  BOOST_TEST(reason() == errc::credential_expired);
  by_hand("UPDATE peer_credentials SET enabled = 0");
  BOOST_TEST(reason() == errc::credential_disabled);
  by_hand("UPDATE peer_credentials SET revoked_at = 0");
  BOOST_TEST(reason() == errc::credential_revoked);
}

BOOST_AUTO_TEST_CASE(are_refused_bad_parts) {
  const auto refused = [&](const peer_options& what) {
    return refusal([&](write_context& in) { return tables.peers.add(what, in); });
  };
  BOOST_TEST(refused({.owner = ann, .fingerprint = "", .public_key = "k"}) == errc::invalid_key);
  BOOST_TEST(refused({.owner = ann, .fingerprint = "f\n", .public_key = "k"}) == errc::invalid_key);
  BOOST_TEST(refused({.owner = ann, .fingerprint = "f", .public_key = ""}) == errc::invalid_option);
  BOOST_TEST(refused({.owner = ann, .fingerprint = "f", .public_key = std::string(16'385, 'k')}) ==
             errc::invalid_option);
  BOOST_TEST(refused({.owner = account_id{"x"}, .fingerprint = "f", .public_key = "k"}) ==
             errc::not_found);
  new_peer({.owner = ann, .fingerprint = "f", .public_key = "k"});
  BOOST_TEST(refused({.owner = ann, .fingerprint = "f", .public_key = "k"}) ==
             errc::unique_violation);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::identity
