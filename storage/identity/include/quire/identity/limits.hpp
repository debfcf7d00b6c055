#pragma once

#include <quire/messages/environment.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

// Counting how often something happens, in bounded memory. Plain values for one thread at a time;
// time is handed in. A clock that goes back only makes waiting longer, by as much.
namespace quire::identity {

/// At most `limit` events within `period`.
struct rate {
  std::uint32_t limit = 10;
  std::chrono::milliseconds period{60'000};
};

struct counter_options {
  rate allowed{};
  /// Rounded up to a power of two. When more keys are counted at a time than fit, those with the
  /// fewest events are forgotten first.
  std::size_t max_keys = 16'384;
  /// Random, so that nobody can choose keys that displace one another.
  std::uint64_t seed = 0;
};

/// What both kinds of windows are made of.
class window_counter {
 public:
  enum class kind : std::uint8_t { fixed, sliding };
  window_counter(kind how, const counter_options& options);

  /// How long until another event of this key is within the limit; 0: now.
  [[nodiscard]] std::chrono::milliseconds wait(std::string_view key, timestamp now) const;
  /// Counts an event, whether or not within the limit.
  void add(std::string_view key, timestamp now);
  /// Counts an event if it is within the limit; else answers how long to wait.
  [[nodiscard]] std::chrono::milliseconds take(std::string_view key, timestamp now);
  /// Starts anew.
  void forget(std::string_view key);
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct slot {
    std::uint64_t key = 0;     // hash; 0: free
    std::int64_t window = 0;   // number of the period, or its start
    std::uint32_t count = 0;   // in it
    std::uint32_t before = 0;  // in the one before (sliding)
  };
  [[nodiscard]] std::uint64_t hash(std::string_view key) const noexcept;
  [[nodiscard]] const slot* find(std::uint64_t key) const noexcept;
  [[nodiscard]] slot& claim(std::uint64_t key, std::int64_t at) noexcept;
  void roll(slot& s, std::int64_t at) const noexcept;
  [[nodiscard]] std::chrono::milliseconds wait_of(slot s, std::int64_t at) const noexcept;

  kind kind_;
  rate rate_;
  std::uint64_t seed_;
  std::vector<slot> slots_;  // sets of `ways`, chosen by hash
};

/// Periods begin with a key's first event and end all at once: up to twice the limit may fall
/// around the end of one.
class fixed_window : public window_counter {
 public:
  explicit fixed_window(const counter_options& options) : window_counter(kind::fixed, options) {}
};

/// The period before counts in part, as if its events were spread evenly: no burst at its end.
class sliding_window : public window_counter {
 public:
  explicit sliding_window(const counter_options& options)
      : window_counter(kind::sliding, options) {}
};

struct guess_limits {
  rate per_origin{.limit = 100, .period = std::chrono::minutes{1}};
  rate per_key_and_origin{.limit = 10, .period = std::chrono::minutes{1}};
  /// Beyond it, answers about this key are late, to everybody; none is refused.
  rate per_key{.limit = 100, .period = std::chrono::minutes{1}};
  std::chrono::milliseconds delay{1'000};
  std::size_t max_keys = 16'384;  ///< of each of the three
  std::uint64_t seed = 0;
};

/// What to do with somebody who presents a credential.
struct guess_verdict {
  bool refused = false;              ///< do not even look; try again after `wait`
  std::chrono::milliseconds wait{};  ///< not refused: answer only after this
};

/// Slows down those who try credentials. Only failures count, per key id and origin together and
/// per origin; so what others do from elsewhere never locks the rightful owner out, and a mistake
/// of one's own is forgiven after a period, or at once by the right secret.
class guess_guard {
 public:
  explicit guess_guard(const guess_limits& limits);

  /// `key`: the public id in the presented text, empty when it has none. `origin` empty: unknown;
  /// then nobody is refused, because that could be anybody.
  [[nodiscard]] guess_verdict check(std::string_view key, std::string_view origin,
                                    timestamp now) const;
  void failed(std::string_view key, std::string_view origin, timestamp now);
  /// Forgives what was counted for this key and origin together; guesses of other keys stay.
  void succeeded(std::string_view key, std::string_view origin);

 private:
  std::chrono::milliseconds delay_;
  sliding_window origins_;
  sliding_window pairs_;
  sliding_window keys_;
};

}  // namespace quire::identity
