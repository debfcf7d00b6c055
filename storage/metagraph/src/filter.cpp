#include "type_spelling.hpp"

#include <quire/messages/ids.hpp>
#include <quire/metagraph/filter.hpp>

#include <boost/json/value.hpp>

#include <array>
#include <optional>
#include <utility>

namespace quire::metagraph {

namespace {

namespace json = boost::json;

constexpr std::size_t max_pointer_bytes = 512;
/// A number in a pointer is an array's position or a member's name; each doubles the expression.
constexpr std::size_t max_number_tokens = 3;

enum class op : std::uint8_t { eq, ne, lt, lte, gt, gte, in, exists };

struct op_name {
  std::string_view name;
  op what;
  std::string_view sql;
};

constexpr std::array<op_name, 8> operators{{{"eq", op::eq, " = "},
                                            {"ne", op::ne, ""},
                                            {"lt", op::lt, " < "},
                                            {"lte", op::lte, " <= "},
                                            {"gt", op::gt, " > "},
                                            {"gte", op::gte, " >= "},
                                            {"in", op::in, ""},
                                            {"exists", op::exists, ""}}};

constexpr std::string_view operator_list = "eq, ne, lt, lte, gt, gte, in, exists";

std::string_view sql_of(op what) { return operators[static_cast<std::size_t>(what)].sql; }

/// Kinds that compare with each other.
enum class family : std::uint8_t { none, boolean, number, text, composite };

family family_of(const json::value& v) {
  switch (v.kind()) {
    case json::kind::null: return family::none;
    case json::kind::bool_: return family::boolean;
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return family::number;
    case json::kind::string: return family::text;
    case json::kind::array:
    case json::kind::object: break;
  }
  return family::composite;
}

std::string_view name_of(family f) {
  switch (f) {
    case family::none: return "null";
    case family::boolean: return "a boolean";
    case family::number: return "a number";
    case family::text: return "a text";
    case family::composite: break;
  }
  return "an array or object";
}

std::string_view view(const json::string& s) { return {s.data(), s.size()}; }
std::string_view view(json::string_view s) { return {s.data(), s.size()}; }

/// Only for scalars other than null.
sqlite::sql_value to_sql(const json::value& v) {
  switch (v.kind()) {
    case json::kind::bool_: return std::int64_t{v.get_bool() ? 1 : 0};
    case json::kind::int64: return v.get_int64();
    case json::kind::uint64: return static_cast<double>(v.get_uint64());
    case json::kind::double_: return v.get_double();
    case json::kind::string: return std::string{view(v.get_string())};
    default: break;
  }
  return std::monostate{};
}

error unsupported(std::string context) {
  return fail(errc::filter_unsupported, std::move(context));
}

std::string quoted(std::string_view text) { return "'" + printable(text, 60) + "'"; }

/// `text` as an SQL string literal. It holds no NUL: control characters were refused before.
void append_literal(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '\'';
}

bool is_array_position(std::string_view token) {
  if (token.empty() || token.size() > 9) return false;
  if (token.size() > 1 && token.front() == '0') return false;
  return token.find_first_not_of("0123456789") == std::string_view::npos;
}

struct token {
  std::string text;
  bool may_be_position = false;
};

result<std::vector<token>> tokens_of(std::string_view pointer) {
  if (pointer.size() > max_pointer_bytes) {
    return fail(errc::limit_exceeded, "member name or pointer of " +
                                          std::to_string(pointer.size()) + " bytes; the limit is " +
                                          std::to_string(max_pointer_bytes));
  }
  if (!is_valid_utf8(pointer))
    return unsupported("member name " + quoted(pointer) + " is no UTF-8");
  for (const char c : pointer) {
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return unsupported(
          "member name " + quoted(pointer) +
          " holds a quote, backslash or control character, which paths cannot express");
    }
  }
  if (pointer.empty()) {
    return unsupported("an empty member name; the pointer to such a member is '/'");
  }
  std::vector<token> out;
  if (pointer.front() != '/') {
    out.push_back({.text = std::string{pointer}});
    return out;
  }
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      out.emplace_back();
    } else if (pointer[i] != '~') {
      out.back().text += pointer[i];
    } else {
      const char escaped = i + 1 < pointer.size() ? pointer[i + 1] : '\0';
      if (escaped != '0' && escaped != '1') {
        return unsupported("JSON pointer " + quoted(pointer) +
                           ": '~' is written '~0', '/' is '~1'");
      }
      out.back().text += escaped == '0' ? '~' : '/';
      ++i;
    }
  }
  std::size_t numbers = 0;
  for (auto& t : out) {
    t.may_be_position = is_array_position(t.text);
    numbers += t.may_be_position ? 1U : 0U;
  }
  if (out.size() > max_pointer_tokens || numbers > max_number_tokens) {
    return fail(errc::limit_exceeded, "JSON pointer " + quoted(pointer) + " has more than " +
                                          std::to_string(max_pointer_tokens) + " parts or " +
                                          std::to_string(max_number_tokens) + " numbers");
  }
  return out;
}

