#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Normalisations with their scales, and attention.

namespace keraunos::keras {
namespace {

constexpr double default_epsilon = 1e-7;  // keras.config.epsilon()

float epsilon_of(const LayerCall& call) {
  return static_cast<float>(call.config().number_or("epsilon", default_epsilon));
}

std::vector<std::size_t> norm_axes(const LayerCall& call, std::size_t rank) {
  if (call.config().find("axis")) return axes_option(call, rank);
  return {normalize_axis(-1, rank)};
}

// A vector over `axes` of a tensor of rank `rank`, where it has not that rank itself.
ValueId along_axes(LayerCall& call, ValueId vector, ValueId tensor,
                   const std::vector<std::size_t>& axes) {
  const std::size_t rank = call.rank(tensor);
  if (call.rank(vector) == rank) return vector;
  Shape shape(rank, Dim(1));
  for (const std::size_t axis : axes) shape[axis] = call.shape(tensor)[axis];
  return call.view(vector, std::move(shape));
}

std::vector<ValueId> import_layer_norm(LayerCall& call) {
  const Operand x = first_operand(call);
  const auto gamma = optional_operand(call, "gamma", 1);
  const auto beta = optional_operand(call, "beta", 2);
  const ValueId value = as_stored(call, x, DType::float32);
  const auto axes = norm_axes(call, call.rank(value));
  const bool by_variance = call.config().flag_or("rms_scaling", false);
  const NormFn fn = by_variance ? NormFn::deviation : NormFn::standard;
  ValueId result = call.emit(Norm{fn, axes, epsilon_of(call)}, {value});
  const auto vector = [&](const Operand& operand) {
    return along_axes(call, as_stored(call, operand, DType::float32), value, axes);
  };
  if (gamma) result = call.binary(BinaryFn::multiply, result, vector(*gamma));
  if (beta && !by_variance) result = call.binary(BinaryFn::add, result, vector(*beta));
  return {call.cast(result, x.type.dtype)};
}

std::vector<ValueId> import_rms_norm(LayerCall& call) {
  const Operand x = first_operand(call);
  const auto scale = optional_operand(call, "scale", 1);
  const ValueId value = as_stored(call, x, DType::float32);
  const auto axes = norm_axes(call, call.rank(value));
  ValueId result = call.emit(Norm{NormFn::rms, axes, epsilon_of(call)}, {value});
  if (scale) {
    result = call.binary(BinaryFn::multiply, result, as_stored(call, *scale, DType::float32));
  }
  return {call.cast(result, x.type.dtype)};
}

// (x - mean) / sqrt(variance + epsilon) * scale + offset.
std::vector<ValueId> import_batch_norm(LayerCall& call) {
  const Operand x = first_operand(call);
  const ValueId value = as_stored(call, x, DType::float32);
  const std::vector<std::size_t> axis = {axis_option(call, call.rank(value), -1).value_or(0)};
  const auto vector = [&](const Operand& operand) {
    return along_axes(call, as_stored(call, operand, DType::float32), value, axis);
  };
  const ValueId mean = vector(strong_operand(call, "mean", 1));
  const ValueId variance = vector(strong_operand(call, "variance", 2));
  const auto offset = optional_operand(call, "offset", 3);
  const auto scale = optional_operand(call, "scale", 4);
  const auto epsilon = static_cast<float>(call.config().number_or("epsilon", 1e-3));
  ValueId factor = unary(call, UnaryFn::rsqrt, linear(call, variance, 1, epsilon));
  if (scale) factor = call.binary(BinaryFn::multiply, factor, vector(*scale));
  ValueId result =
      call.binary(BinaryFn::multiply, call.binary(BinaryFn::subtract, value, mean), factor);
  if (offset) result = call.binary(BinaryFn::add, result, vector(*offset));
  return {call.cast(result, x.type.dtype)};
}

// Attention --------------------------------------------------------------------------------------

struct Heads {
  DType dtype;
  ValueId query;  // (batch, heads, steps, depth) from here on
  ValueId key;
  ValueId value;
};

// Where there are fewer heads of keys, each serves as many queries in a row.
Heads heads_of(LayerCall& call) {
  const Operand query = strong_operand(call, "query", 0);
  const Operand key = strong_operand(call, "key", 1);
  const Operand value = strong_operand(call, "value", 2);
  const DType dtype = result_type({query.type, key.type, value.type});
  Heads heads{dtype, 0, 0, 0};
  const auto by_heads = [&](const Operand& operand) {
    const ValueId tensor = as_computed(call, operand, dtype);
    call.require_rank(tensor, 4);
    return transpose(call, tensor, {0, 2, 1, 3});
  };
  heads.query = by_heads(query);
  heads.key = by_heads(key);
  heads.value = by_heads(value);
  const auto queries = call.shape(heads.query)[1].constant();
  const auto keys = call.shape(heads.key)[1].constant();
  if (queries && keys && *keys > 1 && *queries > *keys) {
    heads.key = repeat(call, heads.key, 1, Dim(*queries / *keys));
    heads.value = repeat(call, heads.value, 1, Dim(*queries / *keys));
  }
  return heads;
}

ValueId scaled(LayerCall& call, ValueId logits, ValueId key) {
  if (const auto scale = optional_operand(call, "scale", 5)) {
    return call.binary(BinaryFn::multiply, logits, as_stored(call, *scale, DType::float32));
  }
  const auto depth = static_cast<double>(known_size(call.shape(key).back(), "the keys' depth"));
  return linear(call, logits, static_cast<float>(1 / std::sqrt(depth)), 0);
}

// What a masked logit is: the lowest number, and room for a sum.
constexpr double masked_logit = 3.38953e38 * -0.7;

std::vector<ValueId> import_dot_product_attention(LayerCall& call) {
  call.config().refuse_if_set("flash_attention");
  call.config().refuse_if_set("attn_logits_soft_cap");
  const Heads heads = heads_of(call);
  ValueId logits = call.emit(BatchMatMul{false, true}, {heads.query, heads.key});
  logits = scaled(call, logits, heads.key);
  if (const auto bias = optional_operand(call, "bias", 3)) {
    logits = call.binary(BinaryFn::add, logits, as_computed(call, *bias, heads.dtype));
  }
  const ValueId nothing = call.scalar(masked_logit);
  if (const auto mask = optional_operand(call, "mask", 4)) {
    logits = select(call, as_stored(call, *mask, DType::boolean), logits, nothing);
  }
  if (call.config().flag_or("is_causal", false)) {
    const Shape shape = call.shape(logits);
    logits = select(call, lower_triangle(call, shape[2], shape[3], 0), logits, nothing);
  }
  const ValueId weights = call.emit(Softmax{SoftmaxFn::softmax, {3}}, {logits});
  const ValueId result = call.emit(BatchMatMul{}, {weights, heads.value});
  return {call.cast(transpose(call, result, {0, 2, 1, 3}), heads.dtype)};
}

constexpr std::array classes = {
    LayerClass{"LayerNorm", import_layer_norm},
    LayerClass{"RMSNorm", import_rms_norm},
    LayerClass{"BatchNorm", import_batch_norm},
    LayerClass{"DotProductAttention", import_dot_product_attention},
};

}  // namespace

const std::span<const LayerClass> neural_operations = classes;

}  // namespace keraunos::keras
