#include "kernels/cuda/product_batches.hpp"

#include "kernels/cuda/own/strided.hpp"
#include "kernels/cuda/problem.hpp"

namespace keraunos::cuda {
namespace {

/// An axis before the matrices', and the elements from one of its cells to the next; 0 repeats.
struct BatchAxis {
  std::int64_t size;
  std::int64_t left;
  std::int64_t right;
};

/// Along axis `axis` of a result of rank `rank`.
std::int64_t step_along(const Dims& operand, std::size_t axis, std::size_t rank) {
  const std::size_t missing = rank - operand.size();
  if (axis < missing || operand[axis - missing] == 1) return 0;
  return dense_strides(operand)[axis - missing];
}

/// Merged where both operands allow it.
std::vector<BatchAxis> batch_axes(const NodeView& node) {
  const Dims& output = node.outputs[0].dims;
  std::vector<BatchAxis> axes;
  for (std::size_t i = 0; i + 2 < output.size(); ++i) {
    const BatchAxis axis = {output[i], step_along(node.inputs[0].dims, i, output.size()),
                            step_along(node.inputs[1].dims, i, output.size())};
    if (axis.size == 1) continue;
    const bool continues = !axes.empty() && axes.back().left == axis.size * axis.left &&
                           axes.back().right == axis.size * axis.right;
    if (continues) {
      axes.back() = {axes.back().size * axis.size, axis.left, axis.right};
    } else {
      axes.push_back(axis);
    }
  }
  return axes;
}

/// Makes the innermost axis part of the product.
void take_over(const BatchAxis& axis, Product& product) {
  const bool is_one_tall_matrix =
      axis.right == 0 && !product.transpose_left && axis.left == product.rows * product.depth;
  if (is_one_tall_matrix) {
    product.rows *= axis.size;
  } else {
    product.batch = axis.size;
    product.left_step = axis.left;
    product.right_step = axis.right;
  }
}

/// One for each cell of `axes`, in order; outputs are `output_step` elements apart.
std::vector<ProductBatches::Offsets> offsets_of(const std::vector<BatchAxis>& axes,
                                                std::int64_t output_step) {
  std::vector<ProductBatches::Offsets> offsets = {{0, 0, 0}};
  for (const BatchAxis& axis : axes) {
    std::vector<ProductBatches::Offsets> finer;
    for (const auto& start : offsets) {
      for (std::int64_t i = 0; i < axis.size; ++i) {
        const auto cell = static_cast<std::int64_t>(finer.size());
        finer.push_back(
            {start.left + i * axis.left, start.right + i * axis.right, cell * output_step});
      }
    }
    offsets = std::move(finer);
  }
  return offsets;
}

/// What all pointers of the products are aligned to, given tensors that are to `alignment`.
std::uint32_t common_alignment(const std::vector<ProductBatches::Offsets>& offsets, DType dtype,
                               std::uint32_t alignment) {
  std::uint64_t bits = alignment;
  for (const auto& [left, right, output] : offsets) {
    bits |= static_cast<std::uint64_t>(left | right | output) * size_of(dtype);
  }
  return static_cast<std::uint32_t>(bits & (~bits + 1));  // the lowest bit
}

}  // namespace

ProductBatches product_batches(const NodeView& node, Precision precision) {
  const auto& op = node.as<BatchMatMul>();
  const Dims& left = node.inputs[0].dims;
  const Dims& output = node.outputs[0].dims;
  ProductBatches batches;
  Product& product = batches.product;
  product.rows = output[output.size() - 2];
  product.columns = output.back();
  product.depth = op.transpose_a ? left[left.size() - 2] : left.back();
  product.transpose_left = op.transpose_a;
  product.transpose_right = op.transpose_b;
  product.dtype = node.outputs[0].dtype;
  product.tf32 = uses_tf32(product.dtype, precision);
  std::vector<BatchAxis> axes = batch_axes(node);
  if (!axes.empty()) {
    take_over(axes.back(), product);
    axes.pop_back();
  }
  batches.offsets = offsets_of(axes, product.batch * product.rows * product.columns);
  product.alignment = common_alignment(batches.offsets, product.dtype, product.alignment);
  return batches;
}

}  // namespace keraunos::cuda
