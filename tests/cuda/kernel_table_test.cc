#include <gmock/gmock.h>

#include <set>
#include <string_view>
#include <utility>
#include <vector>

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
  EXPECT_THAT(names_for<Conv>(), ElementsAre("own packed depthwise", "own depthwise conv",
                                             "cudnn conv", "own direct conv"));
  EXPECT_THAT(names_for<MatMul>(), ElementsAre("cublaslt matmul"));
  EXPECT_THAT(names_for<BatchMatMul>(), ElementsAre("cublaslt batch matmul"));
  EXPECT_THAT(names_for<Pool>(), ElementsAre("own packed pool", "own pool"));
}

// Op names by index.
template <std::size_t... I>
std::vector<std::string_view> op_names(std::index_sequence<I...>) {
  return {std::variant_alternative_t<I, Op>::name...};
}

// What has no kernel runs on the CPU, between two copies, and `keraunos plan` says so. A view never
// runs; strings and the application's own code never leave the CPU.
const std::set<std::string_view> without_kernel = {"View", "Lookup", "Hash", "VectorizeText",
                                                   "Custom"};

TEST(KernelTable, EveryOpButTheseHasAKernel) {
  const auto names = op_names(std::make_index_sequence<op_count>());
  for (std::size_t op = 0; op < op_count; ++op) {
    EXPECT_EQ(kernels_for(op).empty(), without_kernel.contains(names[op])) << names[op];
    for (const KernelEntry& entry : kernels_for(op)) {
      EXPECT_FALSE(entry.name.empty());
      EXPECT_NE(entry.accepts, nullptr);
      EXPECT_NE(entry.create, nullptr);
    }
  }
}

}  // namespace
}  // namespace keraunos::cuda
