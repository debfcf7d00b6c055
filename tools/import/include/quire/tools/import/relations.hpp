#pragma once

#include <quire/messages/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quire::tools {

/// One name in a relationship field such as `Depends` (Debian policy, chapter 7).
struct relation {
  std::string name;
  std::string
      architecture;  ///< qualifier after the colon: `any`, `native` or an architecture; empty: none
  std::string comparison;  ///< `<<`, `<=`, `=`, `>=`, `>>`; empty: any version
  std::string version;
  std::vector<std::string> architectures;  ///< of `[amd64 !i386]`, as written
  std::vector<std::string>
      profiles;              ///< of `<!nocheck> <cross>`, one text for each pair of brackets
  std::size_t group = 0;     ///< which of the requirements joined by commas
  std::size_t position = 0;  ///< which of its alternatives joined by bars

  friend bool operator==(const relation&, const relation&) = default;
};

/// Reads a whole field: `a (>= 1:2.0) [amd64] <!nocheck> | b:any, c`. Empty requirements (`a,,b`, a
/// comma at the end) are passed over, as dpkg does; the old `<` and `>` mean `<=` and `>=`. Fails
/// with `invalid_option`, saying what was expected where.
[[nodiscard]] result<std::vector<relation>> parse_relations(std::string_view field);

/// Letters, digits and `+-._`, beginning with a letter or digit, at most 128 bytes: what dpkg
/// accepts as a name.
[[nodiscard]] bool is_package_name(std::string_view name) noexcept;
/// Letters, digits and `.+-~:_`, at most 128 bytes: what may stand in a version.
[[nodiscard]] bool is_version(std::string_view version) noexcept;
/// Letters, digits and hyphens, at most 32 bytes, such as `amd64` or `linux-any`.
[[nodiscard]] bool is_architecture(std::string_view name) noexcept;

/// Order of versions as dpkg has it: negative, zero or positive as `a` is older, equal or newer.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b) noexcept;

}  // namespace quire::tools
