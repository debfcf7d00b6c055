#pragma once

#include <quire/messages/error.hpp>
#include <quire/sqlite/transaction.hpp>

#include <optional>
#include <utility>

namespace quire::acl {

/// One state of the file for several reads: that of the open transaction, else one of its own while
/// this lives.
[[nodiscard]] inline result<std::optional<sqlite::read_transaction>> snapshot_of(
    sqlite::connection& db) {
  std::optional<sqlite::read_transaction> out;
  if (!db.in_transaction()) {
    auto begun = sqlite::read_transaction::begin(db);
    if (!begun) return begun.error();
    out.emplace(std::move(*begun));
  }
  return out;
}

}  // namespace quire::acl
