#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Rows of numbers between two: as many as the config says, along a new axis.

namespace keraunos::keras {
namespace {

constexpr std::int64_t most_numbers = 1 << 20;

// start + i*(stop - start)/(n - 1), the last one exactly `stop`; without the endpoint, the numbers
// before it.
ValueId evenly_spaced(LayerCall& call, ValueId start, ValueId stop) {
  const Config& config = call.config();
  const std::int64_t count = config.integer_or("num", 1, 50);
  if (count > most_numbers) {
    fail(ErrorCode::unsupported, "key 'num': {} is more than {}", count, most_numbers);
  }
  config.refuse_if_set("retstep");
  const Shape shape = call.shape(call.binary(BinaryFn::subtract, stop, start));
  start = broadcast_to(call, start, shape);
  stop = broadcast_to(call, stop, shape);
  const std::size_t axis = axis_option(call, shape.size() + 1, 0).value_or(0);
  const auto divided = [&](std::int64_t steps) {
    return call.binary(BinaryFn::divide, call.binary(BinaryFn::subtract, stop, start),
                       call.scalar(static_cast<double>(steps)));
  };
  if (count > 1 && !config.flag_or("endpoint", true)) {
    stop = call.binary(BinaryFn::subtract, stop, divided(count));
  }
  const ValueId first = expand(call, start, axis);
  if (count == 1) return first;
  const ValueId step = expand(call, divided(count - 1), axis);
  Shape row(shape.size() + 1, Dim(1));
  row[axis] = Dim(count);
  const ValueId numbers = call.view(iota(call, Dim(count)), std::move(row));
  const ValueId cells = call.binary(BinaryFn::add, first,
                                    call.binary(BinaryFn::multiply, step, call.as_float(numbers)));
  const ValueId last = call.binary(BinaryFn::equal, numbers,
                                   call.scalar(static_cast<double>(count - 1), DType::int32));
  return select(call, last, expand(call, stop, axis), cells);
}

struct Ends {
  DType dtype;
  ValueId start;
  ValueId stop;
};

Ends ends_of(LayerCall& call, bool strong) {
  const Operand start = strong ? strong_operand(call, "start", 0) : operand(call, "start", 0);
  const Operand stop = strong ? strong_operand(call, "stop", 1) : operand(call, "stop", 1);
  const DType common = result_type({start.type, stop.type, python_float});
  const DType dtype = dtype_option(call).value_or(strong ? DType::float32 : common);
  if (!is_floating(dtype)) {
    fail(ErrorCode::unsupported, "key 'dtype': {}; floats are supported", to_string(dtype));
  }
  return {dtype, as_computed(call, start, dtype), as_computed(call, stop, dtype)};
}

std::vector<ValueId> import_linspace(LayerCall& call) {
  const Ends ends = ends_of(call, false);
  return {call.cast(evenly_spaced(call, ends.start, ends.stop), ends.dtype)};
}

// base to the powers of linspace.
std::vector<ValueId> import_logspace(LayerCall& call) {
  const Ends ends = ends_of(call, false);
  const ValueId powers =
      call.as_float(call.cast(evenly_spaced(call, ends.start, ends.stop), ends.dtype));
  const ValueId base = call.scalar(call.config().number_or("base", 10));
  return {call.cast(call.binary(BinaryFn::power, base, powers), ends.dtype)};
}

// The logarithms are evenly spaced; the sign is that of the start.
std::vector<ValueId> import_geomspace(LayerCall& call) {
  const Ends ends = ends_of(call, true);
  const auto logarithm = [&](ValueId value) {
    return unary(call, UnaryFn::log10, unary(call, UnaryFn::absolute, value));
  };
  const ValueId powers = evenly_spaced(call, logarithm(ends.start), logarithm(ends.stop));
  const ValueId cells = call.binary(BinaryFn::power, call.scalar(10), powers);
  const ValueId sign = unary(call, UnaryFn::sign, ends.start);
  return {call.cast(call.binary(BinaryFn::multiply, cells, sign), ends.dtype)};
}

constexpr std::array classes = {
    LayerClass{"Linspace", import_linspace},
    LayerClass{"Logspace", import_logspace},
    LayerClass{"Geomspace", import_geomspace},
};

}  // namespace

const std::span<const LayerClass> space_operations = classes;

}  // namespace keraunos::keras
