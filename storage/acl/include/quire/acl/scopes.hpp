#pragma once

#include <quire/acl/view.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What one scope says about another. `covers` is the only comparison: matching is `covers`,
// intersection is `meet`, which is made of it. Everything here is pure; any thread.
namespace quire::acl {

/// How scopes and keys of resources are compared.
enum class scope_mode : std::uint8_t {
  exact = 0,         ///< whole texts
  hierarchical = 1,  ///< segments between colons, with `*` as the last one for everything below
};
[[nodiscard]] std::string_view to_string(scope_mode mode) noexcept;
/// Fails with `invalid_option`.
[[nodiscard]] result<scope_mode> scope_mode_from_string(std::string_view text);

/// True when who holds `held` may do what `wanted` names. Equal texts always; in hierarchical mode
/// also when `held` ends in the segment `*` and what stands before it are the first segments of
/// `wanted`, which has at least one more: `task:*` covers `task:read` and `task:a:b`, not `task`. A
/// `*` elsewhere is ordinary text, and a text with an empty segment takes part in no wildcard, on
/// either side. Allocates nothing.
[[nodiscard]] bool covers(std::string_view held, std::string_view wanted, scope_mode mode) noexcept;

/// The narrower of two scopes; nothing when they are apart. Two scopes are nested or apart, so this
/// is exact.
[[nodiscard]] std::optional<std::string> meet(std::string_view a, std::string_view b,
                                              scope_mode mode);

[[nodiscard]] bool covers_any(std::span<const std::string> held, std::string_view wanted,
                              scope_mode mode) noexcept;

/// What both lists allow: every pairwise meet, once, sorted. Never longer than both together.
[[nodiscard]] std::vector<std::string> meet(std::span<const std::string> a,
                                            std::span<const std::string> b, scope_mode mode);

/// True when some key of `held` covers `key` (as scopes do) and lists `action`, compared as it is.
/// Allocates nothing.
[[nodiscard]] bool covers(const resource_map& held, std::string_view key, std::string_view action,
                          scope_mode mode) noexcept;

/// True when some key of the type lists the action, whatever the id. Keys of a type begin with
/// `type:`; in hierarchical mode a key that covers all of the type, such as `*`, is one too.
[[nodiscard]] bool covers_some(const resource_map& held, std::string_view type,
                               std::string_view action, scope_mode mode) noexcept;

/// What both allow: every pairwise meet of keys with the actions both list, sorted; keys left
/// without action are dropped.
[[nodiscard]] resource_map meet(const resource_map& a, const resource_map& b, scope_mode mode);

/// Everything of `more` joined into `into`: actions sorted, each once.
void join(resource_map& into, const resource_map& more);

}  // namespace quire::acl
