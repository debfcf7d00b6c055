#include "fixture.hpp"

#include <quire/test/plan.hpp>

namespace quire::identity {

BOOST_FIXTURE_TEST_SUITE(accounts_of_a_system_file, system_file)

BOOST_AUTO_TEST_CASE(have_addresses_without_blanks_and_capitals) {
  const auto made = new_account(" \tAnn.Smith@Example.ORG\r\n");
  BOOST_TEST(made.email == "ann.smith@example.org");
  BOOST_TEST(made.level == account_level::user);
  BOOST_TEST(made.status == account_status::active);
  BOOST_TEST((tables.accounts.find(made.id, db).value() == made));
  BOOST_TEST((tables.accounts.find_by_email("ANN.smith@example.org ", db).value() == made));
  BOOST_TEST(refusal([&](write_context& in) {
               return tables.accounts.create({.email = "ann.SMITH@example.org"}, in);
             }) == errc::unique_violation);
  BOOST_TEST(told() == "accounts:created");
  BOOST_TEST(done([&](write_context& in) {
               return tables.accounts.find_or_create("Ann.Smith@example.org", in);
             }).id == made.id);
}

BOOST_AUTO_TEST_CASE(are_refused_bad_addresses_names_and_ids) {
  const auto refused = [&](const account_options& what) {
    return refusal([&](write_context& in) { return tables.accounts.create(what, in); });
  };
  for (const auto& email :
       {std::string{}, std::string{"  "}, std::string{"ann"}, std::string{"@b"}, std::string{"a@"},
        std::string{"a@b@c"}, std::string{"a b@c"}, std::string{"a@\x01"}, std::string{"a@\xFF"},
        std::string(250, 'a') + "@b.cd"})
    BOOST_TEST(refused({.email = email}) == errc::invalid_name, email);
  BOOST_TEST(refused({.email = "a@b", .display_name = "x\n"}) == errc::invalid_name);
  BOOST_TEST(refused({.email = "a@b", .id = account_id{"x\n"}}) == errc::invalid_key);
  BOOST_TEST(audit_rows() == 0);
  BOOST_TEST(new_account("a@b").email == "a@b");
}

BOOST_AUTO_TEST_CASE(change_status_only_in_the_ways_there_are) {
  using enum account_status;
  const auto who = new_account("a@b").id;
  const auto may = [&](account_status from, account_status to) {
    db.execute("UPDATE accounts SET status = '" + std::string{to_string(from)} + "' WHERE id = '" +
               who.get() + "'")
        .value();
    return refusal([&](write_context& in) { return tables.accounts.set_status(who, to, in); });
  };
  for (const auto from : {active, suspended, deactivated}) {
    for (const auto to : {active, suspended, deactivated}) {
      BOOST_TEST_CONTEXT(from << " to " << to) {
        const auto before = audit_rows();
        const bool forbidden = from == deactivated && to == suspended;
        BOOST_TEST(may(from, to) == (forbidden ? errc::conflict : errc::none));
        BOOST_TEST(tables.accounts.find(who, db)->status == (forbidden ? from : to));
        BOOST_TEST(audit_rows() - before == (forbidden || from == to ? 0 : 1));
      }
    }
  }
  BOOST_TEST(refusal([&](write_context& in) {
               return tables.accounts.set_status(account_id{"nobody"}, active, in);
             }) == errc::not_found);
}

BOOST_AUTO_TEST_CASE(lose_all_credentials_when_they_are_deactivated) {
  const auto who = new_account("a@b").id;
  const auto other = new_account("c@d").id;
  const auto first = new_key({.owner = who});
  const auto second = new_key({.owner = who});
  const auto spared = new_key({.owner = other});
  new_peer({.owner = who, .fingerprint = "f1", .public_key = "k"});
  new_peer({.owner = other, .fingerprint = "f2", .public_key = "k"});
  done([&](write_context& in) { return tables.api_keys.revoke(first.key.id, in); });
  env.advance(std::chrono::seconds{5});

  status(who, account_status::deactivated);
  BOOST_TEST(told() == "api_keys:updated peer_credentials:updated accounts:updated");
  BOOST_TEST((tables.api_keys.find(first.key.id, db)->revoked_at == first.key.created_at));
  BOOST_TEST(found(second).reason == errc::credential_revoked);
  BOOST_TEST(found_peer("f1").reason == errc::credential_revoked);
  BOOST_TEST(found(spared).reason == errc::none);
  BOOST_TEST(found_peer("f2").reason == errc::none);

  BOOST_TEST(refusal([&](write_context& in) {
               return tables.api_keys.issue({.owner = who}, in);
             }) == errc::account_deactivated);
  status(who, account_status::active);
  BOOST_TEST(found(second).reason == errc::credential_revoked);
  BOOST_TEST(found(new_key({.owner = who})).reason == errc::none);
}

BOOST_AUTO_TEST_CASE(are_removed_with_all_that_is_theirs) {
  const auto owner = new_account("o@b").id;
  const auto who = new_account("a@b").id;
  new_organization("acme", owner);
  done([&](write_context& in) {
    return tables.members.add(org_id{"acme"}, who, membership_level::member, in);
  });
  const auto key = new_key({.owner = who});
  new_peer({.owner = who, .fingerprint = "f1", .public_key = "k"});
  done([&](write_context& in) { return tables.accounts.remove(who, in); });
  BOOST_TEST(told() ==
             "organization_members:deleted api_keys:deleted peer_credentials:deleted "
             "accounts:deleted");
  BOOST_TEST(value("SELECT key FROM _honker_stream WHERE topic = 'organization_members:deleted'") ==
             "acme");
  BOOST_TEST(found(key).reason == errc::credential_unknown);
  BOOST_TEST(found_peer("f1").reason == errc::credential_unknown);
  BOOST_TEST(!image->membership("acme", who.get()).has_value());
  BOOST_TEST(tables.accounts.find(who, db).error().code == errc::not_found);
}

BOOST_AUTO_TEST_CASE(stay_when_they_acted_or_own_an_organization) {
  const auto actor_id = new_account("a@b").id;
  const auto owner = new_account("o@b").id;
  new_organization("acme", owner);
  actor = actor_id.get();
  new_account("c@d");
  actor = system_account;
  for (const auto& id : {actor_id, owner}) {
    const auto answer = attempt([&](write_context& in) { return tables.accounts.remove(id, in); });
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code == errc::foreign_key_violation);
    BOOST_TEST(answer.error().context.find("deactivate it instead") != std::string::npos);
    BOOST_TEST(image->status_of(id.get()).has_value());
  }
}

