#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <string>

namespace quire::test {

// What must hold between a value and what the functions of quire::schema say or make of it.

/// Does the pointer lead to a value, or name a member that is missing from an object?
inline bool resolves(const boost::json::value& root, const std::string& path) {
  if (path.empty()) return true;
  boost::system::error_code ec;
  if (root.find_pointer(path, ec) != nullptr) return true;
  const auto* parent = root.find_pointer(path.substr(0, path.rfind('/')), ec);
  return parent != nullptr && parent->is_object();
}

/// Is every scalar of `before` still where it was?
inline bool keeps_scalars(const boost::json::value& before, const boost::json::value& after) {
  if (before.is_object()) {
    return after.is_object() &&
           std::all_of(before.get_object().begin(), before.get_object().end(), [&](const auto& m) {
             const auto* now = after.get_object().if_contains(m.key());
             return now != nullptr && keeps_scalars(m.value(), *now);
           });
  }
  if (before.is_array()) {
    if (!after.is_array() || before.get_array().size() != after.get_array().size()) return false;
    for (std::size_t i = 0; i < before.get_array().size(); ++i) {
      if (!keeps_scalars(before.get_array()[i], after.get_array()[i])) return false;
    }
    return true;
  }
  return before == after;
}

/// Does `after` hold nothing that is not in `before`?
inline bool adds_nothing(const boost::json::value& before, const boost::json::value& after) {
  if (after.is_object()) {
    return before.is_object() &&
           std::all_of(after.get_object().begin(), after.get_object().end(), [&](const auto& m) {
             const auto* then = before.get_object().if_contains(m.key());
             return then != nullptr && adds_nothing(*then, m.value());
           });
  }
  if (after.is_array()) {
    if (!before.is_array() || after.get_array().size() > before.get_array().size()) return false;
    for (std::size_t i = 0; i < after.get_array().size(); ++i) {
      if (!adds_nothing(before.get_array()[i], after.get_array()[i])) return false;
    }
    return true;
  }
  return before == after;
}

}  // namespace quire::test
