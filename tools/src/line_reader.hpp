#pragma once

#include <quire/messages/error.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quire::tools {

/// Cuts a stream of bytes into lines, with memory for one line of bounded length. Not thread-safe.
class line_reader {
 public:
  /// Fills a part of the span, at least one byte; 0 is the end. May wait.
  using source = std::function<result<std::size_t>(std::span<char>)>;
  /// Called before the source is asked, which may then wait for a long time.
  using before_wait = std::function<result<void>()>;

  struct line {
    std::string_view text;  ///< without its line end; valid until the next call
    bool too_long = false;  ///< had more than `max_bytes`, and was passed over; `text` is empty
  };

  line_reader(source from, before_wait waiting, std::size_t max_bytes);

  /// The next line; nothing after the last. Bytes after the last line end are a line. Fails as the
  /// source and `before_wait` do.
  [[nodiscard]] result<std::optional<line>> next();

 private:
  [[nodiscard]] result<bool> fill();

  source from_;
  before_wait waiting_;
  std::size_t max_bytes_;
  std::string buffer_;
  std::size_t begin_ = 0;    ///< of the line
  std::size_t scanned_ = 0;  ///< no line end between `begin_` and here
  bool passing_over_ = false;
};

/// Reads a descriptor.
[[nodiscard]] line_reader::source descriptor_source(int descriptor);

}  // namespace quire::tools
