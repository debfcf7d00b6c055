#include <quire/crypto/digest.hpp>
#include <quire/identity/limits.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace quire::identity {
namespace {

constexpr std::size_t ways = 8;

using milliseconds = std::chrono::milliseconds;

std::int64_t ms_of(timestamp t) { return t.time_since_epoch().count(); }

void increase(std::uint32_t& count) {
  if (count < std::numeric_limits<std::uint32_t>::max()) ++count;
}

counter_options options_of(const guess_limits& limits, const rate& allowed, std::uint64_t salt) {
  return {.allowed = allowed, .max_keys = limits.max_keys, .seed = limits.seed + salt};
}

/// Two texts as one, so that no other two give the same.
std::string joined(std::string_view a, std::string_view b) {
  return std::to_string(a.size()).append(":").append(a).append(b);
}

}  // namespace

window_counter::window_counter(kind how, const counter_options& options)
    : kind_(how),
      rate_(options.allowed),
      seed_(options.seed),
      slots_(std::bit_ceil(std::max(options.max_keys, ways))) {
  rate_.period = std::max(rate_.period, milliseconds{1});
}

std::uint64_t window_counter::hash(std::string_view key) const noexcept {
  // Seeded and without structure: nobody can choose keys that meet in one set.
  const auto of_key = crypto::sha256(key);
  std::array<std::byte, sizeof seed_ + sizeof of_key> seeded;
  std::memcpy(seeded.data(), &seed_, sizeof seed_);
  std::copy(of_key.begin(), of_key.end(), seeded.begin() + sizeof seed_);
  const auto mixed = crypto::sha256(seeded);
  std::uint64_t out = 0;
  std::memcpy(&out, mixed.data(), sizeof out);
  return out == 0 ? 1 : out;
}

const window_counter::slot* window_counter::find(std::uint64_t key) const noexcept {
  const auto* set = slots_.data() + (key % (slots_.size() / ways)) * ways;
  const auto* found = std::find_if(set, set + ways, [&](const slot& s) { return s.key == key; });
  return found == set + ways ? nullptr : found;
}

void window_counter::roll(slot& s, std::int64_t at) const noexcept {
  const auto period = rate_.period.count();
  if (at < s.window + period) return;
  if (kind_ == kind::fixed || at >= s.window + 2 * period) {
    s = {.key = s.key, .window = at};
  } else {
    s = {.key = s.key, .window = s.window + period, .before = s.count};
  }
}

window_counter::slot& window_counter::claim(std::uint64_t key, std::int64_t at) noexcept {
  auto* set = slots_.data() + (key % (slots_.size() / ways)) * ways;
  slot* least = nullptr;
  std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
  for (auto* s = set; s != set + ways; ++s) {
    if (s->key != 0) roll(*s, at);
    if (s->key == key) return *s;
    const auto events = s->key == 0 ? 0 : std::uint64_t{s->count} + s->before + 1;
    if (events < fewest) {
      fewest = events;
      least = s;
    }
  }
  *least = {.key = key, .window = at};
  return *least;
}

milliseconds window_counter::wait_of(slot s, std::int64_t at) const noexcept {
  roll(s, at);
  const auto period = rate_.period.count();
  if (rate_.limit == 0) return rate_.period;
  const auto left = s.window + period - at;  // of this window
  const auto room = static_cast<double>(rate_.limit - 1);
  if (kind_ == kind::fixed) return milliseconds{s.count < rate_.limit ? 0 : left};
  // The window before counts by the part of it that is still within a period.
  const auto until = [&](double whole, double decaying) {
    // Milliseconds into a window after which whole + decaying * (1 - into / period) <= room.
    if (decaying <= 0 || whole + decaying <= room) return 0.0;
    return std::ceil(static_cast<double>(period) * (1 - (room - whole) / decaying));
  };
  if (s.count < rate_.limit) {
    const auto into = static_cast<std::int64_t>(until(s.count, s.before));
    return milliseconds{std::max<std::int64_t>(0, s.window + into - at)};
  }
  return milliseconds{left + static_cast<std::int64_t>(until(0, s.count))};
}

milliseconds window_counter::wait(std::string_view key, timestamp now) const {
  const auto* found = find(hash(key));
  if (found == nullptr) return rate_.limit == 0 ? rate_.period : milliseconds{0};
  return wait_of(*found, ms_of(now));
}

void window_counter::add(std::string_view key, timestamp now) {
  increase(claim(hash(key), ms_of(now)).count);
}

milliseconds window_counter::take(std::string_view key, timestamp now) {
  auto& s = claim(hash(key), ms_of(now));
  const auto waiting = wait_of(s, ms_of(now));
  if (waiting == milliseconds{0}) increase(s.count);
  return waiting;
}

void window_counter::forget(std::string_view key) {
  if (const auto* found = find(hash(key)))
    slots_[static_cast<std::size_t>(found - slots_.data())] = {};
}

std::size_t window_counter::memory_bytes() const noexcept {
  return slots_.capacity() * sizeof(slot);
}

guess_guard::guess_guard(const guess_limits& limits)
    : delay_(limits.delay),
      origins_(options_of(limits, limits.per_origin, 0)),
      pairs_(options_of(limits, limits.per_key_and_origin, 1)),
      keys_(options_of(limits, limits.per_key, 2)) {}

guess_verdict guess_guard::check(std::string_view key, std::string_view origin,
                                 timestamp now) const {
  if (!origin.empty()) {
    auto waiting = origins_.wait(origin, now);
    if (!key.empty()) waiting = std::max(waiting, pairs_.wait(joined(key, origin), now));
    if (waiting > milliseconds{0}) return {.refused = true, .wait = waiting};
  }
  if (!key.empty() && keys_.wait(key, now) > milliseconds{0}) return {.wait = delay_};
  return {};
}

void guess_guard::failed(std::string_view key, std::string_view origin, timestamp now) {
  if (!origin.empty()) {
    origins_.add(origin, now);
    if (!key.empty()) pairs_.add(joined(key, origin), now);
  }
  if (!key.empty()) keys_.add(key, now);
}

void guess_guard::succeeded(std::string_view key, std::string_view origin) {
  if (!key.empty() && !origin.empty()) pairs_.forget(joined(key, origin));
}

}  // namespace quire::identity
