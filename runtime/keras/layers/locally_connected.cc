#include <algorithm>
#include <limits>
#include <optional>

#include "runtime/base/checked.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/windows.hpp"

// LocallyConnected1D and 2D of Keras 1 and 2: convolutions with a kernel of its own for every
// position. The cells under each window are gathered, and each position is one matrix of a batch.

namespace keraunos::keras {
namespace {

/// How a window moves along one spatial axis.
struct Axis {
  std::int64_t input;
  std::int64_t size;
  std::int64_t stride;
  std::int64_t before;  // cells of padding
  std::int64_t output;

  std::int64_t padded() const { return std::max(before + input, (output - 1) * stride + size); }
};

/// Positions, the taps of a window, and cells of the input, each numbered row by row.
class Geometry {
 public:
  explicit Geometry(std::vector<Axis> axes) : axes_(std::move(axes)) {}

  const std::vector<Axis>& axes() const { return axes_; }
  std::int64_t positions() const { return product(&Axis::output); }
  std::int64_t taps() const { return product(&Axis::size); }
  std::int64_t cells() const { return product(&Axis::input); }

  /// The same windows over an input that has its padding around it.
  Geometry padded() const {
    std::vector<Axis> axes = axes_;
    for (Axis& axis : axes) axis = {axis.padded(), axis.size, axis.stride, 0, axis.output};
    return Geometry(std::move(axes));
  }

  /// The cell under a tap; nothing where that is padding.
  std::optional<std::int64_t> cell(std::int64_t position, std::int64_t tap) const {
    std::int64_t result = 0;
    std::int64_t scale = 1;
    for (std::size_t i = axes_.size(); i-- > 0;) {
      const Axis& axis = axes_[i];
      const std::int64_t at = position % axis.output * axis.stride + tap % axis.size - axis.before;
      if (at < 0 || at >= axis.input) return std::nullopt;
      result += at * scale;
      scale *= axis.input;
      position /= axis.output;
      tap /= axis.size;
    }
    return result;
  }

 private:
  std::int64_t product(std::int64_t Axis::*member) const {
    std::int64_t result = 1;
    for (const Axis& axis : axes_) result = checked_multiply(result, axis.*member);
    return result;
  }

  std::vector<Axis> axes_;
};

// With "same" the window's middle starts on the first cell, whatever the stride.
Geometry geometry(const LayerCall& call, const Shape& input, std::size_t spatial_rank) {
  static_cast<void>(padding_of(call.config(), {"valid", "same"}));
  std::vector<Axis> axes;
  const std::vector<Window> windows = conv_windows(call.config(), spatial_rank);
  for (std::size_t i = 0; i < spatial_rank; ++i) {
    const Window& window = windows[i];
    const auto size = input[i + 1].constant();
    if (!size) {
      fail(ErrorCode::shape_mismatch,
           "every position has weights of its own: the input {} must have known sizes",
           to_keras_string(input));
    }
    const std::int64_t before = window.padding == Padding::same ? window.size / 2 : 0;
    const std::int64_t output = *output_size(window, input[i + 1]).constant();
    if (output < 1) {
      fail(ErrorCode::shape_mismatch, "a window of {} cells does not fit into {} cells",
           window.size, *size);
    }
    axes.push_back({*size, window.size, window.stride, before, output});
  }
  return Geometry(std::move(axes));
}

/// The sizes of the kernel (positions, taps * channels, filters).
struct Sizes {
  std::int64_t positions;
  std::int64_t taps;
  std::int64_t channels;
  std::int64_t filters;

