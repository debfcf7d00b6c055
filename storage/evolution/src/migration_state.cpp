#include "migration_state.hpp"

#include "refusals.hpp"

namespace quire::evolution {
namespace {

namespace json = boost::json;

std::int64_t milliseconds(timestamp at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

const json::string* text_at(const json::object& from, std::string_view name) {
  const auto* v = from.if_contains(name);
  return v == nullptr ? nullptr : v->if_string();
}

/// A count or a time; -1 when it is none.
std::int64_t number_at(const json::object& from, std::string_view name) {
  const auto* v = from.if_contains(name);
  const auto* n = v == nullptr ? nullptr : v->if_int64();
  return n == nullptr ? -1 : *n;
}

result<migration_state> state_from(const json::value& v) {
  const auto unreadable = [] {
    return fail(errc::storage_corrupt,
                "metadata '" + std::string{state_member} +
                    "' was not written by this engine; restore it, or remove that member: the "
                    "migration then begins anew");
  };
  const auto* o = v.if_object();
  if (o == nullptr) return unreadable();
  migration_state s;
  s.from = number_at(*o, "from");
  s.target = number_at(*o, "target");
  const auto started = number_at(*o, "startedAt");
  const auto rows = number_at(*o, "rows");
  const auto changed = number_at(*o, "changed");
  const auto* digest = text_at(*o, "definition");
  const auto* table = text_at(*o, "table");
  const auto* after = text_at(*o, "after");
  if (s.from < 1 || s.target < 1 || started < 0 || rows < 0 || changed < 0 || digest == nullptr ||
      table == nullptr || after == nullptr) {
    return unreadable();
  }
  s.started = timestamp{std::chrono::milliseconds{started}};
  s.digest = *digest;
  s.rows = static_cast<std::uint64_t>(rows);
  s.changed = static_cast<std::uint64_t>(changed);
  s.at.part = *table == "nodes" ? part::node_type : part::edge_type;
  s.at.after = *after;
  s.at.at_end = *table == "done";
  if (const auto* stepped = o->if_contains("stepped")) {
    if (!stepped->is_array()) return unreadable();
    for (const auto& name : stepped->get_array()) {
      if (!name.is_string()) return unreadable();
      s.stepped.emplace_back(std::string_view{name.get_string()});
    }
  }
  return s;
}

}  // namespace

json::object to_json(const migration_state& s) {
  const auto* table = s.at.at_end ? "done" : s.at.part == part::node_type ? "nodes" : "edges";
  json::object out{{"from", s.from},
                   {"target", s.target},
                   {"startedAt", milliseconds(s.started)},
                   {"definition", s.digest},
                   {"table", table},
                   {"after", s.at.after},
                   {"rows", static_cast<std::int64_t>(s.rows)},
                   {"changed", static_cast<std::int64_t>(s.changed)}};
  if (!s.stepped.empty()) {
    json::array names;
    for (const auto& name : s.stepped) names.emplace_back(name);
    out["stepped"] = std::move(names);
  }
  return out;
}

result<evolution_marks> marks_from(const json::value& metadata) {
  evolution_marks marks;
  const auto* o = metadata.if_object();
  if (o == nullptr) return marks;
  if (const auto* lazy = o->if_contains(lazy_member)) marks.lazy = *lazy == true;
  if (const auto* state = o->if_contains(state_member)) {
    auto read = state_from(*state);
    if (!read) return read.error();
    marks.running = std::move(*read);
  }
  return marks;
}

result<evolution_marks> find_marks(sqlite::connection& db, const graph_type_name& name) {
  auto statement = db.prepare("find the marks of an evolution",
                              "SELECT metadata FROM graph_types WHERE name = ?1");
  if (!statement) return statement.error();
  statement->bind(1, name);
  auto row = statement->step();
  if (!row) return row.error();
  if (!*row) return fail(errc::not_found, "no " + about(name) + " in this file");
  auto marks = marks_from(document::trusted(std::string{statement->text(0)}).value());
  if (!marks) return in_context(marks.error(), about(name));
  return marks;
}

}  // namespace quire::evolution