/// The paths of SQLite that a pointer may mean; at most one of them leads anywhere in a document.
std::vector<std::string> paths_of(const std::vector<token>& tokens) {
  std::vector<std::string> paths{"$"};
  for (const auto& t : tokens) {
    const auto before = paths.size();
    if (t.may_be_position) {
      for (std::size_t i = 0; i < before; ++i) paths.push_back(paths[i] + "[" + t.text + "]");
    }
    for (std::size_t i = 0; i < before; ++i) paths[i] += ".\"" + t.text + "\"";
  }
  return paths;
}

/// A member of a document in SQL: its value and its JSON type, both NULL where there is none.
struct member {
  std::string value;
  std::string type;
};

std::string guarded(std::string_view function, std::string_view column,
                    const std::vector<std::string>& paths) {
  std::string out = "CASE WHEN json_valid(";
  out.append(column).append(") THEN ");
  if (paths.size() > 1) out += "coalesce(";
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (i != 0) out += ", ";
    out.append(function).append("(").append(column).append(", ");
    append_literal(out, paths[i]);
    out += ")";
  }
  if (paths.size() > 1) out += ")";
  out += " END";
  return out;
}

result<member> member_of(std::string_view column, std::string_view pointer) {
  auto tokens = tokens_of(pointer);
  if (!tokens) return tokens.error();
  const auto paths = paths_of(*tokens);
  return member{.value = guarded("json_extract", column, paths),
                .type = guarded("json_type", column, paths)};
}

std::string_view types_of(family f) {
  switch (f) {
    case family::boolean: return "('true', 'false')";
    case family::number: return "('integer', 'real')";
    default: break;
  }
  return "('text')";
}

class compiler {
 public:
  explicit compiler(const filter_table& table) : table_(table) {}

  result<void> read_filter(const json::object& filter);
  result<void> read_order(const json::array& order);
  compiled_filter take() { return std::move(out_); }

 private:
  /// What is compared: a column or a member of a document.
  struct target {
    std::string name;  // for errors
    const filter_column* column = nullptr;
    const member* in_document = nullptr;
    bool in_default_document = false;
  };

  [[nodiscard]] result<const filter_column*> find_column(std::string_view name) const;
  [[nodiscard]] error about(std::string_view what) const;
  result<void> read_conditions(const target& on, const json::value& wanted);
  result<void> condition(const target& on, op what, const json::value& wanted);
  result<std::string> equality(const target& on, const json::value& wanted);
  result<std::string> comparison(const target& on, op what, const json::value& wanted);
  result<std::string> membership(const target& on, const json::value& wanted);
  [[nodiscard]] result<void> check_kind(const target& on, const json::value& wanted) const;
  result<void> bind(sqlite::sql_value v);
  result<std::string> bind_types(std::string_view type, const filter_column& column);
  result<void> add_order(std::string sql, const json::value& how, bool nullable);

  const filter_table& table_;
  compiled_filter out_;
  std::size_t conditions_ = 0;
};

error compiler::about(std::string_view what) const {
  return unsupported(std::string{table_.name} + ": " + std::string{what});
}

result<const filter_column*> compiler::find_column(std::string_view name) const {
  for (const auto& c : table_.columns) {
    if (c.name == name) return &c;
  }
  std::string known;
  for (const auto& c : table_.columns) {
    if (!known.empty()) known += ", ";
    known += c.name;
  }
  return about("no column " + quoted(name) + "; there are " + known);
}

result<void> compiler::bind(sqlite::sql_value v) {
  if (out_.values.size() == max_filter_values) {
    return fail(errc::limit_exceeded, std::string{table_.name} + ": a filter of more than " +
                                          std::to_string(max_filter_values) +
                                          " values; ask in several steps");
  }
  out_.values.push_back(std::move(v));
  return {};
}

