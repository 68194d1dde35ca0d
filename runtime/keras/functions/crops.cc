#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/images.hpp"
#include "runtime/keras/operations/sampling.hpp"

// tf.image.crop_and_resize: parts of images in boxes (y1, x1, y2, x2), 1 for the last cell of a
// side, each resized to one size.

namespace keraunos::keras {
namespace {

// Where a box reads an image along one side, (boxes, cells) of float32, and whether that is inside.
struct Line {
  ValueId places;
  ValueId inside;
};

Line line_of(LayerCall& call, ValueId boxes, std::int64_t first, const Dim& side,
             std::int64_t cells) {
  const auto bound = [&](std::int64_t i) { return slice(call, boxes, 1, Dim(i), Dim(1)); };
  const auto product = [&](ValueId a, ValueId b) { return call.binary(BinaryFn::multiply, a, b); };
  const ValueId low = bound(first);
  const ValueId high = bound(first + 2);
  const ValueId last = size_number(call, side - Dim(1), DType::float32);
  ValueId places = 0;
  if (cells > 1) {
    const ValueId span = product(call.binary(BinaryFn::subtract, high, low), last);
    const ValueId step =
        call.binary(BinaryFn::divide, span, call.scalar(static_cast<double>(cells - 1)));
    const ValueId numbers = expand(call, call.as_float(iota(call, Dim(cells))), 0);
    places = call.binary(BinaryFn::add, product(low, last), product(numbers, step));
  } else {
    places = product(linear(call, call.binary(BinaryFn::add, low, high), 0.5F, 0), last);
  }
  const ValueId after = call.binary(BinaryFn::greater_equal, places, call.scalar(0));
  const ValueId before = call.binary(BinaryFn::less_equal, places, last);
  return {places, call.binary(BinaryFn::logical_and, after, before)};
}

struct Crops {
  ValueId images;   // float32
  ValueId image;    // of each box, (boxes, 1, 1)
  ValueId rows;     // (boxes, height, 1)
  ValueId columns;  // (boxes, 1, width)
};

// Between the cells left and right of each place, then between the rows around it.
ValueId between(LayerCall& call, const Crops& crops) {
  const auto parts = [&](ValueId places) {
    const ValueId below = unary(call, UnaryFn::floor, places);
    const ValueId share = call.binary(BinaryFn::subtract, places, below);
    return std::array{below, unary(call, UnaryFn::ceil, places), expand(call, share, 3)};
  };
  const auto mixed = [&](ValueId a, ValueId b, ValueId share) {
    const ValueId difference = call.binary(BinaryFn::subtract, b, a);
    return call.binary(BinaryFn::add, a, call.binary(BinaryFn::multiply, difference, share));
  };
  const auto y = parts(crops.rows);
  const auto x = parts(crops.columns);
  const auto line = [&](ValueId row) {
    return mixed(cells_at(call, crops.images, crops.image, row, x[0]),
                 cells_at(call, crops.images, crops.image, row, x[1]), x[2]);
  };
  return mixed(line(y[0]), line(y[1]), y[2]);
}

// The numbers of images stand under one name in TensorFlow 2, and under two in TensorFlow 1.
ValueId box_indices(LayerCall& call) {
  const bool old = call.argument("box_ind") != nullptr;
  const Operand numbers = operand(call, old ? "box_ind" : "box_indices", LayerCall::no_position);
  return as_stored(call, numbers, DType::int32);
}

std::vector<ValueId> import_crop_and_resize(LayerCall& call) {
  const TfImages images(call);
  const ValueId boxes =
      as_stored(call, operand(call, "boxes", LayerCall::no_position), DType::float32);
  const ValueId numbers = box_indices(call);
  call.require_rank(boxes, 2);
  call.require_rank(numbers, 1);
  const auto size = integers_parameter(call, "crop_size");
  if (size.size() != 2 || size[0] < 1 || size[1] < 1 || call.shape(boxes)[1] != Dim(4)) {
    fail(ErrorCode::malformed_file,
         "called with boxes of {} and crop_size of {} numbers; 4 and 2 "
         "wanted, none below 1",
         to_keras_string(call.shape(boxes)), size.size());
  }
  const std::string method = text_parameter(call, "method", "bilinear", {"bilinear", "nearest"});
  const double outside = number_parameter(call, "extrapolation_value", 0);
  const Line rows = line_of(call, boxes, 0, images.shape(call)[1], size[0]);
  const Line columns = line_of(call, boxes, 1, images.shape(call)[2], size[1]);
  const Crops crops{call.as_float(images.value), expand(call, expand(call, numbers, 1), 2),
                    expand(call, rows.places, 2), expand(call, columns.places, 1)};
  const ValueId cells = method == "bilinear" ? between(call, crops)
                                             : cells_at(call, crops.images, crops.image,
                                                        rounded_away(call, crops.rows),
                                                        rounded_away(call, crops.columns));
  const ValueId inside = call.binary(BinaryFn::logical_and, expand(call, rows.inside, 2),
                                     expand(call, columns.inside, 1));
  return {select(call, expand(call, inside, 3), cells, call.scalar(outside))};
}

constexpr std::array functions = {
    LayerClass{"image.crop_and_resize", import_crop_and_resize},
};

}  // namespace

const std::span<const LayerClass> tf_crop_functions = functions;

}  // namespace keraunos::keras
