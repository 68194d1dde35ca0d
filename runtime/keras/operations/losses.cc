#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Cross-entropies. Probabilities are kept epsilon away from 0 and 1; Keras on TensorFlow undoes a
// softmax or sigmoid right before, where other backends take the probabilities as they come.

namespace keraunos::keras {
namespace {

constexpr double epsilon = 1e-7;  // keras.config.epsilon()

// Both in the dtype of the output.
struct Pair {
  DType dtype;
  ValueId target;
  ValueId output;
};

Pair same_shapes(LayerCall& call) {
  const Operand target = strong_operand(call, "target", 0);
  const Operand output = strong_operand(call, "output", 1);
  const Shape wanted = shape_of(call, output);
  if (wanted.size() != shape_of(call, target).size()) {
    fail(ErrorCode::shape_mismatch, "targets of {} for an output of {}",
         to_keras_string(shape_of(call, target)), to_keras_string(wanted));
  }
  const DType dtype = float_result(output.type.dtype);
  return {dtype, as_computed(call, target, dtype), as_computed(call, output, dtype)};
}

bool from_logits(const LayerCall& call) { return call.config().flag_or("from_logits", false); }

ValueId clipped(LayerCall& call, ValueId output) {
  output = call.binary(BinaryFn::minimum, output, call.scalar(1 - epsilon));
  return call.binary(BinaryFn::maximum, output, call.scalar(epsilon));
}

// max(x, 0) - x*z + log(1 + exp(-|x|)) for logits x and targets z.
ValueId of_logits(LayerCall& call, const Pair& pair) {
  const ValueId magnitude = unary(call, UnaryFn::absolute, pair.output);
  const ValueId rest = unary(call, UnaryFn::softplus, unary(call, UnaryFn::negative, magnitude));
  const ValueId product = call.binary(BinaryFn::multiply, pair.output, pair.target);
  const ValueId above = call.binary(BinaryFn::subtract, call.emit(relu(), {pair.output}), product);
  return call.binary(BinaryFn::add, above, rest);
}

// -(z*log(p) + (1 - z)*log(1 - p))
ValueId of_probabilities(LayerCall& call, const Pair& pair) {
  const ValueId output = clipped(call, pair.output);
  const auto term = [&](ValueId factor, ValueId probability) {
    return call.binary(BinaryFn::multiply, factor, unary(call, UnaryFn::log, probability));
  };
  const ValueId sum =
      call.binary(BinaryFn::add, term(pair.target, output),
                  term(linear(call, pair.target, -1, 1), linear(call, output, -1, 1)));
  return unary(call, UnaryFn::negative, sum);
}

std::vector<ValueId> import_binary_crossentropy(LayerCall& call) {
  const Pair pair = same_shapes(call);
  const ValueId loss = from_logits(call) ? of_logits(call, pair) : of_probabilities(call, pair);
  return {call.cast(loss, pair.dtype)};
}

std::vector<ValueId> import_categorical_crossentropy(LayerCall& call) {
  const Pair pair = same_shapes(call);
  const std::size_t rank = call.rank(pair.output);
  const std::size_t axis = axis_option(call, rank, -1).value_or(normalize_axis(-1, rank));
  ValueId logarithms = pair.output;
  if (from_logits(call)) {
    logarithms = call.emit(Softmax{SoftmaxFn::log_softmax, {axis}}, {pair.output});
  } else {
    const ValueId sum = reduce(call, ReduceFn::sum, pair.output, {axis}, true);
    const ValueId shares = call.binary(BinaryFn::divide, pair.output, sum);
    logarithms = unary(call, UnaryFn::log, clipped(call, shares));
  }
  const ValueId products = call.binary(BinaryFn::multiply, pair.target, logarithms);
  const ValueId loss = reduce(call, ReduceFn::sum, products, {axis}, false);
  return {call.cast(unary(call, UnaryFn::negative, loss), pair.dtype)};
}

// Targets are numbers of classes, which are the last axis.
std::vector<ValueId> import_sparse_crossentropy(LayerCall& call) {
  const Operand target = strong_operand(call, "target", 0);
  const Operand operand = strong_operand(call, "output", 1);
  const DType dtype = float_result(operand.type.dtype);
  ValueId output = as_computed(call, operand, dtype);
  const std::size_t last = normalize_axis(-1, call.rank(output));
  if (axis_option(call, call.rank(output), -1) != last) {
    fail(ErrorCode::unsupported, "key 'axis': another than the last one, which Keras cannot do");
  }
  ValueId numbers = as_stored(call, target, DType::int64);
  if (call.rank(numbers) == last) numbers = expand(call, numbers, last);
  call.require_rank(numbers, last + 1);
  if (!from_logits(call)) output = unary(call, UnaryFn::log, clipped(call, output));
  const ValueId logarithms = call.emit(Softmax{SoftmaxFn::log_softmax, {last}}, {output});
  const ValueId loss = squeeze(call, call.emit(GatherAlong{last}, {logarithms, numbers}), {last});
  return {call.cast(unary(call, UnaryFn::negative, loss), dtype)};
}

constexpr std::array classes = {
    LayerClass{"BinaryCrossentropy", import_binary_crossentropy},
    LayerClass{"CategoricalCrossentropy", import_categorical_crossentropy},
    LayerClass{"SparseCategoricalCrossentropy", import_sparse_crossentropy},
};

}  // namespace

const std::span<const LayerClass> loss_operations = classes;

}  // namespace keraunos::keras
