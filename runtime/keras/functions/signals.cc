#include <cmath>
#include <numbers>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"

// tf.signal: frames and cosine transforms, along the last axis.

namespace keraunos::keras {
namespace {

constexpr std::int64_t longest = 4096;  // a transform is a square of numbers

// Windows that overlap: (..., steps) to (..., frames, length).
std::vector<ValueId> import_frame(LayerCall& call) {
  const Operand signal = operand(call, "", 0);
  ValueId value = as_stored(call, signal);
  const std::size_t rank = call.rank(value);
  const std::size_t axis = axis_parameter(call, "axis", rank).value_or(normalize_axis(-1, rank));
  const std::int64_t length = integer_parameter(call, "frame_length", 1);
  const std::int64_t step = integer_parameter(call, "frame_step", 1);
  const Dim size = call.shape(value)[axis];
  Dim frames = max(floor_div(size - Dim(length), step) + Dim(1), Dim(0));
  if (flag_parameter(call, "pad_end")) {
    frames = ceil_div(size, step);
    const double number = number_parameter(call, "pad_value", 0);
    Shape border = call.shape(value);
    border[axis] = Dim(length);  // more than any frame reaches
    value = concat(call, {value, filled(call, number, call.dtype(value), std::move(border))}, axis);
  }
  ignore_parameters(call, {"pad_value"});
  const ValueId starts = call.binary(BinaryFn::multiply, expand(call, iota(call, frames), 1),
                                     call.scalar(static_cast<double>(step), DType::int32));
  const ValueId places = call.binary(BinaryFn::add, starts, iota(call, Dim(length)));
  return {call.emit(Gather{axis}, {value, places})};
}

// The matrix of a cosine transform: (inputs, outputs).
template <typename Cell>
ValueId transform(LayerCall& call, ValueId value, std::int64_t size, Cell cell) {
  std::vector<float> cells;
  cells.reserve(static_cast<std::size_t>(size * size));
  for (std::int64_t n = 0; n < size; ++n) {
    for (std::int64_t k = 0; k < size; ++k) cells.push_back(static_cast<float>(cell(n, k)));
  }
  return call.emit(MatMul{}, {value, call.constant("cosines", {size, size}, cells)});
}

std::int64_t transform_size(LayerCall& call, ValueId value) {
  call.require_least_rank(value, 1);
  const std::int64_t size = known_size(call.shape(value).back(), "the axis of a transform");
  if (size < 1 || size > longest) {
    fail(ErrorCode::unsupported, "called on rows of {} cells; up to {} are supported", size,
         longest);
  }
  return size;
}

// The type that undoes type 2 but for a factor is 3, and the other way round.
std::vector<ValueId> cosine_transform(LayerCall& call, bool inverse) {
  const Real input = first_tensor(call);
  const std::int64_t size = transform_size(call, input.value);
  const std::int64_t type = integer_parameter(call, "type", 1, 2);
  if (type != 2 && type != 3) {
    fail(ErrorCode::unsupported, "called with type={}; 2 and 3 are supported", type);
  }
  const bool orthogonal = !text_parameter(call, "norm", "", {"ortho"}).empty();
  ignore_parameters(call, {"axis"});
  const auto count = static_cast<double>(size);
  const bool second = (type == 2) != inverse;
  const double whole = orthogonal ? std::sqrt(2 / count) : 2;
  // Frequency 0 is an input of type 3, and an output of type 2.
  const double constant = orthogonal ? std::sqrt(1 / count) : second ? whole : whole / 2;
  const auto cell = [&](std::int64_t n, std::int64_t k) {
    const std::int64_t frequency = second ? k : n;
    const std::int64_t place = 2 * (second ? n : k) + 1;
    const double angle =
        std::numbers::pi * static_cast<double>(frequency * place % (4 * size)) / (2 * count);
    return (frequency == 0 ? constant : whole) * std::cos(angle);
  };
  return result_of(call, input, transform(call, call.as_float(input.value), size, cell));
}

std::vector<ValueId> import_dct(LayerCall& call) { return cosine_transform(call, false); }
std::vector<ValueId> import_idct(LayerCall& call) { return cosine_transform(call, true); }

// Type 2, scaled by 1/sqrt(2*size).
std::vector<ValueId> import_mfcc(LayerCall& call) {
  const Real input = first_tensor(call);
  const std::int64_t size = transform_size(call, input.value);
  const auto count = static_cast<double>(size);
  const auto cell = [&](std::int64_t n, std::int64_t k) {
    const double angle =
        std::numbers::pi * static_cast<double>(k * (2 * n + 1) % (4 * size)) / (2 * count);
    return std::sqrt(2 / count) * std::cos(angle);
  };
  return result_of(call, input, transform(call, call.as_float(input.value), size, cell));
}

constexpr std::array functions = {
    LayerClass{"signal.frame", import_frame},
    LayerClass{"signal.dct", import_dct},
    LayerClass{"signal.idct", import_idct},
    LayerClass{"signal.mfccs_from_log_mel_spectrograms", import_mfcc},
};

}  // namespace

const std::span<const LayerClass> tf_signal_functions = functions;

}  // namespace keraunos::keras
