#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Products and differences that are built of elementwise operations.

namespace keraunos::keras {
namespace {

// Every cell of a times all of b, in blocks.
std::vector<ValueId> import_kron(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType dtype = result_type(x1, x2);
  Shape shape_a = shape_of(call, x1);
  Shape shape_b = shape_of(call, x2);
  const std::size_t rank = std::max(shape_a.size(), shape_b.size());
  shape_a.insert(shape_a.begin(), rank - shape_a.size(), Dim(1));
  shape_b.insert(shape_b.begin(), rank - shape_b.size(), Dim(1));
  Shape outer;
  Shape inner;
  Shape result;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    outer.insert(outer.end(), {shape_a[axis], Dim(1)});
    inner.insert(inner.end(), {Dim(1), shape_b[axis]});
    result.push_back(shape_a[axis] * shape_b[axis]);
  }
  const ValueId a = call.view(as_computed(call, x1, dtype), std::move(outer));
  const ValueId b = call.view(as_computed(call, x2, dtype), std::move(inner));
  return {call.cast(call.view(call.binary(BinaryFn::multiply, a, b), std::move(result)), dtype)};
}

// The vector product of three cells, or of two with a third of 0.
std::vector<ValueId> import_cross(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType dtype = result_type(x1, x2);
  const bool one_axis = call.config().find("axis").has_value();
  const auto last = [&](const Operand& x, std::string_view key) {
    const ValueId value = as_computed(call, x, dtype);
    const std::size_t rank = call.rank(value);
    const std::size_t axis =
        axis_option(call, rank, -1, one_axis ? "axis" : key).value_or(rank - 1);
    return move_axes(call, value, {axis}, {rank - 1});
  };
  const ValueId a = last(x1, "axisa");
  const ValueId b = last(x2, "axisb");
  const auto cells_of = [&](ValueId value) {
    const auto cells = call.shape(value).back().constant();
    if (!cells || (*cells != 2 && *cells != 3)) {
      fail(ErrorCode::shape_mismatch, "a vector product of {}", to_keras_string(call.shape(value)));
    }
    return *cells;
  };
  const bool flat = cells_of(a) == 2 && cells_of(b) == 2;
  const auto cell = [&](ValueId value, std::int64_t i) {
    const std::size_t axis = call.rank(value) - 1;
    if (i >= cells_of(value)) return call.scalar(0, call.dtype(value));
    return squeeze(call, slice(call, value, axis, Dim(i), Dim(1)), {axis});
  };
  const auto component = [&](std::int64_t i) {
    const std::int64_t j = (i + 1) % 3;
    const std::int64_t k = (i + 2) % 3;
    return call.binary(BinaryFn::subtract, call.binary(BinaryFn::multiply, cell(a, j), cell(b, k)),
                       call.binary(BinaryFn::multiply, cell(a, k), cell(b, j)));
  };
  if (flat) return {call.cast(component(2), dtype)};
  const std::size_t rank = std::max(call.rank(a), call.rank(b));
  const std::size_t place =
      axis_option(call, rank, -1, one_axis ? "axis" : "axisc").value_or(rank - 1);
  return {call.cast(stack(call, {component(0), component(1), component(2)}, place), dtype)};
}

// The Euclidean distances of all pairs of rows.
std::vector<ValueId> import_cdist(LayerCall& call) {
  const Operand x = strong_operand(call, "x", 0);
  const Operand y = strong_operand(call, "y", 1);
  const DType dtype = float_result(result_type(x, y));
  const ValueId a = as_computed(call, x, dtype);
  const ValueId b = as_computed(call, y, dtype);
  call.require_least_rank(a, 2);
  call.require_least_rank(b, 2);
  const ValueId difference = call.binary(BinaryFn::subtract, expand(call, a, call.rank(a) - 1),
                                         expand(call, b, call.rank(b) - 2));
  const ValueId squares = unary(call, UnaryFn::square, difference);
  const ValueId sum = reduce(call, ReduceFn::sum, squares, {call.rank(squares) - 1}, false);
  return {call.cast(unary(call, UnaryFn::sqrt, sum), dtype)};
}

// One cell less what is before it.
ValueId differences(LayerCall& call, ValueId value, std::size_t axis, BinaryFn fn) {
  const Dim size = call.shape(value)[axis] - Dim(1);
  return call.binary(fn, slice(call, value, axis, Dim(1), size),
                     slice(call, value, axis, Dim(0), size));
}

std::vector<ValueId> import_diff(LayerCall& call) {
  const Operand a = strong_operand(call, "a", 0);
  const bool logical = a.type.dtype == DType::boolean;
  ValueId value = as_computed(call, a, a.type.dtype);
  const std::size_t axis = axis_option(call, call.rank(value), -1).value_or(0);
  const std::int64_t order = call.config().integer_or("n", 0, 1);
  if (order > 100) fail(ErrorCode::unsupported, "key 'n': {} is more than 100", order);
  for (std::int64_t i = 0; i < order; ++i) {
    value = differences(call, value, axis, logical ? BinaryFn::logical_xor : BinaryFn::subtract);
  }
  return {call.cast(value, a.type.dtype)};
}

// The area under the line through the cells of an axis.
std::vector<ValueId> import_trapezoid(LayerCall& call) {
  const Operand y = strong_operand(call, "y", 0);
  call.config().refuse_if_set("x");
  const DType dtype = float_result(y.type.dtype);
  const ValueId value = as_computed(call, y, dtype);
  const std::size_t axis = axis_option(call, call.rank(value), -1).value_or(0);
  const Dim size = call.shape(value)[axis] - Dim(1);
  const ValueId sums = call.binary(BinaryFn::add, slice(call, value, axis, Dim(1), size),
                                   slice(call, value, axis, Dim(0), size));
  const auto half = static_cast<float>(0.5 * call.config().number_or("dx", 1));
  return {
      call.cast(reduce(call, ReduceFn::sum, linear(call, sums, half, 0), {axis}, false), dtype)};
}

// The places of numbers in a grid of the shape.
std::vector<ValueId> import_unravel_index(LayerCall& call) {
  const Operand indices = strong_operand(call, "indices", 0);
  const DType held = compute_dtype(indices.type.dtype);
  ValueId rest = as_computed(call, indices, indices.type.dtype);
  const auto sizes = numbers_option(call, "shape");
  if (!sizes) fail(ErrorCode::malformed_file, "key 'shape': missing");
  std::vector<ValueId> places(sizes->size());
  for (std::size_t axis = sizes->size(); axis-- > 0;) {
    if ((*sizes)[axis] < 1) fail(ErrorCode::malformed_file, "key 'shape': {}", (*sizes)[axis]);
    const ValueId size = call.scalar(static_cast<double>((*sizes)[axis]), held);
    places[axis] = call.cast(call.binary(BinaryFn::mod, rest, size), indices.type.dtype);
    rest = call.binary(BinaryFn::floor_divide, rest, size);
  }
  return places;
}

constexpr std::array classes = {
    LayerClass{"Kron", import_kron},           LayerClass{"Cross", import_cross},
    LayerClass{"CDist", import_cdist},         LayerClass{"Diff", import_diff},
    LayerClass{"Trapezoid", import_trapezoid}, LayerClass{"UnravelIndex", import_unravel_index},
};

}  // namespace

const std::span<const LayerClass> linear_algebra_operations = classes;

}  // namespace keraunos::keras
