#pragma once

#include <cuda_runtime_api.h>

#include <string>

namespace keraunos::cuda {

/// After some errors (an illegal address, a lost device) nothing of CUDA works any more in the
/// process that met them. Remembers `status` if it is one of those; asks the runtime.
void note_failure(cudaError_t status, const std::string& message);

/// Throws Error(device_failure) with the first such error where there was one.
void require_alive();

}  // namespace keraunos::cuda
