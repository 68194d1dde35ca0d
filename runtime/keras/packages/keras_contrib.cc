#include <array>

#include "runtime/base/fail.hpp"
#include "runtime/keras/package_layers.hpp"

// keras-contrib, whose classes are not registered: files hold their bare names.

namespace keraunos::keras {
namespace {

std::optional<std::size_t> channel_axis(LayerCall& call, std::size_t rank) {
  const auto found = call.config().find("axis");
  if (!found) return std::nullopt;
  const std::size_t axis = normalize_axis(found->as_int64(), rank);
  if (axis == 0) fail(ErrorCode::unsupported, "key 'axis': 0 is the batch");
  return axis;
}

// value * gamma + beta, of which the config may leave out either; both are viewed as `shape`.
ValueId scale_and_shift(LayerCall& call, ValueId value, const Dim& count, const Shape& shape) {
  if (call.config().flag_or("scale", true)) {
    const ValueId gamma = call.reshaped(call.weight("gamma", {count}), shape);
    value = call.binary(BinaryFn::multiply, value, gamma);
  }
  if (call.config().flag_or("center", true)) {
    const ValueId beta = call.reshaped(call.weight("beta", {count}), shape);
    value = call.binary(BinaryFn::add, value, beta);
  }
  return value;
}

// (x - mean) / (deviation + epsilon) over all axes but the batch and `axis`: the epsilon stands
// outside the root.
std::vector<ValueId> import_instance_normalization(LayerCall& call) {
  const ValueId input = call.float_input();
  const Shape shape = call.shape(input);
  const auto axis = channel_axis(call, shape.size());
  Reduce mean{ReduceFn::mean, {}, true};
  Shape broadcast(shape.size(), Dim(1));
  for (std::size_t i = 1; i < shape.size(); ++i) {
    if (i != axis) mean.axes.push_back(i);
  }
  if (axis) broadcast[*axis] = shape[*axis];
  const ValueId centred = call.binary(BinaryFn::subtract, input, call.emit(mean, {input}));
  const ValueId variance = call.emit(mean, {call.emit(Unary{UnaryFn::square}, {centred})});
  const auto epsilon = static_cast<float>(call.config().number_or("epsilon", 1e-3));
  const ValueId deviation =
      call.emit(Unary{UnaryFn::linear, 1, epsilon}, {call.emit(Unary{UnaryFn::sqrt}, {variance})});
  const ValueId normal = call.binary(BinaryFn::divide, centred, deviation);
  return {scale_and_shift(call, normal, axis ? shape[*axis] : Dim(1), broadcast)};
}

// The new axis of groups always stands behind the batch, and the cells are not moved for it: with
// channels last a group is a part of the image's rows, not of its channels.
std::vector<ValueId> import_group_normalization(LayerCall& call) {
  const ValueId input = call.float_input();
  const Shape shape = call.shape(input);
  const std::size_t axis = channel_axis(call, shape.size()).value_or(shape.size() - 1);
  const auto channels = shape[axis].constant();
  const std::int64_t groups = call.config().integer_or("groups", 1, 32);
  if (!channels || *channels % groups != 0) {
    fail(ErrorCode::shape_mismatch, "key 'groups': {} groups do not divide {} channels", groups,
         shape[axis].to_string());
  }
  Shape grouped = shape;
  Shape broadcast(shape.size(), Dim(1));
  grouped[axis] = broadcast[axis] = Dim(*channels / groups);
  grouped.insert(grouped.begin() + 1, Dim(groups));
  broadcast.insert(broadcast.begin() + 1, Dim(groups));
  Norm norm{NormFn::standard, {}, static_cast<float>(call.config().number_or("epsilon", 1e-5))};
  for (std::size_t i = 2; i < grouped.size(); ++i) norm.axes.push_back(i);
  const ValueId normal = call.emit(norm, {call.view(input, grouped)});
  return {call.view(scale_and_shift(call, normal, shape[axis], broadcast), shape)};
}

// x * sigmoid(beta * x) with a number that may be learned.
std::vector<ValueId> import_swish(LayerCall& call) {
  const ValueId input = call.float_input();
  ValueId factor = call.scalar(call.config().number_or("beta", 1));
  if (call.config().flag_or("trainable", false)) factor = call.weight("scaling_factor", {});
  const ValueId scaled = call.binary(BinaryFn::multiply, input, factor);
  return {call.binary(BinaryFn::multiply, input, call.emit(Unary{UnaryFn::sigmoid}, {scaled}))};
}

// max(epsilon * (sin(x) - cos(x)), x).
std::vector<ValueId> import_sine_relu(LayerCall& call) {
  const ValueId input = call.float_input();
  const ValueId wave = call.binary(BinaryFn::subtract, call.emit(Unary{UnaryFn::sin}, {input}),
                                   call.emit(Unary{UnaryFn::cos}, {input}));
  const auto epsilon = static_cast<float>(call.config().number_or("epsilon", 0.0025));
  return {
      call.binary(BinaryFn::maximum, call.emit(Unary{UnaryFn::linear, epsilon, 0}, {wave}), input)};
}

// The shape of parameters of which there is one per cell of the input, or per line of the axes in
// 'shared_axes'.
Shape parameter_shape(LayerCall& call, ValueId input) {
  call.require_least_rank(input, 2);
  Shape shape = call.shape(input);
  if (const auto shared = call.config().find("shared_axes")) {
    for (const file::Json axis : shared->elements()) {
      shape[normalize_axis(axis.as_int64(), shape.size())] = Dim(1);
    }
  }
  return {shape.begin() + 1, shape.end()};
}

ValueId positive(LayerCall& call, ValueId value) { return call.emit(relu(), {value}); }
ValueId negated(LayerCall& call, ValueId value) {
  return call.emit(Unary{UnaryFn::negative}, {value});
}

// alpha / beta * x above zero, alpha * (exp(x / beta) - 1) below.
std::vector<ValueId> import_pelu(LayerCall& call) {
  const ValueId input = call.float_input();
  const Shape shape = parameter_shape(call, input);
  const ValueId alpha = call.weight("alpha", shape);
  const ValueId beta = call.weight("beta", shape);
  const ValueId slope = call.binary(BinaryFn::divide, alpha, beta);
  const ValueId above = call.binary(BinaryFn::multiply, positive(call, input), slope);
  const ValueId below = negated(call, positive(call, negated(call, input)));
  const ValueId bent =
      call.emit(Unary{UnaryFn::expm1}, {call.binary(BinaryFn::divide, below, beta)});
  return {call.binary(BinaryFn::add, above, call.binary(BinaryFn::multiply, alpha, bent))};
}

// Three straight pieces, which meet at t_left and at t_left + |t_right|.
std::vector<ValueId> import_srelu(LayerCall& call) {
  const ValueId input = call.float_input();
  const Shape shape = parameter_shape(call, input);
  const ValueId t_left = call.weight("t_left", shape);
  const ValueId a_left = call.weight("a_left", shape);
  const ValueId width = call.emit(Unary{UnaryFn::absolute}, {call.weight("t_right", shape)});
  const ValueId a_right = call.weight("a_right", shape);
  const ValueId from_left = call.binary(BinaryFn::subtract, input, t_left);
  const ValueId middle = call.binary(BinaryFn::minimum, positive(call, from_left), width);
  const ValueId left =
      call.binary(BinaryFn::multiply, a_left, positive(call, negated(call, from_left)));
  const ValueId beyond = positive(call, call.binary(BinaryFn::subtract, from_left, width));
  const ValueId right = call.binary(BinaryFn::multiply, beyond, a_right);
  const ValueId centre =
      call.binary(BinaryFn::add, t_left, call.binary(BinaryFn::subtract, middle, left));
  return {call.binary(BinaryFn::add, centre, right)};
}

// Every run of scale * scale * k channels becomes a square of pixels of k channels.
std::vector<ValueId> import_sub_pixel_upscaling(LayerCall& call) {
  call.require_rank(call.input(), 4);
  const ValueId input = call.to_channels_last(call.float_input());
  const Shape shape = call.shape(input);
  const Dim scale(call.config().integer("scale_factor", 1));
  const auto channels = shape[3].constant();
  const std::int64_t square = *scale.constant() * *scale.constant();
  if (!channels || *channels % square != 0) {
    fail(ErrorCode::shape_mismatch, "key 'scale_factor': {} pixels do not divide {} channels",
         square, shape[3].to_string());
  }
  const Dim depth(*channels / square);
  const ValueId parts = call.view(input, {shape[0], shape[1], shape[2], scale, scale, depth});
  const ValueId moved = call.emit(Transpose{{0, 1, 3, 2, 4, 5}}, {parts});
  const Shape result = {shape[0], shape[1] * scale, shape[2] * scale, depth};
  return {call.from_channels_last(call.view(moved, result))};
}

PackageClass contrib(LayerClass layer, std::vector<std::string_view> keys, int keras_minor = 0) {
  return {"keras_contrib", "", layer, std::move(keys), keras_minor};
}

const std::array classes = {
    contrib({"InstanceNormalization", import_instance_normalization, MaskRule::pass},
            {"axis", "epsilon", "center", "scale"}),
    contrib({"GroupNormalization", import_group_normalization, MaskRule::pass},
            {"groups", "axis", "epsilon", "center", "scale"}, 11),
    contrib({"Swish", import_swish, MaskRule::pass}, {"beta"}),
    contrib({"SineReLU", import_sine_relu, MaskRule::pass}, {"epsilon"}),
    contrib({"PELU", import_pelu, MaskRule::pass}, {"shared_axes"}),
    contrib({"SReLU", import_srelu, MaskRule::pass}, {"shared_axes"}),
    contrib({"SubPixelUpscaling", import_sub_pixel_upscaling}, {"scale_factor", "data_format"}),
};

}  // namespace

const std::span<const PackageClass> keras_contrib_classes = classes;

}  // namespace keraunos::keras
