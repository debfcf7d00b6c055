#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace quire::schema {

/// Hash of short text; fast for names of properties. Not proof against crafted collisions: use it
/// only for tables whose names come from a schema.
[[nodiscard]] inline std::uint64_t hash_text(std::string_view text) noexcept {
  constexpr std::uint64_t mixer = 0x9E3779B97F4A7C15ULL;
  auto mix = [](std::uint64_t x) {
    x *= mixer;
    return x ^ (x >> 32U);
  };
  auto h = text.size() * mixer;
  const char* at = text.data();
  auto left = text.size();
  for (; left > 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    h = mix(h ^ word);
  }
  std::uint64_t tail = 0;
  if (left >= 4) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + left - 4, 4);
    tail = (std::uint64_t{high} << 32U) | low;
  } else if (left != 0) {
    // First, middle and last byte: all of them when there are at most three.
    auto byte = [&](std::size_t i) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i]));
    };
    tail = byte(0) | (byte(left / 2) << 8U) | (byte(left - 1) << 16U);
  }
  return mix(h ^ tail);
}

/// Equality without a call for short text.
[[nodiscard]] inline bool same_text(std::string_view a, std::string_view b) noexcept {
  const auto size = a.size();
  if (size != b.size()) return false;
  // Two words that overlap cover every length from one word to two.
  auto words_match = [&]<class Word>(Word) {
    Word x = 0;
    Word y = 0;
    std::memcpy(&x, a.data(), sizeof(Word));
    std::memcpy(&y, b.data(), sizeof(Word));
    if (x != y) return false;
    std::memcpy(&x, a.data() + size - sizeof(Word), sizeof(Word));
    std::memcpy(&y, b.data() + size - sizeof(Word), sizeof(Word));
    return x == y;
  };
  if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) return words_match(std::uint64_t{});
  if (size >= 4) return words_match(std::uint32_t{});
  if (size >= 2) return words_match(std::uint16_t{});
  return size == 0 || a.front() == b.front();
}

/// An immutable set of names, each known by its position. Lookup costs one hash and, nearly always,
/// one comparison.
class name_table {
 public:
  static constexpr std::uint32_t npos = ~0U;

  name_table() = default;
  /// @param names  all different.
  explicit name_table(std::vector<std::string> names);

  [[nodiscard]] std::uint32_t find(std::string_view name) const noexcept {
    const auto hash = hash_text(name);
    for (auto at = hash & mask_;; at = (at + 1) & mask_) {
      const auto& here = slots_[at];
      if (here.position == npos) return npos;
      if (here.check == static_cast<std::uint32_t>(hash >> 32U) &&
          same_text(names_[here.position], name))
        return here.position;
    }
  }
  /// As `find`, fastest when the name is the one at position `expected`.
  [[nodiscard]] std::uint32_t find(std::string_view name, std::uint32_t expected) const noexcept {
    if (expected < names_.size() && same_text(names_[expected], name)) return expected;
    return find(name);
  }
  [[nodiscard]] const std::string& operator[](std::uint32_t position) const noexcept {
    return names_[position];
  }
  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(names_.size());
  }

 private:
  struct slot {
    std::uint32_t check = 0;
    std::uint32_t position = npos;
  };
  std::vector<std::string> names_;
  std::vector<slot> slots_{1};  // a power of two, at most half full
  std::uint64_t mask_ = 0;
};

}  // namespace quire::schema
