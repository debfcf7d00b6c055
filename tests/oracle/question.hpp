#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace quire::oracle {

/// One schema and one value that both sides were asked about.
struct question {
  const boost::json::value& schema;
  const boost::json::object* definitions = nullptr;
  const boost::json::value& value;
};

/// Where a result of ours is not the original's. nullptr: nothing is there.
struct place {
  std::string path;
  const boost::json::value* before = nullptr;  ///< in the value that both began with
  const boost::json::value* ours = nullptr;
  const boost::json::value* theirs = nullptr;
  bool in_list = false;  ///< it is an element of a list in both results
};

/// The smallest places where two results differ, in order.
[[nodiscard]] std::vector<place> differing(const boost::json::value& before,
                                           const boost::json::value& ours,
                                           const boost::json::value& theirs);

/// Is `f` true of some schema: of this one, of those inside, of those in `definitions`?
[[nodiscard]] bool some_schema(const question& asked,
                               const std::function<bool(const boost::json::object&)>& f);

/// Is `f` true of some value: of this one or of those inside?
[[nodiscard]] bool some_value(const boost::json::value& v,
                              const std::function<bool(const boost::json::value&)>& f);

/// The schema that a chain of `$ref` leads to.
[[nodiscard]] const boost::json::object& target_of(const question& asked,
                                                   const boost::json::object& schema);

/// The member, or nullptr.
[[nodiscard]] inline const boost::json::value* find(const boost::json::object& in,
                                                    std::string_view name) {
  return in.if_contains(name);
}

}  // namespace quire::oracle
