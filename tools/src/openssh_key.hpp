#pragma once

#include <quire/messages/error.hpp>

#include <string>
#include <string_view>

namespace quire::tools {

/// The fingerprint that stands for an Ed25519 public key, as OpenSSH writes it in one line
/// (`ssh-ed25519 AAAA… comment`): SHA-256 of the 32 raw bytes in lower-case digits. Fails with
/// `invalid_option`.
[[nodiscard]] result<std::string> fingerprint_of_openssh(std::string_view line);

}  // namespace quire::tools
