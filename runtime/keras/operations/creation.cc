#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/size_options.hpp"

// Tensors made for the shape of another one, one-hot rows, triangles and diagonals.

namespace keraunos::keras {
namespace {

std::vector<ValueId> import_filled(LayerCall& call, double number) {
  const Operand x = first_operand(call);
  return {filled(call, number, dtype_option(call).value_or(x.type.dtype), shape_of(call, x))};
}
std::vector<ValueId> import_zeros_like(LayerCall& call) { return import_filled(call, 0); }
std::vector<ValueId> import_ones_like(LayerCall& call) { return import_filled(call, 1); }

std::vector<ValueId> import_full_like(LayerCall& call) {
  const Operand x = first_operand(call);
  const Operand number = strong_operand(call, "fill_value", 1);
  const DType dtype = dtype_option(call).value_or(x.type.dtype);
  return {broadcast_to(call, as_stored(call, number, dtype), shape_of(call, x))};
}

std::vector<ValueId> import_full(LayerCall& call) {
  const Operand number = strong_operand(call, "fill_value", 0);
  Shape shape = to_shape(required_sizes(call, "shape"), "shape");
  const DType dtype = dtype_option(call).value_or(DType::float32);
  return {broadcast_to(call, as_stored(call, number, dtype), std::move(shape))};
}

// One-hot rows -----------------------------------------------------------------------------------

// Numbers outside 0 ... classes-1 give rows of zeros.
ValueId one_hot(LayerCall& call, const Operand& x, std::size_t axis) {
  call.config().refuse_if_set("sparse");
  std::string_view key = "num_classes";
  if (call.config().find("num_tokens")) key = "num_tokens";
  const auto wanted = size_option(call, key);
  if (!wanted) fail(ErrorCode::malformed_file, "key '{}': missing", key);
  const Dim classes = to_shape({*wanted}, key)[0];
  const DType dtype = x.type.dtype == DType::int64 ? DType::int64 : DType::int32;
  const ValueId numbers = expand(call, as_stored(call, x, dtype), axis);
  Shape shape(call.rank(numbers), Dim(1));
  shape[axis] = classes;
  const ValueId row = call.view(call.cast(iota(call, classes), dtype), std::move(shape));
  return call.binary(BinaryFn::equal, numbers, row);
}

std::vector<ValueId> import_one_hot(LayerCall& call) {
  const Operand x = first_operand(call);
  const std::size_t rank = shape_of(call, x).size() + 1;
  const ValueId rows = one_hot(call, x, axis_option(call, rank, -1).value_or(rank - 1));
  return {call.cast(rows, dtype_option(call).value_or(DType::float32))};
}

// The union of the one-hot rows along axis 1 (0 of a single row), whatever "axis" says.
std::vector<ValueId> import_multi_hot(LayerCall& call) {
  const Operand x = strong_operand(call, "inputs", 0);
  const std::size_t rank = shape_of(call, x).size() + 1;
  const ValueId rows = one_hot(call, x, axis_option(call, rank, -1).value_or(rank - 1));
  const ValueId any = reduce(call, ReduceFn::any, rows, {rank > 2 ? 1U : 0U}, false);
  return {call.cast(any, dtype_option(call).value_or(DType::float32))};
}

// Triangles and diagonals ------------------------------------------------------------------------

// Zeros above diagonal k, or below it.
template <bool lower>
std::vector<ValueId> import_triangle(LayerCall& call) {
  const Operand operand = first_operand(call);
  const ValueId x = as_stored(call, operand);
  const Shape shape = call.shape(x);
  const std::size_t rows = normalize_axis(-2, shape.size());
  const std::int64_t k = number_option(call, "k", 0);
  const ValueId below = lower_triangle(call, shape[rows], shape[rows + 1], lower ? k : k - 1);
  const ValueId zero = call.scalar(0, operand.type.dtype);
  return {lower ? select(call, below, x, zero) : select(call, below, zero, x)};
}

// The cells (i, i + offset) of two axes, which become the last one.
ValueId diagonal(LayerCall& call, ValueId value, std::size_t axis1, std::size_t axis2,
                 std::int64_t offset) {
  const std::size_t rank = call.rank(value);
  if (rank < 2 || axis1 == axis2) fail(ErrorCode::malformed_file, "a diagonal wants two axes");
  value = move_axes(call, value, {axis1, axis2}, {rank - 2, rank - 1});
  Shape shape = call.shape(value);
  const Dim rows = shape[rank - 2];
  const std::int64_t columns = known_size(shape[rank - 1], "the last axis of a diagonal");
  const Dim size =
      offset >= 0 ? min(rows, Dim(columns - offset)) : min(rows + Dim(offset), Dim(columns));
  shape.pop_back();
  shape.back() = rows * Dim(columns);
  const Dim start = offset >= 0 ? Dim(offset) : Dim(-offset) * Dim(columns);
  return slice(call, call.view(value, std::move(shape)), rank - 2, start, max(size, Dim(0)),
               columns + 1);
}

std::vector<ValueId> import_diagonal(LayerCall& call) {
  const ValueId x = as_stored(call, first_operand(call));
  const std::size_t rank = call.rank(x);
  return {diagonal(call, x, axis_option(call, rank, 0, "axis1").value_or(0),
                   axis_option(call, rank, 1, "axis2").value_or(1),
                   number_option(call, "offset", 0))};
}

std::vector<ValueId> import_trace(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = sum_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  const std::size_t rank = call.rank(value);
  const ValueId cells =
      diagonal(call, value, axis_option(call, rank, 0, "axis1").value_or(0),
               axis_option(call, rank, 1, "axis2").value_or(1), number_option(call, "offset", 0));
  return {call.cast(reduce(call, ReduceFn::sum, cells, {rank - 2}, false), dtype)};
}

// A square matrix with the cells on diagonal k.
ValueId with_diagonal(LayerCall& call, ValueId cells, DType dtype, std::int64_t k) {
  const Dim size = call.shape(cells)[0];
  const ValueId numbers = iota(call, size);
  const ValueId on =
      call.binary(BinaryFn::equal, expand(call, numbers, 1), expand(call, numbers, 0));
  const ValueId square = select(call, on, expand(call, cells, 0), call.scalar(0, dtype));
  if (k == 0) return square;
  const PadAmounts down{k < 0 ? -k : 0, k > 0 ? k : 0};
  return call.emit(Pad{{down, {down.after, down.before}}, 0}, {square});
}

std::vector<ValueId> import_diag(LayerCall& call) {
  const Operand operand = first_operand(call);
  const ValueId x = as_stored(call, operand);
  const std::int64_t k = number_option(call, "k", 0);
  if (call.rank(x) == 1) return {with_diagonal(call, x, operand.type.dtype, k)};
  call.require_rank(x, 2);
  return {diagonal(call, x, 0, 1, k)};
}

std::vector<ValueId> import_diagflat(LayerCall& call) {
  const Operand x = first_operand(call);
  const ValueId cells = flatten(call, as_stored(call, x));
  return {with_diagonal(call, cells, x.type.dtype, number_option(call, "k", 0))};
}

// Grids and powers -------------------------------------------------------------------------------

// Each input along its own axis of a grid of all; with "xy" the first two axes change places.
std::vector<ValueId> import_meshgrid(LayerCall& call) {
  const bool swapped = call.config().choice("indexing", {"xy", "ij"}) == "xy";
  const std::size_t rank = call.input_count();
  Shape grid(rank);
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < rank; ++i) {
    axes.push_back(swapped && rank > 1 && i < 2 ? 1 - i : i);
    grid[axes[i]] = element_count(call.shape(call.input(i)));
  }
  std::vector<ValueId> outputs;
  for (std::size_t i = 0; i < rank; ++i) {
    Shape shape(rank, Dim(1));
    shape[axes[i]] = grid[axes[i]];
    outputs.push_back(broadcast_to(call, call.view(call.input(i), std::move(shape)), grid));
  }
  return outputs;
}

// x to the powers N-1 ... 0, or 0 ... N-1.
std::vector<ValueId> import_vander(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype;
  const ValueId cells = as_computed(call, x, float_result(dtype));
  call.require_rank(cells, 1);
  const auto count = call.config().find("N");
  const Dim columns = count ? Dim(to_integer(*count, 0)) : call.shape(cells)[0];
  ValueId powers = iota(call, columns);
  if (!call.config().flag_or("increasing", false)) {
    powers = slice(call, powers, 0, columns - Dim(1), columns, -1);
  }
  const ValueId result =
      call.binary(BinaryFn::power, expand(call, cells, 1), call.as_float(powers));
  return {call.cast(result, dtype)};
}

constexpr std::array classes = {
    LayerClass{"ZerosLike", import_zeros_like},
    LayerClass{"EmptyLike", import_zeros_like},
    LayerClass{"Imag", import_zeros_like},  // of real numbers
    LayerClass{"OnesLike", import_ones_like},
    LayerClass{"FullLike", import_full_like},
    LayerClass{"Full", import_full},
    LayerClass{"OneHot", import_one_hot},
    LayerClass{"MultiHot", import_multi_hot},
    LayerClass{"Tril", import_triangle<true>},
    LayerClass{"Triu", import_triangle<false>},
    LayerClass{"Diagonal", import_diagonal},
    LayerClass{"Trace", import_trace},
    LayerClass{"Diag", import_diag},
    LayerClass{"Diagflat", import_diagflat},
    LayerClass{"Meshgrid", import_meshgrid},
    LayerClass{"Vander", import_vander},
};

}  // namespace

const std::span<const LayerClass> creation_operations = classes;

}  // namespace keraunos::keras