BOOST_AUTO_TEST_CASE(protect_that_of_the_engine) {
  const account_id engine{std::string{system_account}};
  const auto row = tables.accounts.find(engine, db).value();
  BOOST_TEST(row.email == "system@localhost");
  BOOST_TEST(row.level == account_level::service);
  done([&](write_context& in) { return tables.accounts.ensure_system(in); });
  BOOST_TEST(events.empty());
  using in_t = write_context&;
  BOOST_TEST(refusal([&](in_t in) {
               return tables.accounts.set_status(engine, account_status::suspended, in);
             }) == errc::protected_row);
  BOOST_TEST(refusal([&](in_t in) { return tables.accounts.set_display_name(engine, "x", in); }) ==
             errc::protected_row);
  BOOST_TEST(refusal([&](in_t in) { return tables.accounts.remove(engine, in); }) ==
             errc::protected_row);
  BOOST_TEST(refusal([&](in_t in) { return tables.api_keys.issue({.owner = engine}, in); }) ==
             errc::protected_row);
  BOOST_TEST(refusal([&](in_t in) {
               return tables.peers.add({.owner = engine, .fingerprint = "f", .public_key = "k"},
                                       in);
             }) == errc::protected_row);
}

BOOST_AUTO_TEST_CASE(are_listed_in_pages) {
  for (int i = 0; i < 25; ++i) new_account("u" + std::to_string(i) + "@b");
  std::vector<account> all;
  std::string cursor;
  do {
    auto part = tables.accounts.list({.limit = 10, .cursor = cursor}, db).value();
    all.insert(all.end(), part.items.begin(), part.items.end());
    cursor = part.next_cursor;
  } while (!cursor.empty());
  BOOST_TEST(all.size() == 26U);
  for (std::size_t i = 1; i < all.size(); ++i) BOOST_TEST(all[i - 1].id < all[i].id);
  BOOST_TEST(tables.accounts.list({.limit = 26}, db)->next_cursor.empty());
  BOOST_TEST(tables.accounts.list({.limit = 0}, db).error().code == errc::invalid_option);
  BOOST_TEST(tables.accounts.list({.limit = 1'001}, db).error().code == errc::invalid_option);
  BOOST_TEST(tables.accounts.list({.cursor = "\n"}, db).error().code == errc::invalid_cursor);
}

BOOST_AUTO_TEST_CASE(have_display_names_that_may_go) {
  const auto who = new_account("a@b").id;
  const auto rename = [&](std::string_view name) {
    return attempt(
        [&](write_context& in) { return tables.accounts.set_display_name(who, name, in); });
  };
  BOOST_TEST(rename("Ann")->display_name == "Ann");
  BOOST_TEST(told() == "accounts:updated");
  BOOST_TEST(rename("Ann").has_value());
  BOOST_TEST(events.empty());
  BOOST_TEST(rename("")->display_name.empty());
  BOOST_TEST(rename("a\x7F\n").error().code == errc::invalid_name);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(organizations_of_a_system_file, system_file)

BOOST_AUTO_TEST_CASE(begin_with_their_owner_as_a_member) {
  const auto ann = new_account("a@b").id;
  const auto before = audit_rows();
  const auto made = new_organization("a_1", ann);
  BOOST_TEST(made.name == "a_1");
  BOOST_TEST(made.slug == "a-1");
  BOOST_TEST(told() == "organizations:created organization_members:created");
  BOOST_TEST(audit_rows() - before == 1);
  BOOST_TEST(tables.members.find(made.id, ann, db)->level == membership_level::owner);
  BOOST_TEST((image->membership("a_1", ann.get()) == membership_level::owner));
  BOOST_TEST((tables.organizations.find(made.id, db).value() == made));
  BOOST_TEST(value("SELECT group_concat(key, ' ') FROM _honker_stream WHERE topic GLOB 'org*'") ==
             "a_1 a_1");
}

BOOST_AUTO_TEST_CASE(are_refused_bad_ids_slugs_names_and_owners) {
  const auto ann = new_account("a@b").id;
  const auto refused = [&](const organization_options& what) {
    return refusal([&](write_context& in) { return tables.organizations.create(what, in); });
  };
  for (const auto& id :
       {std::string{}, std::string{"../x"}, std::string{"A"}, std::string(64, 'a')})
    BOOST_TEST(refused({.id = org_id{id}, .owner = ann}) == errc::invalid_org_id, id);
  const org_id acme{"acme"};
  for (const auto* slug : {"A", "a_b", "-a", "a/b"})
    BOOST_TEST(refused({.id = acme, .owner = ann, .slug = slug}) == errc::invalid_name);
  BOOST_TEST(refused({.id = acme, .owner = ann, .name = "\n"}) == errc::invalid_name);
  BOOST_TEST(refused({.id = acme, .owner = account_id{"nobody"}}) == errc::not_found);
  new_organization("acme", ann);
  BOOST_TEST(refused({.id = acme, .owner = ann}) == errc::unique_violation);
  BOOST_TEST(refused({.id = org_id{"b"}, .owner = ann, .slug = "acme"}) == errc::unique_violation);
}

BOOST_AUTO_TEST_CASE(keep_an_owner) {
  const auto ann = new_account("a@b").id;
  const auto bob = new_account("b@b").id;
  const org_id acme = new_organization("acme", ann).id;
  const auto set = [&](const account_id& who, membership_level level) {
    return refusal(
        [&](write_context& in) { return tables.members.set_level(acme, who, level, in); });
  };
  const auto remove = [&](const account_id& who) {
    return refusal([&](write_context& in) { return tables.members.remove(acme, who, in); });
  };
  const auto own = [&](const account_id& who) {
    return refusal(
        [&](write_context& in) { return tables.organizations.change_owner(acme, who, in); });
  };
  BOOST_TEST(set(ann, membership_level::admin) == errc::owner_required);
  BOOST_TEST(remove(ann) == errc::owner_required);
  BOOST_TEST(own(bob) == errc::owner_required);
  done([&](write_context& in) {
    return tables.members.add(acme, bob, membership_level::admin, in);
  });
  BOOST_TEST(own(bob) == errc::owner_required);
  BOOST_TEST(set(bob, membership_level::owner) == errc::none);
  // Two owners; the one named by the organization still stays.
  BOOST_TEST(remove(ann) == errc::owner_required);
  BOOST_TEST(own(bob) == errc::none);
  BOOST_TEST(image->organization("acme")->owner == bob);
  BOOST_TEST(set(bob, membership_level::member) == errc::owner_required);
  BOOST_TEST(set(ann, membership_level::member) == errc::none);
  BOOST_TEST(remove(ann) == errc::none);
  BOOST_TEST(remove(ann) == errc::not_found);
  BOOST_TEST(!image->membership("acme", ann.get()).has_value());
}

BOOST_AUTO_TEST_CASE(have_members_that_exist_once) {
  const auto ann = new_account("a@b").id;
  const auto bob = new_account("b@b").id;
  const org_id acme = new_organization("acme", ann).id;
  const auto add = [&](const org_id& org, const account_id& who) {
    return refusal([&](write_context& in) {
      return tables.members.add(org, who, membership_level::member, in);
    });
  };
  BOOST_TEST(add(org_id{"none"}, bob) == errc::not_found);
  BOOST_TEST(add(acme, account_id{"nobody"}) == errc::not_found);
  BOOST_TEST(add(acme, bob) == errc::none);
  BOOST_TEST(add(acme, bob) == errc::unique_violation);
  const auto row = tables.members.find(acme, bob, db).value();
  BOOST_TEST((tables.members.find(row.id, db).value() == row));
  BOOST_TEST(tables.members.find(row_id{"x"}, db).error().code == errc::not_found);
  const auto before = audit_rows();
  done([&](write_context& in) {
    return tables.members.set_level(acme, bob, membership_level::member, in);
  });
  BOOST_TEST(audit_rows() == before);
  BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_CASE(list_their_members_and_those_their_organizations) {
  const auto ann = new_account("a@b").id;
  for (const auto* id : {"o1", "o2", "o3"}) new_organization(id, ann);
  for (int i = 0; i < 5; ++i) {
    const auto who = new_account("m" + std::to_string(i) + "@b").id;
    done([&](write_context& in) {
      return tables.members.add(org_id{"o2"}, who, membership_level::member, in);
    });
  }
  auto part = tables.members.list_of_org(org_id{"o2"}, {.limit = 4}, db).value();
  BOOST_TEST(part.items.size() == 4U);
  BOOST_TEST(
      tables.members.list_of_org(org_id{"o2"}, {.cursor = part.next_cursor}, db)->items.size() ==
      2U);
  part = tables.members.list_of_account(ann, {.limit = 2}, db).value();
  BOOST_TEST(part.items.back().org.get() == "o2");
  part = tables.members.list_of_account(ann, {.cursor = part.next_cursor}, db).value();
  BOOST_REQUIRE(part.items.size() == 1U);
  BOOST_TEST(part.items[0].org.get() == "o3");
  BOOST_TEST(tables.organizations.list({.limit = 2}, db)->next_cursor == "o2");
}

BOOST_AUTO_TEST_CASE(are_renamed_and_removed_with_their_members) {
  const auto ann = new_account("a@b").id;
  const auto bob = new_account("b@b").id;
  const org_id acme = new_organization("acme", ann).id;
  new_organization("other", ann);
  done([&](write_context& in) {
    return tables.members.add(acme, bob, membership_level::member, in);
  });
  const auto rename = [&](std::string_view name) {
    return refusal([&](write_context& in) { return tables.organizations.rename(acme, name, in); });
  };
  BOOST_TEST(rename("other") == errc::unique_violation);
  BOOST_TEST(rename("") == errc::invalid_name);
  BOOST_TEST(rename("Acme & Sons") == errc::none);
  BOOST_TEST(image->organization("acme")->name == "Acme & Sons");
  done([&](write_context& in) { return tables.organizations.remove(acme, in); });
  BOOST_TEST(told() ==
             "organization_members:deleted organization_members:deleted organizations:deleted");
  BOOST_TEST(!image->has_organization("acme"));
  BOOST_TEST(image->has_organization("other"));
  BOOST_TEST(value("SELECT count(*) FROM organization_members") == "1");
  // What was done to it stays known.
  BOOST_TEST(value("SELECT count(*) FROM audit_logs WHERE org_id IS NULL AND details ->> 'orgId' = "
                   "'acme'") == "4");
  BOOST_TEST(refusal([&](write_context& in) { return tables.organizations.remove(acme, in); }) ==
             errc::not_found);
}

BOOST_AUTO_TEST_CASE(and_all_tables_search_in_every_statement) {
  std::vector<test::planned_statement> all;
  const auto take = [&](const std::vector<const sqlite::lazy_statement*>& some) {
    for (const auto* s : some) {
      const auto why = s->name().starts_with("read all ") ? "everything is wanted" : "";
      all.push_back({s->name(), s->sql(), why});
    }
  };
  take(tables.statements());
  take(finder.statements());
  take(reader.statements());
  test::check_plans(db, all);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::identity
