#include "runtime/ops/constant.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace keraunos {

ConstantElements::ConstantElements(const Constant& constant) : data_(constant.bytes.data()) {
  const bool aligned = reinterpret_cast<std::uintptr_t>(data_) % size_of(constant.desc.dtype) == 0;
  if (aligned && constant.last_axis_scale.empty()) return;
  copy_ = Tensor(constant.desc.dtype, constant.desc.dims);
  if (constant.bytes.size() > 0) std::memcpy(copy_.data(), data_, constant.bytes.size());
  data_ = copy_.data();
  if (constant.last_axis_scale.empty()) return;
  const std::size_t period = constant.last_axis_scale.size();
  const auto values = copy_.as<float>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= constant.last_axis_scale[i % period];
}

std::shared_ptr<const Constant> make_constant(std::string name, Dims dims,
                                              std::span<const float> values) {
  Tensor tensor(DType::float32, std::move(dims));
  std::copy(values.begin(), values.end(), tensor.as<float>().begin());
  return make_constant(std::move(name), std::move(tensor));
}

std::shared_ptr<const Constant> make_constant(std::string name, Tensor tensor) {
  const auto kept = std::make_shared<Tensor>(std::move(tensor));
  const Bytes bytes = {{static_cast<const std::byte*>(kept->data()), kept->bytes()}, kept};
  return std::make_shared<const Constant>(
      Constant{std::move(name), {kept->dtype(), kept->dims()}, bytes, {}});
}

}  // namespace keraunos
