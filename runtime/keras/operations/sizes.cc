#include "runtime/keras/sizes.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/keras/fractions.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/size_options.hpp"

// Numbers that follow from shapes, and tensors whose shape such numbers decide. All but Size are
// functions of TensorFlow that keras.ops has no operation for.

namespace keraunos::keras {
namespace {

ValueId emit_sizes(LayerCall& call, const Shape& numbers, Dims dims, DType dtype) {
  SizeTensor sizes{{}, std::move(dims), dtype, {}};
  for (const Dim& number : numbers) sizes.cells.push_back({number});
  return call.emit(std::move(sizes), {});
}

std::vector<ValueId> import_shape(LayerCall& call) {
  const Shape shape = shape_of(call, first_operand(call));
  return {emit_sizes(call, shape, {static_cast<std::int64_t>(shape.size())},
                     dtype_option(call).value_or(DType::int32))};
}

std::vector<ValueId> import_size(LayerCall& call) {
  const Dim cells = element_count(shape_of(call, first_operand(call)));
  return {emit_sizes(call, {cells}, {}, dtype_option(call).value_or(DType::int32))};
}

std::vector<ValueId> import_rank(LayerCall& call) {
  const std::size_t rank = shape_of(call, first_operand(call)).size();
  return {emit_sizes(call, {Dim(static_cast<std::int64_t>(rank))}, {}, DType::int32)};
}

// Tensors of a computed shape --------------------------------------------------------------------

Shape shape_argument(const LayerCall& call) {
  return to_shape(required_sizes(call, "shape", 0), "shape");
}

std::vector<ValueId> import_zeros(LayerCall& call) {
  return {filled(call, 0, dtype_option(call).value_or(DType::float32), shape_argument(call))};
}

std::vector<ValueId> import_ones(LayerCall& call) {
  return {filled(call, 1, dtype_option(call).value_or(DType::float32), shape_argument(call))};
}

std::vector<ValueId> import_fill(LayerCall& call) {
  return {
      broadcast_to(call, as_stored(call, strong_operand(call, "value", 1)), shape_argument(call))};
}

std::vector<ValueId> import_eye(LayerCall& call) {
  const Dim rows = *size_option(call, "num_rows", 0);
  const Dim columns = size_option(call, "num_columns", 1).value_or(rows);
  Shape shape = to_shape(sizes_option(call, "batch_shape", 2).value_or(Shape()), "batch_shape");
  const ValueId on = call.binary(BinaryFn::equal, expand(call, iota(call, rows), 1),
                                 expand(call, iota(call, columns), 0));
  shape.insert(shape.end(), {rows, columns});
  const DType dtype = dtype_option(call).value_or(DType::float32);
  return {broadcast_to(call, call.cast(on, dtype), std::move(shape))};
}

// Demands the sizes that are given; None is any.
std::vector<ValueId> import_ensure_shape(LayerCall& call) {
  const ValueId x = as_stored(call, first_operand(call));
  const auto wanted = call.config().find("shape");
  Shape shape = call.shape(x);
  if (!wanted || !wanted->is_array() || wanted->size() != shape.size()) {
    fail(ErrorCode::shape_mismatch, "'shape' has not the rank of {}", to_keras_string(shape));
  }
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (!(*wanted)[axis].is_null()) shape[axis] = Dim(to_integer((*wanted)[axis], 0));
    if (call.shape(x)[axis] == Dim(1) && shape[axis] != Dim(1)) {
      fail(ErrorCode::shape_mismatch, "{} is not the shape that is ensured: {}",
           to_keras_string(call.shape(x)), wanted->dump(60));
    }
  }
  return {broadcast_to(call, x, std::move(shape))};
}

// Rows of numbers --------------------------------------------------------------------------------

Fraction bound(const LayerCall& call, const Operand& operand, std::string_view name) {
  if (operand.is_constant()) {
    const Tensor number = operand.constant->cast(DType::float64);
    const auto fraction = number.size() == 1 ? to_fraction(number.as<double>()[0]) : std::nullopt;
    if (fraction) return *fraction;
    fail(ErrorCode::unsupported, "'{}' is no number that a range can be counted with", name);
  }
  const auto known = known_sizes(call.environment().graph, *operand.value);
  if (known && known->cells.size() == 1) return known->cells[0];
  fail(ErrorCode::unsupported,
       "'{}' is computed from more than the shapes of tensors: how long the range is depends on "
       "data, which is not supported",
       name);
}

// How many numbers there are from start to limit, which is left out.
Dim range_length(const Fraction& start, const Fraction& limit, const Fraction& delta) {
  const auto distance = apply(BinaryFn::subtract, limit, start);
  const auto steps = distance ? apply(BinaryFn::divide, *distance, delta) : std::nullopt;
  if (!steps) fail(ErrorCode::malformed_file, "a range in steps of 0");
  const auto length = apply(Unary{UnaryFn::ceil}, *steps);
  return never_negative(length->numerator) ? length->numerator : max(length->numerator, Dim(0));
}

// start, start + delta, ... up to limit. With one number: 0 up to it.
std::vector<ValueId> import_range(LayerCall& call) {
  Operand limit = strong_operand(call, "start", 0);
  const auto given_limit = optional_operand(call, "limit", 1);
  std::optional<Operand> start;
  if (given_limit) start = std::exchange(limit, *given_limit);
  const auto delta = optional_operand(call, "delta", 2);
  std::vector<Operand> operands = {limit};
  if (start) operands.push_back(*start);
  if (delta) operands.push_back(*delta);
  DType dtype = result_type(std::span<const Operand>(operands));
  if (limit.type.weak) dtype = is_floating(dtype) ? DType::float32 : DType::int32;
  dtype = dtype_option(call).value_or(dtype);

  const Fraction from = start ? bound(call, *start, "start") : Fraction{0};
  const Fraction step = delta ? bound(call, *delta, "delta") : Fraction{1};
  const Dim length = range_length(from, bound(call, limit, "limit"), step);
  ValueId numbers = call.cast(iota(call, length), compute_dtype(dtype));
  if (delta) {
    numbers = call.binary(BinaryFn::multiply, numbers, as_computed(call, *delta, dtype));
  }
  if (start) numbers = call.binary(BinaryFn::add, numbers, as_computed(call, *start, dtype));
  return {call.cast(numbers, dtype)};
}

// True for the first `lengths` cells of maxlen.
std::vector<ValueId> import_sequence_mask(LayerCall& call) {
  const Operand lengths = strong_operand(call, "lengths", 0);
  const auto longest = size_option(call, "maxlen", 1);
  if (!longest) {
    fail(ErrorCode::unsupported,
         "called without 'maxlen': the largest of the lengths decides the shape then, which "
         "depends on data and is not supported");
  }
  const DType held = compute_dtype(lengths.type.dtype);
  const ValueId ends = as_computed(call, lengths, lengths.type.dtype);
  const ValueId places = call.cast(iota(call, *longest), held);
  const ValueId mask = call.binary(BinaryFn::less, places, expand(call, ends, call.rank(ends)));
  return {call.cast(mask, dtype_option(call).value_or(DType::boolean))};
}

constexpr std::array classes = {
    LayerClass{"Shape", import_shape}, LayerClass{"Size", import_size},
    LayerClass{"Rank", import_rank},   LayerClass{"Zeros", import_zeros},
    LayerClass{"Ones", import_ones},   LayerClass{"Fill", import_fill},
    LayerClass{"Eye", import_eye},     LayerClass{"EnsureShape", import_ensure_shape},
    LayerClass{"Range", import_range}, LayerClass{"SequenceMask", import_sequence_mask},
};

}  // namespace

const std::span<const LayerClass> size_operations = classes;

}  // namespace keraunos::keras
