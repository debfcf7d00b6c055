#pragma once

#include <quire/messages/environment.hpp>
#include <quire/messages/ids.hpp>

#include <cstdint>

namespace quire {

/// Makes row ids: UUIDs of version 7 in lower case (RFC 9562, 5.7), which sort by the time they were made, also within one
/// millisecond. Time-ordered keys append to the right edge of an index, which is several times cheaper than scattering.
/// Not thread-safe: one per writer.
class id_maker {
 public:
  explicit id_maker(environment env) : env_(env) {}
  [[nodiscard]] row_id next();

 private:
  environment env_;
  std::uint64_t last_ms_ = 0;
  std::uint32_t counter_ = 0;  // 12 bits, in rand_a
};

}  // namespace quire
