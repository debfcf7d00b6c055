#include "targets.hpp"

#include <cstddef>
#include <cstdint>

// The function that libFuzzer calls; QUIRE_FUZZ_TARGET names one of targets.hpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quire::test::QUIRE_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
