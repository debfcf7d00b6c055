#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace quire::metagraph {

/// A string literal that can be a template argument.
template <std::size_t Size>
struct sql_part {
  char text[Size]{};
  consteval sql_part(
      const char (&literal)[Size]) {  // NOLINT(google-explicit-constructor): a literal
    for (std::size_t i = 0; i < Size; ++i) text[i] = literal[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, Size - 1}; }
};

namespace detail {
template <sql_part... Parts>
struct joined {
  static constexpr auto make() {
    std::array<char, (Parts.view().size() + ... + 1)> out{};
    std::size_t at = 0;
    const auto append = [&](std::string_view part) {
      for (const char c : part) out[at++] = c;
    };
    (append(Parts.view()), ...);
    return out;
  }
  static constexpr auto text = make();
};
}  // namespace detail

/// The parts one after the other, joined at compile time, so that column lists are written once.
template <sql_part... Parts>
inline constexpr const char* sql_text = detail::joined<Parts...>::text.data();

}  // namespace quire::metagraph
