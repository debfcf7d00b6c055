#pragma once

#include "documents.hpp"
#include "keywords.hpp"
#include "program.hpp"
#include "value_work.hpp"

#include <quire/messages/error.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace quire::schema {

namespace json = boost::json;

/// `$defs` around a schema, and those around them. References look from the inside out.
struct scope {
  const scope* outer = nullptr;
  const json::object* entries = nullptr;
  std::string pointer;  // of the `$defs`
};

/// A schema that has a node but was not read yet. Schemas wait in a queue, so that no nesting can
/// exhaust the stack.
struct job {
  index node = none;
  const json::value* schema = nullptr;
  const scope* around = nullptr;  // in the module dialect
  index resource = none;          // in the standard one
  std::string pointer;            // a location in another document
  std::size_t depth = 0;
};

/// `pointer` with one more step.
[[nodiscard]] inline std::string step(std::string pointer, std::string_view name) {
  append_step(pointer, name);
  return pointer;
}
[[nodiscard]] inline std::string step(std::string pointer, std::size_t position) {
  return step(std::move(pointer), std::to_string(position));
}

/// The bits of a name in `type`; 0 for any other text.
[[nodiscard]] std::uint8_t kind_from(std::string_view name);

/// Why a schema is refused; the detail has the rule and the pointer.
[[nodiscard]] error refusal(const std::string& pointer, std::string_view rule, std::string message,
                            errc code);

/// Finds schemas that apply themselves to the same value again, and chains in place that are too
/// long for the stack. Circles through `$dynamicRef` show only when a value is checked.
[[nodiscard]] std::optional<error> find_circle(const program& made, std::size_t max_depth);

/// Lets references lead straight to what they mean, and schemas that say nothing be the node that
/// is skipped.
void shorten(program& p);

/// One run of `compile`.
class compiler {
 public:
  explicit compiler(const compile_options& options);

  [[nodiscard]] result<compiled_schema> run(const json::value& schema);

 private:
  template <class T>
  static index add(std::vector<T>& to, T x) {
    to.push_back(std::move(x));
    return static_cast<index>(to.size() - 1);
  }

  // Both say false, for readers to return.
  bool refuse(const std::string& pointer, std::string_view rule, std::string message,
              errc code = errc::schema_invalid);
  bool refuse_value(const job& at, keyword k, std::string_view expected);

  /// Gives a schema its node; it is read later.
  index enqueue(job next);
  /// The node of the schema that a keyword of `at` holds, at once or after these steps.
  template <class... Steps>
  index child(const job& at, const json::value& schema, keyword k, const Steps&... steps) {
    if (failure_) return never_node;
    if (schema.is_bool()) return schema.get_bool() ? any_node : never_node;
    if (standard()) return standard_child(at, schema);
    auto pointer = step(at.pointer, name_of(k));
    ((pointer = step(std::move(pointer), steps)), ...);
    return enqueue({.schema = &schema,
                    .around = at.around,
                    .pointer = std::move(pointer),
                    .depth = at.depth + 1});
  }
  /// Any schema of the standard may be referred to, so each has one node, whoever comes first.
  index standard_child(const job& at, const json::value& schema);

  // Each reads the keywords of one kind into `made`; false when one of them was refused.
  void read(job at);
  bool read_type(const job& at, const keyword_values& given, node& made);
  bool read_number(const job& at, const keyword_values& given, node& made);
  bool read_string(const job& at, const keyword_values& given, node& made);
  bool read_array(const job& at, const keyword_values& given, node& made);
  bool read_object(const job& at, const keyword_values& given, node& made);
  bool read_logic(const job& at, const keyword_values& given, node& made);
  bool read_standard(const job& at, const keyword_values& given, node& made);

  bool read_bound(const job& at, const keyword_values& given, keyword k, number_rules& rules,
                  std::uint8_t bit, number& bound);
  /// Reads a count of things, which may be written as `2.0`.
  bool read_count(const job& at, const keyword_values& given, keyword k, std::uint64_t& count,
                  bool& any);
  bool read_pattern(std::string_view source, index& position, std::string& refused);
  bool read_list(const job& at, keyword k, const json::value& list, span_of& out);
  bool read_required(const job& at, const json::value& list, const json::object* declared,
                     std::vector<std::string>& names, std::vector<property>& properties);
  bool read_reference(const job& at, const json::value& reference, index& target);
  bool read_dynamic_reference(const job& at, const json::value& reference, standard_rules& rules);
  bool read_conditions(const job& at, const keyword_values& given, standard_rules& rules);
  bool read_dependencies(const job& at, const keyword_values& given, standard_rules& rules);
  bool read_dependent_names(const job& at, const json::value& list, std::vector<std::string>& out);
  /// `none` when the format is not to be checked.
  index asserted_format(const job& at, std::string_view name);
  index find_format(std::string_view name);
  index add_literals(const json::array& values, bool from_any_of);
  void share_definitions(job& at, const json::object& entries);
  /// The node of an entry of `$defs`; made once, whoever refers to it.
  index share(const json::value& schema, const scope& owner, std::string_view name);
  /// What a reference of the standard means; fails by `refuse`.
  std::optional<documents::target> resolve(const job& at, keyword k, const json::value& reference);
  /// The node of a schema that may be entered from anywhere in the documents.
  index place(const json::value& schema);
  /// The groups whose keywords count in this schema.
  [[nodiscard]] std::uint16_t groups(const job& at) const;
  /// Gives a node to every schema that a `$dynamicRef` may come to mean.
  void read_dynamic_anchors();
  /// Writes down which schemas begin a new part of the dynamic scope, and what it binds.
  void mark_resources();

  [[nodiscard]] bool standard() const noexcept { return documents_.has_value(); }

  const compile_options& options_;
  std::shared_ptr<program> made_;
  std::optional<documents> documents_;  // of the standard dialect
  std::deque<scope> scopes_;            // stable addresses
  std::deque<job> queue_;
  std::size_t pointer_bytes_ = 0;  // of all nodes
  // By node: the resource that is entered with it, as a reference leads there or it begins there.
  std::vector<index> enters_;
  std::map<std::string, index, std::less<>> dynamic_names_;
  std::unordered_map<const json::value*, index> shared_;
  std::map<std::string, index, std::less<>> patterns_;
  std::optional<error> failure_;
};

}  // namespace quire::schema
