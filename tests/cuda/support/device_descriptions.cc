#include "tests/cuda/support/device_descriptions.hpp"

#include <fmt/ranges.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "kernels/cuda/library.hpp"

namespace keraunos::cuda::testing {

const std::vector<std::string>& described_gpus() {
  static const std::vector<std::string> names = {"t4", "a100", "l4", "h100", "h200", "b200", "rtx5090"};
  return names;
}

PlanTarget described_gpu(const std::string& name) {
  const std::string path = KERAUNOS_SOURCE_DIR "/tests/cuda/deviceprops/" + name + ".json";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return PlanTarget::described_by({std::istreambuf_iterator<char>(file), {}});
}

const std::string& why_libraries_are_missing() {
  static const std::string reason = fmt::format("{}", fmt::join(open_libraries(), "; "));
  return reason;
}

}  // namespace keraunos::cuda::testing
