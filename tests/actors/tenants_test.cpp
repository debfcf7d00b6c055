#include "fixture.hpp"

#include <quire/sqlite/maintenance.hpp>

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <future>
#include <thread>

namespace quire::test {
namespace {

namespace fs = std::filesystem;

/// Open descriptors of this process in a folder.
std::vector<std::string> descriptors_in(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    const auto target = fs::read_symlink(entry.path(), gone).string();
    if (!gone && target.starts_with(fs::canonical(folder).string())) found.push_back(target);
  }
  return found;
}

std::size_t threads_now() {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator{"/proc/self/task"}, fs::directory_iterator{}));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tenants, running_engine)

BOOST_AUTO_TEST_CASE(are_made_once_and_for_known_organizations_only) {
  BOOST_TEST(error_of(engine->create_tenant(org_id{"acme"})).code == errc::tenant_exists);
  const auto unknown = error_of(engine->create_tenant(org_id{"nobody"}));
  BOOST_TEST(unknown.code == errc::not_found);
  BOOST_TEST(mentions(unknown, "nobody"));
  const auto absent = error_of(engine->tenant(org_id{"nobody"}, access::open{}));
  BOOST_TEST(absent.code == errc::tenant_not_found);
  BOOST_TEST(mentions(absent, "nobody"));
  BOOST_TEST(error_of(engine->create_tenant(
                          {.id = org_id{"acme"}, .owner_email = "a@b", .name = {}, .slug = {}}))
                 .code == errc::unique_violation);
  BOOST_TEST(error_of(engine->find_organization(org_id{"nobody"})).code == errc::not_found);
  BOOST_TEST(engine->tenants().value() == std::vector{org_id{"acme"}});
}

BOOST_AUTO_TEST_CASE(that_were_removed_are_gone_and_can_be_made_again) {
  acme->create(note("old")).value();
  auto held = acme->view().value();
  auto feed = acme->subscribe().value();
  engine->remove_tenant(org_id{"acme"}).value();
  BOOST_TEST(error_of(engine->remove_tenant(org_id{"acme"})).code == errc::tenant_not_found);
  BOOST_TEST(error_of(engine->tenant(org_id{"acme"}, access::open{})).code ==
             errc::tenant_not_found);
  BOOST_TEST(error_of(acme->create(note("late"))).code == errc::engine_closed);
  BOOST_TEST(error_of(acme->view()).code == errc::engine_closed);
  BOOST_TEST(error_of(held.find(find_node{graph_id{"g"}, node_key{"old"}})).code ==
             errc::engine_closed);
  BOOST_TEST(error_of(feed.next(patience)).code == errc::engine_closed);
  BOOST_TEST(descriptors_in(options.dir / "tenants").empty());
  BOOST_TEST(!fs::is_empty(options.dir / "removed"));
  engine->create_tenant(org_id{"acme"}).value();
  auto again = engine->tenant(org_id{"acme"}, access::open{}).value();
  BOOST_TEST(again.view().value().seq() == change_seq{0});
  again.define(graph_type_name{"notes"}, notes_module).value();
  BOOST_TEST(fs::exists(file()));
}

BOOST_AUTO_TEST_CASE(are_removed_once_however_many_try_while_others_ask_for_them) {
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> removed{0};
    std::atomic<int> strange{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        auto gone = engine->remove_tenant(org_id{"acme"});
        if (gone) ++removed;
        if (!gone && gone.error().code != errc::tenant_not_found) ++strange;
      });
      threads.emplace_back([&, t] {
        auto asked = engine->tenant(org_id{"acme"}, access::open{});
        if (!asked) return;
        auto written = asked->create(note("n" + std::to_string(t)));
        if (written) return;
        const auto code = written.error().code;
        if (code != errc::engine_closed && code != errc::tenant_not_found &&
            code != errc::duplicate_key && code != errc::not_found) {
          ++strange;
        }
      });
    }
    for (auto& t : threads) t.join();
    BOOST_TEST(removed.load() == 1);
    BOOST_TEST(strange.load() == 0);
    BOOST_TEST(descriptors_in(options.dir / "tenants").empty());
    engine->create_tenant(org_id{"acme"}).value();
    auto fresh = engine->tenant(org_id{"acme"}, access::open{}).value();
    BOOST_TEST(fresh.view().value().seq() == change_seq{0});
    fresh.define(graph_type_name{"notes"}, notes_module).value();
  }
}

