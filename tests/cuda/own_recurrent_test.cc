#include <gmock/gmock.h>

#include "kernels/cuda/own/recurrent_kernel.hpp"
#include "tests/cuda/own_host.hpp"
#include "tests/support/random_nodes.hpp"

namespace keraunos::testing {
namespace {

constexpr KernelEntry recurrent = {"own, on the host", cuda::accepts_recurrent,
                                   cuda::create_recurrent<HostLauncher>};

TEST(OwnRecurrent, MatchesTheReference) { compare_random_own(recurrent, random_recurrent_node); }

TEST(OwnRecurrent, MatchesTheReferenceWithWindows) {
  compare_random_own(recurrent, random_conv_recurrent);
}

class OwnRecurrentCell : public ::testing::TestWithParam<CellFn> {
 protected:
  static Recurrent op() {
    Random random(15);
    Recurrent op = random_recurrent(random);
    op.cell = GetParam();
    op.masked = false;
    return op;
  }
};

TEST_P(OwnRecurrentCell, SumsManyUnits) {
  Random random(16);
  expect_own_matches_reference(recurrent, recurrent_case(random, op(), {}, 300, 2));
}

TEST_P(OwnRecurrentCell, KeepsTheStatesWhereThereAreNoSteps) {
  Recurrent no_steps = op();
  no_steps.return_sequences = true;
  Random random(17);
  NodeCase node = recurrent_case(random, no_steps, {}, 5, 3);
  Dims gates = node.inputs[0].dims();
  gates[1] = 0;
  node.inputs[0] = Tensor(DType::float32, gates);
  expect_own_matches_reference(recurrent, node);
}

INSTANTIATE_TEST_SUITE_P(Every, OwnRecurrentCell,
                         ::testing::Values(CellFn::simple, CellFn::lstm, CellFn::gru,
                                           CellFn::gru_reset_after),
                         [](const auto& test) {
                           return test.param == CellFn::gru_reset_after
                                      ? std::string("gru_reset_after")
                                      : std::string(to_string(test.param));
                         });

TEST(OwnRecurrentVerdict, RefusesByName) {
  Random random(18);
  Recurrent op = random_recurrent(random);
  op.cell = CellFn::simple;
  op.masked = true;
  NodeCase node = recurrent_case(random, op, {}, 2, 1);
  node.inputs[3] = node.inputs[3].cast(DType::int32);
  EXPECT_EQ(verdict(recurrent, node).reason(),
            "own recurrent computes on float32 with a mask of bool, got int32 as mask");
  node.inputs[2] = node.inputs[2].cast(DType::float16);
  EXPECT_EQ(verdict(recurrent, node).reason(),
            "own recurrent computes on float32 with a mask of bool, got float16 as input 2");
}

}  // namespace
}  // namespace keraunos::testing
