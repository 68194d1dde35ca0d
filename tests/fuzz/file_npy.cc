#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/file/exercise.hpp"
#include "tests/file/support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keraunos::file;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  testing::exercise_npy(testing::bytes_of(input));
  return 0;
}
