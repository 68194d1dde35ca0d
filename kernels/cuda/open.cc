#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string_view>

#include "kernels/cuda/cuda_backend.hpp"

namespace keraunos::cuda {
namespace {

struct Outcome {
  Backend* backend = nullptr;
  std::string reason;
};

Outcome open_device() {
  std::vector<std::string> reasons = missing_device();
  std::vector<std::string> missing_libraries = open_libraries();
  reasons.insert(reasons.end(), missing_libraries.begin(), missing_libraries.end());
  if (!reasons.empty()) return {nullptr, fmt::format("{}", fmt::join(reasons, "; "))};
  return {new CudaBackend(first_gpu), {}};
}

/// One backend per process, whoever asks.
const Outcome& first_outcome() {
  static const Outcome* const outcome = new Outcome([]() -> Outcome {
    try {
      return open_device();
    } catch (const std::exception& error) {
      return {nullptr, error.what()};
    }
  }());
  return *outcome;
}

void write(Backend* backend, std::string_view reason, KeraunosCudaResult& result) {
  result.backend = backend;
  const std::size_t length = std::min(reason.size(), sizeof(result.reason) - 1);
  std::memcpy(result.reason, reason.data(), length);
  result.reason[length] = '\0';
}

void open(std::uint32_t contract, KeraunosCudaResult& result) {
  if (contract == backend_contract) {
    const Outcome& outcome = first_outcome();
    return write(outcome.backend, outcome.reason, result);
  }
  write(nullptr,
        fmt::format("libkeraunos_cuda fills contract {} and libkeraunos asks for contract {}: the "
                    "two are not from one build",
                    backend_contract, contract),
        result);
}

}  // namespace
}  // namespace keraunos::cuda

extern "C" KERAUNOS_API void keraunos_cuda_open(std::uint32_t contract,
                                                keraunos::KeraunosCudaResult* result) {
  try {
    keraunos::cuda::open(contract, *result);
  } catch (...) {
    keraunos::cuda::write(nullptr, "out of memory while opening the GPU", *result);
  }
}
