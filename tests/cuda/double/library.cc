#include "kernels/cuda/library.hpp"

#include <fmt/format.h>

#include "kernels/cuda/cuda_backend.hpp"
#include "tests/cuda/double/device.hpp"
#include "tests/cuda/double/tables.hpp"

// What kernels/cuda/library.cc and missing_device.cc find on a machine with a GPU.

namespace keraunos::cuda {

const CudnnApi& cudnn() {
  static const CudnnApi api = cuda_double::cudnn_table();
  return api;
}

const CublasLtApi& cublas_lt() {
  static const CublasLtApi api = cuda_double::cublas_lt_table();
  return api;
}

std::vector<std::string> open_libraries() { return {}; }
std::vector<std::string> missing_device(int device) {
  if (device >= 0 && device < cuda_double::device_count) return {};
  return {fmt::format("there is no gpu:{}", device)};
}

}  // namespace keraunos::cuda
