#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quire::crypto {

/// The 32 bytes of a SHA-256.
using digest = std::array<std::byte, 32>;

/// SHA-256 (FIPS 180-4). Any thread; allocates nothing.
[[nodiscard]] digest sha256(std::span<const std::byte> bytes) noexcept;
[[nodiscard]] digest sha256(std::string_view text) noexcept;

/// Two lower-case digits per byte.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);
/// The digest with these 64 lower-case digits; nothing for any other text.
[[nodiscard]] std::optional<digest> digest_from_hex(std::string_view text) noexcept;

/// Equal sizes and bytes. Takes the same time wherever the first difference is; only the sizes may
/// show.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::byte> a,
                                          std::span<const std::byte> b) noexcept;

}  // namespace quire::crypto
