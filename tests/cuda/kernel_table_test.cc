#include <gmock/gmock.h>

#include "kernels/cuda/kernels.hpp"
#include "runtime/ops/op.hpp"

namespace keraunos::cuda {
namespace {

using ::testing::ElementsAre;

template <typename SomeOp>
std::vector<std::string_view> names_for() {
  std::vector<std::string_view> names;
  for (const KernelEntry& entry : kernels_for(Op(SomeOp{}).index())) names.push_back(entry.name);
  return names;
}

TEST(KernelTable, ListsCudnnAndCublasLtBeforeTheProjectsOwnKernels) {
  EXPECT_THAT(names_for<Conv>(),
              ElementsAre("own depthwise conv", "cudnn conv", "own direct conv"));
  EXPECT_THAT(names_for<MatMul>(), ElementsAre("cublaslt matmul"));
  EXPECT_THAT(names_for<Pool>(), ElementsAre("cudnn pool", "own pool"));
}

TEST(KernelTable, EveryOpThatComputesHasAKernel) {
  for (std::size_t op = 0; op < op_count; ++op) {
    const bool computes = op != Op(View{}).index();
    EXPECT_EQ(!kernels_for(op).empty(), computes) << "op " << op;
    for (const KernelEntry& entry : kernels_for(op)) {
      EXPECT_FALSE(entry.name.empty());
      EXPECT_NE(entry.accepts, nullptr);
      EXPECT_NE(entry.create, nullptr);
    }
  }
}

}  // namespace
}  // namespace keraunos::cuda
