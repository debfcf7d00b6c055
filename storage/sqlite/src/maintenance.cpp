#include "state.hpp"

#include <quire/messages/ids.hpp>
#include <quire/sqlite/create_file.hpp>
#include <quire/sqlite/maintenance.hpp>
#include <quire/sqlite/statement.hpp>

#include <memory>

namespace quire::sqlite {
namespace {

struct backup_closer {
  void operator()(::sqlite3_backup* b) const noexcept { ::sqlite3_backup_finish(b); }
};

result<void> copy(::sqlite3* from, ::sqlite3* to, int pages_per_step,
                  const std::function<bool(const backup_progress&)>& keep_going) {
  const auto under_way = std::unique_ptr<::sqlite3_backup, backup_closer>{
      ::sqlite3_backup_init(to, "main", from, "main")};
  if (under_way == nullptr) return make_error(to, ::sqlite3_errcode(to), "begin a backup");
  for (;;) {
    const int status = ::sqlite3_backup_step(under_way.get(), pages_per_step);
    if (status == SQLITE_DONE) return {};
    if (status != SQLITE_OK) return make_error(status, "back up", ::sqlite3_errstr(status));
    const auto total = ::sqlite3_backup_pagecount(under_way.get());
    const auto left = ::sqlite3_backup_remaining(under_way.get());
    if (keep_going && !keep_going({total - left, total})) {
      return fail(errc::deadline_exceeded, "back up: given up by the caller; nothing was kept");
    }
  }
}

}  // namespace

result<void> backup(connection& source, const std::filesystem::path& target, int pages_per_step,
                    const std::function<bool(const backup_progress&)>& keep_going) {
  return create_file_aside(target, {}, [&](connection& made) {
    return copy(connection_access::handle(source), connection_access::handle(made), pages_per_step,
                keep_going);
  });
}

result<std::vector<std::string>> check_integrity(connection& db, check_depth depth,
                                                 std::size_t max_findings) {
  auto findings = std::vector<std::string>{};
  const auto* pragma =
      depth == check_depth::quick ? "PRAGMA quick_check(" : "PRAGMA integrity_check(";
  auto lines = db.prepare("check the file", pragma + std::to_string(max_findings) + ")");
  if (!lines) return lines.error();
  for (;;) {
    auto row = lines->step();
    if (!row) return row.error();
    if (!*row) break;
    if (lines->text(0) != "ok") findings.push_back(printable(lines->text(0), 400));
  }
  auto keys = db.prepare("check the foreign keys", "PRAGMA foreign_key_check");
  if (!keys) return keys.error();
  const auto at_end = reset_guard{*keys};
  while (findings.size() < max_findings) {
    auto row = keys->step();
    if (!row) return row.error();
    if (!*row) break;
    findings.push_back("row " + std::to_string(keys->integer(1)) + " of " +
                       printable(keys->text(0)) + " refers to a row that " +
                       printable(keys->text(2)) + " does not have");
  }
  return findings;
}

}  // namespace quire::sqlite
