#pragma once

#include <quire/messages/errc.hpp>

#include <boost/system/result.hpp>

#include <string>
#include <utility>
#include <vector>

namespace quire {

/// One of several findings of one error, such as one broken rule of a schema.
struct error_detail {
  std::string code;     ///< short name of the rule, such as `object_required`
  std::string pointer;  ///< JSON pointer into the value; empty for the whole
  std::string message;  ///< a sentence for people

  friend bool operator==(const error_detail&, const error_detail&) = default;
};

/// Why an operation failed: a code for programs, a context for people (what was tried, on what, what the library said,
/// what to do), and details where there are several findings. A regular value.
struct error {
  static constexpr int version = 1;
  errc code = errc::none;
  std::string context;
  std::vector<error_detail> details;

  friend bool operator==(const error&, const error&) = default;
};

/// `code: context`, followed by the first details. One line, printable.
[[nodiscard]] std::string to_string(const error& e);
inline std::ostream& operator<<(std::ostream& out, const error& e) { return out << to_string(e); }

/// Either a `T` or an error. Nothing throws: `value()` on an error is a bug of the caller and ends in
/// `boost::system::system_error`.
template <class T = void>
using result = boost::system::result<T, error>;

/// Called by `result::value()` on an error; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

/// A failure: `return fail(errc::not_found, "no graph 'x'")`.
[[nodiscard]] inline error fail(errc code, std::string context, std::vector<error_detail> details = {}) {
  return error{code, std::move(context), std::move(details)};
}

/// The same error with `where` put before its context: callers add what only they know.
[[nodiscard]] error in_context(error e, std::string_view where);

}  // namespace quire
