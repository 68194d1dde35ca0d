#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"
#include "runtime/keras/operations/determinants.hpp"

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

std::vector<ValueId> import_det(LayerCall& call) {
  const Real input = first_tensor(call);
  return result_of(call, input, determinant(call, matrices(call, input)));
}

std::vector<ValueId> import_inv(LayerCall& call) {
  const Real input = first_tensor(call);
  return result_of(call, input, inverse(call, matrices(call, input)));
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
