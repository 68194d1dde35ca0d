#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "keraunos/export.hpp"

namespace keraunos {

/// What a device says of itself.
struct DeviceInfo {
  std::string name;              // "cpu", "gpu:0"
  std::string model;             // "NVIDIA H200", "Intel(R) Xeon(R) ..."
  std::string libraries;         // "oneDNN 2.6.3", "CUDA 13.0, cuDNN 9.19.0, cuBLASLt 13.1.0"
  std::size_t memory_bytes = 0;  // 0 where unknown
};

/// A device of this machine, or the reason why one of a kind we support is not there.
struct DeviceReport {
  DeviceInfo info;
  bool available = false;
  std::string reason;  // why not; empty where available
};

/// The names of GPUs whose descriptions are built in: "h100".
KERAUNOS_API std::vector<std::string> described_gpus();

/// Looks for every kind of device: always one report for the CPU and one or more for GPUs.
/// `cuda_library` as in SessionOptions. May be called from any thread.
KERAUNOS_API std::vector<DeviceReport> devices(const std::string& cuda_library = "");

}  // namespace keraunos
