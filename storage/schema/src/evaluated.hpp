#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>

namespace quire::schema {

/// Which elements of one array or members of one object some schema has evaluated, by position:
/// what `unevaluatedItems` and `unevaluatedProperties` ask for. Up to 256 children need no memory
/// beyond the object itself.
class evaluated {
 public:
  explicit evaluated(const boost::json::value& v) : words_((children(v) + 63) / 64, 0) {}

  /// What making one costs, in words.
  [[nodiscard]] std::size_t size() const noexcept { return words_.size(); }

  void add(std::size_t position) noexcept {
    words_[position / 64] |= std::uint64_t{1} << (position % 64);
  }
  void add_from(std::size_t position) noexcept {
    for (; position % 64 != 0 && position / 64 < words_.size(); ++position) add(position);
    for (auto w = position / 64; w < words_.size(); ++w) words_[w] = ~std::uint64_t{0};
  }
  void add_all(const evaluated& other) noexcept {
    for (std::size_t w = 0; w < words_.size(); ++w) words_[w] |= other.words_[w];
  }
  [[nodiscard]] bool has(std::size_t position) const noexcept {
    return ((words_[position / 64] >> (position % 64)) & 1U) != 0;
  }

 private:
  static std::size_t children(const boost::json::value& v) noexcept {
    if (v.is_array()) return v.get_array().size();
    return v.is_object() ? v.get_object().size() : 0;
  }

  boost::container::small_vector<std::uint64_t, 4> words_;
};

}  // namespace quire::schema
