#include "fixture.hpp"

#include <quire/crypto/secret_text.hpp>
#include <quire/test/seed.hpp>

#include <atomic>
#include <map>
#include <thread>

namespace quire::identity {
namespace {

/// All that an image says about these ids, as one text.
struct world {
  std::vector<std::string> accounts;
  std::vector<std::string> orgs;
  std::vector<std::string> keys;
  std::vector<std::string> texts;
  std::vector<std::string> peers;
  std::vector<std::string> fingerprints;

  [[nodiscard]] std::string seen_in(const identity_image& image, timestamp now) const {
    std::ostringstream out;
    out << image.account_count() << ' ' << image.organization_count() << ' '
        << image.credential_count() << '\n';
    for (const auto& id : accounts) {
      if (const auto* a = image.account(id))
        out << id << ' ' << a->status << ' ' << a->level << ' ' << a->email << '\n';
    }
    for (const auto& id : orgs) {
      if (const auto* o = image.organization(id)) out << id << ' ' << o->name << ' ' << o->owner;
      std::map<std::string, membership_level> members;
      image.each_member(
          id, [&](std::string_view who, membership_level level) { members.emplace(who, level); });
      for (const auto& [who, level] : members) {
        out << ' ' << who << '=' << level;
        BOOST_TEST((image.membership(id, who) == level));
      }
      out << '\n';
    }
    const auto entry = [&](const credential_entry* e) {
      if (e == nullptr) return;
      out << e->id << ' ' << e->owner << ' ' << e->enabled << e->revoked
          << e->expires_at.has_value() << e->scopes.has_value() << '\n';
    };
    for (const auto& id : keys) entry(image.credential(credential_kind::api_key, id));
    for (const auto& id : peers) entry(image.credential(credential_kind::peer_credential, id));
    for (const auto& text : texts) {
      const auto found = image.find_api_key(text, now);
      out << found.reason << (found.credential ? found.credential->id.get() : "") << '\n';
    }
    for (const auto& text : fingerprints) {
      const auto found = image.find_peer(text, now);
      out << found.reason << (found.credential ? found.credential->id.get() : "") << '\n';
    }
    return out.str();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(image_of_identities, system_file)

BOOST_AUTO_TEST_CASE(follows_any_acts_as_if_it_were_read_anew) {
  test::random_source random{20};
  BOOST_TEST_MESSAGE("seed " << random.used());
  world all{
      .accounts = {"system"}, .orgs = {}, .keys = {}, .texts = {}, .peers = {}, .fingerprints = {}};
  const auto any = [&](const std::vector<std::string>& of) {
    return of.empty() ? std::string{"none"} : of[random.below(of.size())];
  };
  const auto drop = [](auto answer) -> result<void> {
    if (!answer) return answer.error();
    return {};
  };
  int applied = 0;
  std::shared_ptr<const identity_image> kept;
  world known_then;
  std::string kept_text;
  for (int round = 0; round < 1'500; ++round) {
    const account_id who{any(all.accounts)};
    const org_id org{any(all.orgs)};
    const row_id key{any(all.keys)};
    const auto level = static_cast<membership_level>(random.below(3));
    const auto name = "n" + std::to_string(round);
    const auto answer = attempt([&](write_context& in) -> result<void> {
      switch (random.below(14)) {
        case 0:
        case 1: {
          auto made = tables.accounts.create({.email = name + "@b"}, in);
          if (made) all.accounts.push_back(made->id.get());
          return drop(made);
        }
        case 2:
          return drop(
              tables.accounts.set_status(who, static_cast<account_status>(random.below(3)), in));
        case 3: return random.chance(0.3) ? tables.accounts.remove(who, in) : result<void>{};
        case 4: {
          auto made = tables.organizations.create({.id = org_id{name}, .owner = who}, in);
          if (made) all.orgs.push_back(name);
          return drop(made);
        }
        case 5: return drop(tables.members.add(org, who, level, in));
        case 6: return drop(tables.members.set_level(org, who, level, in));
        case 7: return tables.members.remove(org, who, in);
        case 8: return drop(tables.organizations.change_owner(org, who, in));
        case 9: return random.chance(0.2) ? tables.organizations.remove(org, in) : result<void>{};
        case 10: {
          auto made = tables.api_keys.issue({.owner = who}, in);
          if (!made) return made.error();
          all.keys.push_back(made->key.id.get());
          all.texts.emplace_back(made->text.reveal());
          return {};
        }
        case 11: {
          auto made =
              tables.api_keys.rotate(key, {.grace = std::chrono::seconds{random.below(3)}}, in);
          if (!made) return made.error();
          all.keys.push_back(made->key.id.get());
          all.texts.emplace_back(made->text.reveal());
          return {};
        }
        case 12: {
          auto made = tables.peers.add({.owner = who, .fingerprint = name, .public_key = "k"}, in);
          if (!made) return made.error();
          all.peers.push_back(made->id.get());
          all.fingerprints.push_back(name);
          return {};
        }
        default: return tables.peers.remove(row_id{any(all.peers)}, in);
      }
    });
    if (answer) ++applied;
    if (random.chance(0.1)) env.advance(std::chrono::seconds{1});
    if (round % 50 == 0) {
      const auto anew = reader.build(db).value();
      const auto wanted = all.seen_in(*anew, env.now());
      BOOST_REQUIRE_MESSAGE(all.seen_in(*image, env.now()) == wanted, "seed " << random.used());
      if (round == 700) {
        kept = image;
        known_then = all;
        kept_text = all.seen_in(*kept, timestamp{});
      }
    }
  }
  BOOST_TEST(applied > 500);
  // An older one is still as it was.
  BOOST_REQUIRE(kept);
  BOOST_TEST(known_then.seen_in(*kept, timestamp{}) == kept_text);
}

BOOST_AUTO_TEST_CASE(is_read_by_many_while_newer_ones_are_made) {
  const auto ann = new_account("a@b").id;
  const auto key = new_key({.owner = ann});
  const std::string text{key.text.reveal()};
  std::vector<std::shared_ptr<const identity_image>> versions{image};
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  const auto old = image;
  const auto now = env.now();
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        if (!old->find_api_key(text, now) || old->account_count() != 2) ++wrong;
      }
    });
  }
  for (int i = 0; i < 200; ++i) {
    new_account("u" + std::to_string(i) + "@b");
    versions.push_back(image);
  }
  done([&](write_context& in) { return tables.api_keys.revoke(key.key.id, in); });
  stop = true;
  for (auto& reader_thread : readers) reader_thread.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(old->find_api_key(text, now).reason == errc::none);
  BOOST_TEST(found(text).reason == errc::credential_revoked);
  for (std::size_t i = 0; i < versions.size(); ++i)
    BOOST_TEST(versions[i]->account_count() == 2 + i);
}

BOOST_AUTO_TEST_CASE(takes_words_it_does_not_know_for_those_that_allow_least) {
  const auto ann = new_account("a@b").id;
  new_organization("acme", ann);
  const auto key = new_key({.owner = ann});
  by_hand(
      "PRAGMA ignore_check_constraints = ON; UPDATE accounts SET status = 'on', access_level = "
      "'root' WHERE id <> 'system'; UPDATE organization_members SET membership_level = 'king'");
  BOOST_TEST(image->account(ann.get())->status == account_status::deactivated);
  BOOST_TEST(image->account(ann.get())->level == account_level::user);
  BOOST_TEST((image->membership("acme", ann.get()) == membership_level::member));
  BOOST_TEST(found(key).reason == errc::account_deactivated);
}

BOOST_AUTO_TEST_CASE(finds_nothing_by_a_stored_hash_that_is_none) {
  const auto ann = new_account("a@b").id;
  const auto key = new_key({.owner = ann});
  by_hand("UPDATE api_keys SET key_hash = upper(key_hash)");
  BOOST_TEST(found(key).reason == errc::credential_unknown);
  BOOST_TEST(image->credential_count() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::identity
