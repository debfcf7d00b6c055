#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace quire::acl {

/// Texts with numbers from 0 on; a text that was added stays, with its number, as long as the
/// table. One thread at a time may add; meanwhile any number may look up, without a lock: each sees
/// all that was added before it learned of the caller's state. Text begins on a multiple of 4
/// bytes, so it may hold numbers.
class text_table {
 public:
  using id = std::uint32_t;
  static constexpr id none = std::numeric_limits<id>::max();
  /// What fits; adding more is the caller's bug (it bounds bytes).
  static constexpr id max_texts = (1U << 26U) - 2;

  text_table();
  text_table(const text_table&) = delete;
  text_table& operator=(const text_table&) = delete;

  [[nodiscard]] id find(std::string_view text) const noexcept;
  [[nodiscard]] std::string_view text(id of) const noexcept { return text_at(stored(of)); }
  /// Where a text is kept for good, for those who need it often.
  [[nodiscard]] const std::uint32_t* stored(id of) const noexcept {
    return directory_.load(std::memory_order_acquire)
        ->blocks[of / block_entries][of % block_entries];
  }
  [[nodiscard]] static std::string_view text_at(const std::uint32_t* stored) noexcept {
    return {reinterpret_cast<const char*>(stored + 1), *stored};
  }
  [[nodiscard]] id add(std::string_view text);
  /// As numbers.
  [[nodiscard]] id add(std::span<const std::uint32_t> numbers);
  [[nodiscard]] std::span<const std::uint32_t> numbers(id of) const noexcept {
    const auto* at = stored(of);
    return {at + 1, *at / sizeof(std::uint32_t)};
  }

  /// From now on others look up while one adds: what grows keeps its old form.
  void share() noexcept { shared_ = true; }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return bytes_.load(std::memory_order_relaxed);
  }
  /// Of the adding thread.
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

 private:
  using entry = std::uint32_t;  // the first word of an entry is the length of its text
  static constexpr std::uint32_t block_entries = 512;
  static constexpr unsigned id_bits = 26;
  struct slot_table {
    explicit slot_table(std::size_t n) : mask(n - 1), slots(new std::atomic<std::uint32_t>[n]()) {}
    std::size_t mask;
    std::unique_ptr<std::atomic<std::uint32_t>[]> slots;
  };
  struct directory {
    explicit directory(std::size_t n) : capacity(n), blocks(new const entry**[n]()) {}
    std::size_t capacity;
    std::unique_ptr<const entry**[]> blocks;
  };

  [[nodiscard]] static std::uint32_t tag_of(std::size_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 40U) << id_bits;
  }
  [[nodiscard]] id find(std::string_view text, std::size_t hash,
                        const slot_table& in) const noexcept;
  static void put(slot_table& into, std::size_t hash, id of) noexcept;
  [[nodiscard]] entry* allocate(std::size_t words);
  void grow_slots();
  void grow_directory();

  std::atomic<const slot_table*> slots_;
  std::atomic<const directory*> directory_;
  std::vector<std::unique_ptr<slot_table>> slot_tables_{};  // the last is current
  std::vector<std::unique_ptr<directory>> directories_{};   // likewise
  std::vector<std::unique_ptr<const entry* []>> blocks_ {};
  std::vector<std::unique_ptr<entry[]>> chunks_{};
  entry* free_ = nullptr;
  std::size_t free_words_ = 0;
  std::size_t chunk_words_ = 0;
  std::uint32_t size_ = 0;
  bool shared_ = false;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace quire::acl