BOOST_AUTO_TEST_CASE(with_a_damaged_file_harm_no_other) {
  engine
      ->create_tenant(
          {.id = org_id{"broken"}, .owner_email = "b@example.org", .name = {}, .slug = {}})
      .value();
  std::ofstream{file("broken"), std::ios::binary | std::ios::trunc} << std::string(8192, 'x');
  auto broken = engine->tenant(org_id{"broken"}, access::open{}).value();
  for (int i = 0; i < 3; ++i) {
    const auto e = error_of(broken.create(note("a")));
    BOOST_TEST(e.code == errc::storage_corrupt);
    BOOST_TEST(mentions(e, "broken"));
    BOOST_TEST(error_of(broken.view()).code == errc::storage_corrupt);
    BOOST_TEST(error_of(broken.subscribe()).code == errc::storage_corrupt);
    BOOST_TEST(acme->create(note("n" + std::to_string(i))).has_value());
  }
  BOOST_TEST(status("broken").in_flight == 0U);
  BOOST_TEST(status("broken").subscribers == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(files_of_tenants)

BOOST_AUTO_TEST_CASE(close_when_idle_and_open_for_the_next_request) {
  running_engine r{[](engine_options& o) { o.idle = 20ms; }};
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(eventually([&] { return !r.status().open; }));
    BOOST_TEST(r.engine->status().open_tenants == 0U);
    BOOST_TEST(eventually([&] { return descriptors_in(r.options.dir / "tenants").empty(); }));
    BOOST_TEST(r.acme->create(note("n" + std::to_string(i))).has_value());
  }
}

BOOST_AUTO_TEST_CASE(stay_few_although_tenants_are_many) {
  running_engine r{[](engine_options& o) { o.max_open_tenants = 2; }};
  std::vector<open_tenant> all;
  for (int i = 0; i < 10; ++i) all.push_back(make_tenant(*r.engine, "t" + std::to_string(i)));
  for (int round = 0; round < 5; ++round) {
    std::vector<std::thread> threads;
    std::atomic<int> failed{0};
    for (auto& t : all) {
      threads.emplace_back([&, round] {
        if (!t.create(note("n" + std::to_string(round)))) ++failed;
        if (!running_engine::has_note(t, "n" + std::to_string(round))) ++failed;
      });
    }
    for (auto& t : threads) t.join();
    BOOST_TEST(failed.load() == 0);
  }
  BOOST_TEST(eventually([&] { return r.engine->status().open_tenants <= all.size() / 2; }));
}

BOOST_AUTO_TEST_CASE(show_themselves_to_views_for_a_while_only) {
  running_engine r{[](engine_options& o) { o.max_view_age = 1ms; }};
  auto old = r.acme->view().value();
  BOOST_TEST(eventually(
      [&] { return error_of(old.find_graph(graph_id{"g"})).code == errc::view_expired; }));
  BOOST_TEST(error_of(old.changes(change_seq{0})).code == errc::view_expired);
  BOOST_TEST(r.status().views == 0U);
}

BOOST_AUTO_TEST_CASE(refuse_one_view_too_many) {
  running_engine r{[](engine_options& o) {
    o.max_readers = 2;
    o.timeout = 50ms;
  }};
  auto only = r.acme->view().value();
  const auto e = error_of(r.acme->view());
  BOOST_TEST(e.code == errc::storage_busy);
  BOOST_TEST(mentions(e, "acme"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(several_engines)

BOOST_AUTO_TEST_CASE(on_different_folders_know_nothing_of_each_other) {
  running_engine a;
  running_engine b;
  a.acme->create(note("only here")).value();
  BOOST_TEST(!b.has("only here"));
}

BOOST_AUTO_TEST_CASE(on_one_folder_see_each_others_events_and_types) {
  running_engine a;
  auto second = engine::open(a.options).value();
  auto other = second.tenant(org_id{"acme"}, access::open{}).value();
  auto events = a.acme->subscribe().value();
  const auto start = a.seq().get();
  other.create(note("theirs")).value();
  a.acme->create(note("ours")).value();
  auto got = take(events, 2);
  BOOST_TEST(got.size() == 2U);
  BOOST_TEST(contiguous(got, start + 1));
  other.define(graph_type_name{"more"}, R"({"ThingNode": {"type": "object"}})").value();
  create_graph g;
  g.id = graph_id{"h"};
  g.name = "h";
  g.type = graph_type_name{"more"};
  BOOST_TEST(a.acme->create(g).has_value());
  BOOST_TEST(a.status().foreign_commits > 0U);
  // With nobody writing here, the watcher alone finds it.
  const auto before = a.seq().get();
  for (int i = 0; i < 20; ++i) {
    other.create(note("w" + std::to_string(i))).value();
    got = take(events, static_cast<std::size_t>(before + 1 + i - events.position().get()));
    BOOST_TEST(events.position() == change_seq{before + 1 + i});
  }
}

BOOST_AUTO_TEST_CASE(on_one_folder_write_at_the_same_time_without_harm) {
  running_engine a;
  auto second = engine::open(a.options).value();
  auto other = second.tenant(org_id{"acme"}, access::open{}).value();
  auto events = a.acme->subscribe().value();
  const auto start = a.seq().get();
  constexpr int each = 100;
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      auto& to = t % 2 == 0 ? *a.acme : other;
      for (int i = 0; i < each; ++i) {
        if (!to.create(note("t" + std::to_string(t) + "-" + std::to_string(i)))) ++failed;
      }
    });
  }
  for (auto& t : threads) t.join();
  BOOST_TEST(failed.load() == 0);
  const auto got = take(events, 4 * each);
  BOOST_TEST(got.size() == 4U * each);
  BOOST_TEST(contiguous(got, start + 1));
  std::set<std::string> keys;
  for (const auto& e : got) keys.insert(e.key);
  BOOST_TEST(keys.size() == 4U * each);
  BOOST_TEST(a.acme->view().value().verify().value().empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(closing)

// A thread that had asked the engine something once kept others from closing it.
BOOST_AUTO_TEST_CASE(does_not_wait_for_threads_that_asked_before) {
  running_engine r;
  std::promise<void> asked;
  std::promise<void> closed;
  std::thread bystander{[&] {
    BOOST_TEST(r.engine->tenants().value().size() == 1U);
    asked.set_value();
    closed.get_future().wait();
  }};
  asked.get_future().wait();
  r.engine->close().value();
  closed.set_value();
  bystander.join();
}

BOOST_AUTO_TEST_CASE(answers_or_refuses_every_call_and_loses_nothing_answered) {
  for (int round = 0; round < 5; ++round) {
    running_engine r{[](engine_options& o) { o.wal_soft_bytes = 64U << 10U; }};
    std::vector<std::vector<std::string>> answered(16);
    std::atomic<int> running{0};
    std::atomic<int> strange{0};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < answered.size(); ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0;; ++i) {
          const auto key = std::to_string(t) + "-" + std::to_string(i);
          auto done = r.acme->create(note(key));
          if (!done) {
            if (done.error().code != errc::engine_closed) ++strange;
            return;
          }
          if (answered[t].empty()) ++running;
          answered[t].push_back(key);
        }
      });
    }
    std::thread reading{[&] {
      auto sub = r.acme->subscribe();
      while (sub && sub->next(patience)) {
      }
    }};
    std::thread asking{[&] {
      while (!r.engine->organizations().has_error()) {
      }
      if (error_of(r.engine->tenants()).code != errc::engine_closed) ++strange;
    }};
    BOOST_TEST(eventually([&] { return running.load() == 16; }));
    auto view = r.acme->view().value();
    std::thread closer{[&] { r.engine->close().value(); }};
    r.engine->close().value();
    closer.join();
    for (auto& t : threads) t.join();
    reading.join();
    asking.join();
    BOOST_TEST(strange.load() == 0);
    BOOST_TEST(error_of(view.find_graph(graph_id{"g"})).code == errc::engine_closed);
    BOOST_TEST(descriptors_in(r.folder.path()).empty());
    BOOST_TEST(eventually([&] { return threads_now() == 1U; }));
    r.reopen();
    std::size_t lost = 0;
    auto now = r.acme->view().value();
    for (const auto& keys : answered) {
      for (const auto& key : keys)
        lost += now.find(find_node{graph_id{"g"}, node_key{key}}) ? 0U : 1U;
    }
    BOOST_TEST(lost == 0U);
    BOOST_TEST(now.verify().value().empty());
  }
}