  Dims dims() const { return {positions, taps * channels, filters}; }
  std::int64_t count() const {
    return checked_multiply(checked_multiply(positions, taps), checked_multiply(channels, filters));
  }
};

// Where the kernel is stored in another order, its numbers are moved one by one.
void check_count(const Sizes& sizes) {
  constexpr std::int64_t most = std::int64_t{1} << 26;
  if (sizes.count() <= most) return;
  fail(ErrorCode::unsupported,
       "a kernel of {} numbers that is not stored by position is not supported; up to {} are",
       sizes.count(), most);
}

/// Calls visit(position, tap, channel, filter) for every number of the kernel.
template <typename Visit>
void for_each_number(const Sizes& sizes, Visit visit) {
  for (std::int64_t position = 0; position < sizes.positions; ++position) {
    for (std::int64_t tap = 0; tap < sizes.taps; ++tap) {
      for (std::int64_t channel = 0; channel < sizes.channels; ++channel) {
        for (std::int64_t filter = 0; filter < sizes.filters; ++filter) {
          visit(position, tap, channel, filter);
        }
      }
    }
  }
}

std::size_t place_of(const Sizes& sizes, std::int64_t position, std::int64_t tap,
                     std::int64_t channel, std::int64_t filter) {
  return static_cast<std::size_t>(
      ((position * sizes.taps + tap) * sizes.channels + channel) * sizes.filters + filter);
}

// Implementation 1: (positions, cells of the window, filters).
ValueId kernel_by_position(LayerCall& call, const Sizes& sizes) {
  const ValueId stored = call.weight("kernel", make_shape(sizes.dims()));
  if (!call.channels_first() || sizes.channels == 1) return stored;
  check_count(sizes);
  const std::vector<float> numbers = call.values_of(stored);
  std::vector<float> kernel(numbers.size());
  for_each_number(sizes, [&](auto position, auto tap, auto channel, auto filter) {
    const std::int64_t from =
        ((position * sizes.channels + channel) * sizes.taps + tap) * sizes.filters + filter;
    kernel[place_of(sizes, position, tap, channel, filter)] =
        numbers.at(static_cast<std::size_t>(from));
  });
  return call.constant("kernel", sizes.dims(), kernel);
}

// Implementation 2: from every number of the input to every one of the output, of which only those
// count that a window connects.
ValueId kernel_by_cell(LayerCall& call, const Geometry& windows, const Sizes& sizes) {
  check_count(sizes);
  Shape inputs;
  Shape outputs;
  for (const Axis& axis : windows.axes()) {
    inputs.emplace_back(axis.input);
    outputs.emplace_back(axis.output);
  }
  const bool first = call.channels_first();
  inputs.insert(first ? inputs.begin() : inputs.end(), Dim(sizes.channels));
  outputs.insert(first ? outputs.begin() : outputs.end(), Dim(sizes.filters));
  inputs.insert(inputs.end(), outputs.begin(), outputs.end());
  const std::vector<float> numbers = call.values_of(call.weight("kernel", inputs));
  std::vector<float> kernel(static_cast<std::size_t>(sizes.count()));
  for_each_number(sizes, [&](auto position, auto tap, auto channel, auto filter) {
    const auto cell = windows.cell(position, tap);
    if (!cell) return;
    const std::int64_t row =
        first ? channel * windows.cells() + *cell : *cell * sizes.channels + channel;
    const std::int64_t column =
        first ? filter * sizes.positions + position : position * sizes.filters + filter;
    const std::int64_t from = row * sizes.positions * sizes.filters + column;
    kernel[place_of(sizes, position, tap, channel, filter)] =
        numbers.at(static_cast<std::size_t>(from));
  });
  return call.constant("kernel", sizes.dims(), kernel);
}

/// The places of the numbers that windows connect, in the order of implementation 3: by the number
/// of the output, then by that of the input.
std::vector<std::size_t> connected(const Geometry& windows, const Sizes& sizes,
                                   bool channels_first) {
  std::vector<std::size_t> places;
  const auto add = [&](auto position, auto tap, auto channel, auto filter) {
    if (windows.cell(position, tap)) {
      places.push_back(place_of(sizes, position, tap, channel, filter));
    }
  };
  if (channels_first) {
    const Sizes order = {sizes.filters, sizes.positions, sizes.channels, sizes.taps};
    for_each_number(order, [&](auto filter, auto position, auto channel, auto tap) {
      add(position, tap, channel, filter);
    });
  } else {
    const Sizes order = {sizes.positions, sizes.filters, sizes.taps, sizes.channels};
    for_each_number(order, [&](auto position, auto filter, auto tap, auto channel) {
      add(position, tap, channel, filter);
    });
  }
  return places;
}

// Implementation 3: the numbers that implementation 2 has use for, and no others.
ValueId kernel_by_connection(LayerCall& call, const Geometry& windows, const Sizes& sizes) {
  check_count(sizes);
  const std::vector<std::size_t> places = connected(windows, sizes, call.channels_first());
  const Shape shape = {Dim(static_cast<std::int64_t>(places.size()))};
  const std::vector<float> numbers = call.values_of(call.weight("kernel", shape));
  std::vector<float> kernel(static_cast<std::size_t>(sizes.count()));
  for (std::size_t i = 0; i < places.size(); ++i) kernel[places[i]] = numbers.at(i);
  return call.constant("kernel", sizes.dims(), kernel);
}

ValueId read_kernel(LayerCall& call, const Geometry& windows, const Sizes& sizes) {
  const std::int64_t implementation = call.config().integer_or("implementation", 1, 1);
  switch (implementation) {
    case 1: return kernel_by_position(call, sizes);
    case 2: return kernel_by_cell(call, windows, sizes);
    case 3: return kernel_by_connection(call, windows, sizes);
    default: break;
  }
  fail(ErrorCode::unsupported, "key 'implementation': {} is not supported; 1, 2 and 3 are",
       implementation);
}

// (batch, positions, taps * channels): the cells under the window at each position.
ValueId gather_windows(LayerCall& call, ValueId input, const Geometry& windows,
                       std::int64_t channels) {
  Pad pad{{PadAmounts{}}, 0};
  for (const Axis& axis : windows.axes()) {
    pad.amounts.push_back({axis.before, axis.padded() - axis.before - axis.input});
  }
  pad.amounts.emplace_back();
  const auto pads = [](const PadAmounts& it) { return it.before > 0 || it.after > 0; };
  if (std::any_of(pad.amounts.begin(), pad.amounts.end(), pads)) {
    input = call.emit(std::move(pad), {input});
  }
  const Geometry padded = windows.padded();
  constexpr std::int64_t most = std::int64_t{1} << 24;
  const std::int64_t count = checked_multiply(padded.positions(), padded.taps());
  if (count > most || padded.cells() > std::numeric_limits<std::int32_t>::max()) {
    fail(ErrorCode::unsupported, "windows of {} cells in all are not supported; up to {} are",
         count, most);
  }
  std::vector<std::int32_t> cells;
  for (std::int64_t position = 0; position < padded.positions(); ++position) {
    for (std::int64_t tap = 0; tap < padded.taps(); ++tap) {
      cells.push_back(static_cast<std::int32_t>(*padded.cell(position, tap)));
    }
  }
  const Dim batch = call.shape(input)[0];
  const ValueId lines = call.view(input, {batch, Dim(padded.cells()), Dim(channels)});
  const Dims dims = {static_cast<std::int64_t>(cells.size())};
  const ValueId taken = call.emit(Gather{1}, {lines, call.integers("cells", dims, cells)});
  return call.view(taken, {batch, Dim(padded.positions()), Dim(padded.taps() * channels)});
}

// Keras views the numbers of a channels_first bias as (filters, ...), though their own order is
// (..., filters).
ValueId add_bias(LayerCall& call, ValueId output, const Geometry& windows, const Dim& filters) {
  if (!call.config().flag_or("use_bias", true)) return output;
  Shape places;
  for (const Axis& axis : windows.axes()) places.emplace_back(axis.output);
  Shape stored = places;
  stored.push_back(filters);
  const ValueId bias = call.weight("bias", stored);
  if (!call.channels_first()) return call.binary(BinaryFn::add, output, bias);
  places.insert(places.begin(), filters);
  return call.binary(BinaryFn::add, output, call.reshaped(bias, places));
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_locally_connected(LayerCall& call) {
  call.require_rank(call.input(), spatial_rank + 2);
  const ValueId input = call.to_channels_last(call.float_input());
  const Shape shape = call.shape(input);
  const auto channels = shape.back().constant();
  if (!channels) fail(ErrorCode::unsupported, "the number of input channels must be known");
  const Dim filters(call.config().integer("filters", 1));
  const Geometry windows = geometry(call, shape, spatial_rank);
  const Sizes sizes = {windows.positions(), windows.taps(), *channels, *filters.constant()};
  const ValueId kernel = read_kernel(call, windows, sizes);

  const ValueId cells = gather_windows(call, input, windows, *channels);
  const ValueId by_position = call.emit(Transpose{{1, 0, 2}}, {cells});
  const ValueId products = call.emit(BatchMatMul{}, {by_position, kernel});
  Shape result = {shape[0]};
  for (const Axis& axis : windows.axes()) result.emplace_back(axis.output);
  result.push_back(filters);
  const ValueId output = call.view(call.emit(Transpose{{1, 0, 2}}, {products}), result);
  return {call.activate(add_bias(call, call.from_channels_last(output), windows, filters))};
}

constexpr std::array classes = {
    LayerClass{"LocallyConnected1D", import_locally_connected<1>},
    LayerClass{"LocallyConnected2D", import_locally_connected<2>},
};

}  // namespace

const std::span<const LayerClass> locally_connected_layers = classes;

}  // namespace keraunos::keras
