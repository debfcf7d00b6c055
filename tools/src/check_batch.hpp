#pragma once

#include "line_reader.hpp"

#include <quire/actors/access.hpp>
#include <quire/messages/document.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace quire::tools {

/// Answers questions of access that are one line of JSON each, in the format of
/// docs/command-line.md. Not thread-safe.
class check_batch {
 public:
  static constexpr std::size_t max_line_bytes = 1U << 20U;

  /// The principal that a request names.
  using find_principal = std::function<result<acl::principal_id>(const std::string&)>;
  using ask = std::function<result<bool>(const access_question&)>;

  check_batch(find_principal find, ask question)
      : find_(std::move(find)), ask_(std::move(question)) {}

  /// The answer to the next line: JSON without a line end, with the number of the line. Never
  /// fails: what is wrong is the answer.
  [[nodiscard]] std::string answer(const line_reader::line& line);

 private:
  [[nodiscard]] result<bool> verdict(const line_reader::line& line) const;
  [[nodiscard]] result<access_question> question_in(std::string_view line) const;

  find_principal find_;
  ask ask_;
  std::int64_t lines_ = 0;
};

}  // namespace quire::tools
