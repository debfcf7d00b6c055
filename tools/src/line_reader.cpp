#include "line_reader.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace quire::tools {

namespace {

constexpr std::size_t block = 64U << 10U;
// What a buffer may keep for the lines to come after a long one.
constexpr std::size_t kept_at_most = 1U << 20U;

}  // namespace

line_reader::line_reader(source from, before_wait waiting, std::size_t max_bytes)
    : from_(std::move(from)), waiting_(std::move(waiting)), max_bytes_(max_bytes) {}

result<std::optional<line_reader::line>> line_reader::next() {
  while (true) {
    const auto end = buffer_.find('\n', scanned_);
    if (end != std::string::npos || buffer_.size() - begin_ > max_bytes_) {
      const auto from = begin_;
      const auto size = (end == std::string::npos ? buffer_.size() : end) - from;
      begin_ = scanned_ = from + size + static_cast<std::size_t>(end != std::string::npos);
      const bool too_long = std::exchange(passing_over_, end == std::string::npos) ||
                            (end != std::string::npos && size > max_bytes_);
      if (end == std::string::npos) continue;
      if (too_long) return line{.text = {}, .too_long = true};
      return line{.text = std::string_view{buffer_}.substr(from, size)};
    }
    scanned_ = buffer_.size();
    const auto more = fill();
    if (!more) return more.error();
    if (*more) continue;
    if (passing_over_ || begin_ < buffer_.size()) {
      const auto from = std::exchange(begin_, buffer_.size());
      if (std::exchange(passing_over_, false)) return line{.text = {}, .too_long = true};
      return line{.text = std::string_view{buffer_}.substr(from)};
    }
    return std::nullopt;
  }
}

/// Appends what the source has; false at its end.
result<bool> line_reader::fill() {
  buffer_.erase(0, begin_);
  scanned_ -= std::exchange(begin_, 0);
  if (buffer_.size() < block && buffer_.capacity() > kept_at_most) buffer_.shrink_to_fit();
  if (const auto ready = waiting_(); !ready) return ready.error();
  const auto had = buffer_.size();
  buffer_.resize(had + block);
  const auto got = from_(std::span{buffer_}.subspan(had));
  buffer_.resize(had + (got ? *got : 0));
  if (!got) return got.error();
  return *got != 0;
}

line_reader::source descriptor_source(int descriptor) {
  return [descriptor](std::span<char> into) -> result<std::size_t> {
    while (true) {
      const auto got = ::read(descriptor, into.data(), into.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) {
        return fail(errc::storage_io,
                    std::string{"the input cannot be read: "} + std::strerror(errno));
      }
    }
  };
}

}  // namespace quire::tools
