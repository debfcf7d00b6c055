#pragma once

#include <quire/messages/document.hpp>
#include <quire/messages/error.hpp>
#include <quire/sqlite/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Filters and orders of lists, from JSON to SQL with bound values.
///
/// A filter is an object; all its conditions must hold:
///   {"nodeType": "package", "createdAt": {"gte": 1700000000, "lt": 1800000000}, "key": null,
///    "attributes": {"section": "admin", "/error/code": {"in": ["TIMEOUT", 7]}}}
/// A scalar is equality, null is "no value". Operators: eq ne lt lte gt gte in exists.
/// Documents take member names or JSON pointers (a name that begins with `/` only as a pointer).
///
/// Comparison is typed: `true` is not 1, `"1"` is not 1, but 1 equals 1.0. Integers of 64 bits
/// compare exactly, larger ones as doubles. Texts compare byte by byte. Types are named in stored
/// or in entry form. `ne` is the complement of `eq`, so rows without the value pass. lt, lte, gt
/// and gte hold between values of one kind only. `exists` is true for a member that is null, `null`
/// means absent or null. A column compared with a value of a kind it cannot hold is
/// `filter_unsupported`.
///
/// An order is an array of objects with one member each:
///   [{"/size": "desc"}, {"metadata": {"_source.line": "asc"}}, {"key": "asc"}]
/// Ascending: absent and null, then numbers and booleans (false as 0, true as 1), then texts and,
/// by their JSON text, arrays and objects. Ties end with `id`.
///
/// A row whose document is not JSON has no members. Member names that hold `"`, `\` or control
/// characters are `filter_unsupported`; members written with needless escapes are not found.
namespace quire::metagraph {

enum class filter_kind : std::uint8_t { text, integer, boolean, node_type, edge_type, document };

/// A column that filters and orders may name. All texts are constants of the program.
struct filter_column {
  std::string_view name;  ///< as in JSON: `nodeType`
  std::string_view sql;   ///< as in SQL: `node_type`
  filter_kind kind = filter_kind::text;
  bool nullable = false;
  bool selective = false;  ///< indexed, and few rows of a graph share one value
};

/// What can be listed: the columns, which of them is `id`, which document bare pointers mean.
struct filter_table {
  std::string_view name;  ///< for errors: `nodes`
  std::span<const filter_column> columns;
  std::string_view id_sql;            ///< column that ends ties
  std::string_view default_document;  ///< SQL of the document that pointers in an order mean
};

/// Bounds on one filter.
inline constexpr std::size_t max_filter_conditions = 64;
inline constexpr std::size_t max_filter_values = 1'000;
inline constexpr std::size_t max_order_terms = 8;
inline constexpr std::size_t max_pointer_tokens = 32;

/// One term of ORDER BY.
struct order_term {
  std::string sql;
  bool descending = false;
  bool nullable = false;
  friend bool operator==(const order_term&, const order_term&) = default;
};

/// Conditions joined by AND, each in parentheses, with `?` for each of `values` in turn; `where` is
/// empty when there are none. A regular value.
struct compiled_filter {
  std::string where;
  std::vector<sqlite::sql_value> values;
  std::vector<order_term> order;  ///< empty: none was asked for; else it ends with `id`
  /// An equality on a selective column is among the conditions.
  bool selective = false;
  /// Members of `default_document` that must equal something: what an index could serve.
  std::vector<std::string> equal_members;
  friend bool operator==(const compiled_filter&, const compiled_filter&) = default;
};

/// Reads a filter and an order; documents left empty mean none. Fails with `filter_unsupported`
/// (naming what is unknown and listing what exists), `limit_exceeded`.
[[nodiscard]] result<compiled_filter> compile_filter(const filter_table& table,
                                                     const document& filter, const document& order);

/// The SQL expression of a member of a JSON column: what filters and orders compare, and what
/// attribute indexes hold. `pointer` is a name or a JSON pointer. Fails with `filter_unsupported`,
/// `limit_exceeded`.
[[nodiscard]] result<std::string> member_expression(std::string_view column_sql,
                                                    std::string_view pointer);

/// The tables that readers list.
[[nodiscard]] const filter_table& nodes_filter_table() noexcept;
[[nodiscard]] const filter_table& edges_filter_table() noexcept;
[[nodiscard]] const filter_table& graphs_filter_table() noexcept;

}  // namespace quire::metagraph
