#include <cstring>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layer.hpp"

// The variables of a layer: which number each has in the file, and what Keras counts.

namespace keraunos::keras {

ValueId LayerCall::uncounted(std::string_view name, const Shape& shape) {
  return environment_.weights.load(identity_.place, next_variable_++, name, shape, weight_dtype_);
}

std::int64_t& LayerCall::count_of_weights() {
  return config_.flag_or("trainable", true) ? counts_.trainable : counts_.non_trainable;
}

std::int64_t LayerCall::parameters_of(ValueId weight) const {
  return element_count(environment_.graph.shape(weight)).constant().value_or(0);
}

ValueId LayerCall::weight(std::string_view name, const Shape& shape) {
  const ValueId value = uncounted(name, shape);
  const std::int64_t rank = config_.integer_or("lora_rank", 0, 0);
  if (rank == 0 || (name != "kernel" && name != "embeddings")) {
    count_of_weights() += parameters_of(value);
    return value;
  }
  // With low-rank adaptation Keras trains two matrices instead, which are part of what is stored.
  counts_.non_trainable += parameters_of(value);
  const std::int64_t columns = environment_.graph.shape(value).back().constant().value_or(0);
  if (columns > 0) count_of_weights() += rank * (parameters_of(value) / columns + columns);
  return value;
}

ValueId LayerCall::statistic(std::string_view name, const Shape& shape) {
  const ValueId value = uncounted(name, shape);
  counts_.non_trainable += parameters_of(value);
  return value;
}

ValueId LayerCall::load_as_stored(std::string_view name, const Shape& shape,
                                  std::optional<DType> dtype) {
  const ValueId value =
      environment_.weights.load_as_stored(identity_.place, next_variable_++, name, shape, dtype);
  counts_.non_trainable += parameters_of(value);
  return value;
}

std::optional<Dims> LayerCall::pass_over(std::string_view name) {
  return environment_.weights.pass_over(identity_.place, next_variable_++, name);
}

std::int64_t LayerCall::parameters_of_unread(std::string_view name, const Shape& shape) {
  const auto stored = pass_over(name);
  return element_count(stored ? make_shape(*stored) : shape).constant().value_or(0);
}

void LayerCall::unread_weight(std::string_view name, const Shape& shape) {
  count_of_weights() += parameters_of_unread(name, shape);
}

void LayerCall::unread_statistic(std::string_view name, const Shape& shape) {
  counts_.non_trainable += parameters_of_unread(name, shape);
}

void LayerCall::unread_rest() {
  while (const auto stored = pass_over("")) {
    counts_.non_trainable += element_count(make_shape(*stored)).constant().value_or(0);
  }
}

ValueId LayerCall::stored_weight(std::string_view name, const Shape& shape, DType dtype) {
  return load_as_stored(name, shape, dtype);
}

ValueId LayerCall::stored_statistic(std::string_view name, const Shape& shape) {
  return load_as_stored(name, shape, std::nullopt);
}

std::vector<float> LayerCall::values_of(ValueId weight) const {
  if (environment_.shapes_only) return std::vector<float>(stand_in_count(shape(weight)));
  const Constant& constant = *environment_.graph.value(weight).constant;
  std::vector<float> values(static_cast<std::size_t>(constant.desc.size()));
  if (!values.empty()) std::memcpy(values.data(), constant.bytes.data(), constant.desc.bytes());
  return values;
}

ValueId LayerCall::reshaped(ValueId weight, const Shape& shape) {
  if (!environment_.graph.value(weight).constant) {
    return environment_.graph.add_unmade({dtype(weight), shape});
  }
  Constant constant = *environment_.graph.value(weight).constant;
  constant.desc.dims = evaluate(shape, {});
  return environment_.graph.add_constant(std::make_shared<const Constant>(std::move(constant)));
}

}  // namespace keraunos::keras
