#pragma once

#include <quire/identity/finding.hpp>
#include <quire/identity/image.hpp>
#include <quire/identity/tables.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/sqlite/statement.hpp>
#include <quire/sqlite/transaction.hpp>
#include <quire/test/fixed_environment.hpp>
#include <quire/test/scratch.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace quire::identity {

inline sqlite::connection new_system_file(const std::filesystem::path& file) {
  auto made = sqlite::connection::open(
      file, {.mode = sqlite::open_mode::create, .sync = sqlite::durability::normal});
  BOOST_REQUIRE_MESSAGE(made, made.error());
  BOOST_REQUIRE(sqlite::migrate(*made, sqlite::file_kind::system, org_id{}));
  return std::move(*made);
}

/// A system file with its tables, and the image of it that follows each commit.
struct system_file {
  test::scratch_folder folder;
  test::fixed_environment env;
  sqlite::connection db = new_system_file(folder / "system.db");
  events::change_log changes{db, org_id{}};
  id_maker ids{env.get()};
  identity_tables tables;
  credential_finder finder;
  image_reader reader;
  std::shared_ptr<const identity_image> image;
  std::string actor{system_account};
  act_origin origin;
  change_batch events;  ///< of the last commit

  system_file();

  [[nodiscard]] write_context context() {
    return {.db = db,
            .changes = changes,
            .ids = ids,
            .random = *env.get().random,
            .now = env.now(),
            .actor = actor,
            .origin = origin};
  }

  /// One act in a transaction of its own, undone when it fails.
  template <class Act>
  auto attempt(Act act) {
    auto transaction = sqlite::transaction::begin_immediate(db);
    BOOST_REQUIRE_MESSAGE(transaction, transaction.error());
    auto in = context();
    auto answer = act(in);
    if (answer) {
      BOOST_REQUIRE(changes.store());
      BOOST_REQUIRE(transaction->commit());
      events = changes.take();
      image = reader.with_changes(*image, db, events).value();
    } else {
      transaction->roll_back();
      changes.forget();
    }
    return answer;
  }
  template <class Act>
  auto done(Act act) {
    auto answer = attempt(std::move(act));
    BOOST_REQUIRE_MESSAGE(answer, answer.error());
    if constexpr (!std::is_void_v<typename decltype(answer)::value_type>) return std::move(*answer);
  }
  /// The code of a refusal; none if there was none.
  template <class Act>
  errc refusal(Act act) {
    const auto answer = attempt(std::move(act));
    if (answer) return errc::none;
    BOOST_TEST(!answer.error().context.empty());
    return answer.error().code;
  }

  std::string value(std::string_view sql) {
    auto rows = db.prepare("test", sql);
    BOOST_REQUIRE_MESSAGE(rows, rows.error());
    BOOST_REQUIRE(rows->step().value());
    return std::string{rows->text(0)};
  }
  std::int64_t audit_rows() { return std::stoll(value("SELECT count(*) FROM audit_logs")); }
  /// What the last commit told, such as `accounts:created`, without the audit trail's own.
  [[nodiscard]] std::string told() const {
    std::string out;
    for (const auto& e : events) {
      if (e.table == table::audit_logs) continue;
      if (!out.empty()) out += ' ';
      out += change_topic(e.table, e.op).get();
    }
    return out;
  }
  /// Changes the file behind the engine's back.
  void by_hand(std::string_view sql) {
    BOOST_REQUIRE(db.execute(sql));
    image = reader.build(db).value();
  }

  account new_account(const std::string& email, account_level level = account_level::user) {
    return done([&](write_context& in) {
      return tables.accounts.create({.email = email, .level = level}, in);
    });
  }
  organization new_organization(const std::string& id, const account_id& owner) {
    return done([&](write_context& in) {
      return tables.organizations.create({.id = org_id{id}, .owner = owner}, in);
    });
  }
  issued_key new_key(const key_options& what) {
    return done([&](write_context& in) { return tables.api_keys.issue(what, in); });
  }
  peer_credential new_peer(const peer_options& what) {
    return done([&](write_context& in) { return tables.peers.add(what, in); });
  }
  account status(const account_id& who, account_status to) {
    return done([&](write_context& in) { return tables.accounts.set_status(who, to, in); });
  }

  /// What both ways of finding say of a key; they must agree.
  credential_finding found(std::string_view text) {
    auto by_file = finder.find_api_key(text, env.now(), db).value();
    const auto by_image = image->find_api_key(text, env.now());
    BOOST_TEST(by_file.reason == by_image.reason);
    BOOST_TEST((by_file.credential == by_image.credential));
    return by_file;
  }
  credential_finding found(const issued_key& key) { return found(key.text.reveal()); }
  credential_finding found_peer(std::string_view fingerprint) {
    auto by_file = finder.find_peer(fingerprint, env.now(), db).value();
    const auto by_image = image->find_peer(fingerprint, env.now());
    BOOST_TEST(by_file.reason == by_image.reason);
    BOOST_TEST((by_file.credential == by_image.credential));
    return by_file;
  }
};

inline system_file::system_file() {
  BOOST_REQUIRE(changes.load());
  image = reader.build(db).value();
  done([&](write_context& in) { return tables.accounts.ensure_system(in); });
}

}  // namespace quire::identity
