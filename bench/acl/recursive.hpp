#pragma once

#include "graph.hpp"

#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <memory>

namespace quire::bench {

/// The floor of a check: ONE recursive statement over the same file, as somebody would write it who
/// has SQLite and no engine. Its text is in recursive.cpp. It walks as the engine does, breadth
/// first and backward, and stops at the first principal that holds what is wanted. Unlike the
/// engine it trusts the rows: attributes that are not as their type says are not looked for.
class recursive_check {
 public:
  /// Opens the file. Accounts and organizations, which live in another file, are copied into a
  /// table beside it.
  [[nodiscard]] static result<recursive_check> open(const std::filesystem::path& file,
                                                    graph_id graph, const acl_graph& who_is_active);

  struct asked {
    std::string subject;  ///< key of the principal
    std::string scope;
    std::string resource;  ///< `type:id`
    std::string action;
    std::int64_t now = 0;
  };
  [[nodiscard]] result<bool> allows(const asked& q);

 private:
  recursive_check(std::unique_ptr<sqlite::connection> db, sqlite::statement check)
      : db_(std::move(db)), check_(std::move(check)) {}

  std::unique_ptr<sqlite::connection> db_;
  sqlite::statement check_;
};

}  // namespace quire::bench
