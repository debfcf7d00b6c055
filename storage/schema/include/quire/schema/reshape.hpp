#pragma once

#include <quire/messages/error.hpp>
#include <quire/schema/compile.hpp>

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace quire::schema {

// All functions are pure, leave their input as it is and may be called from any thread; what they
// give shares no memory with it. Beside the
// errors named at each, they fail with `limit_exceeded` when the work needs more than
// `compile_limits::max_steps` or 2,000 levels.

struct cast_options {
  /// Keeps members that the schema does not name, unless it forbids them.
  bool keep_extra = false;
};

struct cast_outcome {
  boost::json::value value;  ///< passes the schema
  std::vector<std::string>
      replaced;  ///< pointers into the input whose value gave way to a created one
  std::vector<std::string> dropped;  ///< pointers into the input whose value is gone
};

/// The value nearest to `value` that fits. A value that fits comes back as it is. Objects are
/// rebuilt from their properties: what fits stays, what fails is cast, required members that are
/// missing are created, others dropped. Kinds are not converted (see `convert`): a scalar that
/// fails is replaced by a created one. A union takes its default, else casts to the member that
/// fits best. Fails with `cast_failed` where nothing can be made that fits; the detail has the
/// path.
[[nodiscard]] result<cast_outcome> cast(const compiled_schema& schema,
                                        const boost::json::value& value,
                                        const cast_options& options = {});

/// Adds missing members that have a `default`, at every level; checks nothing and changes nothing
/// that is there.
[[nodiscard]] result<boost::json::value> default_missing(const compiled_schema& schema,
                                                         const boost::json::value& value);

/// The simplest value that fits: the `default`, else empty text, 0 or `minimum`, required members
/// only, and so on. Fails with `create_failed` for text with `pattern` or `format`, arrays with
/// `uniqueItems` or `contains`, `not`, never, schemas that demand themselves, and when what was
/// made does not fit; the detail has the path.
[[nodiscard]] result<boost::json::value> create(const compiled_schema& schema);

/// Removes what the schema does not name; checks nothing. A union cleans by the first member that
/// fits, else not at all.
[[nodiscard]] result<boost::json::value> clean(const compiled_schema& schema,
                                               const boost::json::value& value);

/// Changes kinds where nothing is lost (`"42"` to 42, 1 to true, 5 to `"5"`), and leaves the rest
/// as it is.
[[nodiscard]] result<boost::json::value> convert(const compiled_schema& schema,
                                                 const boost::json::value& value);

}  // namespace quire::schema