result<std::string> compiler::bind_types(std::string_view type, const filter_column& column) {
  std::string marks;
  for (auto& spelling : type_spellings(
           type, column.kind == filter_kind::node_type ? type_role::node : type_role::edge)) {
    if (auto ok = bind(std::move(spelling)); !ok) return ok.error();
    marks += marks.empty() ? "?" : ", ?";
  }
  return marks;
}

result<void> compiler::check_kind(const target& on, const json::value& wanted) const {
  const auto given = family_of(wanted);
  if (given == family::composite) {
    return about(on.name + " is compared with an array or object; only scalars can be compared");
  }
  if (on.column == nullptr || given == family::none) return {};
  auto holds = family::text;
  if (on.column->kind == filter_kind::integer) holds = family::number;
  if (on.column->kind == filter_kind::boolean) holds = family::boolean;
  if (given == holds) return {};
  return about(on.name + " is " + std::string{name_of(holds)} + " and is compared with " +
               std::string{name_of(given)});
}

result<std::string> compiler::equality(const target& on, const json::value& wanted) {
  if (auto ok = check_kind(on, wanted); !ok) return ok.error();
  const auto sql = on.column != nullptr ? std::string{on.column->sql} : on.in_document->value;
  if (wanted.is_null()) return sql + " IS NULL";
  if (on.column != nullptr) {
    if (on.column->kind == filter_kind::node_type || on.column->kind == filter_kind::edge_type) {
      auto marks = bind_types(view(wanted.get_string()), *on.column);
      if (!marks) return marks.error();
      return sql + " IN (" + *marks + ")";
    }
    if (auto ok = bind(to_sql(wanted)); !ok) return ok.error();
    return sql + " = ?";
  }
  if (auto ok = bind(to_sql(wanted)); !ok) return ok.error();
  const std::string type{wanted.is_bool() ? (wanted.get_bool() ? "('true')" : "('false')")
                                          : types_of(family_of(wanted))};
  return sql + " = ? AND " + on.in_document->type + " IN " + type;
}

result<std::string> compiler::comparison(const target& on, op what, const json::value& wanted) {
  if (auto ok = check_kind(on, wanted); !ok) return ok.error();
  if (wanted.is_null()) return about(on.name + ": null has no order; use eq, ne or exists");
  if (auto ok = bind(to_sql(wanted)); !ok) return ok.error();
  if (on.column != nullptr) return std::string{on.column->sql}.append(sql_of(what)).append("?");
  return std::string{on.in_document->value}
      .append(sql_of(what))
      .append("? AND ")
      .append(on.in_document->type)
      .append(" IN ")
      .append(types_of(family_of(wanted)));
}

result<std::string> compiler::membership(const target& on, const json::value& wanted) {
  if (!wanted.is_array()) return about(on.name + ": 'in' takes an array");
  const auto& list = wanted.get_array();
  // Before anything is built from it: a list that is too long costs nothing.
  if (list.size() > max_filter_values) {
    return fail(errc::limit_exceeded, std::string{table_.name} + ": 'in' with " +
                                          std::to_string(list.size()) + " values; the limit is " +
                                          std::to_string(max_filter_values));
  }
  for (const auto& item : list) {
    if (auto ok = check_kind(on, item); !ok) return ok.error();
  }
  const auto sql = on.column != nullptr ? std::string{on.column->sql} : on.in_document->value;
  std::string all;
  const auto either = [&all](std::string_view one) {
    if (!all.empty()) all += " OR ";
    all.append(one);
  };
  // One IN per family, so that an index still serves a list of one kind.
  for (const auto which : {family::boolean, family::number, family::text}) {
    std::string marks;
    for (const auto& item : list) {
      if (family_of(item) != which) continue;
      if (on.column != nullptr && (on.column->kind == filter_kind::node_type ||
                                   on.column->kind == filter_kind::edge_type)) {
        auto some = bind_types(view(item.get_string()), *on.column);
        if (!some) return some.error();
        marks.append(marks.empty() ? "" : ", ").append(*some);
        continue;
      }
      if (auto ok = bind(to_sql(item)); !ok) return ok.error();
      marks += marks.empty() ? "?" : ", ?";
    }
    if (marks.empty()) continue;
    auto one = sql + " IN (" + marks + ")";
    if (on.in_document != nullptr) {
      one.append(" AND ").append(on.in_document->type).append(" IN ").append(types_of(which));
    }
    either(one);
  }
  for (const auto& item : list) {
    if (!item.is_null()) continue;
    either(sql + " IS NULL");
    break;
  }
  return all.empty() ? std::string{"0"} : all;
}

