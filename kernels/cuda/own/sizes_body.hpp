#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/backend/kernel.hpp"
#include "runtime/base/device_code.hpp"

namespace keraunos::cuda {

/// output[i] = numbers[i], which travel with the launch: no memory of their own, no copy.
struct SizesBody {
  static constexpr std::size_t most = 16;

  alignas(8) unsigned char numbers[most * 8] = {};  // elements of the output's dtype, dense
  std::int64_t element = 4;                         // bytes
  std::int64_t size = 0;
  void* output = nullptr;

  void bind(const KernelArgs& args) { output = args.outputs[0]; }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    for (std::int64_t byte = i * element; byte < (i + 1) * element; ++byte) {
      static_cast<unsigned char*>(output)[byte] = numbers[byte];
    }
  }
};

Verdict accepts_sizes(const NodeView& node, const BuildOptions& options);
SizesBody make_sizes_body(const NodeView& node);

}  // namespace keraunos::cuda
