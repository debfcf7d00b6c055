#include <quire/messages/id_maker.hpp>

#include <array>
#include <cstring>

namespace quire {
namespace {

constexpr std::uint32_t counter_limit = 1U << 12U;

}  // namespace

row_id id_maker::next() {
  std::array<std::byte, 10> random;
  env_.random->fill(random);
  const auto now = static_cast<std::uint64_t>(env_.time->now().time_since_epoch().count());
  if (now > last_ms_) {
    last_ms_ = now;
    // Starting in the lower half leaves room for as many again before the millisecond must be borrowed from the next.
    counter_ = (std::to_integer<std::uint32_t>(random[8]) << 3U) | (std::to_integer<std::uint32_t>(random[9]) & 7U);
  } else if (++counter_ == counter_limit) {
    ++last_ms_;  // also when the clock went back: order matters more than the exact millisecond
    counter_ = 0;
  }
  std::array<unsigned char, 16> bytes;
  for (unsigned i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(last_ms_ >> (40U - 8U * i));
  bytes[6] = static_cast<unsigned char>(0x70U | (counter_ >> 8U));
  bytes[7] = static_cast<unsigned char>(counter_);
  std::memcpy(bytes.data() + 8, random.data(), 8);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);

  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text(36, '-');
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    text[at++] = digits[bytes[i] >> 4U];
    text[at++] = digits[bytes[i] & 15U];
  }
  return row_id{std::move(text)};
}

}  // namespace quire
