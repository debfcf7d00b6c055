#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <ostream>
#include <utility>

namespace quire {

/// A value of type `T` that is not interchangeable with another value of type `T`: `find(key, graph)` with the
/// arguments swapped does not compile. Explicit both ways, comparable, hashable, without arithmetic.
/// Thread-safe as `T` is; owns its value.
template <class Tag, class T>
class strong {
 public:
  using value_type = T;

  strong() = default;
  explicit strong(T value) : value_(std::move(value)) {}

  /// The bare value, for the edges of the program: SQL, JSON, logs.
  [[nodiscard]] const T& get() const& { return value_; }
  [[nodiscard]] T get() && { return std::move(value_); }

  friend bool operator==(const strong&, const strong&) = default;
  friend auto operator<=>(const strong&, const strong&) = default;
  friend std::ostream& operator<<(std::ostream& out, const strong& x) { return out << x.value_; }

 private:
  T value_{};
};

}  // namespace quire

template <class Tag, class T>
struct std::hash<quire::strong<Tag, T>> {
  std::size_t operator()(const quire::strong<Tag, T>& x) const noexcept {
    return std::hash<T>{}(x.get());
  }
};