BOOST_AUTO_TEST_CASE(may_come_before_the_ends_of_what_the_engine_gave) {
  running_engine r;
  auto view = r.acme->view().value();
  auto events = r.acme->subscribe().value();
  r.engine.reset();
  BOOST_TEST(error_of(r.acme->create(note("a"))).code == errc::engine_closed);
  BOOST_TEST(error_of(r.acme->view()).code == errc::engine_closed);
  BOOST_TEST(error_of(r.acme->subscribe()).code == errc::engine_closed);
  BOOST_TEST(error_of(view.find_graph(graph_id{"g"})).code == errc::engine_closed);
  BOOST_TEST(error_of(events.next(patience)).code == errc::engine_closed);
  BOOST_TEST(descriptors_in(r.folder.path()).empty());
}

BOOST_AUTO_TEST_CASE(answers_creations_and_removals_under_way) {
  for (int round = 0; round < 10; ++round) {
    running_engine r;
    std::vector<std::thread> threads;
    std::atomic<int> answered{0};
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        (void)r.engine->create_tenant({.id = org_id{"t" + std::to_string(t)},
                                       .owner_email = "a@example.org",
                                       .name = {},
                                       .slug = {}});
        ++answered;
      });
      threads.emplace_back([&] {
        (void)r.engine->remove_tenant(org_id{"acme"});
        ++answered;
      });
    }
    r.engine->close().value();
    for (auto& t : threads) t.join();
    BOOST_TEST(answered.load() == 8);
    BOOST_TEST(descriptors_in(r.folder.path()).empty());
  }
}

