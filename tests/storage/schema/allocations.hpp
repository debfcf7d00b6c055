#pragma once

#include <cstddef>

namespace quire::test {

/// How often this thread called `operator new`. The counting operators are part of the program that
/// links this.
[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace quire::test
