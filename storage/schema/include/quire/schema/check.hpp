#pragma once

#include <quire/messages/error.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quire::schema {

/// Does the value fit? Stops at the first failure. Allocates nothing unless a pattern needs RE2 or
/// an array under `uniqueItems` has more than 256 elements; in draft 2020-12 also for more than 256
/// children under `unevaluated…`, names of more than about 200 bytes under `propertyNames`, and
/// more than two names of `$dynamicAnchor`. Time is linear in the value for all but
/// unions of schemas that overlap; after `compile_limits::max_steps` schemas, or 2,000 of them
/// inside one another, the answer is false and `errors` says `too_complex`. Safe from any thread.
[[nodiscard]] bool check(const compiled_schema& schema, const boost::json::value& value);

/// One broken rule.
struct value_error {
  std::string code{};  ///< such as `object_required`
  std::string path{};  ///< JSON pointer into the value; of a missing property, where it should be
  /// Of the keyword that is broken, or of the schema `false`: JSON pointer into what `compile` was
  /// given (as in its errors); in another document after that one's URI and `#`.
  std::string schema_path{};
  std::string message{};       ///< a sentence for people
  boost::json::value value{};  ///< what was found there; null for a missing property

  friend bool operator==(const value_error&, const value_error&) = default;
};

/// All broken rules, at most `max_errors` and about 64 MiB of values; empty exactly when `check`
/// passes. Within an object: its size, missing required properties, unexpected ones, then
/// properties in the schema's order. A union gives one error; an intersection those of its members
/// and then its own; `if` those of the branch taken. Unevaluated children are judged when all else
/// fits. Safe from any thread.
[[nodiscard]] std::vector<value_error> errors(const compiled_schema& schema,
                                              const boost::json::value& value,
                                              std::size_t max_errors = 1'000);

/// The number that older programs give to a code; -1 for codes they do not have (`too_complex`, and
/// `dependent_required`, `property_name` and `unevaluated_items`, which only draft 2020-12 has).
[[nodiscard]] int error_number(std::string_view code) noexcept;

/// `[{"type": number, "code", "path", "schemaPath", "message", "value"}]`.
[[nodiscard]] boost::json::array errors_to_json(const std::vector<value_error>& found);

/// `validation_failed` with one detail for each finding. `context` says what was checked.
[[nodiscard]] error validation_error(const std::vector<value_error>& found, std::string context);

}  // namespace quire::schema
