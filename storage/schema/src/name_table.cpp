#include "name_table.hpp"

#include <bit>

namespace quire::schema {

name_table::name_table(std::vector<std::string> names)
    : names_(std::move(names)),
      slots_(std::bit_ceil(names_.size() * 2 + 1)),
      mask_(slots_.size() - 1) {
  for (std::uint32_t i = 0; i < names_.size(); ++i) {
    const auto hash = hash_text(names_[i]);
    auto at = hash & mask_;
    while (slots_[at].position != npos) at = (at + 1) & mask_;
    slots_[at] = {.check = static_cast<std::uint32_t>(hash >> 32U), .position = i};
  }
}

}  // namespace quire::schema
