#pragma once

#include <quire/messages/error.hpp>

#include <boost/json/value.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace quire {

/// Bounds on JSON that comes from outside.
struct document_limits {
  std::size_t max_bytes = 16U << 20U;
  std::size_t max_depth = 128;
};

/// A JSON document: its text and, in this process, its parsed form. Immutable; copies share both, so copying costs a
/// reference count. Thread-safe as any immutable value. The wire carries the text only.
///
/// The text is the caller's own bytes when they mean the same to every JSON reader, and a compact rewriting of the parsed
/// value otherwise (duplicate member names: the last wins). What is stored is what was checked.
class document {
 public:
  /// No document at all: `operator bool` is false, `text()` is empty, `value()` is null.
  document() = default;

  /// Parses and checks `text`. Fails with `payload_not_json` (position inside; also for invalid UTF-8 and numbers beyond a
  /// double), `depth_exceeded`, `too_large`.
  [[nodiscard]] static result<document> parse(std::string_view text, const document_limits& limits = {});
  /// As `parse`, and the document must be an object; else `validation_failed` at the root.
  [[nodiscard]] static result<document> parse_object(std::string_view text, const document_limits& limits = {});
  /// Wraps text that is already known to be good JSON, such as a stored row; parsed when `value()` is first called.
  [[nodiscard]] static document trusted(std::string text);
  /// Serializes a value made in this process.
  [[nodiscard]] static document from(boost::json::value value);
  /// The document `{}`.
  [[nodiscard]] static document empty_object();

  [[nodiscard]] explicit operator bool() const noexcept { return body_ != nullptr; }
  [[nodiscard]] const std::string& text() const noexcept;
  /// The parsed form; lives as long as any copy of this document. Text that turns out not to be JSON gives null.
  [[nodiscard]] const boost::json::value& value() const;

  /// Equal text. Compare `value()` for equality of meaning.
  friend bool operator==(const document& a, const document& b) noexcept { return a.text() == b.text(); }

 private:
  struct body;
  explicit document(std::shared_ptr<const body> x) : body_(std::move(x)) {}
  std::shared_ptr<const body> body_;
};

}  // namespace quire
