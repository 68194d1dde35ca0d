#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/size_options.hpp"

// Shapes and the order of axes and cells: nothing is computed, so any dtype passes.

namespace keraunos::keras {
namespace {

ValueId stored_input(LayerCall& call) { return as_stored(call, first_operand(call)); }

// -1 stands for what is left of the cells.
std::vector<ValueId> import_reshape(LayerCall& call) {
  const ValueId x = stored_input(call);
  Shape shape = required_sizes(call, "newshape");
  const auto open_axis = std::find(shape.begin(), shape.end(), Dim(-1));
  if (open_axis != shape.end()) {
    if (std::find(open_axis + 1, shape.end(), Dim(-1)) != shape.end()) {
      fail(ErrorCode::malformed_file, "key 'newshape': more than one -1");
    }
    *open_axis = Dim(1);
    const Dim known = element_count(shape);
    if (known == Dim(0)) fail(ErrorCode::malformed_file, "key 'newshape': -1 beside a size of 0");
    *open_axis = floor_div(element_count(call.shape(x)), known);
  }
  return {call.view(x, to_shape(std::move(shape), "newshape"))};
}

std::vector<ValueId> import_ravel(LayerCall& call) { return {flatten(call, stored_input(call))}; }

std::vector<std::size_t> all_axes(std::size_t rank) {
  std::vector<std::size_t> axes(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) axes[axis] = axis;
  return axes;
}

// The axes of a key in the order of the file.
std::vector<std::size_t> listed_axes(const LayerCall& call, std::string_view key,
                                     std::size_t rank) {
  const auto named = numbers_option(call, key);
  if (!named) fail(ErrorCode::malformed_file, "key '{}': missing", key);
  std::vector<std::size_t> axes;
  for (const std::int64_t axis : *named) {
    axes.push_back(normalize_axis(axis, rank));
    if (std::count(axes.begin(), axes.end(), axes.back()) > 1) {
      fail(ErrorCode::malformed_file, "key '{}': axis {} twice", key, axis);
    }
  }
  return axes;
}

std::vector<ValueId> import_transpose(LayerCall& call) {
  const ValueId x = stored_input(call);
  const std::size_t rank = call.rank(x);
  std::vector<std::size_t> axes = all_axes(rank);
  const auto named = call.config().find("axes");
  if (named && !(named->is_array() && named->size() == 0)) {
    axes = listed_axes(call, "axes", rank);
  } else {
    std::reverse(axes.begin(), axes.end());
  }
  if (axes.size() != rank) {
    fail(ErrorCode::malformed_file, "key 'axes': {} axes of {}", axes.size(), rank);
  }
  return {transpose(call, x, std::move(axes))};
}

std::vector<ValueId> import_moveaxis(LayerCall& call) {
  const ValueId x = stored_input(call);
  const auto source = listed_axes(call, "source", call.rank(x));
  const auto destination = listed_axes(call, "destination", call.rank(x));
  if (source.size() != destination.size()) {
    fail(ErrorCode::malformed_file, "{} axes are moved to {} places", source.size(),
         destination.size());
  }
  return {move_axes(call, x, source, destination)};
}

std::vector<ValueId> import_swapaxes(LayerCall& call) {
  const ValueId x = stored_input(call);
  const std::size_t rank = call.rank(x);
  std::vector<std::size_t> axes = all_axes(rank);
  std::swap(axes[axis_option(call, rank, 0, "axis1").value_or(0)],
            axes[axis_option(call, rank, 1, "axis2").value_or(0)]);
  return {transpose(call, x, std::move(axes))};
}

std::vector<ValueId> import_squeeze(LayerCall& call) {
  const ValueId x = stored_input(call);
  const Shape shape = call.shape(x);
  std::vector<std::size_t> axes;
  if (call.config().find("axis")) {
    axes = listed_axes(call, "axis", shape.size());
  } else {
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (shape[axis] == Dim(1)) axes.push_back(axis);
    }
  }
  return {squeeze(call, x, axes)};
}

std::vector<ValueId> import_expand_dims(LayerCall& call) {
  const ValueId x = stored_input(call);
  const auto named = numbers_option(call, "axis");
  if (!named) fail(ErrorCode::malformed_file, "key 'axis': missing");
  auto axes = listed_axes(call, "axis", call.rank(x) + named->size());
  std::sort(axes.begin(), axes.end());
  Shape shape = call.shape(x);
  for (const std::size_t axis : axes) {
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), Dim(1));
  }
  return {call.view(x, std::move(shape))};
}

// The order of cells -----------------------------------------------------------------------------

ValueId flip(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes) {
  const Shape sizes = call.shape(value);
  Slice op{Shape(sizes.size()), sizes, std::vector<std::int64_t>(sizes.size(), 1)};
  for (const std::size_t axis : axes) {
    op.starts[axis] = sizes[axis] - Dim(1);
    op.steps[axis] = -1;
  }
  return axes.empty() ? value : call.emit(std::move(op), {value});
}

std::vector<ValueId> import_flip(LayerCall& call) {
  const ValueId x = stored_input(call);
  return {flip(call, x, axes_option(call, call.rank(x)))};
}

template <std::size_t axis>
std::vector<ValueId> import_flip_axis(LayerCall& call) {
  const ValueId x = stored_input(call);
  return {flip(call, x, {normalize_axis(axis, call.rank(x))})};
}

