#pragma once

#include <quire/messages/error.hpp>
#include <quire/schema/compile.hpp>
#include <quire/schema/edits.hpp>

#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace quire::evolution {

/// Moves the value at one JSON pointer to another; nothing happens where it is missing.
struct rename_step {
  std::string from;
  std::string to;
};
/// Changes the kind of the value at a pointer to what the new schema asks for, as
/// `schema::convert`.
struct convert_step {
  std::string path;
};
/// Puts a value at a pointer, replacing what is there.
struct set_step {
  std::string path;
  boost::json::value value;
};
struct remove_step {
  std::string path;
};
/// Gives the row another type, by its stored name.
struct retype_step {
  std::string type;
};
/// The consumer's own: gives the new attributes for the old ones. Called once per row on the thread
/// that runs the migration; must be a pure function of its input, must not throw, and never sees
/// encrypted data in clear.
struct custom_step {
  std::function<result<boost::json::value>(const boost::json::value& old)> run;
};

using migration_step =
    std::variant<rename_step, convert_step, set_step, remove_step, retype_step, custom_step>;

/// What a consumer wants done to every row of a type when its schema changes, also to rows that
/// would pass as they are. Steps run in order. What they drop is wished for: it is reported and
/// does not count as lossy. The result must pass the new schema.
struct row_migration {
  std::vector<migration_step> steps;

  row_migration& rename(std::string from, std::string to);
  row_migration& convert(std::string path);
  row_migration& set(std::string path, boost::json::value value);
  row_migration& remove(std::string path);
  row_migration& retype(std::string stored_name);
  row_migration& custom(std::function<result<boost::json::value>(const boost::json::value&)> run);

  [[nodiscard]] bool empty() const noexcept { return steps.empty(); }
  /// The name given by the last `retype`; empty when the type stays.
  [[nodiscard]] std::string_view new_type() const noexcept;
};

/// Reads `[{"rename": ["/a", "/b"]}, {"convert": "/a"}, {"set": ["/a", 1]}, {"remove": "/a"},
/// {"retype": "b"}]`. Fails with `invalid_option`; the detail has the pointer into the list.
[[nodiscard]] result<row_migration> row_migration_from_json(const boost::json::value& list);

}  // namespace quire::evolution
