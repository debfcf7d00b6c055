#pragma once

namespace quire::tools {

/// While it lives, SIGINT and SIGTERM ask for an orderly end instead of killing the process. One at
/// a time.
class interrupt_guard {
 public:
  interrupt_guard();
  interrupt_guard(const interrupt_guard&) = delete;
  interrupt_guard& operator=(const interrupt_guard&) = delete;
  ~interrupt_guard();
};

/// An end was asked for since the guard was made.
[[nodiscard]] bool interrupted() noexcept;

}  // namespace quire::tools
