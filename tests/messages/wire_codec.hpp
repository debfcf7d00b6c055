#pragma once

#include <quire/wire/error.hpp>
#include <quire/wire/inspect.hpp>

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <vector>

namespace quire::test {

using bytes = std::vector<char>;

template <class T>
bytes encode(const T& x) {
  bytes out;
  caf::binary_serializer sink{static_cast<caf::execution_unit*>(nullptr), out};
  if (auto e = sink(x)) throw std::runtime_error{to_string(from_caf(e))};
  return out;
}

/// What was read, or why not; said out loud, because `T` may itself be an error. Bytes left over
/// are an error here, as nothing of ours has a tail.
template <class T>
result<T> decode(const bytes& from) {
  caf::binary_deserializer source{static_cast<caf::execution_unit*>(nullptr), from.data(),
                                  from.size()};
  T x;
  if (auto e = source(x)) return result<T>{boost::system::in_place_error, from_caf(e)};
  if (source.remaining() != 0) {
    return result<T>{boost::system::in_place_error, fail(errc::internal, "bytes left over")};
  }
  return result<T>{boost::system::in_place_value, std::move(x)};
}

}  // namespace quire::test
