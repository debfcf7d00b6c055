#pragma once

#include "fixture.hpp"

#include <quire/evolution/evolver.hpp>

#include <functional>

namespace quire::operations {

/// A tenant whose graph types change: an evolver with the writer's store and a reader of its own,
/// all in this thread.
struct evolving_tenant : tenant_files {
  std::unique_ptr<tenant_store> store = open();
  std::unique_ptr<sqlite::connection> reader = open_reader();
  int writes = 0;
  /// Batches are handed over, and written only once their answer is waited for.
  bool hands_over = false;
  /// Called before each step of the writer; an error is its answer.
  std::function<result<void>(int)> before_write = [](int) { return result<void>{}; };

  [[nodiscard]] std::unique_ptr<sqlite::connection> open_reader() const {
    auto made = sqlite::connection::open(file, {.mode = sqlite::open_mode::read_only});
    BOOST_REQUIRE_MESSAGE(made, made.error());
    return std::make_unique<sqlite::connection>(std::move(*made));
  }

  /// Forgets all that is in memory, as a process that ends does.
  void restart() {
    reader.reset();
    store.reset();
    store = open();
    reader = open_reader();
  }

  result<void> maintain(maintenance work) {
    if (auto ok = store->begin(); !ok) return ok.error();
    auto done = store->apply(work);
    if (!done) {
      store->roll_back();
      return done.error();
    }
    auto ended = store->commit();
    return ended ? result<void>{} : result<void>{ended.error()};
  }

  [[nodiscard]] evolution::evolver evolver() {
    evolution::evolver::access access{
        .read =
            [this](const std::function<result<void>(sqlite::connection&)>& body) {
              return body(*reader);
            },
        .write = [this](evolution::write_step step) -> result<void> {
          const auto hook = before_write;  // which may give itself another
          if (auto ok = hook(++writes); !ok) return ok.error();
          return maintain({.run =
                               [&](maintenance_tools& tools) {
                                 evolution::writer_tools given{.context = tools.context,
                                                               .types = tools.types,
                                                               .migrations = tools.migrations};
                                 return step.run(given);
                               },
                           .actor = "tester",
                           .alone = step.alone});
        }};
    if (hands_over) {
      access.submit = [write = access.write](evolution::write_step step) {
        return [write, step = std::move(step)] { return write(step); };
      };
    }
    return evolution::evolver{std::move(access)};
  }

  result<evolution::evolution_report> ensure(const define_graph_type& what, std::int64_t version,
                                             const evolution::evolution_options& options = {}) {
    return evolver().ensure(what, version, options);
  }
  evolution::evolution_report ensured(const define_graph_type& what, std::int64_t version,
                                      const evolution::evolution_options& options = {}) {
    auto report = ensure(what, version, options);
    BOOST_REQUIRE_MESSAGE(report, report.error());
    return std::move(*report);
  }
  errc refusal_of(const define_graph_type& what, std::int64_t version,
                  const evolution::evolution_options& options = {}) {
    const auto before = value("SELECT group_concat(version || metadata) FROM graph_types");
    const auto report = ensure(what, version, options);
    BOOST_TEST(value("SELECT group_concat(version || metadata) FROM graph_types") == before);
    return report ? errc::none : report.error().code;
  }
  std::string value(std::string_view sql) { return operations::value(store->connection(), sql); }
  /// All rows as they are, without what a migration may not decide.
  std::string rows() {
    return value(
        "SELECT group_concat(line, x'0a') FROM (SELECT id || key || coalesce(node_type, '') || "
        "attributes || metadata AS line FROM nodes UNION ALL SELECT id || coalesce(key, '') || "
        "coalesce(edge_type, '') || attributes || metadata FROM edges ORDER BY 1)");
  }
};

}  // namespace quire::operations
