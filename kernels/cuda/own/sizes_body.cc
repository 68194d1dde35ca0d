#include "kernels/cuda/own/sizes_body.hpp"

#include <cstring>

namespace keraunos::cuda {

Verdict accepts_sizes(const NodeView& node, const BuildOptions&) {
  if (node.outputs[0].size() > static_cast<std::int64_t>(SizesBody::most)) {
    return Verdict::no("writes 16 numbers or fewer");
  }
  return Verdict::yes();
}

SizesBody make_sizes_body(const NodeView& node) {
  const Tensor numbers = node.as<SizeTensor>().tensor();
  SizesBody body;
  body.element = static_cast<std::int64_t>(size_of(numbers.dtype()));
  body.size = numbers.size();
  std::memcpy(body.numbers, numbers.data(), numbers.bytes());
  return body;
}

}  // namespace keraunos::cuda
