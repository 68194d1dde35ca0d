#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/images.hpp"
#include "runtime/keras/operations/sampling.hpp"

// Images whose cells are read elsewhere: output (x, y) at
//
//   ((a0 x + a1 y + a2) / k, (a3 x + a4 y + a5) / k),  k = a6 x + a7 y + 1

namespace keraunos::keras {
namespace {

struct Reading {
  bool bilinear;
  std::string fill_mode;
  double fill_value;
};

Reading reading_of(const LayerCall& call, std::string fill_mode) {
  const std::string interpolation = call.config().choice("interpolation", {"bilinear", "nearest"});
  return {interpolation == "bilinear", std::move(fill_mode),
          call.config().number_or("fill_value", 0)};
}

// The chain of functions of a place along one side.
struct Place {
  LayerCall& call;
  ValueId value;

  Place operator+(ValueId b) const { return {call, call.binary(BinaryFn::add, value, b)}; }
  Place operator-(ValueId b) const { return {call, call.binary(BinaryFn::subtract, value, b)}; }
  Place operator*(ValueId b) const { return {call, call.binary(BinaryFn::multiply, value, b)}; }
  Place operator/(ValueId b) const { return {call, call.binary(BinaryFn::divide, value, b)}; }
  Place plus(float number) const { return {call, linear(call, value, 1, number)}; }
  Place negative() const { return {call, linear(call, value, -1, 0)}; }
  Place of(UnaryFn fn) const { return {call, unary(call, fn, value)}; }
  ValueId below(ValueId b) const { return call.binary(BinaryFn::less, value, b); }
};

ValueId chosen(ValueId condition, const Place& a, const Place& b) {
  return select(a.call, condition, a.value, b.value);
}

// Beyond the borders the image goes on mirrored, the cells at the border twice.
ValueId mirrored(const Place& place, ValueId size) {
  LayerCall& call = place.call;
  const ValueId twice = linear(call, size, 2, 0);
  const Place before = (place.negative() / twice).of(UnaryFn::trunc) * twice + place.value;
  const Place left = {call, chosen(before.below(linear(call, size, -1, 0)), before + twice,
                                   before.negative().plus(-1))};
  const Place after = place - ((place / twice).of(UnaryFn::trunc) * twice).value;
  const Place right = {call, chosen(after.below(size), after, (after - twice).negative().plus(-1))};
  const ValueId inner =
      select(call, call.binary(BinaryFn::greater, place.value, linear(call, size, 1, -1)),
             right.value, place.value);
  return select(call, place.below(call.scalar(0)), left.value, inner);
}

// Beyond the borders the image starts anew, one cell early, as TensorFlow does.
ValueId wrapped(const Place& place, ValueId size) {
  LayerCall& call = place.call;
  const ValueId last = linear(call, size, 1, -1);
  const Place left = (place.negative() / last).of(UnaryFn::trunc).plus(1) * size + place.value;
  const Place right = place - ((place / last).of(UnaryFn::trunc) * size).value;
  const ValueId inner =
      select(call, call.binary(BinaryFn::greater, place.value, last), right.value, place.value);
  return select(call, place.below(call.scalar(0)), left.value, inner);
}

ValueId moved_inside(LayerCall& call, ValueId place, const Dim& side, const std::string& mode) {
  if (mode == "constant") return place;
  const ValueId size = size_number(call, side, DType::float32);
  if (mode == "reflect") place = mirrored({call, place}, size);
  if (mode == "wrap") place = wrapped({call, place}, size);
  return call.binary(BinaryFn::maximum,
                     call.binary(BinaryFn::minimum, place, linear(call, size, 1, -1)),
                     call.scalar(0));
}

// Cells at whole numbers, and the fill value outside of the image.
ValueId read(LayerCall& call, ValueId images, ValueId row, ValueId column, ValueId fill) {
  const Shape shape = call.shape(images);
  const ValueId numbers = call.view(iota(call, shape[0]), {shape[0], Dim(1), Dim(1)});
  const ValueId cells = cells_at(call, images, numbers, row, column);
  const ValueId inside = call.binary(BinaryFn::logical_and, within_side(call, row, shape[1]),
                                     within_side(call, column, shape[2]));
  return select(call, expand(call, inside, 3), cells, fill);
}

// Between four cells: along the columns first.
ValueId read_between(LayerCall& call, ValueId images, ValueId row, ValueId column, ValueId fill) {
  const Place y{call, row};
  const Place x{call, column};
  const Place top = y.of(UnaryFn::floor);
  const Place left = x.of(UnaryFn::floor);
  const auto mixed = [&](ValueId first, ValueId second, const Place& share) {
    const Place rest = share.negative().plus(1);
    return (Place{call, first} * expand(call, rest.value, 3) +
            (Place{call, second} * expand(call, share.value, 3)).value)
        .value;
  };
  const auto line = [&](const Place& at) {
    return mixed(read(call, images, at.value, left.value, fill),
                 read(call, images, at.value, left.plus(1).value, fill), x - left.value);
  };
  return mixed(line(top), line(top.plus(1)), y - top.value);
}

// `transform` is (1 or batch, 8).
ValueId transformed(LayerCall& call, const Images& images, ValueId transform,
                    const Reading& reading) {
  const Shape shape = call.shape(images.value);
  const auto axis = [&](const Dim& size, Shape form) {
    return call.view(call.as_float(iota(call, size)), std::move(form));
  };
  const ValueId x = axis(shape[2], {Dim(1), Dim(1), shape[2]});
  const ValueId y = axis(shape[1], {Dim(1), shape[1], Dim(1)});
  const Dim rows = call.shape(transform)[0];
  const auto factor = [&](std::int64_t i) {
    return call.view(slice(call, transform, 1, Dim(i), Dim(1)), {rows, Dim(1), Dim(1)});
  };
  const auto sum = [&](std::int64_t first, ValueId rest) {
    const Place along_x = Place{call, factor(first)} * x;
    return along_x + (Place{call, factor(first + 1)} * y + rest).value;
  };
  const ValueId depth = sum(6, call.scalar(1)).value;
  const ValueId nowhere = call.binary(BinaryFn::equal, depth, call.scalar(0));
  const ValueId divisor = select(call, nowhere, call.scalar(1), depth);
  const ValueId column =
      moved_inside(call, (sum(0, factor(2)) / divisor).value, shape[2], reading.fill_mode);
  const ValueId row =
      moved_inside(call, (sum(3, factor(5)) / divisor).value, shape[1], reading.fill_mode);
  const ValueId value = reading.bilinear ? call.as_float(images.value) : images.value;
  const ValueId fill = call.scalar(reading.fill_value, call.dtype(value));
  const ValueId cells = reading.bilinear ? read_between(call, value, row, column, fill)
                                         : read(call, value, rounded_away(call, row),
                                                rounded_away(call, column), fill);
  return call.cast(select(call, expand(call, nowhere, 3), fill, cells), images.dtype);
}

std::vector<ValueId> import_affine_transform(LayerCall& call) {
  const Images images(call);
  ValueId transform = as_stored(call, strong_operand(call, "transform", 1), DType::float32);
  if (call.rank(transform) == 1) transform = expand(call, transform, 0);
  call.require_rank(transform, 2);
  if (call.shape(transform)[1] != Dim(8)) {
    fail(ErrorCode::shape_mismatch, "a transform of {}; rows of 8 numbers are wanted",
         to_keras_string(call.shape(transform)));
  }
  const std::string mode =
      call.config().choice("fill_mode", {"constant", "nearest", "wrap", "reflect"});
  return images.result(call, transformed(call, images, transform, reading_of(call, mode)));
}

// Perspectives -----------------------------------------------------------------------------------

using Equation = std::array<double, 9>;  // eight factors and the result

// Gauss's elimination with the largest pivot of each column.
std::array<double, 8> solved(std::array<Equation, 8> rows) {
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t best = i;
    for (std::size_t j = i + 1; j < 8; ++j) {
      if (std::fabs(rows[j][i]) > std::fabs(rows[best][i])) best = j;
    }
    std::swap(rows[i], rows[best]);
    if (rows[i][i] == 0 || !std::isfinite(rows[i][i])) {
      fail(ErrorCode::unsupported, "three of the four points lie on a line");
    }
    for (std::size_t j = 0; j < 8; ++j) {
      const double factor = j == i ? 0 : rows[j][i] / rows[i][i];
      for (std::size_t k = 0; k < 9; ++k) rows[j][k] -= factor * rows[i][k];
    }
  }
  std::array<double, 8> result = {};
  for (std::size_t i = 0; i < 8; ++i) result[i] = rows[i][8] / rows[i][i];
  return result;
}

// The transform that reads the end points at the start points: four points (x, y) of each.
std::array<double, 8> perspective(std::span<const double> start, std::span<const double> end) {
  std::array<Equation, 8> rows = {};
  for (std::size_t i = 0; i < 4; ++i) {
    const double x = end[2 * i];
    const double y = end[2 * i + 1];
    const double u = start[2 * i];
    const double v = start[2 * i + 1];
    rows[2 * i] = {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
    rows[2 * i + 1] = {0, 0, 0, x, y, 1, -v * x, -v * y, v};
  }
  return solved(rows);
}

Tensor points(const LayerCall& call, std::string_view name, std::size_t position) {
  const Operand operand = strong_operand(call, name, position);
  if (!operand.is_constant()) {
    fail(ErrorCode::unsupported, "called with {} that a tensor holds; numbers are supported", name);
  }
  const Dims& dims = operand.constant->dims();
  const bool fits = dims.size() == 2 || dims.size() == 3;
  if (!fits || dims.back() != 2 || dims[dims.size() - 2] != 4) {
    fail(ErrorCode::shape_mismatch, "{} of {}; four pairs of numbers are wanted", name,
         to_string(dims));
  }
  return operand.constant->cast(DType::float64);
}

std::vector<ValueId> import_perspective_transform(LayerCall& call) {
  const Images images(call);
  const Tensor start = points(call, "start_points", 1);
  const Tensor end = points(call, "end_points", 2);
  if (start.size() != end.size()) {
    fail(ErrorCode::shape_mismatch, "start_points of {}, but end_points of {}",
         to_string(start.dims()), to_string(end.dims()));
  }
  std::vector<float> numbers;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(start.size()); i += 8) {
    const auto part = [i](const Tensor& tensor) {
      return std::span<const double>(tensor.as<double>()).subspan(static_cast<std::size_t>(i), 8);
    };
    for (const double number : perspective(part(start), part(end))) {
      numbers.push_back(static_cast<float>(number));
    }
  }
  const auto rows = static_cast<std::int64_t>(numbers.size()) / 8;
  const ValueId transform = call.constant("transform", {rows, 8}, numbers);
  return images.result(call, transformed(call, images, transform, reading_of(call, "constant")));
}

constexpr std::array classes = {
    LayerClass{"AffineTransform", import_affine_transform},
    LayerClass{"PerspectiveTransform", import_perspective_transform},
};

}  // namespace

const std::span<const LayerClass> transform_operations = classes;

}  // namespace keraunos::keras
