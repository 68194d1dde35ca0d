#include <limits>

#include "runtime/keras/operations/families.hpp"

// The activations of keras.ops, and the classes of keras.activations.

namespace keraunos::keras {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// As float32 in, and back to the dtype behind.
template <typename Emit>
std::vector<ValueId> through_float(LayerCall& call, Emit&& emit) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  return {call.cast(emit(as_computed(call, x, dtype)), dtype)};
}

std::vector<ValueId> import_with(LayerCall& call, const Unary& function) {
  return through_float(call, [&](ValueId x) { return call.emit(function, {x}); });
}

template <UnaryFn fn>
std::vector<ValueId> import_plain(LayerCall& call) {
  return import_with(call, {fn});
}

float number(const LayerCall& call, std::string_view key, double fallback) {
  return static_cast<float>(call.config().number_or(key, fallback));
}

// Integers keep their dtype.
std::vector<ValueId> import_clipped(LayerCall& call, float ceiling) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype;
  const Unary function{UnaryFn::relu, 0, ceiling, 0};
  return {call.cast(call.emit(function, {as_computed(call, x, dtype)}), dtype)};
}
std::vector<ValueId> import_relu(LayerCall& call) { return import_clipped(call, infinity); }
std::vector<ValueId> import_relu6(LayerCall& call) { return import_clipped(call, 6); }

std::vector<ValueId> import_leaky_relu(LayerCall& call) {
  return import_with(call, {UnaryFn::relu, number(call, "negative_slope", 0.2), infinity, 0});
}

// keras.activations.relu with arguments.
std::vector<ValueId> import_relu_of_activations(LayerCall& call) {
  return import_with(call, {UnaryFn::relu, number(call, "negative_slope", 0),
                            number(call, "max_value", infinity), number(call, "threshold", 0)});
}

std::vector<ValueId> import_elu(LayerCall& call) {
  return import_with(call, {UnaryFn::elu, number(call, "alpha", 1)});
}
std::vector<ValueId> import_celu(LayerCall& call) {
  return import_with(call, {UnaryFn::celu, number(call, "alpha", 1)});
}
std::vector<ValueId> import_squareplus(LayerCall& call) {
  return import_with(call, {UnaryFn::squareplus, number(call, "b", 4)});
}
std::vector<ValueId> import_soft_shrink(LayerCall& call) {
  return import_with(call, {UnaryFn::soft_shrink, number(call, "threshold", 0.5)});
}
std::vector<ValueId> import_hard_shrink(LayerCall& call) {
  return import_with(call, {UnaryFn::hard_shrink, number(call, "threshold", 0.5)});
}
std::vector<ValueId> import_threshold(LayerCall& call) {
  return import_with(
      call, {UnaryFn::threshold, number(call, "threshold", 0), number(call, "default_value", 0)});
}
std::vector<ValueId> import_hard_sigmoid(LayerCall& call) {
  return import_with(call, {UnaryFn::hard_sigmoid, 1.0F / 6, 0.5F});
}
std::vector<ValueId> import_hard_silu(LayerCall& call) {
  return import_with(call, {UnaryFn::hard_silu, 1.0F / 6, 0.5F});
}
std::vector<ValueId> import_gelu(LayerCall& call) {
  const bool approximate = call.config().flag_or("approximate", true);
  return import_with(call, {approximate ? UnaryFn::gelu_tanh : UnaryFn::gelu});
}

// One half times the sigmoid of the other.
std::vector<ValueId> import_glu(LayerCall& call) {
  return through_float(call, [&](ValueId x) {
    const std::size_t axis = axis_option(call, call.rank(x), -1).value_or(0);
    const Dim whole = call.shape(x)[axis];
    const Dim half = floor_div(whole, 2);
    const ValueId gate = unary(call, UnaryFn::sigmoid, slice(call, x, axis, half, whole - half));
    return call.binary(BinaryFn::multiply, slice(call, x, axis, Dim(0), half), gate);
  });
}

// Without an axis all cells count as one row.
template <SoftmaxFn fn>
std::vector<ValueId> import_softmax(LayerCall& call) {
  return through_float(call, [&](ValueId x) {
    const std::size_t rank = call.rank(x);
    const bool has_axis = call.config().find("axis") || !call.config().contains("axis");
    if (!has_axis) {
      const Shape shape = call.shape(x);
      return call.view(call.emit(Softmax{fn, {0}}, {flatten(call, x)}), shape);
    }
    const bool is_default = !call.config().contains("axis");
    const auto axes = is_default ? std::vector{normalize_axis(-1, rank)} : axes_option(call, rank);
    return call.emit(Softmax{fn, axes}, {x});
  });
}

constexpr std::array classes = {
    LayerClass{"Relu", import_relu},
    LayerClass{"Relu6", import_relu6},
    LayerClass{"ReLU", import_relu_of_activations},
    LayerClass{"LeakyRelu", import_leaky_relu},
    LayerClass{"Elu", import_elu},
    LayerClass{"Celu", import_celu},
    LayerClass{"Selu", import_plain<UnaryFn::selu>},
    LayerClass{"Softplus", import_plain<UnaryFn::softplus>},
    LayerClass{"Softsign", import_plain<UnaryFn::softsign>},
    LayerClass{"Squareplus", import_squareplus},
    LayerClass{"SoftShrink", import_soft_shrink},
    LayerClass{"HardShrink", import_hard_shrink},
    LayerClass{"SparsePlus", import_plain<UnaryFn::sparse_plus>},
    LayerClass{"Silu", import_plain<UnaryFn::silu>},
    LayerClass{"Gelu", import_gelu},
    LayerClass{"TanhShrink", import_plain<UnaryFn::tanh_shrink>},
    LayerClass{"Threshold", import_threshold},
    LayerClass{"Sigmoid", import_plain<UnaryFn::sigmoid>},
    LayerClass{"SparseSigmoid", import_plain<UnaryFn::sparse_sigmoid>},
    LayerClass{"LogSigmoid", import_plain<UnaryFn::log_sigmoid>},
    LayerClass{"HardSigmoid", import_hard_sigmoid},
    LayerClass{"HardSilu", import_hard_silu},
    LayerClass{"HardTanh", import_plain<UnaryFn::hard_tanh>},
    LayerClass{"Mish", import_plain<UnaryFn::mish>},
    LayerClass{"Glu", import_glu},
    LayerClass{"Softmax", import_softmax<SoftmaxFn::softmax>},
    LayerClass{"LogSoftmax", import_softmax<SoftmaxFn::log_softmax>},
    LayerClass{"Sparsemax", import_softmax<SoftmaxFn::sparsemax>},
};

}  // namespace

const std::span<const LayerClass> activation_operations = classes;

}  // namespace keraunos::keras