result<void> compiler::condition(const target& on, op what, const json::value& wanted) {
  if (++conditions_ > max_filter_conditions) {
    return fail(errc::limit_exceeded, std::string{table_.name} + ": a filter of more than " +
                                          std::to_string(max_filter_conditions) + " conditions");
  }
  result<std::string> sql = std::string{};
  switch (what) {
    case op::eq: sql = equality(on, wanted); break;
    case op::ne:
      sql = equality(on, wanted);
      if (sql) sql = "(" + *sql + ") IS NOT 1";
      break;
    case op::lt:
    case op::lte:
    case op::gt:
    case op::gte: sql = comparison(on, what, wanted); break;
    case op::in: sql = membership(on, wanted); break;
    case op::exists:
      if (!wanted.is_bool()) return about(on.name + ": 'exists' takes true or false");
      sql = (on.column != nullptr ? std::string{on.column->sql} : on.in_document->type) +
            (wanted.get_bool() ? " IS NOT NULL" : " IS NULL");
      break;
  }
  if (!sql) return sql.error();
  if (what == op::eq || what == op::in) {
    if (on.column != nullptr) {
      out_.selective = out_.selective || (on.column->selective && !wanted.is_null());
    } else if (on.in_default_document) {
      out_.equal_members.push_back(on.in_document->value);
    }
  }
  if (!out_.where.empty()) out_.where += " AND ";
  out_.where.append("(").append(*sql).append(")");
  return {};
}

result<void> compiler::read_conditions(const target& on, const json::value& wanted) {
  if (!wanted.is_object()) return condition(on, op::eq, wanted);
  const auto& object = wanted.get_object();
  if (object.empty())
    return about(on.name + ": no operator; there are " + std::string{operator_list});
  for (const auto& entry : object) {
    const op_name* found = nullptr;
    for (const auto& o : operators) {
      if (o.name == view(entry.key())) found = &o;
    }
    if (found == nullptr) {
      return about(on.name + ": no operator " + quoted(view(entry.key())) + "; there are " +
                   std::string{operator_list});
    }
    if (auto ok = condition(on, found->what, entry.value()); !ok) return ok.error();
  }
  return {};
}

result<void> compiler::read_filter(const json::object& filter) {
  for (const auto& entry : filter) {
    auto column = find_column(view(entry.key()));
    if (!column) return column.error();
    if ((*column)->kind != filter_kind::document) {
      const target on{.name = std::string{(*column)->name}, .column = *column};
      if (auto ok = read_conditions(on, entry.value()); !ok) return ok.error();
      continue;
    }
    if (!entry.value().is_object()) {
      return about(std::string{(*column)->name} +
                   " takes an object of member names or JSON pointers");
    }
    for (const auto& inner : entry.value().get_object()) {
      auto found = member_of((*column)->sql, view(inner.key()));
      if (!found) return in_context(found.error(), table_.name);
      const target on{.name = std::string{(*column)->name} + " " + quoted(view(inner.key())),
                      .in_document = &*found,
                      .in_default_document = (*column)->sql == table_.default_document};
      if (auto ok = read_conditions(on, inner.value()); !ok) return ok.error();
    }
  }
  return {};
}

result<void> compiler::add_order(std::string sql, const json::value& how, bool nullable) {
  const auto* text = how.if_string();
  const bool ascending = text != nullptr && *text == "asc";
  if (!ascending && (text == nullptr || *text != "desc")) {
    return about("an order is 'asc' or 'desc'");
  }
  out_.order.push_back({.sql = std::move(sql), .descending = !ascending, .nullable = nullable});
  return {};
}

result<void> compiler::read_order(const json::array& order) {
  if (order.size() > max_order_terms) {
    return fail(errc::limit_exceeded, std::string{table_.name} + ": an order of " +
                                          std::to_string(order.size()) + " terms; the limit is " +
                                          std::to_string(max_order_terms));
  }
  for (const auto& item : order) {
    if (!item.is_object() || item.get_object().size() != 1) {
      return about(
          "an order is an array of objects with one member each, such as {\"key\": \"asc\"}");
    }
    const auto& entry = *item.get_object().begin();
    const auto name = view(entry.key());
    if (name.starts_with('/')) {
      auto found = member_of(table_.default_document, name);
      if (!found) return in_context(found.error(), table_.name);
      if (auto ok = add_order(std::move(found->value), entry.value(), true); !ok) return ok.error();
      continue;
    }
    auto column = find_column(name);
    if (!column) return column.error();
    if ((*column)->kind != filter_kind::document) {
      if (auto ok = add_order(std::string{(*column)->sql}, entry.value(), (*column)->nullable); !ok)
        return ok.error();
      continue;
    }
    if (!entry.value().is_object() || entry.value().get_object().size() != 1) {
      return about("an order by " + std::string{name} + " takes an object with one member");
    }
    const auto& inner = *entry.value().get_object().begin();
    auto found = member_of((*column)->sql, view(inner.key()));
    if (!found) return in_context(found.error(), table_.name);
    if (auto ok = add_order(std::move(found->value), inner.value(), true); !ok) return ok.error();
  }
  if (out_.order.empty()) return {};
  for (const auto& term : out_.order) {
    if (term.sql == table_.id_sql) return {};
  }
  out_.order.push_back({.sql = std::string{table_.id_sql}});
  return {};
}