BOOST_AUTO_TEST_CASE(is_not_held_up_for_ever_by_a_foreign_lock) {
  running_engine r;
  std::atomic<int> refused{0};
  const foreign_lock held{r.file()};
  for (int i = 0; i < 3; ++i) {
    r.acme->submit(all_of(note("n" + std::to_string(i))),
                   [&](const result<write_reply>& a) { refused += a ? 0 : 1; });
  }
  r.engine->close().value();
  BOOST_TEST(refused.load() == 3);
  BOOST_TEST(r.engine->close().has_value());
}

BOOST_AUTO_TEST_CASE(migrates_all_tenants_but_the_broken_one) {
  running_engine r;
  for (int i = 1; i < 50; ++i) {
    r.engine->create_tenant({.id = org_id{"t" + std::to_string(i)}, .owner_email = "a@example.org"})
        .value();
  }
  std::ofstream{r.folder / "data" / "tenants" / "tenant-t7.db"} << std::string(8192, 'x');
  for (int round = 0; round < 2; ++round) {
    const auto all = r.engine->migrate_all().value();
    BOOST_TEST(all.size() == 50U);
    for (const auto& one : all) {
      const bool broken = one.org.get() == "t7";
      BOOST_TEST((one.failure.code == (broken ? errc::storage_corrupt : errc::none)), one.org);
      BOOST_TEST((one.to_version > 0) == !broken);
      if (broken) BOOST_TEST(mentions(one.failure, "t7"));
    }
  }
}

BOOST_AUTO_TEST_CASE(leaves_a_folder_that_cannot_be_opened_as_it_was) {
  const scratch_folder folder;
  engine_options o;
  BOOST_TEST(error_of(engine::open(o)).code == errc::invalid_path);
  std::ofstream{folder / "file"} << "x";
  o.dir = folder / "file";
  BOOST_TEST(error_of(engine::open(o)).code == errc::invalid_path);
  fs::create_directory(folder / "data");
  std::ofstream{folder / "data" / "system.db"} << std::string(8192, 'x');
  o.dir = folder / "data";
  BOOST_TEST(error_of(engine::open(o)).code == errc::storage_corrupt);
  BOOST_TEST(descriptors_in(folder.path()).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace quire::test
