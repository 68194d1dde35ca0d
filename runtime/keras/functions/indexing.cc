#include <algorithm>
#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"
#include "runtime/keras/operations/scattering.hpp"

// Reading and writing cells by number.

namespace keraunos::keras {
namespace {

constexpr std::int32_t nowhere = std::numeric_limits<std::int32_t>::min();

Operand parameter(const LayerCall& call, std::string_view name) {
  return operand(call, name, LayerCall::no_position);
}

Shape part(const Shape& shape, std::size_t first, std::size_t last) {
  return {shape.begin() + static_cast<std::ptrdiff_t>(first),
          shape.begin() + static_cast<std::ptrdiff_t>(last)};
}

void append(Shape& shape, const Shape& more) {
  shape.insert(shape.end(), more.begin(), more.end());
}

// Reading ----------------------------------------------------------------------------------------

// Rows of their own for each cell of the first `batch` axes:
//   value (batch..., n, inner...), places (batch..., m) -> (batch..., m, inner...)
ValueId gather_rows(LayerCall& call, ValueId value, ValueId places, std::size_t batch) {
  if (batch == 0) return call.emit(Gather{0}, {value, places});
  Shape shape = call.shape(places);
  shape.insert(shape.end(), call.rank(value) - batch - 1, Dim(1));
  return call.emit(GatherAlong{batch}, {value, call.view(places, std::move(shape))});
}

std::size_t batch_dims(const LayerCall& call, std::size_t rank) {
  const auto count = integer_parameter(call, "batch_dims", -(std::int64_t{1} << 31), 0);
  return count == 0 ? 0 : normalize_axis(count, rank);
}

ValueId stored_indices(LayerCall& call, std::string_view name) {
  const Operand indices = parameter(call, name);
  const bool wide = indices.value && indices.type.dtype == DType::int64;
  return as_stored(call, indices, wide ? DType::int64 : DType::int32);
}

std::vector<ValueId> import_gather(LayerCall& call) {
  ValueId params = as_stored(call, operand(call, "", 0));
  const ValueId indices = stored_indices(call, "indices");
  const Shape places = call.shape(indices);
  const std::size_t batch = batch_dims(call, places.size());
  const std::size_t axis = axis_parameter(call, "axis", call.rank(params)).value_or(batch);
  ignore_parameters(call, {"validate_indices"});
  if (batch == 0) return {call.emit(Gather{axis}, {params, indices})};
  if (axis < batch) {
    fail(ErrorCode::malformed_file, "called with axis {} within {} batch axes", axis, batch);
  }
  params = move_axes(call, params, {axis}, {batch});
  Shape row = part(places, 0, batch);
  row.push_back(element_count(part(places, batch, places.size())));
  const ValueId rows = gather_rows(call, params, call.view(indices, row), batch);
  const Shape gathered = call.shape(rows);
  Shape result = part(gathered, 0, batch);
  append(result, part(places, batch, places.size()));
  append(result, part(gathered, batch + 1, gathered.size()));
  const ValueId spread = call.view(rows, std::move(result));
  // What stood before the axis comes before its new cells again.
  std::vector<std::size_t> source;
  std::vector<std::size_t> destination;
  for (std::size_t i = batch; i < axis; ++i) {
    source.push_back(i + places.size() - batch);
    destination.push_back(i);
  }
  return {move_axes(call, spread, source, destination)};
}

// The last axis of indices points to cells of the axes behind the batch.
std::vector<ValueId> import_gather_nd(LayerCall& call) {
  const ValueId params = as_stored(call, operand(call, "", 0));
  const ValueId indices = as_stored(call, parameter(call, "indices"), DType::int32);
  call.require_least_rank(indices, 1);
  ignore_parameters(call, {"bad_indices_policy"});
  const Shape sizes = call.shape(params);
  const Shape places = call.shape(indices);
  const std::size_t batch = batch_dims(call, places.size());
  const auto depth =
      static_cast<std::size_t>(known_size(places.back(), "the last axis of indices"));
  if (depth == 0 || batch + depth > sizes.size()) {
    fail(ErrorCode::shape_mismatch, "indices of {} for a tensor of {}", to_keras_string(places),
         to_keras_string(sizes));
  }
  const Shape pointed = part(sizes, batch, batch + depth);
  const Shape rest = part(sizes, batch + depth, sizes.size());
  const ValueId table = call.view(indices, {element_count(part(places, 0, places.size() - 1)),
                                            Dim(static_cast<std::int64_t>(depth))});
  ValueId flat = depth == 1 ? table : flat_places(call, table, pointed, nowhere);
  Shape row = part(places, 0, batch);
  row.push_back(element_count(part(places, batch, places.size() - 1)));
  flat = call.view(flat, std::move(row));
  Shape merged = part(sizes, 0, batch);
  merged.push_back(element_count(pointed));
  append(merged, rest);
  const ValueId rows = gather_rows(call, call.view(params, std::move(merged)), flat, batch);
  Shape result = part(places, 0, places.size() - 1);
  append(result, rest);
  return {call.view(rows, std::move(result))};
}

// Writing ----------------------------------------------------------------------------------------

template <ScatterFn fn>
std::vector<ValueId> import_tensor_scatter(LayerCall& call) {
  const Real base = first_tensor(call);
  const ValueId indices = as_stored(call, parameter(call, "indices"), DType::int32);
  ignore_parameters(call, {"bad_indices_policy"});
  return result_of(call, base,
                   scatter_nd(call, fn, base.value, indices, tensor_like(call, base, "updates")));
}

std::vector<ValueId> import_scatter_nd(LayerCall& call) {
  const ValueId indices = as_stored(call, operand(call, "", 0), DType::int32);
  const Operand updates = parameter(call, "updates");
  const ValueId values = as_computed(call, updates, updates.type.dtype);
  ignore_parameters(call, {"bad_indices_policy"});
  Shape shape;
  for (const std::int64_t size : integers_parameter(call, "shape")) {
    if (size < 0) fail(ErrorCode::malformed_file, "parameter 'shape': a size of {}", size);
    shape.emplace_back(size);
  }
  const ValueId zeros = filled(call, 0, call.dtype(values), std::move(shape));
  return {call.cast(scatter_nd(call, ScatterFn::add, zeros, indices, values), updates.type.dtype)};
}

// Segments ---------------------------------------------------------------------------------------

// One segment more than the largest number, where the numbers are in the file.
Dim count_of_segments(const LayerCall& call, const Operand& segments) {
  if (call.argument("num_segments") != nullptr) {
    return Dim(integer_parameter(call, "num_segments", 0));
  }
  if (!segments.is_constant()) {
    fail(ErrorCode::unsupported,
         "called with segment_ids that are a tensor: the size of its result depends on the data");
  }
  const Tensor numbers = segments.constant->cast(DType::int32);
  std::int64_t count = 0;
  for (const std::int32_t number : numbers.as<std::int32_t>()) {
    count = std::max(count, std::int64_t{number} + 1);
  }
  return Dim(count);
}

// The rows of `segment_ids`, whose axes become the first of the data.
struct Segments {
  Real data;
  ValueId rows;
  ValueId places;
  Dim count;

