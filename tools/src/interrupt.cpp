#include "interrupt.hpp"

#include <csignal>

namespace quire::tools {

namespace {

// A signal handler has no other way to say that it ran.
volatile std::sig_atomic_t asked = 0;

void ask(int signal) {
  asked = 1;
  // The second time the process ends at once.
  std::signal(signal, SIG_DFL);
}

}  // namespace

interrupt_guard::interrupt_guard() {
  asked = 0;
  std::signal(SIGINT, ask);
  std::signal(SIGTERM, ask);
}

interrupt_guard::~interrupt_guard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

bool interrupted() noexcept { return asked != 0; }

}  // namespace quire::tools
