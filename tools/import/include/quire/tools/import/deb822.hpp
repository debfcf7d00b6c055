#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace quire::tools {

/// Something in the input that could not be used: where it is and why.
struct finding {
  std::string source;    ///< file name, or `-`
  std::size_t line = 0;  ///< counted from 1
  std::string reason;    ///< a sentence, printable

  friend bool operator==(const finding&, const finding&) = default;
};

/// `source:line: reason`.
[[nodiscard]] std::string to_string(const finding& f);

/// One paragraph of a control file: the fields that were asked for.
class stanza {
 public:
  /// The value of the field, whatever the case of its name; empty when the stanza has no such
  /// field. Continuation lines follow after `\n`, as written. Valid until the stanza is read into
  /// again.
  [[nodiscard]] std::string_view operator[](std::string_view name) const;
  /// Line of the first field, counted from 1.
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  friend class deb822_reader;
  struct field {
    std::string_view name;  ///< one of the reader's wanted names
    std::string value;
  };
  std::vector<field> fields_;
  std::size_t line_ = 0;
};

struct deb822_limits {
  /// A longer line makes its stanza malformed. The longest in Debian 12 has 75,649 bytes.
  std::size_t max_line_bytes = 1U << 20U;
  /// So do wanted values that together hold more.
  std::size_t max_stanza_bytes = 4U << 20U;
};

/// Reads the stanzas of a control file one by one (deb822(5)), with memory bounded by the limits
/// however large the input. Not thread-safe. A stanza that breaks the format is reported with its
/// line and reason and skipped to the next empty line. Accepts CRLF, a missing newline at the end,
/// comment lines and separators of blanks only. Malformed are: a line without colon, a continuation
/// without field, a bad field name, a wanted field given twice, a wanted value that is not UTF-8, a
/// line or stanza above the limits.
class deb822_reader {
 public:
  enum class item { stanza, malformed, end };

  /// `in` must outlive the reader; `source` names it in findings; only fields of the `wanted` names
  /// are kept, and the texts of these names must outlive the reader and the stanzas it fills.
  deb822_reader(std::istream& in, std::string source, std::vector<std::string_view> wanted,
                const deb822_limits& limits = {});

  /// Reads up to the end of the next stanza. `malformed`: `bad` says what was wrong. A failing
  /// stream ends the input; see `failed`.
  [[nodiscard]] item next(stanza& out, finding& bad);
  /// The input ended because it could not be read.
  [[nodiscard]] bool failed() const { return in_->bad(); }
  /// Bytes read so far, for progress.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  enum class line_kind { text, too_long, end };
  line_kind read_line();
  bool fill();
  /// Takes the line into `out`; the reason when it is malformed, else empty.
  std::string take_field(stanza& out, bool& in_wanted);

  std::istream* in_;
  std::string source_;
  std::vector<std::string_view> wanted_;
  deb822_limits limits_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string line_;
  std::size_t line_number_ = 0;
  std::size_t bytes_ = 0;
  std::size_t stanza_bytes_ = 0;
};

/// ASCII letters compared without case, as field names are.
[[nodiscard]] bool same_field_name(std::string_view a, std::string_view b) noexcept;

}  // namespace quire::tools
