#pragma once

#include <quire/messages/error.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace quire::schema {

enum class edit_kind : std::uint8_t { insert, update, erase };

/// One step from one JSON value to another.
struct edit {
  edit_kind kind = edit_kind::update;
  std::string path;          ///< JSON pointer; `""` is the whole value
  boost::json::value value;  ///< null and without meaning for `erase`

  friend bool operator==(const edit&, const edit&) = default;
};

using edit_list = std::vector<edit>;

/// The steps that turn `a` into `b`; empty when they are equal. Objects: inserts in `b`'s order,
/// then shared members in `a`'s order, then erased members in `a`'s order. Arrays by index:
/// updates, then inserts at the end or erases from the highest index down. Values of different
/// kinds: one update. Pure; safe from any thread.
[[nodiscard]] edit_list diff(const boost::json::value& a, const boost::json::value& b);

/// `from` with `edits` made in order: `patch(a, diff(a, b))` equals `b`. Missing parents become
/// objects; erasing what is missing does nothing; inserting or updating inside an array replaces
/// below its length and appends at it. An update of the root must come first and ends the list.
/// Pure; safe from any thread. Fails with `patch_failed` (an index beyond the length, a step into a
/// scalar, a path that is no pointer or longer than 128 steps); the detail has the path.
[[nodiscard]] result<boost::json::value> patch(const boost::json::value& from,
                                               const edit_list& edits);

/// Reads `[{"type": "insert" | "update", "path", "value"} | {"type": "delete", "path"}]`.
/// Fails with `patch_failed`; the detail has the pointer into the list.
[[nodiscard]] result<edit_list> edits_from_json(const boost::json::value& list);
[[nodiscard]] boost::json::value edits_to_json(const edit_list& edits);

}  // namespace quire::schema
