#pragma once

#include <boost/timer/progress_display.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>

namespace quire::tools {

/// Shows how far long work has come: on a terminal a bar, elsewhere a line every few seconds. Use
/// from one thread.
class progress {
 public:
  enum class form : std::uint8_t { bar, lines, none };

  /// `what` names the work; `total` is its size in any unit.
  progress(std::ostream& to, form how, std::string what, std::size_t total);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  /// Ends the bar's line.
  ~progress();

  /// `done` of the total is done; values never shrink.
  void at(std::size_t done);

 private:
  std::ostream* to_;
  form form_;
  std::string what_;
  std::size_t total_;
  std::optional<boost::timer::progress_display> bar_;
  std::chrono::steady_clock::time_point told_;
};

/// A bar when standard error is a terminal, else lines.
[[nodiscard]] progress::form progress_form();

}  // namespace quire::tools
