#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/einsum.hpp"
#include "runtime/keras/operations/families.hpp"

// Products of matrices. Keras computes products of integers in floats, too.

namespace keraunos::keras {
namespace {

struct Factors {
  DType dtype;  // of the result
  ValueId a;
  ValueId b;
};

Factors factors(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType dtype = result_type(x1, x2);
  const DType held = result_type({{dtype}, python_float});
  return {dtype, as_computed(call, x1, held), as_computed(call, x2, held)};
}

// Sums over the last axis of a and the first of b, which are matrices.
ValueId matrix_product(LayerCall& call, ValueId a, ValueId b) {
  const bool is_weight = call.environment().graph.value(b).constant != nullptr;
  return is_weight ? call.emit(MatMul{}, {a, b}) : call.emit(BatchMatMul{}, {a, b});
}

// Sums over `axes_a` of a and `axes_b` of b, in pairs; a's other axes come before b's.
ValueId contract(LayerCall& call, ValueId a, ValueId b, const std::vector<std::size_t>& axes_a,
                 const std::vector<std::size_t>& axes_b) {
  if (axes_a.size() != axes_b.size()) {
    fail(ErrorCode::malformed_file, "sums over {} axes and {}", axes_a.size(), axes_b.size());
  }
  const auto split = [&](ValueId value, const std::vector<std::size_t>& summed, Shape& rest) {
    const Shape shape = call.shape(value);
    std::vector<std::size_t> kept;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      if (std::find(summed.begin(), summed.end(), axis) != summed.end()) continue;
      kept.push_back(axis);
      rest.push_back(shape[axis]);
    }
    return kept;
  };
  Shape result;
  Shape rest_b;
  std::vector<std::size_t> order_a = split(a, axes_a, result);
  std::vector<std::size_t> order_b = axes_b;
  const auto kept_b = split(b, axes_b, rest_b);
  order_a.insert(order_a.end(), axes_a.begin(), axes_a.end());
  order_b.insert(order_b.end(), kept_b.begin(), kept_b.end());
  Shape summed;
  for (const std::size_t axis : axes_b) summed.push_back(call.shape(b)[axis]);
  const Dim depth = element_count(summed);
  const Dim rows = element_count(result);
  const Dim columns = element_count(rest_b);
  const ValueId left = call.view(transpose(call, a, std::move(order_a)), {rows, depth});
  const ValueId right = call.view(transpose(call, b, std::move(order_b)), {depth, columns});
  result.insert(result.end(), rest_b.begin(), rest_b.end());
  return call.view(matrix_product(call, left, right), std::move(result));
}

std::vector<ValueId> import_matmul(LayerCall& call) {
  Factors x = factors(call);
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const std::size_t rank_a = call.rank(x.a);
  const std::size_t rank_b = call.rank(x.b);
  if (rank_a == 0 || rank_b == 0) fail(ErrorCode::shape_mismatch, "a product of a scalar");
  const bool bytes = x1.type.dtype == DType::int8 && x2.type.dtype == DType::int8;
  if (bytes && rank_a > 1 && rank_b > 1) x.dtype = DType::int32;
  ValueId result = 0;
  if (rank_b == 1) {
    result = contract(call, x.a, x.b, {rank_a - 1}, {0});
  } else if (rank_a == 1) {
    result = contract(call, x.a, x.b, {0}, {rank_b - 2});
  } else if (rank_b == 2) {
    result = matrix_product(call, x.a, x.b);
  } else {
    result = call.emit(BatchMatMul{}, {x.a, x.b});
  }
  return {call.cast(result, x.dtype)};
}

ValueId product(LayerCall& call, const Factors& x) {
  return call.binary(BinaryFn::multiply, x.a, x.b);
}

// Over the last axis of a and the last but one of b.
std::vector<ValueId> import_dot(LayerCall& call) {
  const Factors x = factors(call);
  const std::size_t rank_a = call.rank(x.a);
  const std::size_t rank_b = call.rank(x.b);
  if (rank_a == 0 || rank_b == 0) return {call.cast(product(call, x), x.dtype)};
  const std::size_t axis = rank_b == 1 ? 0 : rank_b - 2;
  return {call.cast(contract(call, x.a, x.b, {rank_a - 1}, {axis}), x.dtype)};
}

std::vector<ValueId> import_inner(LayerCall& call) {
  const Factors x = factors(call);
  const std::size_t rank_a = call.rank(x.a);
  const std::size_t rank_b = call.rank(x.b);
  if (rank_a == 0 || rank_b == 0) return {call.cast(product(call, x), x.dtype)};
  return {call.cast(contract(call, x.a, x.b, {rank_a - 1}, {rank_b - 1}), x.dtype)};
}

std::vector<ValueId> import_vdot(LayerCall& call) {
  const Factors x = factors(call);
  const ValueId result = contract(call, flatten(call, x.a), flatten(call, x.b), {0}, {0});
  return {call.cast(result, x.dtype)};
}

std::vector<ValueId> import_outer(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType dtype = result_type(x1, x2);
  const ValueId a = expand(call, flatten(call, as_computed(call, x1, dtype)), 1);
  const ValueId b = expand(call, flatten(call, as_computed(call, x2, dtype)), 0);
  return {call.cast(call.binary(BinaryFn::multiply, a, b), dtype)};
}

std::vector<std::size_t> listed(const file::Json& axes, std::size_t rank) {
  if (!axes.is_array()) return {normalize_axis(axes.as_int64(), rank)};
  std::vector<std::size_t> result;
  for (const file::Json axis : axes.elements()) {
    result.push_back(normalize_axis(axis.as_int64(), rank));
    if (std::count(result.begin(), result.end(), result.back()) > 1) {
      fail(ErrorCode::malformed_file, "key 'axes': {} names an axis twice", axes.dump(60));
    }
  }
  return result;
}

// "axes" is a number of axes, a's last and b's first, or two lists.
std::vector<ValueId> import_tensordot(LayerCall& call) {
  const Factors x = factors(call);
  const std::size_t rank_a = call.rank(x.a);
  const std::size_t rank_b = call.rank(x.b);
  const auto axes = call.config().find("axes");
  if (axes && axes->is_array()) {
    if (axes->size() != 2) fail(ErrorCode::malformed_file, "key 'axes': two lists wanted");
    return {call.cast(
        contract(call, x.a, x.b, listed((*axes)[0], rank_a), listed((*axes)[1], rank_b)), x.dtype)};
  }
  const auto count = static_cast<std::size_t>(call.config().integer_or("axes", 0, 2));
  if (count > rank_a || count > rank_b) {
    fail(ErrorCode::malformed_file, "key 'axes': {} of {} and {}", count, rank_a, rank_b);
  }
  std::vector<std::size_t> axes_a;
  std::vector<std::size_t> axes_b;
  for (std::size_t i = 0; i < count; ++i) {
    axes_a.push_back(rank_a - count + i);
    axes_b.push_back(i);
  }
  return {call.cast(contract(call, x.a, x.b, axes_a, axes_b), x.dtype)};
}

// Of bytes alone, Keras sums in int32.
std::vector<ValueId> import_einsum(LayerCall& call) {
  const auto equation = call.config().find("subscripts");
  if (!equation) fail(ErrorCode::malformed_file, "key 'subscripts': missing");
  std::vector<Operand> operands;
  bool bytes = true;
  while (call.argument("operands", operands.size()) != nullptr) {
    operands.push_back(strong_operand(call, "operands", operands.size()));
    bytes = bytes && operands.back().type.dtype == DType::int8;
  }
  if (operands.empty()) fail(ErrorCode::malformed_file, "called on no tensor");
  const DType common = result_type(std::span<const Operand>(operands));
  const DType held = result_type({{common}, python_float});
  std::vector<ValueId> values;
  for (const Operand& operand : operands) values.push_back(as_computed(call, operand, held));
  return {
      call.cast(emit_einsum(call, equation->as_string(), values), bytes ? DType::int32 : common)};
}

constexpr std::array classes = {
    LayerClass{"Matmul", import_matmul},       LayerClass{"Dot", import_dot},
    LayerClass{"Inner", import_inner},         LayerClass{"Vdot", import_vdot},
    LayerClass{"Outer", import_outer},         LayerClass{"Einsum", import_einsum},
    LayerClass{"Tensordot", import_tensordot},
};

}  // namespace

const std::span<const LayerClass> matrix_operations = classes;

}  // namespace keraunos::keras
