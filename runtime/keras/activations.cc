#include "runtime/keras/activations.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "runtime/base/fail.hpp"
#include "runtime/keras/custom_layer.hpp"
#include "runtime/keras/nearest_names.hpp"

namespace keraunos::keras {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// Names and default parameters of keras.activations (3.15).
constexpr std::array unary_activations = {
    std::pair<std::string_view, Unary>{"linear", {UnaryFn::identity}},
    std::pair<std::string_view, Unary>{"relu", {UnaryFn::relu, 0, infinity, 0}},
    std::pair<std::string_view, Unary>{"relu6", {UnaryFn::relu, 0, 6, 0}},
    std::pair<std::string_view, Unary>{"leaky_relu", {UnaryFn::relu, 0.2F, infinity, 0}},
    std::pair<std::string_view, Unary>{"elu", {UnaryFn::elu, 1}},
    std::pair<std::string_view, Unary>{"celu", {UnaryFn::celu, 1}},
    std::pair<std::string_view, Unary>{"selu", {UnaryFn::selu}},
    std::pair<std::string_view, Unary>{"softplus", {UnaryFn::softplus}},
    std::pair<std::string_view, Unary>{"softsign", {UnaryFn::softsign}},
    std::pair<std::string_view, Unary>{"squareplus", {UnaryFn::squareplus, 4}},
    std::pair<std::string_view, Unary>{"soft_shrink", {UnaryFn::soft_shrink, 0.5F}},
    std::pair<std::string_view, Unary>{"hard_shrink", {UnaryFn::hard_shrink, 0.5F}},
    std::pair<std::string_view, Unary>{"sparse_plus", {UnaryFn::sparse_plus}},
    std::pair<std::string_view, Unary>{"silu", {UnaryFn::silu}},
    std::pair<std::string_view, Unary>{"swish", {UnaryFn::silu}},
    std::pair<std::string_view, Unary>{"gelu", {UnaryFn::gelu}},
    std::pair<std::string_view, Unary>{"tanh", {UnaryFn::tanh}},
    std::pair<std::string_view, Unary>{"tanh_shrink", {UnaryFn::tanh_shrink}},
    std::pair<std::string_view, Unary>{"sigmoid", {UnaryFn::sigmoid}},
    std::pair<std::string_view, Unary>{"sparse_sigmoid", {UnaryFn::sparse_sigmoid}},
    std::pair<std::string_view, Unary>{"log_sigmoid", {UnaryFn::log_sigmoid}},
    std::pair<std::string_view, Unary>{"exponential", {UnaryFn::exponential}},
    std::pair<std::string_view, Unary>{"hard_sigmoid", {UnaryFn::hard_sigmoid, 1.0F / 6, 0.5F}},
    std::pair<std::string_view, Unary>{"hard_silu", {UnaryFn::hard_silu, 1.0F / 6, 0.5F}},
    std::pair<std::string_view, Unary>{"hard_swish", {UnaryFn::hard_silu, 1.0F / 6, 0.5F}},
    std::pair<std::string_view, Unary>{"hard_tanh", {UnaryFn::hard_tanh}},
    std::pair<std::string_view, Unary>{"mish", {UnaryFn::mish}},
};

// These normalise over the last axis.
constexpr std::array axis_activations = {
    std::pair<std::string_view, SoftmaxFn>{"softmax", SoftmaxFn::softmax},
    std::pair<std::string_view, SoftmaxFn>{"log_softmax", SoftmaxFn::log_softmax},
    std::pair<std::string_view, SoftmaxFn>{"sparsemax", SoftmaxFn::sparsemax},
};

// Functions of tensorflow-addons with their default parameters.
constexpr std::array addons_activations = {
    std::pair<std::string_view, Unary>{"Addons>gelu", {UnaryFn::gelu_tanh}},
    std::pair<std::string_view, Unary>{"Addons>mish", {UnaryFn::mish}},
    std::pair<std::string_view, Unary>{"Addons>hardshrink", {UnaryFn::hard_shrink, 0.5F}},
    std::pair<std::string_view, Unary>{"Addons>softshrink", {UnaryFn::soft_shrink, 0.5F}},
    std::pair<std::string_view, Unary>{"Addons>tanhshrink", {UnaryFn::tanh_shrink}},
};

template <typename Table>
auto find_named(const Table& table, std::string_view name) {
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& entry) { return entry.first == name; });
}

// Half `second` (0 or 1) of the last axis.
ValueId half_of_last_axis(LayerCall& call, ValueId value, std::int64_t second) {
  const Shape& shape = call.shape(value);
  Slice slice{Shape(shape.size(), Dim(0)), shape, std::vector<std::int64_t>(shape.size(), 1)};
  slice.sizes.back() = floor_div(shape.back(), 2);
  slice.starts.back() = slice.sizes.back() * Dim(second);
  return call.emit(std::move(slice), {value});
}

// The first half of the last axis times the sigmoid of the second.
ValueId emit_glu(LayerCall& call, ValueId value) {
  call.require_least_rank(value, 1);
  const Dim cells = call.shape(value).back();
  if (const auto count = cells.constant(); !count || *count % 2 != 0) {
    fail(ErrorCode::shape_mismatch, "activation 'glu' wants an even last axis, got {}",
         to_keras_string(call.shape(value)));
  }
  const ValueId gate = call.emit(Unary{UnaryFn::sigmoid}, {half_of_last_axis(call, value, 1)});
  return call.binary(BinaryFn::multiply, half_of_last_axis(call, value, 0), gate);
}

[[noreturn]] void refuse_foreign_activation(std::string_view name) {
  std::vector<std::string> names = {"glu"};
  for (const auto& [known, op] : unary_activations) names.emplace_back(known);
  for (const auto& [known, op] : axis_activations) names.emplace_back(known);
  fail(ErrorCode::unsupported,
       "activation '{}' is not one of Keras's: its code is not in the file (an application can "
       "bring it: register_custom_activation){}",
       name, did_you_mean(name, names));
}

}  // namespace

ValueId emit_relu(LayerCall& call, const Unary& relu, ValueId value) {
  const DType dtype = call.dtype(value);
  const bool integers = !is_floating(dtype) && dtype != DType::boolean && size_of(dtype) <= 4 &&
                        dtype != DType::uint32 && relu.alpha == 0;
  if (!integers) return call.emit(relu, {call.as_float(value)});
  return call.cast(call.emit(relu, {call.cast(value, DType::int32)}), dtype);
}

ValueId emit_activation(LayerCall& call, std::string_view name, ValueId value) {
  if (name == "linear") return value;
  if (name == "relu" || name == "relu6") {
    return emit_relu(call, find_named(unary_activations, name)->second, value);
  }
  value = call.as_float(value);
  if (name == "glu") return emit_glu(call, value);
  if (name == "hard_sigmoid" && call.version().major < 3) {
    return call.emit(Unary{UnaryFn::hard_sigmoid, 0.2F, 0.5F}, {value});
  }
  if (const auto found = find_named(unary_activations, name); found != unary_activations.end()) {
    return call.emit(found->second, {value});
  }
  if (const auto found = find_named(addons_activations, name); found != addons_activations.end()) {
    return call.emit(found->second, {value});
  }
  if (const auto found = find_named(axis_activations, name); found != axis_activations.end()) {
    return call.emit(Softmax{found->second, {normalize_axis(-1, call.rank(value))}}, {value});
  }
  if (const auto output = emit_custom_activation(call, name, value)) return *output;
  refuse_foreign_activation(name);
}

}  // namespace keraunos::keras
