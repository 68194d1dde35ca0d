#include "runtime/keras/operations/colors.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

namespace keraunos::keras {

void require_colors(const LayerCall& call, ValueId value) {
  const Shape& shape = call.shape(value);
  if (!shape.empty() && shape.back() == Dim(3)) return;
  fail(ErrorCode::shape_mismatch, "expects three channels, got {}", to_keras_string(shape));
}

std::array<ValueId, 3> color_channels(LayerCall& call, ValueId value) {
  require_colors(call, value);
  const std::size_t last = call.rank(value) - 1;
  return {slice(call, value, last, Dim(0), Dim(1)), slice(call, value, last, Dim(1), Dim(1)),
          slice(call, value, last, Dim(2), Dim(1))};
}

ValueId rgb_to_hsv(LayerCall& call, ValueId rgb) {
  const auto [red, green, blue] = color_channels(call, rgb);
  const std::size_t last = call.rank(rgb) - 1;
  const ValueId zero = call.scalar(0);
  const ValueId value = reduce(call, ReduceFn::max, rgb, {last}, true);
  const ValueId range =
      call.binary(BinaryFn::subtract, value, reduce(call, ReduceFn::min, rgb, {last}, true));
  const ValueId saturation = select(call, call.binary(BinaryFn::greater, value, zero),
                                    call.binary(BinaryFn::divide, range, value), zero);
  const ValueId sixth = unary(call, UnaryFn::reciprocal, linear(call, range, 6, 0));
  const auto turned = [&](ValueId a, ValueId b, float start) {
    const ValueId step =
        call.binary(BinaryFn::multiply, sixth, call.binary(BinaryFn::subtract, a, b));
    return start == 0 ? step : linear(call, step, 1, start);
  };
  const auto is_largest = [&](ValueId channel) {
    return call.binary(BinaryFn::equal, channel, value);
  };
  ValueId hue =
      select(call, is_largest(green), turned(blue, red, 2.0F / 6), turned(red, green, 4.0F / 6));
  hue = select(call, is_largest(red), turned(green, blue, 0), hue);
  hue = select(call, call.binary(BinaryFn::greater, range, zero), hue, zero);
  hue = select(call, call.binary(BinaryFn::less, hue, zero), linear(call, hue, 1, 1), hue);
  return concat(call, {hue, saturation, value}, last);
}

ValueId hsv_to_rgb(LayerCall& call, ValueId hsv) {
  const auto [hue, saturation, value] = color_channels(call, hsv);
  const ValueId turn = linear(call, hue, 6, 0);
  const auto channel = [&, saturation = saturation, value = value](float center, float sign,
                                                                   float shift) {
    const ValueId distance = unary(call, UnaryFn::absolute, linear(call, turn, 1, -center));
    ValueId share = linear(call, distance, sign, shift);
    share = call.binary(BinaryFn::maximum, share, call.scalar(0));
    share = call.binary(BinaryFn::minimum, share, call.scalar(1));
    const ValueId color = call.binary(BinaryFn::add, linear(call, saturation, -1, 1),
                                      call.binary(BinaryFn::multiply, saturation, share));
    return call.binary(BinaryFn::multiply, color, value);
  };
  return concat(call, {channel(3, 1, -1), channel(2, -1, 2), channel(4, -1, 2)},
                call.rank(hsv) - 1);
}

}  // namespace keraunos::keras
