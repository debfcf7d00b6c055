#include "progress.hpp"

#include <unistd.h>

#include <algorithm>

namespace quire::tools {

namespace {
constexpr std::chrono::seconds between_lines{5};
}

progress::form progress_form() {
  return ::isatty(STDERR_FILENO) == 1 ? progress::form::bar : progress::form::lines;
}

progress::progress(std::ostream& to, form how, std::string what, std::size_t total)
    : to_(&to),
      form_(how),
      what_(std::move(what)),
      total_(std::max<std::size_t>(total, 1)),
      told_(std::chrono::steady_clock::now()) {
  if (form_ != form::bar) return;
  *to_ << what_ << '\n';
  bar_.emplace(static_cast<unsigned long>(total_), *to_, "");
}

progress::~progress() {
  // The library ends the line itself when the bar is full.
  if (bar_ && bar_->count() < bar_->expected_count()) *to_ << std::endl;
}

void progress::at(std::size_t done) {
  done = std::min(done, total_);
  if (bar_) {
    if (done > bar_->count()) *bar_ += static_cast<unsigned long>(done) - bar_->count();
    return;
  }
  if (form_ == form::none) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ < between_lines) return;
  told_ = now;
  *to_ << what_ << ": " << done * 100 / total_ << " %" << std::endl;
}

}  // namespace quire::tools
