#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace quire::crypto {

/// Overwrites memory in a way that the compiler cannot leave out.
void wipe(std::span<std::byte> memory) noexcept;
void wipe(std::span<char> memory) noexcept;

/// A text that must not stay in memory or get into a log: moved, never copied; overwritten when it
/// is destroyed; no `<<`, no comparison. What `reveal` gives out is the reader's to look after.
class secret_text {
 public:
  secret_text() = default;
  /// Copies `text`; wiping the source is the caller's.
  explicit secret_text(std::string_view text);
  secret_text(secret_text&& other) noexcept
      : text_(std::move(other.text_)), size_(std::exchange(other.size_, 0)) {}
  secret_text& operator=(secret_text&& other) noexcept {
    std::swap(text_, other.text_);
    std::swap(size_, other.size_);
    other.clear();
    return *this;
  }
  ~secret_text() { clear(); }

  /// Valid until this object is moved from, cleared or destroyed.
  [[nodiscard]] std::string_view reveal() const& noexcept { return {text_.get(), size_}; }
  [[nodiscard]] std::string_view reveal() && = delete;  // would dangle
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  void clear() noexcept;

 private:
  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0;
};

}  // namespace quire::crypto
