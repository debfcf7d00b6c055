#pragma once

#include "line_reader.hpp"
#include "output.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace quire::tools {

/// Answers what comes in at `descriptor` until its end, each line with one line, in order. Answers
/// are handed to the system before waiting for input, not one by one while there is some. Fails
/// when input or output does.
[[nodiscard]] result<void> serve_lines(
    int descriptor, std::size_t max_line_bytes, output& out,
    const std::function<std::string(const line_reader::line&)>& answer);

}  // namespace quire::tools
