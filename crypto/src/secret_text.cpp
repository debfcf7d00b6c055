#include <quire/crypto/secret_text.hpp>

#include <cryptopp/misc.h>

#include <algorithm>

namespace quire::crypto {

void wipe(std::span<std::byte> memory) noexcept {
  CryptoPP::SecureWipeBuffer(reinterpret_cast<CryptoPP::byte*>(memory.data()), memory.size());
}

void wipe(std::span<char> memory) noexcept { wipe(std::as_writable_bytes(memory)); }

secret_text::secret_text(std::string_view text)
    : text_(text.empty() ? nullptr : new char[text.size()]), size_(text.size()) {
  std::copy(text.begin(), text.end(), text_.get());
}

void secret_text::clear() noexcept {
  wipe(std::span{text_.get(), size_});
  text_.reset();
  size_ = 0;
}

}  // namespace quire::crypto