  explicit Segments(LayerCall& call) : data(first_tensor(call)) {
    const Operand operand = parameter(call, "segment_ids");
    const ValueId numbers = as_stored(call, operand, DType::int32);
    const Shape shape = call.shape(data.value);
    const std::size_t axes = call.rank(numbers);
    if (axes == 0 || axes > shape.size()) {
      fail(ErrorCode::shape_mismatch, "segment_ids of {} for data of {}",
           to_keras_string(call.shape(numbers)), to_keras_string(shape));
    }
    count = count_of_segments(call, operand);
    Shape lines = {element_count(call.shape(numbers))};
    append(lines, part(shape, axes, shape.size()));
    places = flatten(call, numbers);
    rows = call.view(data.value, std::move(lines));
  }
};

template <ScatterFn fn>
std::vector<ValueId> import_segments(LayerCall& call) {
  const Segments segments(call);
  const bool unsorted = call.argument("num_segments") != nullptr;
  const bool floats = is_floating(segments.data.dtype);
  // Without a row a product is 1 and the largest the least number that there is; sorted segments
  // give 0.
  double empty = fn == ScatterFn::multiply ? 1 : 0;
  if (unsorted && fn == ScatterFn::maximum) empty = floats ? -0x1.fffffep127 : -0x1p31;
  if (unsorted && fn == ScatterFn::minimum) empty = floats ? 0x1.fffffep127 : 0x1p31 - 1;
  return result_of(
      call, segments.data,
      reduce_segments(call, fn, segments.rows, segments.places, segments.count, empty));
}

std::vector<ValueId> import_segment_mean(LayerCall& call) {
  const Segments segments(call);
  const auto sums = [&](ValueId rows) {
    return reduce_segments(call, ScatterFn::add, rows, segments.places, segments.count, 0);
  };
  const Shape shape = call.shape(segments.rows);
  Shape single(shape.size(), Dim(1));
  single[0] = shape[0];
  const DType dtype = call.dtype(segments.rows);
  const ValueId count = sums(filled(call, 1, dtype, std::move(single)));
  const ValueId divisor = call.binary(BinaryFn::maximum, count, call.scalar(1, dtype));
  return result_of(call, segments.data,
                   call.binary(BinaryFn::divide, sums(segments.rows), divisor));
}

constexpr std::array functions = {
    LayerClass{"gather", import_gather},
    LayerClass{"gather_nd", import_gather_nd},
    LayerClass{"tensor_scatter_nd_update", import_tensor_scatter<ScatterFn::update>},
    LayerClass{"tensor_scatter_nd_add", import_tensor_scatter<ScatterFn::add>},
    LayerClass{"tensor_scatter_nd_sub", import_tensor_scatter<ScatterFn::subtract>},
    LayerClass{"tensor_scatter_nd_max", import_tensor_scatter<ScatterFn::maximum>},
    LayerClass{"tensor_scatter_nd_min", import_tensor_scatter<ScatterFn::minimum>},
    LayerClass{"scatter_nd", import_scatter_nd},
    LayerClass{"math.segment_sum", import_segments<ScatterFn::add>},
    LayerClass{"math.segment_prod", import_segments<ScatterFn::multiply>},
    LayerClass{"math.segment_max", import_segments<ScatterFn::maximum>},
    LayerClass{"math.segment_min", import_segments<ScatterFn::minimum>},
    LayerClass{"math.segment_mean", import_segment_mean},
    LayerClass{"math.unsorted_segment_sum", import_segments<ScatterFn::add>},
    LayerClass{"math.unsorted_segment_prod", import_segments<ScatterFn::multiply>},
    LayerClass{"math.unsorted_segment_max", import_segments<ScatterFn::maximum>},
    LayerClass{"math.unsorted_segment_min", import_segments<ScatterFn::minimum>},
    LayerClass{"math.unsorted_segment_mean", import_segment_mean},
};

}  // namespace

const std::span<const LayerClass> tf_indexing_functions = functions;

}  // namespace keraunos::keras
