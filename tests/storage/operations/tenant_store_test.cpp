#include "fixture.hpp"

#include <quire/messages/limits.hpp>
#include <quire/test/fault_vfs.hpp>

namespace quire::operations {

BOOST_AUTO_TEST_SUITE(a_tenant_file)

BOOST_AUTO_TEST_CASE(is_made_once_and_for_valid_names_only) {
  tenant_files f;
  BOOST_TEST(tenant_store::create_file(f.file, acme, {}).error().code == errc::conflict);
  for (const auto* name : {"", "../x", "A", "a/b", "\xFF"}) {
    const auto other = f.folder / "other.db";
    BOOST_TEST(tenant_store::create_file(other, org_id{name}, {}).error().code ==
               errc::invalid_org_id);
    BOOST_TEST(!std::filesystem::exists(other));
    BOOST_TEST(tenant_store::open(f.file, org_id{name}, {}, f.env.get()).error().code ==
               errc::invalid_org_id);
  }
  BOOST_TEST(tenant_store::create_file(f.folder / "long.db", org_id{std::string(64, 'a')}, {})
                 .error()
                 .code == errc::invalid_org_id);
}

BOOST_AUTO_TEST_CASE(opens_for_its_organization_only) {
  tenant_files f;
  BOOST_TEST(tenant_store::open(f.folder / "none.db", acme, {}, f.env.get()).error().code ==
             errc::not_found);
  const auto wrong = tenant_store::open(f.file, org_id{"other"}, {}, f.env.get());
  BOOST_TEST(wrong.error().code == errc::schema_mismatch);
  BOOST_TEST(wrong.error().context.find("other") != std::string::npos);
  BOOST_TEST(f.open()->last_seq().get() == 0);
}

BOOST_AUTO_TEST_CASE(of_the_original_keeps_the_ids_of_edge_types) {
  one_tenant f;
  BOOST_REQUIRE(f.store->connection().execute("ALTER TABLE edges ADD COLUMN edge_type_id TEXT"));
  f.store = f.open();
  written(*f.store, request(new_edge("g", "a", "b")));
  BOOST_TEST(f.value("SELECT t.name || ' ' || e.edge_type FROM edges e JOIN edge_types t ON t.id = "
                     "e.edge_type_id") == "link link");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_group_of_requests, one_tenant)

BOOST_AUTO_TEST_CASE(commits_without_the_one_that_fails) {
  const auto before = store->last_seq().get();
  BOOST_TEST(!store->begin().value());
  const auto first = store->apply(request(new_node("g", "c"), new_edge("g", "a", "b", "ab")));
  const auto second = store->apply(
      request(new_node("g", "undone"), new_edge("g", "b", "a"), new_edge("g", "a", "nobody")));
  const auto third = store->apply(request(new_node("g", "d"), new_edge("g", "c", "d")));
  BOOST_REQUIRE(first);
  BOOST_REQUIRE(third);
  BOOST_REQUIRE(!second);
  BOOST_TEST(second.error().code == errc::missing_endpoint);
  BOOST_TEST(second.error().context.find("operation 3 of 3") != std::string::npos);
  BOOST_TEST(first->seq.get() == before + 2);
  BOOST_TEST(third->seq.get() == before + 4);
  BOOST_TEST(store->last_seq().get() == before);
  const auto done = store->commit().value();
  BOOST_TEST(!store->is_open());
  BOOST_TEST(done.seq.get() == before + 4);
  BOOST_REQUIRE(done.events.size() == 4U);
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(done.events[i].seq.get() == before + 1 + static_cast<std::int64_t>(i));
  BOOST_TEST(done.events[1].key == "ab");
  BOOST_TEST(done.events[2].key == "d");
  BOOST_TEST(value("SELECT group_concat(key) FROM (SELECT key FROM nodes ORDER BY key)") ==
             "a,b,c,d");
  BOOST_TEST(value("SELECT count(*) FROM edges") == "2");
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(sees_what_requests_before_it_did) {
  BOOST_REQUIRE(store->begin());
  BOOST_REQUIRE(store->apply(request(new_node("g", "x"))));
  BOOST_TEST(store->apply(request(new_node("g", "x"))).error().code == errc::duplicate_key);
  BOOST_REQUIRE(store->apply(request(new_edge("g", "x", "a"))));
  BOOST_REQUIRE(store->apply(request(delete_node{graph_id{"g"}, node_key{"x"}})));
  BOOST_TEST(store->apply(request(new_edge("g", "x", "b"))).error().code == errc::missing_endpoint);
  BOOST_REQUIRE(store->commit());
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(remembers_no_end_that_was_rolled_back) {
  BOOST_REQUIRE(store->begin());
  BOOST_TEST(!store->apply(
      request(new_node("g", "x"), new_edge("g", "x", "a"), new_edge("g", "x", "nobody"))));
  BOOST_TEST(store->apply(request(new_edge("g", "x", "b"))).error().code == errc::missing_endpoint);
  // And none that the failing request removed is missed.
  BOOST_TEST(!store->apply(request(delete_node{graph_id{"g"}, node_key{"a"}}, new_node("g", "b"))));
  BOOST_TEST(store->apply(request(new_edge("g", "a", "b"))).has_value());
  BOOST_REQUIRE(store->commit());
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(remembers_no_graph_that_was_rolled_back) {
  BOOST_TEST(refusal(*store, request(new_graph("h", "simple"), new_node("h", "x"),
                                     new_node("h", "x"))) == errc::duplicate_key);
  BOOST_TEST(refusal(*store, request(new_node("h", "x"))) == errc::not_found);
  BOOST_REQUIRE(store->begin());
  BOOST_REQUIRE(store->apply(request(new_graph("h", "simple"), new_node("h", "x"))));
  store->roll_back();
  BOOST_TEST(!store->is_open());
  BOOST_TEST(refusal(*store, request(new_node("h", "x"))) == errc::not_found);
  // A type of a failing request is no type.
  BOOST_TEST(refusal(*store, request(items("more", ""), new_graph("g", "more"))) ==
             errc::duplicate_key);
  BOOST_TEST(refusal(*store, request(new_graph("i", "more"))) == errc::unknown_type);
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(gives_numbers_again_that_were_rolled_back) {
  const auto before = store->last_seq().get();
  BOOST_REQUIRE(store->begin());
  BOOST_TEST(store->apply(request(new_node("g", "x")))->seq.get() == before + 1);
  store->roll_back();
  BOOST_TEST(store->last_seq().get() == before);
  BOOST_TEST(written(*store, request(new_node("g", "y"))).seq.get() == before + 1);
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(answers_the_last_number_when_it_changes_nothing) {
  const auto before = store->last_seq();
  const auto reply = written(*store, request(update_node{graph_id{"g"}, node_key{"a"}, number(0)}));
  BOOST_TEST(reply.seq == before);
  BOOST_TEST(!reply.outcomes.front().changed);
  BOOST_TEST(store->last_seq() == before);
  auto quiet = request(new_node("g", "q"));
  quiet.want_rows = false;
  BOOST_TEST(std::holds_alternative<std::monostate>(written(*store, quiet).outcomes.front().row));
}

BOOST_AUTO_TEST_CASE(takes_between_one_and_the_limit_of_operations) {
  BOOST_TEST(refusal(*store, write_request{}) == errc::limit_exceeded);
  write_request many;
  many.operations.assign(limits::max_operations_per_request + 1, operation{new_node("g", "x")});
  BOOST_TEST(refusal(*store, many) == errc::limit_exceeded);
}

BOOST_AUTO_TEST_CASE(records_who_is_responsible_and_refuses_who_cannot_be_named) {
  auto by = request(new_node("g", "x"));
  by.session.actor = "agent \"7\"";
  written(*store, by);
  BOOST_TEST(value("SELECT payload ->> 'actor' FROM _honker_stream ORDER BY offset DESC LIMIT 1") ==
             "agent \"7\"");
  for (const auto& actor :
       {std::string{}, std::string{"\xFF"}, std::string{"a\n"}, std::string(600, 'x')}) {
    by.session.actor = actor;
    BOOST_TEST(refusal(*store, by) == errc::invalid_option);
  }
}

BOOST_AUTO_TEST_CASE(knows_which_requests_must_be_alone) {
  BOOST_TEST(store->is_barrier(request(items("x", ""))));
  BOOST_TEST(store->is_barrier(request(new_node("g", "a"), delete_graph_type{})));
  BOOST_TEST(!store->is_barrier(request(new_graph("g", "x"), new_node("g", "a"),
                                               delete_graph{}, delete_node{}, update_graph{})));
}

BOOST_AUTO_TEST_CASE(cannot_be_committed_when_none_is_open) {
  const auto before = store->last_seq();
  BOOST_TEST(store->commit().error().code == errc::storage_io);
  BOOST_TEST(store->apply(request(new_node("g", "x"))).error().code == errc::internal);
  BOOST_TEST(store->last_seq() == before);
  written(*store, request(new_node("g", "x")));
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(two_writers_of_one_file, one_tenant)

BOOST_AUTO_TEST_CASE(wait_for_each_other) {
  auto other = open();
  BOOST_REQUIRE(store->begin());
  BOOST_TEST(other->begin().error().code == errc::storage_busy);
  BOOST_TEST(!other->is_open());
  store->roll_back();
  BOOST_REQUIRE(other->begin());
  other->roll_back();
}

BOOST_AUTO_TEST_CASE(continue_each_others_numbers) {
  auto other = open();
  env.reseed(99);
  auto expected = store->last_seq().get();
  for (int i = 0; i < 40; ++i) {
    auto& turn = i % 3 == 0 ? *other : *store;
    BOOST_TEST(written(turn, request(new_node("g", "n" + std::to_string(i)))).seq.get() ==
               ++expected);
    if (i % 7 == 0) BOOST_TEST(refusal(turn, request(new_node("g", "a"))) == errc::duplicate_key);
  }
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(notice_each_others_commits_and_only_those) {
  auto other = open();
  BOOST_TEST(!store->look_for_foreign_commits().value());
  written(*store, request(new_node("g", "x")));
  BOOST_TEST(!store->look_for_foreign_commits().value());
  BOOST_TEST(!store->begin().value());
  store->roll_back();
  BOOST_TEST(other->begin().value());
  other->roll_back();
  BOOST_TEST(!other->look_for_foreign_commits().value());
  written(*other, request(new_node("g", "y")));
  BOOST_TEST(store->look_for_foreign_commits().value());
  BOOST_TEST(store->last_seq() == other->last_seq());
}

BOOST_AUTO_TEST_CASE(forget_what_the_other_changed) {
  auto other = open();
  written(*other, request(new_node("g", "x")));
  // Archived by the other, after this one has seen it active.
  written(*store, request(update_graph{
                      .id = graph_id{"g"}, .set_status = true, .status = graph_status::archived}));
  BOOST_TEST(refusal(*other, request(new_node("g", "y"))) == errc::graph_archived);
  written(*store, request(delete_graph{graph_id{"g"}}));
  written(*store, request(delete_graph_type{graph_type_name{"simple"}}));
  written(*store, request(define_graph_type{
                      .name = graph_type_name{"simple"},
                      .module = json("{'OtherNode': {'type': 'object', 'required': ['m']}}")}));
  written(*store, request(new_graph("g", "simple")));
  auto untyped = new_node("g", "y");
  untyped.type = {};
  BOOST_TEST(refusal(*other, request(untyped)) == errc::validation_failed);
  // By plain SQL, without an event.
  BOOST_REQUIRE(other->connection().execute("UPDATE graphs SET status = 'archived'"));
  BOOST_TEST(refusal(*store, request(new_node("g", "y"))) == errc::graph_archived);
  check_numbers(store->connection());
}

BOOST_AUTO_TEST_CASE(notice_when_the_other_marks_a_type_as_lazy_and_unmarks_it) {
  auto other = open();
  update_node op{.graph = graph_id{"g"}, .key = node_key{"a"}};
  op.patch = json("[{'type': 'insert', 'path': '/n', 'value': 1}]");
  written(*store, request(op));
  const auto by_other = [&](const std::string& sql) {
    const auto done = other->connection().execute(sql);
    BOOST_REQUIRE_MESSAGE(done, done.error());
  };
  by_other(
      "UPDATE node_types SET schema = json_set(schema, '$.properties.m', "
      "json('{\"default\": 3}'), '$.required', json('[\"m\"]'));"
      "UPDATE graph_types SET metadata = '{\"_evolution.lazy\": true}'");
  op.patch = json("[{'type': 'insert', 'path': '/n', 'value': 2}]");
  written(*store, request(op));
  BOOST_TEST(value("SELECT attributes ->> 'm' FROM nodes WHERE key = 'a'") == "3");
  by_other("UPDATE graph_types SET metadata = '{}'; UPDATE nodes SET attributes = '{}'");
  BOOST_TEST(refusal(*store, request(op)) == errc::validation_failed);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_full_disk)

BOOST_AUTO_TEST_CASE(costs_the_neighbours_of_the_culprit_nothing) {
  using failure = test::fault_vfs::failure;
  int ended = 0;
  int at_commit = 0;
  for (const auto how : {failure::disk_full, failure::io_error}) {
    bool failed = true;
    for (std::int64_t nth = 1; failed; nth += 3) {
      BOOST_TEST_CONTEXT("call " << nth) {
        test::fault_vfs vfs;
        tenant_files f{vfs.name()};
        auto how_to_open = f.options(vfs.name());
        how_to_open.cache_kib = 1;  // so that pages are written before the commit
        auto store = f.open(how_to_open);
        written(*store, request(items("simple", "")));
        written(*store, request(new_graph("g", "simple")));
        const auto before = store->last_seq().get();
        const auto large = [](int i) {
          auto op = new_node("g", "n" + std::to_string(i));
          op.metadata = json("{'x': '" + std::string(30'000, 'x') + "'}");
          return request(op, new_graph("g" + std::to_string(i), "simple"));
        };
        vfs.fail_at(nth, how, false);
        std::vector<int> waiting{0, 1, 2, 3};
        std::vector<int> refused;
        std::vector<int> done;
        while (!waiting.empty()) {
          BOOST_REQUIRE(store->begin());
          BOOST_REQUIRE(store->is_open());
          std::vector<int> applied;
          while (!waiting.empty() && store->is_open()) {
            const int i = waiting.front();
            waiting.erase(waiting.begin());
            const auto reply = store->apply(large(i));
            (reply ? applied : refused).push_back(i);
          }
          const bool was_open = store->is_open();
          const auto committed = store->commit();
          BOOST_TEST(!store->is_open());
          BOOST_TEST((was_open || !committed));
          if (committed) {
            done.insert(done.end(), applied.begin(), applied.end());
          } else if (!was_open) {
            ++ended;
            BOOST_TEST(committed.error().code == errc::storage_io);
            waiting.insert(waiting.begin(), applied.begin(), applied.end());
          } else {
            ++at_commit;
            refused.insert(refused.end(), applied.begin(), applied.end());
            if (committed.error().code == errc::commit_unknown) {
              store.reset();
              store = f.open(how_to_open);
            }
          }
        }
        failed = vfs.has_failed();
        vfs.heal();
        if (!failed) BOOST_TEST(done.size() == 4U);
        // Of a commit whose fate is open all or nothing is there.
        const auto there = std::stoull(value(store->connection(), "SELECT count(*) FROM nodes"));
        BOOST_TEST((there == done.size() || there == done.size() + refused.size()));
        const auto count =
            value(store->connection(), "SELECT count(*) FROM graphs WHERE id <> 'g'");
        BOOST_TEST(std::stoull(count) == there);
        store->look_for_foreign_commits().value();
        BOOST_TEST(written(*store, request(new_node("g", "last"))).seq.get() ==
                   before + 2 * static_cast<std::int64_t>(there) + 1);
        check_numbers(store->connection());
        BOOST_TEST(verify(store->connection()).value().empty());
      }
    }
  }
  BOOST_TEST(ended > 0);
  BOOST_TEST(at_commit > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::operations
