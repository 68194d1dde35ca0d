#include <gmock/gmock.h>

#include "kernels/cuda/kernels.hpp"
#include "tests/support/kernel_harness.hpp"

namespace keraunos::cuda {
namespace {

std::string refusal(const Tensor& a, const Tensor& b) {
  const Verdict verdict = testing::verdict(
      cublas_lt_batch_matmul, {BatchMatMul{}, testing::tensors(a.clone(), b.clone()), {}});
  return verdict ? "taken" : verdict.reason();
}

TEST(CublasLtBatchMatmul, TakesEveryFloatAndNamesWhatItRefuses) {
  for (const DType dtype : {DType::float32, DType::float16, DType::bfloat16}) {
    EXPECT_EQ(refusal(Tensor(dtype, {2, 3}), Tensor(dtype, {3, 4})), "taken");
  }
  EXPECT_EQ(refusal(Tensor(DType::int32, {2, 3}), Tensor(DType::int32, {3, 4})),
            "takes float32, float16 or bfloat16, not int32");
  EXPECT_EQ(refusal(Tensor(DType::float32, {2, 0}), Tensor(DType::float32, {0, 4})),
            "takes no empty tensors");
}

}  // namespace
}  // namespace keraunos::cuda
