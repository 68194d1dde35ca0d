#include <cstddef>
#include <cstdint>

#include "tests/fuzz/exercise_model.hpp"

// Any bytes as a model file, weights and all: HDF5 and .keras.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keraunos::testing;
  exercise_model({reinterpret_cast<const char*>(data), size}, ModelWeights::read);
  return 0;
}