/// Why a document that should have been a filter or an order is none.
error no_json(const document& given, std::string_view what, std::string_view expected) {
  if (auto parsed = document::parse(given.text()); !parsed) return in_context(parsed.error(), what);
  return unsupported(std::string{what} + " must be " + std::string{expected});
}

constexpr std::array<filter_column, 8> node_columns{{
    {"id", "id", filter_kind::text, false, true},
    {"graphId", "graph_id", filter_kind::text},
    {"key", "key", filter_kind::text, false, true},
    {"nodeType", "node_type", filter_kind::node_type, true},
    {"attributes", "attributes", filter_kind::document},
    {"metadata", "metadata", filter_kind::document},
    {"createdAt", "created_at", filter_kind::integer},
    {"updatedAt", "updated_at", filter_kind::integer},
}};

constexpr std::array<filter_column, 11> edge_columns{{
    {"id", "id", filter_kind::text, false, true},
    {"graphId", "graph_id", filter_kind::text},
    {"key", "key", filter_kind::text, true, true},
    {"edgeType", "edge_type", filter_kind::edge_type, true},
    {"sourceNodeKey", "source_node_key", filter_kind::text, false, true},
    {"targetNodeKey", "target_node_key", filter_kind::text, false, true},
    {"undirected", "undirected", filter_kind::boolean},
    {"attributes", "attributes", filter_kind::document},
    {"metadata", "metadata", filter_kind::document},
    {"createdAt", "created_at", filter_kind::integer},
    {"updatedAt", "updated_at", filter_kind::integer},
}};

constexpr std::array<filter_column, 11> graph_columns{{
    {"id", "g.id", filter_kind::text, false, true},
    {"name", "g.name", filter_kind::text},
    {"graphType", "t.name", filter_kind::text, true},
    {"graphTypeId", "g.graph_type_id", filter_kind::text, true},
    {"description", "g.description", filter_kind::text, true},
    {"ownerId", "g.owner_id", filter_kind::text, true},
    {"projectId", "g.project_id", filter_kind::text, true},
    {"status", "g.status", filter_kind::text},
    {"metadata", "g.metadata", filter_kind::document},
    {"createdAt", "g.created_at", filter_kind::integer},
    {"updatedAt", "g.updated_at", filter_kind::integer},
}};

constexpr filter_table node_table{
    .name = "nodes", .columns = node_columns, .id_sql = "id", .default_document = "attributes"};
constexpr filter_table edge_table{
    .name = "edges", .columns = edge_columns, .id_sql = "id", .default_document = "attributes"};
constexpr filter_table graph_table{
    .name = "graphs", .columns = graph_columns, .id_sql = "g.id", .default_document = "g.metadata"};

}  // namespace

result<compiled_filter> compile_filter(const filter_table& table, const document& filter,
                                       const document& order) {
  compiler made(table);
  if (!filter.text().empty()) {
    const auto* object = filter.value().if_object();
    if (object == nullptr) return no_json(filter, "the filter", "a JSON object");
    if (auto ok = made.read_filter(*object); !ok) return ok.error();
  }
  if (!order.text().empty()) {
    const auto* array = order.value().if_array();
    if (array == nullptr) return no_json(order, "the order", "a JSON array");
    if (auto ok = made.read_order(*array); !ok) return ok.error();
  }
  return made.take();
}

result<std::string> member_expression(std::string_view column_sql, std::string_view pointer) {
  auto found = member_of(column_sql, pointer);
  if (!found) return found.error();
  return std::move(found->value);
}

const filter_table& nodes_filter_table() noexcept { return node_table; }
const filter_table& edges_filter_table() noexcept { return edge_table; }
const filter_table& graphs_filter_table() noexcept { return graph_table; }

}  // namespace quire::metagraph
