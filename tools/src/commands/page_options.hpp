#pragma once

#include "../command.hpp"

#include <quire/messages/limits.hpp>

#include <string>

namespace quire::tools {

/// How much a listing shows: `--limit`, `--all`, `--cursor`.
class page_options {
 public:
  /// Declares them on `app`; this object must live as long.
  void declare(CLI::App& app);
  /// Rows to show; 0: all.
  [[nodiscard]] std::size_t limit() const { return all_ ? 0 : limit_; }
  [[nodiscard]] const std::string& cursor() const { return cursor_; }
  /// Says on standard error how to see the rest, when a listing stopped at `cursor`.
  void tell_of_more(const std::string& cursor) const;

 private:
  std::string cursor_;
  std::size_t limit_ = limits::default_page;
  bool all_ = false;
};

}  // namespace quire::tools
