#include <quire/runtime/folder_watcher.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace quire::runtime {
namespace {

// How long the thread sleeps at most when it cannot be woken.
constexpr std::chrono::milliseconds longest_deafness{100};

}  // namespace

struct folder_watcher::state {
  events calls;
  std::filesystem::path folder;
  int watch = -1;   // inotify
  int wanted = -1;  // descriptor of the watch, while it is on
  int stop = -1;    // eventfd, readable when the thread should end
  std::atomic<bool> ending{false};
  std::thread thread;

  ~state() {
    if (watch >= 0) ::close(watch);
    if (stop >= 0) ::close(stop);
  }

  void run() {
    while (!ending.load()) {
      const auto beat = calls.beat(watch < 0);
      turn_watch(beat.watch);
      auto next = beat.after;
      if (stop < 0) next = std::min<std::chrono::microseconds>(next, longest_deafness);
      std::array<pollfd, 2> on{pollfd{.fd = stop, .events = POLLIN, .revents = 0},
                               pollfd{.fd = watch, .events = POLLIN, .revents = 0}};
      const timespec limit{.tv_sec = next.count() / 1'000'000, .tv_nsec = (next.count() % 1'000'000) * 1000};
      const int ready = ::ppoll(on.data(), watch >= 0 ? 2 : 1, &limit, nullptr);
      if (ready < 0 && errno != EINTR) return;
      if ((on[0].revents & POLLIN) != 0) return;
      if (ready > 0 && (on[1].revents & POLLIN) != 0) drain();
    }
  }

  void turn_watch(bool on) {
    if (watch < 0 || on == (wanted >= 0)) return;
    if (!on) {
      ::inotify_rm_watch(watch, std::exchange(wanted, -1));
      return;
    }
    wanted = ::inotify_add_watch(watch, folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
    if (wanted < 0) ::close(std::exchange(watch, -1));
  }

  void drain() {
    alignas(inotify_event) std::array<char, 16384> buffer;
    while (true) {
      const auto n = ::read(watch, buffer.data(), buffer.size());
      if (n <= 0) return;
      for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
        const auto* e = reinterpret_cast<const inotify_event*>(buffer.data() + at);
        if (e->len > 0) calls.written(std::string_view{e->name});
        at += sizeof(inotify_event) + e->len;
      }
    }
  }
};

std::unique_ptr<folder_watcher> folder_watcher::start(const std::filesystem::path& folder, events e) {
  auto s = std::make_unique<state>();
  s->calls = std::move(e);
  s->folder = folder;
  s->stop = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  s->watch = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  auto made = std::unique_ptr<folder_watcher>(new folder_watcher(std::move(s)));
  made->state_->thread = std::thread{[state = made->state_.get()] { state->run(); }};
  return made;
}

folder_watcher::folder_watcher(std::unique_ptr<state> s) : state_(std::move(s)) {}

folder_watcher::~folder_watcher() {
  state_->ending.store(true);
  const std::uint64_t one = 1;
  if (::write(state_->stop, &one, sizeof one) < 0) {
    // No descriptor was left for the signal: the thread looks at `ending` by itself.
  }
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace quire::runtime
