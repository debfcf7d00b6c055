#include <quire/operations/write_transaction.hpp>

namespace quire::operations {

result<bool> write_transaction::refresh() {
  auto version = db_.data_version();
  if (!version) return version.error();
  if (data_version_ == *version) return false;
  if (auto ok = changes_.load(); !ok) return ok.error();
  const bool foreign = data_version_.has_value();
  data_version_ = *version;
  last_seq_ = changes_.last();
  return foreign;
}

result<bool> write_transaction::begin() {
  // One that SQLite ended by itself must be gone before the next: it would end that one with
  // itself.
  if (!is_open()) roll_back();
  auto begun = sqlite::transaction::begin_immediate(db_);
  if (!begun) return begun.error();
  transaction_.emplace(std::move(*begun));
  auto foreign = refresh();
  if (!foreign) roll_back();
  return foreign;
}

result<committed> write_transaction::commit() {
  if (!is_open()) {
    // Nothing may be written outside a transaction, least of all a number whose events are gone.
    roll_back();
    return fail(
        errc::storage_io,
        "commit: SQLite ended the transaction before; nothing of it was done, apply it again");
  }
  auto done = changes_.store();
  if (done) done = transaction_->commit();
  if (!done) {
    roll_back();
    return done.error();
  }
  transaction_.reset();
  last_seq_ = changes_.last();
  return committed{.seq = last_seq_, .events = changes_.take()};
}

void write_transaction::roll_back() {
  transaction_.reset();
  changes_.forget();
}

result<bool> write_transaction::look_for_foreign_commits() { return refresh(); }

}  // namespace quire::operations
