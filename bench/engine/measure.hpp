#pragma once

#include <quire/messages/error.hpp>

#include <floor.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Taking times, making medians, and telling them beside the floor's.
namespace quire::bench {

struct options {
  int runs = 5;
  double seconds = 1;
  long import_nodes = 20'000;
  long migration_nodes = 100'000;
  std::string dir;   ///< where folders are made
  std::string json;  ///< file that gets a line of JSON per result; empty: none; `-`: standard
                     ///< output, without the table
};

/// Microseconds of a steady clock.
[[nodiscard]] double now_us();

/// Latencies of one run in one thread.
class laps {
 public:
  laps() { us_.reserve(1U << 16U); }
  void add(double us) { us_.push_back(us); }
  void add(const laps& other) { us_.insert(us_.end(), other.us_.begin(), other.us_.end()); }
  [[nodiscard]] std::size_t count() const { return us_.size(); }
  /// The run, given how long it took and how many things (0: one per lap) were done.
  [[nodiscard]] floor_run finish(double took_us, long things = 0);

 private:
  std::vector<double> us_;
};

/// Medians of several runs; the rates with their spread.
struct summary {
  double per_second = 0;
  double per_second_min = 0;
  double per_second_max = 0;
  double p50_us = 0;
  double p99_us = 0;
};

/// Resident memory of the process, in bytes.
struct memory_use {
  double before = 0;
  double peak = 0;  ///< while it ran
  double after = 0;
};

/// What a result is held against.
struct budget {
  enum class kind {
    none,
    rate_of_floor,    ///< rate / floor's rate, at least
    time_of_floor,    ///< p50 / floor's p50, at most
    p99_of_floor,     ///< p99 / floor's p99, at most
    time_over_floor,  ///< p50 - floor's p50 in µs, at most
    time,             ///< p50 in µs, at most
  };
  kind what = kind::none;
  double must = 0;
  double goal = 0;
};

/// Thrown when a measurement cannot be made; the text says why.
struct failure : std::runtime_error {
  using runtime_error::runtime_error;
};

/// The value of a result of the engine, or a failure that names what was tried.
template <class Result>
auto need(Result r, std::string_view what) {
  if (!r) throw failure{std::string{what} + ": " + to_string(r.error())};
  if constexpr (!std::is_void_v<typename Result::value_type>) return std::move(*r);
}

/// Gathers results and prints them as they come.
class report {
 public:
  explicit report(options o);
  report(const report&) = delete;
  report& operator=(const report&) = delete;
  ~report();

  using one_run = std::function<floor_run()>;

  /// Runs floor and engine in turn, so that both meet the same weather on the disk.
  void compare(std::string_view name, const budget& held_to, const one_run& engine,
               const one_run& floor);
  /// Without a floor.
  void measure(std::string_view name, const budget& held_to, const one_run& engine);

  /// What something took in memory, and of that for each of `things`.
  void tell_memory(std::string_view name, const memory_use& use, long things);

  [[nodiscard]] const options& opts() const { return options_; }

 private:
  void tell(std::string_view name, const budget& held_to, const summary& engine,
            const std::optional<summary>& floor);

  options options_;
  std::FILE* json_ = nullptr;
};

/// Calls a function of the floor, which prints its own failures.
template <class F>
floor_run floor_of(F&& f) {
  floor_run out{};
  if (f(&out) != 0) throw failure{"the floor failed"};
  return out;
}

// What can be measured.
void write_bench(report& r);
void read_bench(report& r);
void hop_bench(report& r);
void fanout_bench(report& r);
void import_bench(report& r);
void open_bench(report& r);
void migration_bench(report& r);

}  // namespace quire::bench
