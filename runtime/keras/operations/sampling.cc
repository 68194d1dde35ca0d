#include "runtime/keras/operations/sampling.hpp"

#include "runtime/keras/operations/building.hpp"

namespace keraunos::keras {

ValueId size_number(LayerCall& call, const Dim& size, DType dtype) {
  if (const auto number = size.constant()) {
    return call.scalar(static_cast<double>(*number), dtype);
  }
  return call.cast(call.emit(SizeTensor{{{size}}, {}, DType::int64, {}}, {}), dtype);
}

ValueId rounded_away(LayerCall& call, ValueId value) {
  const ValueId magnitude = unary(call, UnaryFn::absolute, value);
  const ValueId below = unary(call, UnaryFn::floor, magnitude);
  const ValueId rest = call.binary(BinaryFn::subtract, magnitude, below);
  const ValueId up = call.as_float(call.binary(BinaryFn::greater_equal, rest, call.scalar(0.5)));
  return call.binary(BinaryFn::multiply, unary(call, UnaryFn::sign, value),
                     call.binary(BinaryFn::add, below, up));
}

namespace {

ValueId clamped(LayerCall& call, ValueId place, const Dim& size) {
  const ValueId last = size_number(call, size - Dim(1), DType::float32);
  return call.binary(BinaryFn::maximum, call.binary(BinaryFn::minimum, place, last),
                     call.scalar(0));
}

}  // namespace

ValueId cells_at(LayerCall& call, ValueId images, ValueId image, ValueId row, ValueId column) {
  const Shape shape = call.shape(images);
  const auto number = [&](ValueId place, const Dim& size) {
    return call.cast(clamped(call, place, size), DType::int64);
  };
  // (image*height + row)*width + column
  const auto inside = [&](ValueId outer, const Dim& size, ValueId inner) {
    const ValueId start =
        call.binary(BinaryFn::multiply, outer, size_number(call, size, DType::int64));
    return call.binary(BinaryFn::add, start, inner);
  };
  const ValueId line = inside(call.cast(image, DType::int64), shape[1], number(row, shape[1]));
  const ValueId cell = inside(line, shape[2], number(column, shape[2]));
  const ValueId cells = call.view(images, {shape[0] * shape[1] * shape[2], shape[3]});
  return call.emit(Gather{0}, {cells, cell});
}

ValueId within_side(LayerCall& call, ValueId place, const Dim& size) {
  const ValueId after = call.binary(BinaryFn::greater_equal, place, call.scalar(0));
  const ValueId before =
      call.binary(BinaryFn::less, place, size_number(call, size, DType::float32));
  return call.binary(BinaryFn::logical_and, after, before);
}

}  // namespace keraunos::keras
