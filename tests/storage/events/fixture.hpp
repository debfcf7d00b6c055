#pragma once

#include <quire/events/change_log.hpp>
#include <quire/events/change_reader.hpp>
#include <quire/events/stream.hpp>
#include <quire/sqlite/migrate.hpp>
#include <quire/test/plan.hpp>
#include <quire/test/scratch.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace quire::events {

inline constexpr timestamp noon{std::chrono::milliseconds{1'700'000'000'987}};

/// A migrated tenant file.
struct event_file {
  test::scratch_folder folder;
  sqlite::connection db = open();
  change_log changes{db, org_id{"acme"}};

  [[nodiscard]] sqlite::connection open() const {
    auto made = sqlite::connection::open(
        folder / "tenant-acme.db",
        {.mode = sqlite::open_mode::create, .sync = sqlite::durability::normal});
    sqlite::migrate(*made, sqlite::file_kind::tenant, org_id{"acme"}).value();
    return std::move(*made);
  }

  void run(std::string_view sql) {
    const auto done = db.execute(sql);
    BOOST_REQUIRE_MESSAGE(done, done.error());
  }
  std::string value(std::string_view sql) {
    auto rows = db.prepare("test", sql).value();
    BOOST_REQUIRE(rows.step().value());
    std::string out{rows.text(0)};
    for (int i = 1; i < rows.columns(); ++i) out.append("|").append(rows.text(i));
    return out;
  }

  static change_event node_event(const std::string& key, change_op op = change_op::created) {
    change_event e;
    e.op = op;
    e.graph = graph_id{"g"};
    e.key = key;
    e.at = noon;
    e.actor = "ann";
    return e;
  }
  /// Appends and commits so many change events.
  void write_changes(int count) {
    for (int i = 0; i < count; ++i)
      BOOST_REQUIRE(changes.append(node_event("n" + std::to_string(i))));
    BOOST_REQUIRE(changes.store());
    static_cast<void>(changes.take());
  }
  void write_others(int count) {
    for (int i = 0; i < count; ++i) {
      run("INSERT INTO _honker_stream (topic, payload) VALUES ('nodes:seen', '7')");
    }
  }
};

/// All statements of an object, to look at their plans.
template <class Object>
std::vector<test::planned_statement> planned(const Object& object) {
  std::vector<test::planned_statement> all;
  for (const auto* s : object.statements()) all.push_back({s->name(), s->sql(), {}});
  return all;
}

}  // namespace quire::events
