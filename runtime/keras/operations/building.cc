#include "runtime/keras/operations/building.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

// Longer rows of numbers are counted up at run time: a file may ask for any length.
constexpr std::int64_t longest_constant = 4096;

bool contains(const std::vector<std::size_t>& axes, std::size_t axis) {
  return std::find(axes.begin(), axes.end(), axis) != axes.end();
}

}  // namespace

ValueId linear(LayerCall& call, ValueId value, float scale, float shift) {
  return call.emit(Unary{UnaryFn::linear, scale, shift}, {value});
}

ValueId select(LayerCall& call, ValueId condition, ValueId if_true, ValueId if_false) {
  return call.emit(Select{}, {condition, if_true, if_false});
}

ValueId reduce(LayerCall& call, ReduceFn fn, ValueId value, std::vector<std::size_t> axes,
               bool keepdims) {
  return axes.empty() ? value : call.emit(Reduce{fn, std::move(axes), keepdims}, {value});
}

ValueId transpose(LayerCall& call, ValueId value, std::vector<std::size_t> permutation) {
  Transpose op{std::move(permutation)};
  return op.is_identity() ? value : call.emit(std::move(op), {value});
}

ValueId move_axes(LayerCall& call, ValueId value, const std::vector<std::size_t>& source,
                  const std::vector<std::size_t>& destination) {
  std::vector<std::size_t> permutation;
  for (std::size_t axis = 0; axis < call.rank(value); ++axis) {
    if (!contains(source, axis)) permutation.push_back(axis);
  }
  std::vector<std::size_t> order(source.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return destination[a] < destination[b]; });
  for (const std::size_t i : order) {
    permutation.insert(permutation.begin() + static_cast<std::ptrdiff_t>(destination[i]),
                       source[i]);
  }
  return transpose(call, value, std::move(permutation));
}

ValueId flatten(LayerCall& call, ValueId value) {
  return call.view(value, {element_count(call.shape(value))});
}

ValueId expand(LayerCall& call, ValueId value, std::size_t axis) {
  Shape shape = call.shape(value);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), Dim(1));
  return call.view(value, std::move(shape));
}

ValueId squeeze(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes) {
  const Shape& shape = call.shape(value);
  Shape rest;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (!contains(axes, axis)) rest.push_back(shape[axis]);
  }
  return call.view(value, std::move(rest));
}

Shape kept_shape(const LayerCall& call, ValueId value, const std::vector<std::size_t>& axes) {
  Shape shape = call.shape(value);
  for (const std::size_t axis : axes) shape[axis] = Dim(1);
  return shape;
}

ValueId broadcast_to(LayerCall& call, ValueId value, Shape shape) {
  return call.shape(value) == shape ? value : call.emit(Broadcast{std::move(shape)}, {value});
}

ValueId slice(LayerCall& call, ValueId value, std::size_t axis, const Dim& start, const Dim& size,
              std::int64_t step) {
  Shape sizes = call.shape(value);
  Slice op{Shape(sizes.size()), sizes, std::vector<std::int64_t>(sizes.size(), 1)};
  if (step == 1 && start == Dim(0) && size == sizes[axis]) return value;
  op.starts[axis] = start;
  op.sizes[axis] = size;
  op.steps[axis] = step;
  return call.emit(std::move(op), {value});
}

ValueId concat(LayerCall& call, std::vector<ValueId> values, std::size_t axis) {
  return values.size() == 1 ? values[0] : call.emit(Concat{axis}, std::move(values));
}

ValueId stack(LayerCall& call, std::vector<ValueId> values, std::size_t axis) {
  for (const ValueId value : values) {
    if (call.rank(value) == call.rank(values[0])) continue;
    fail(ErrorCode::shape_mismatch,
         "tensors of shapes {} and {} cannot be stacked: their ranks differ",
         to_keras_string(call.shape(values[0])), to_keras_string(call.shape(value)));
  }
  for (ValueId& value : values) value = expand(call, value, axis);
  return concat(call, std::move(values), axis);
}

ValueId repeat(LayerCall& call, ValueId value, std::size_t axis, const Dim& count) {
  Shape shape = call.shape(value);
  Shape repeated = shape;
  repeated[axis] = shape[axis] * count;
  const auto place = static_cast<std::ptrdiff_t>(axis) + 1;
  shape.insert(shape.begin() + place, count);
  return call.view(broadcast_to(call, expand(call, value, axis + 1), std::move(shape)),
                   std::move(repeated));
}

ValueId iota(LayerCall& call, const Dim& count) {
  if (const auto size = count.constant(); size && *size >= 0 && *size <= longest_constant) {
    std::vector<std::int32_t> numbers(static_cast<std::size_t>(*size));
    std::iota(numbers.begin(), numbers.end(), 0);
    return call.integers("iota", {*size}, numbers);
  }
  const ValueId ones = filled(call, 1, DType::int32, {count});
  return linear(call, call.emit(Scan{ScanFn::sum, 0}, {ones}), 1, -1);
}

ValueId lower_triangle(LayerCall& call, const Dim& rows, const Dim& columns, std::int64_t k) {
  const ValueId row = expand(call, iota(call, rows), 1);
  const ValueId last =
      k == 0 ? row
             : call.binary(BinaryFn::add, row, call.scalar(static_cast<double>(k), DType::int32));
  return call.binary(BinaryFn::less_equal, expand(call, iota(call, columns), 0), last);
}

ValueId filled(LayerCall& call, double number, DType dtype, Shape shape) {
  return broadcast_to(call, call.scalar(number, dtype), std::move(shape));
}

std::int64_t known_size(const Dim& dim, std::string_view what) {
  if (const auto size = dim.constant()) return *size;
  fail(ErrorCode::unsupported, "{} depends on the batch ({}), which is not supported", what,
       dim.to_string());
}

}  // namespace keraunos::keras