std::vector<ValueId> import_rot90(LayerCall& call) {
  ValueId x = stored_input(call);
  const std::size_t rank = call.rank(x);
  std::vector<std::size_t> plane = {0, 1};
  if (call.config().find("axes")) plane = listed_axes(call, "axes", rank);
  if (plane.size() != 2 || rank < 2) fail(ErrorCode::malformed_file, "no plane to rotate in");
  const std::int64_t turns = ((number_option(call, "k", 1) % 4) + 4) % 4;
  if (turns == 2) return {flip(call, x, plane)};
  std::vector<std::size_t> swapped = all_axes(rank);
  std::swap(swapped[plane[0]], swapped[plane[1]]);
  if (turns == 1) return {transpose(call, flip(call, x, {plane[1]}), std::move(swapped))};
  if (turns == 3) return {flip(call, transpose(call, x, std::move(swapped)), {plane[1]})};
  return {x};
}

// Towards the end by `shift`; what leaves comes back in front.
ValueId roll(LayerCall& call, ValueId value, std::size_t axis, std::int64_t shift) {
  const Dim size = call.shape(value)[axis];
  if (const auto cells = size.constant()) {
    if (*cells == 0) return value;
    shift = (shift % *cells + *cells) % *cells;
  }
  if (shift == 0) return value;
  const Dim tail = shift > 0 ? Dim(shift) : size + Dim(shift);
  return concat(
      call,
      {slice(call, value, axis, size - tail, tail), slice(call, value, axis, Dim(0), size - tail)},
      axis);
}

std::vector<ValueId> import_roll(LayerCall& call) {
  ValueId x = stored_input(call);
  if (!call.config().find("axis")) {
    const Shape shape = call.shape(x);
    const ValueId row = roll(call, flatten(call, x), 0, number_option(call, "shift", 0));
    return {call.view(row, shape)};
  }
  const auto shifts = numbers_option(call, "shift");
  if (!shifts) fail(ErrorCode::malformed_file, "key 'shift': missing");
  const auto axes = numbers_option(call, "axis");
  if (axes->size() != shifts->size()) {
    fail(ErrorCode::malformed_file, "{} shifts of {} axes", shifts->size(), axes->size());
  }
  for (std::size_t i = 0; i < axes->size(); ++i) {
    x = roll(call, x, normalize_axis((*axes)[i], call.rank(x)), (*shifts)[i]);
  }
  return {x};
}

// More cells -------------------------------------------------------------------------------------

std::vector<ValueId> import_tile(LayerCall& call) {
  ValueId x = stored_input(call);
  Shape repeats = to_shape(sizes_option(call, "repeats").value_or(Shape()), "repeats");
  Shape shape = call.shape(x);
  if (repeats.size() < shape.size()) {
    repeats.insert(repeats.begin(), shape.size() - repeats.size(), Dim(1));
  }
  shape.insert(shape.begin(), repeats.size() - shape.size(), Dim(1));
  Shape spread;
  Shape repeated;
  Shape result;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    spread.insert(spread.end(), {Dim(1), shape[axis]});
    repeated.insert(repeated.end(), {repeats[axis], shape[axis]});
    result.push_back(repeats[axis] * shape[axis]);
  }
  return {call.view(broadcast_to(call, call.view(x, std::move(spread)), std::move(repeated)),
                    std::move(result))};
}

std::vector<ValueId> import_repeat(LayerCall& call) {
  ValueId x = stored_input(call);
  const Shape counts = to_shape(required_sizes(call, "repeats"), "repeats");
  if (!call.config().find("axis")) x = flatten(call, x);
  const std::size_t axis = call.config().find("axis") ? *axis_option(call, call.rank(x), 0) : 0;
  if (counts.size() == 1) return {repeat(call, x, axis, counts.front())};
  const std::int64_t cells = known_size(call.shape(x)[axis], "the repeated axis");
  if (cells != static_cast<std::int64_t>(counts.size())) {
    fail(ErrorCode::shape_mismatch, "key 'repeats': {} numbers for {} cells", counts.size(), cells);
  }
  std::vector<ValueId> parts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == Dim(0)) continue;
    Shape shape = call.shape(x);
    shape[axis] = counts[i];
    const ValueId cell = slice(call, x, axis, Dim(static_cast<std::int64_t>(i)), Dim(1));
    parts.push_back(broadcast_to(call, cell, std::move(shape)));
  }
  return {parts.empty() ? slice(call, x, axis, Dim(0), Dim(0)) : concat(call, parts, axis)};
}

std::vector<ValueId> import_broadcast_to(LayerCall& call) {
  Shape shape = to_shape(required_sizes(call, "shape"), "shape");
  return {broadcast_to(call, stored_input(call), std::move(shape))};
}

constexpr std::array classes = {
    LayerClass{"Reshape", import_reshape},
    LayerClass{"Ravel", import_ravel},
    LayerClass{"Transpose", import_transpose},
    LayerClass{"Moveaxis", import_moveaxis},
    LayerClass{"Swapaxes", import_swapaxes},
    LayerClass{"Squeeze", import_squeeze},
    LayerClass{"ExpandDims", import_expand_dims},
    LayerClass{"Flip", import_flip},
    LayerClass{"Flipud", import_flip_axis<0>},
    LayerClass{"Fliplr", import_flip_axis<1>},
    LayerClass{"Rot90", import_rot90},
    LayerClass{"Roll", import_roll},
    LayerClass{"Tile", import_tile},
    LayerClass{"Repeat", import_repeat},
    LayerClass{"BroadcastTo", import_broadcast_to},
};

}  // namespace

const std::span<const LayerClass> shape_operations = classes;

}  // namespace keraunos::keras
