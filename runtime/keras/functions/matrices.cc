#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"

// tf.linalg: matrices are the last two axes.

namespace keraunos::keras {
namespace {

ValueId matrices(LayerCall& call, const Real& input) {
  call.require_least_rank(input.value, 2);
  return input.value;
}

// Zeros beyond so many diagonals below and above; all of them where the number is negative.
std::vector<ValueId> import_band_part(LayerCall& call) {
  const Real input = first_tensor(call);
  const ValueId value = matrices(call, input);
  const Shape shape = call.shape(value);
  const Dim rows = shape[shape.size() - 2];
  const Dim columns = shape.back();
  const auto below = integer_parameter(call, "num_lower", -1);
  const auto above = integer_parameter(call, "num_upper", -1);
  const ValueId zero = call.scalar(0, call.dtype(value));
  ValueId result = value;
  if (above >= 0) {
    result = select(call, lower_triangle(call, rows, columns, above), result, zero);
  }
  if (below >= 0) {
    result = select(call, lower_triangle(call, rows, columns, -below - 1), zero, result);
  }
  return result_of(call, input, result);
}

// True on the diagonal of a square of this size.
ValueId on_diagonal(LayerCall& call, const Dim& size) {
  const ValueId numbers = iota(call, size);
  return call.binary(BinaryFn::equal, expand(call, numbers, 1), expand(call, numbers, 0));
}

void refuse_other_diagonals(const LayerCall& call) {
  if (integer_parameter(call, "k", -(std::int64_t{1} << 31), 0) != 0) {
    fail(ErrorCode::unsupported, "called with a diagonal k other than 0, which is not supported");
  }
  ignore_parameters(call, {"align"});
}

// Matrices with the rows of the input on their diagonals.
std::vector<ValueId> import_diag(LayerCall& call) {
  const Real input = first_tensor(call);
  refuse_other_diagonals(call);
  call.require_least_rank(input.value, 1);
  const std::size_t rank = call.rank(input.value);
  const ValueId on = on_diagonal(call, call.shape(input.value).back());
  const ValueId around = call.argument("padding_value") != nullptr
                             ? tensor_like(call, input, "padding_value")
                             : call.scalar(0, call.dtype(input.value));
  const ValueId square = select(call, on, expand(call, input.value, rank), around);
  return result_of(call, input, square);
}

std::vector<ValueId> import_set_diag(LayerCall& call) {
  const Real input = first_tensor(call);
  refuse_other_diagonals(call);
  const ValueId value = matrices(call, input);
  const Shape shape = call.shape(value);
  if (shape[shape.size() - 2] != shape.back()) {
    fail(ErrorCode::unsupported, "called on {}; square matrices are supported",
         to_keras_string(shape));
  }
  const ValueId cells = tensor_like(call, input, "diagonal");
  return result_of(
      call, input,
      select(call, on_diagonal(call, shape.back()), expand(call, cells, call.rank(cells)), value));
}

std::vector<ValueId> import_transpose(LayerCall& call) {
  const Real input = first_tensor(call);
  const std::size_t rank = call.rank(matrices(call, input));
  return result_of(call, input, move_axes(call, input.value, {rank - 2}, {rank - 1}));
}

// Determinants by cofactors ----------------------------------------------------------------------

constexpr std::int64_t most_rows = 4;

// The cells of square matrices, each with the leading axes.
struct Cells {
  std::size_t size = 0;
  std::vector<ValueId> cells;

  ValueId at(std::size_t row, std::size_t column) const { return cells[row * size + column]; }
};

Cells cells_of(LayerCall& call, ValueId value) {
  const std::size_t rank = call.rank(value);
  const Dim rows = call.shape(value)[rank - 2];
  const Dim columns = call.shape(value)[rank - 1];
  const auto size = columns.constant();
  if (rows != columns || !size || *size < 1 || *size > most_rows) {
    fail(ErrorCode::unsupported, "called on {}; square matrices of up to {} rows are supported",
         to_keras_string(call.shape(value)), most_rows);
  }
  Cells result{static_cast<std::size_t>(*size), {}};
  for (std::int64_t row = 0; row < *size; ++row) {
    const ValueId line = slice(call, value, rank - 2, Dim(row), Dim(1));
    for (std::int64_t column = 0; column < *size; ++column) {
      result.cells.push_back(
          squeeze(call, slice(call, line, rank - 1, Dim(column), Dim(1)), {rank - 2, rank - 1}));
    }
  }
  return result;
}

Cells minor_of(const Cells& matrix, std::size_t row, std::size_t column) {
  Cells result{matrix.size - 1, {}};
  for (std::size_t i = 0; i < matrix.size; ++i) {
    for (std::size_t j = 0; j < matrix.size; ++j) {
      if (i != row && j != column) result.cells.push_back(matrix.at(i, j));
    }
  }
  return result;
}

ValueId determinant(LayerCall& call, const Cells& matrix) {
  if (matrix.size == 1) return matrix.cells[0];
  ValueId sum = 0;
  for (std::size_t i = 0; i < matrix.size; ++i) {
    const ValueId term =
        call.binary(BinaryFn::multiply, matrix.at(0, i), determinant(call, minor_of(matrix, 0, i)));
    if (i == 0) {
      sum = term;
    } else {
      sum = call.binary(i % 2 == 0 ? BinaryFn::add : BinaryFn::subtract, sum, term);
    }
  }
  return sum;
}

std::vector<ValueId> import_det(LayerCall& call) {
  const Real input = first_tensor(call);
  return result_of(call, input, determinant(call, cells_of(call, matrices(call, input))));
}

// The transposed cofactors, divided by the determinant.
std::vector<ValueId> import_inv(LayerCall& call) {
  const Real input = first_tensor(call);
  const ValueId value = matrices(call, input);
  const std::size_t rank = call.rank(value);
  const Cells matrix = cells_of(call, value);
  const ValueId scale = unary(call, UnaryFn::reciprocal, determinant(call, matrix));
  if (matrix.size == 1) return result_of(call, input, call.view(scale, call.shape(value)));
  std::vector<ValueId> rows;
  for (std::size_t i = 0; i < matrix.size; ++i) {
    std::vector<ValueId> row;
    for (std::size_t j = 0; j < matrix.size; ++j) {
      const ValueId cofactor =
          call.binary(BinaryFn::multiply, determinant(call, minor_of(matrix, j, i)), scale);
      row.push_back((i + j) % 2 == 0 ? cofactor : unary(call, UnaryFn::negative, cofactor));
    }
    rows.push_back(stack(call, std::move(row), rank - 2));
  }
  return result_of(call, input, stack(call, std::move(rows), rank - 2));
}

constexpr std::array functions = {
    LayerClass{"linalg.band_part", import_band_part},
    LayerClass{"linalg.diag", import_diag},
    LayerClass{"linalg.set_diag", import_set_diag},
    LayerClass{"linalg.matrix_transpose", import_transpose},
    LayerClass{"linalg.adjoint", import_transpose},
    LayerClass{"linalg.det", import_det},
    LayerClass{"linalg.inv", import_inv},
};

}  // namespace

const std::span<const LayerClass> tf_matrix_functions = functions;

}  // namespace keraunos::keras
