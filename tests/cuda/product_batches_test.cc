#include "kernels/cuda/product_batches.hpp"

#include <gmock/gmock.h>

#include "tests/support/random_nodes.hpp"

namespace keraunos::cuda {
namespace {

using testing::NodeCase;
using testing::Random;

ProductBatches batches_of(const NodeCase& node, Precision precision = Precision::float32) {
  std::vector<TensorDesc> inputs;
  for (const Tensor& input : node.inputs) inputs.push_back({input.dtype(), input.dims()});
  const std::vector<TensorDesc> outputs = node.outputs();
  return product_batches({node.op, inputs, outputs, {}}, precision);
}

ProductBatches batches_of(BatchMatMul op, const Dims& a, const Dims& b,
                          DType dtype = DType::float32) {
  return batches_of({op, testing::tensors(Tensor(dtype, a), Tensor(dtype, b)), {}});
}

/// The cell (row, column) of a matrix of `rows` by `columns`, perhaps stored transposed.
float cell(const float* matrix, bool transposed, std::int64_t rows, std::int64_t columns,
           std::int64_t row, std::int64_t column) {
  return transposed ? matrix[column * rows + row] : matrix[row * columns + column];
}

/// What cuBLASLt is asked for, in plain loops.
void multiply(const Product& product, const float* left, const float* right, float* output) {
  for (std::int64_t i = 0; i < product.batch; ++i) {
    for (std::int64_t row = 0; row < product.rows; ++row) {
      for (std::int64_t column = 0; column < product.columns; ++column) {
        double sum = 0;
        for (std::int64_t k = 0; k < product.depth; ++k) {
          sum += static_cast<double>(cell(left + i * product.left_step, product.transpose_left,
                                          product.rows, product.depth, row, k)) *
                 cell(right + i * product.right_step, product.transpose_right, product.depth,
                      product.columns, k, column);
        }
        *output++ = static_cast<float>(sum);
      }
    }
  }
}

TEST(ProductBatches, MultiplyToTheReferencesResult) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const NodeCase node = testing::random_batch_matmul(random);
    SCOPED_TRACE(node.describe());
    const auto& [product, offsets] = batches_of(node);
    Tensor result(DType::float32, node.outputs()[0].dims);
    for (const auto& [left, right, output] : offsets) {
      multiply(product, node.inputs[0].as<float>().data() + left,
               node.inputs[1].as<float>().data() + right, result.as<float>().data() + output);
    }
    testing::expect_close(result, testing::reference_result(node));
    if (HasFailure()) return;
  }
}

TEST(ProductBatches, AreOneProductWhereBothOperandsGoOnAtOneStep) {
  const auto [product, offsets] = batches_of({}, {2, 3, 4, 5}, {2, 3, 5, 6});
  EXPECT_EQ(offsets.size(), 1U);
  EXPECT_EQ(product.batch, 6);
  EXPECT_EQ(product.left_step, 20);
  EXPECT_EQ(product.right_step, 30);
}

TEST(ProductBatches, MultiplyOneTallMatrixWhereTheRightOneRepeats) {
  const auto [product, offsets] = batches_of({}, {2, 3, 4, 5}, {5, 6});
  EXPECT_EQ(offsets.size(), 1U);
  EXPECT_EQ(product.batch, 1);
  EXPECT_EQ(product.rows, 24);
}

TEST(ProductBatches, RepeatATransposedOperandByAStepOfNothing) {
  const auto [left_repeats, one] = batches_of({}, {4, 5}, {3, 5, 6});
  EXPECT_EQ(left_repeats.batch, 3);
  EXPECT_EQ(left_repeats.left_step, 0);
  const auto [right_repeats, too] = batches_of({true, false}, {3, 5, 4}, {5, 6});
  EXPECT_EQ(right_repeats.batch, 3);
  EXPECT_EQ(right_repeats.right_step, 0);
}

TEST(ProductBatches, PromiseTheAlignmentOfAllTheirMatrices) {
  EXPECT_EQ(batches_of({}, {6, 3, 5}, {6, 5, 3}).product.alignment, 16U);  // one product
  const auto two = [](std::int64_t rows, std::int64_t depth, DType dtype) {
    return batches_of({}, {3, 1, rows, depth}, {2, depth, 8}, dtype).product.alignment;
  };
  EXPECT_EQ(two(4, 8, DType::float32), 16U);
  EXPECT_EQ(two(2, 3, DType::float32), 8U);
  EXPECT_EQ(two(3, 5, DType::float32), 4U);
  EXPECT_EQ(two(3, 5, DType::float16), 2U);
}

TEST(ProductBatches, RoundToTf32OnlyWhereItIsAllowed) {
  const NodeCase node = {
      BatchMatMul{},
      testing::tensors(Tensor(DType::float32, {4, 5}), Tensor(DType::float32, {5, 6})),
      {}};
  EXPECT_FALSE(batches_of(node, Precision::float32).product.tf32);
  EXPECT_TRUE(batches_of(node, Precision::tf32).product.tf32);
}

}  // namespace
}  // namespace keraunos::cuda
