#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <map>
#include <mutex>
#include <string_view>

#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/described_backend.hpp"

namespace keraunos::cuda {
namespace {

struct Outcome {
  Backend* backend = nullptr;
  std::string reason;
};

/// Opens the libraries, then the GPU that `make` makes, unless `reasons` speak against it.
template <typename Make>
Outcome open_gpu(std::vector<std::string> reasons, const Make& make) {
  std::vector<std::string> missing_libraries = open_libraries();
  reasons.insert(reasons.end(), missing_libraries.begin(), missing_libraries.end());
  if (!reasons.empty()) return {nullptr, fmt::format("{}", fmt::join(reasons, "; "))};
  return {make(), {}};
}

Outcome open_gpu(int index, const GpuDescription* description) {
  if (description == nullptr) {
    return open_gpu(missing_device(index), [&] { return new CudaBackend(index); });
  }
  return open_gpu({}, [&] { return new DescribedBackend(*description); });
}

/// One backend per process and GPU, whoever asks.
const Outcome& first_outcome(int index, const GpuDescription* description) {
  static std::mutex mutex;
  static auto* const outcomes = new std::map<std::pair<int, std::string>, Outcome>;
  const std::lock_guard lock(mutex);
  const auto [found, is_new] =
      outcomes->try_emplace({index, description == nullptr ? "" : description->json});
  Outcome& outcome = found->second;
  if (!is_new) return outcome;
  try {
    outcome = open_gpu(index, description);
  } catch (const std::exception& error) {
    outcome.reason = error.what();
  }
  return outcome;
}

void write(Backend* backend, std::string_view reason, KeraunosCudaResult& result) {
  result.backend = backend;
  const std::size_t length = std::min(reason.size(), sizeof(result.reason) - 1);
  std::memcpy(result.reason, reason.data(), length);
  result.reason[length] = '\0';
}

void open(std::uint32_t contract, KeraunosCudaResult& result, int index,
          const GpuDescription* description) {
  if (contract == backend_contract) {
    const Outcome& outcome = first_outcome(index, description);
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

// Of another contract only the first two arguments can be trusted.
extern "C" KERAUNOS_API void keraunos_cuda_open(std::uint32_t contract,
                                                keraunos::KeraunosCudaResult* result, int index,
                                                const keraunos::GpuDescription* description) {
  try {
    keraunos::cuda::open(contract, *result, index, description);
  } catch (...) {
    keraunos::cuda::write(nullptr, "out of memory while opening the GPU", *result);
  }
}
