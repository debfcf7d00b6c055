#pragma once

#include <quire/acl/search.hpp>
#include <quire/acl/view.hpp>
#include <quire/messages/ids.hpp>
#include <quire/sqlite/connection.hpp>
#include <quire/sqlite/statement.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quire::acl {

/// The graph of access control as it lies in a file. Reads what it is asked for, each time, through
/// indexes: what it costs does not depend on the size of the graph. Belongs to the connection's
/// thread; the connection outlives it and stays where it is. Several calls are one state only
/// inside a transaction of the caller. A node of another type than `principal`, or with a key that
/// names no principal, is not there; attributes that are not as their type says are malformed.
class sql_view final : public graph_view {
 public:
  sql_view(sqlite::connection& db, graph_id graph);
  ~sql_view() override;

  [[nodiscard]] result<std::optional<principal>> find(std::string_view key) override;
  [[nodiscard]] result<std::vector<step_in>> steps_into(std::string_view key) override;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The same, searchable: of a principal with many grants it reads only those that matter, and it
/// reads nothing twice. For one transaction of the caller; otherwise as `sql_view`. Answers as an
/// image of the same state does.
class sql_search {
 public:
  using ref = std::uint32_t;
  struct wanted {
    std::vector<std::string_view> scopes{};
    std::vector<std::string> keys{};  ///< resource keys that cover the wanted one
    std::string_view action{};
    scope_mode mode = scope_mode::exact;
  };

  sql_search(sqlite::connection& db, graph_id graph);
  sql_search(const sql_search&) = delete;
  sql_search& operator=(const sql_search&) = delete;
  ~sql_search();

  [[nodiscard]] wanted compile(const requirement& needs, scope_mode mode) const;
  [[nodiscard]] result<std::optional<ref>> find(std::string_view key);
  [[nodiscard]] result<bool> holds(ref at, const wanted& what);
  template <class F>
  [[nodiscard]] result<void> each_step(ref to, const wanted& what, timestamp now, F&& f) {
    auto steps = passing(to, what, now);
    if (!steps) return steps.error();
    for (const auto& [from, narrowable] : *steps) {
      if (!f(from, narrowable)) break;
    }
    return {};
  }
  [[nodiscard]] errc status(ref at, const identity_view& identities);

  /// Valid as long as this object.
  [[nodiscard]] std::string_view key(ref at) const;

 private:
  struct impl;
  [[nodiscard]] result<std::vector<std::pair<ref, bool>>> passing(ref to, const wanted& what,
                                                                  timestamp now);
  std::unique_ptr<impl> impl_;
};
static_assert(searchable<sql_search>);

}  // namespace quire::acl
