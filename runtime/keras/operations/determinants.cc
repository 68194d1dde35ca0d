#include "runtime/keras/operations/determinants.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

namespace keraunos::keras {
namespace {

constexpr std::int64_t most_rows = 4;

// The cells of square matrices, each with the leading axes.
struct Cells {
  std::size_t size = 0;
  std::vector<ValueId> cells;

  ValueId at(std::size_t row, std::size_t column) const { return cells[row * size + column]; }
};

Cells cells_of(LayerCall& call, ValueId value) {
  call.require_least_rank(value, 2);
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

ValueId determinant_of(LayerCall& call, const Cells& matrix) {
  if (matrix.size == 1) return matrix.cells[0];
  ValueId sum = 0;
  for (std::size_t i = 0; i < matrix.size; ++i) {
    const ValueId term = call.binary(BinaryFn::multiply, matrix.at(0, i),
                                     determinant_of(call, minor_of(matrix, 0, i)));
    if (i == 0) {
      sum = term;
    } else {
      sum = call.binary(i % 2 == 0 ? BinaryFn::add : BinaryFn::subtract, sum, term);
    }
  }
  return sum;
}

}  // namespace

ValueId determinant(LayerCall& call, ValueId matrices) {
  return determinant_of(call, cells_of(call, matrices));
}

// The transposed cofactors, divided by the determinant.
ValueId inverse(LayerCall& call, ValueId matrices) {
  const std::size_t rank = call.rank(matrices);
  const Cells matrix = cells_of(call, matrices);
  const ValueId scale = unary(call, UnaryFn::reciprocal, determinant_of(call, matrix));
  if (matrix.size == 1) return call.view(scale, call.shape(matrices));
  std::vector<ValueId> rows;
  for (std::size_t i = 0; i < matrix.size; ++i) {
    std::vector<ValueId> row;
    for (std::size_t j = 0; j < matrix.size; ++j) {
      const ValueId cofactor =
          call.binary(BinaryFn::multiply, determinant_of(call, minor_of(matrix, j, i)), scale);
      row.push_back((i + j) % 2 == 0 ? cofactor : unary(call, UnaryFn::negative, cofactor));
    }
    rows.push_back(stack(call, std::move(row), rank - 2));
  }
  return stack(call, std::move(rows), rank - 2);
}

// keras.ops.linalg -------------------------------------------------------------------------------

namespace {

template <ValueId (*function)(LayerCall&, ValueId)>
std::vector<ValueId> import_of_matrices(LayerCall& call) {
  const Operand x = first_operand(call);
  if (!is_floating(x.type.dtype)) {
    fail(ErrorCode::unsupported, "called on matrices of {}; floats are supported",
         to_string(x.type.dtype));
  }
  return {call.cast(function(call, as_computed(call, x, x.type.dtype)), x.type.dtype)};
}

constexpr std::array classes = {
    LayerClass{"Det", import_of_matrices<determinant>},
    LayerClass{"Inv", import_of_matrices<inverse>},
};

}  // namespace

const std::span<const LayerClass> small_matrix_operations = classes;

}  // namespace keraunos::keras
