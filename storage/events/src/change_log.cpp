#include <quire/events/change_log.hpp>

namespace quire::events {

result<void> change_log::load() {
  auto statement = sql_.load.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  const sqlite::reset_guard guard{s};
  auto row = s.step();
  if (!row) return row.error();
  last_ = stored_ = change_seq{*row ? s.integer(0) : 0};
  pending_.clear();
  return {};
}

result<void> change_log::append(change_event e, std::string_view stream_key) {
  e.org = org_;
  e.seq = change_seq{last_.get() + 1};
  payload_.clear();
  append_json(payload_, e);
  if (stream_key.empty()) {
    stream_key_.clear();
    if (!e.graph.get().empty()) stream_key_.append(e.graph.get()).append(1, '/');
    stream_key_.append(e.key.empty() ? e.id.get() : e.key);
    stream_key = stream_key_;
  }

  auto statement = sql_.append.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind_view(1, change_topic(e.table, e.op).get());
  s.bind_view(2, stream_key);
  s.bind_view(3, payload_);
  s.bind(4, std::chrono::duration_cast<std::chrono::seconds>(e.at.time_since_epoch()).count());
  if (auto ok = s.run(); !ok) return ok.error();
  e.offset = stream_offset{db_.last_insert_rowid()};
  last_ = e.seq;
  pending_.push_back(std::move(e));
  return {};
}

void change_log::rewind(const mark_type& m) {
  last_ = m.last;
  pending_.resize(m.pending);
}

result<void> change_log::store() {
  if (last_ == stored_) return {};
  auto statement = sql_.store.get(db_);
  if (!statement) return statement.error();
  auto& s = **statement;
  s.bind(1, std::to_string(last_.get()));
  if (auto ok = s.run(); !ok) return ok.error();
  return {};
}

change_batch change_log::take() {
  stored_ = last_;
  return std::exchange(pending_, {});
}

void change_log::forget() {
  last_ = stored_;
  pending_.clear();
}

std::vector<const sqlite::lazy_statement*> change_log::statements() const {
  std::vector<const sqlite::lazy_statement*> all{&sql_.append, &sql_.load, &sql_.store};
  static_assert(sizeof(sql_) == 3 * sizeof(sqlite::lazy_statement), "all are listed");
  return all;
}

}  // namespace quire::events
