#pragma once

#include <quire/messages/error.hpp>

#include <ostream>
#include <string_view>

namespace quire::tools {

/// What the process answers to the shell. Scripts rely on these numbers.
enum exit_status : int {
  exit_done = 0,
  exit_refused = 1,  ///< the request was understood and refused
  exit_usage = 2,    ///< the command line is wrong
  exit_storage = 3,  ///< files or the machine under them are in trouble
};

[[nodiscard]] exit_status exit_status_of(errc code) noexcept;

/// A wrong command line: `quire: usage: what is wrong`.
void print_usage_error(std::ostream& to, std::string_view what, bool colour);
/// `quire: CODE: what, where, what to do`, and a line for each detail.
void print_error(std::ostream& to, const error& e, bool colour);

}  // namespace quire::tools
