#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keraunos/error.hpp"
#include "tests/support/kernel_harness.hpp"

// The reference recurrence against numbers computed once with Keras 3.15.1 on TensorFlow.

namespace keraunos::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

const Unary tanh = {UnaryFn::tanh};
const Unary sigmoid = {UnaryFn::sigmoid};

Recurrent cell(CellFn fn) {
  Recurrent recurrent;
  recurrent.cell = fn;
  recurrent.activation = tanh;
  recurrent.recurrent_activation = sigmoid;
  return recurrent;
}

Tensor mask(std::initializer_list<std::uint8_t> steps) {
  Tensor result(DType::boolean, {1, static_cast<std::int64_t>(steps.size())});
  std::copy(steps.begin(), steps.end(), result.as<std::uint8_t>().begin());
  return result;
}

Tensor hidden_state() { return tensor({1, 2}, {0.3F, -0.4F}); }

std::vector<Tensor> lstm_inputs() {
  return tensors(tensor({1, 3, 8}, {0.09F,  -0.17F, 0.12F, 0.08F,  0.15F,  0.11F,  0.07F,  0.14F,
                                    0.21F,  -0.25F, 0.06F, 0.26F,  -0.09F, 0.11F,  0.31F,  -0.04F,
                                    -0.33F, 0.55F,  0,     -0.44F, 0.33F,  -0.11F, -0.55F, 0.22F}),
                 tensor({2, 8}, {-0.3F, 0.75F, 0.15F, -0.45F, 0.6F, 0, -0.6F, 0.45F, -0.15F, -0.75F,
                                 0.3F, -0.3F, 0.75F, 0.15F, -0.45F, 0.6F}),
                 hidden_state(), tensor({1, 2}, {0.1F, 0.5F}));
}

Tensor gru_gates() {
  return tensor({1, 3, 6}, {-0.19F, -0.45F, 0.06F, 0.46F, 0.09F, 0.05F, -0.11F, -0.57F, 0.18F,
                            0.38F, 0.03F, 0.23F, -0.69F, 0.19F, 0.3F, -0.58F, 0.63F, 0.19F});
}

Tensor gru_kernel() {
  return tensor({2, 6},
                {-0.3F, 0.75F, 0.15F, -0.45F, 0.6F, 0, -0.6F, 0.45F, -0.15F, -0.75F, 0.3F, -0.3F});
}

/// Output 0, then the last states.
void expect_results(const Recurrent& recurrent, std::vector<Tensor> inputs,
                    const std::vector<std::vector<float>>& wanted) {
  const NodeCase node = {recurrent, std::move(inputs), {}};
  const std::vector<Tensor> results = reference_results(node);
  ASSERT_EQ(results.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_THAT(results[i].as<float>(), Pointwise(FloatNear(1e-6F), wanted[i])) << "output " << i;
  }
}

void expect_masked_lstm(Recurrent recurrent, Tensor steps,
                        const std::vector<std::vector<float>>& wanted) {
  recurrent.masked = true;
  std::vector<Tensor> inputs = lstm_inputs();
  inputs.push_back(std::move(steps));
  expect_results(recurrent, std::move(inputs), wanted);
}

TEST(ReferenceRecurrent, SimpleCell) {
  expect_results(
      cell(CellFn::simple),
      tensors(tensor({1, 3, 2}, {0.13F, -0.79F, 0.13F, -0.77F, -0.53F, 0.13F}),
              tensor({2, 2}, {-0.3F, 0.75F, 0.15F, -0.45F}), hidden_state()),
      {{-0.01999733F, -0.36704186F, 0.080766618F, -0.55100906F, -0.56277233F, 0.41242442F},
       {-0.56277233F, 0.41242442F}});
}

TEST(ReferenceRecurrent, Lstm) {
  expect_results(
      cell(CellFn::lstm), lstm_inputs(),
      {{0.034398723F, 0.14235929F, 0.030796103F, 0.10800974F, 0.067508027F, 0.013193812F},
       {0.067508027F, 0.013193812F},
       {0.1950722F, 0.022985142F}});
}

TEST(ReferenceRecurrent, GruResetsBeforeTheProduct) {
  expect_results(cell(CellFn::gru), tensors(gru_gates(), gru_kernel(), hidden_state()),
                 {{0.20249492F, -0.083579622F, 0.13892877F, 0.11441987F, 0.45531219F, 0.14033115F},
                  {0.45531219F, 0.14033115F}});
}

TEST(ReferenceRecurrent, GruResetsAfterTheProductWithItsBias) {
  expect_results(cell(CellFn::gru_reset_after),
                 tensors(gru_gates(), gru_kernel(),
                         tensor({6}, {-0.15F, 0.2F, 0, -0.2F, 0.15F, -0.05F}), hidden_state()),
                 {{0.2457425F, -0.12883651F, 0.20465142F, 0.066833764F, 0.53501248F, 0.10345754F},
                  {0.53501248F, 0.10345754F}});
}

TEST(ReferenceRecurrent, MaskedStepsRepeatTheOutputBeforeAndKeepTheStates) {
  expect_masked_lstm(cell(CellFn::lstm), mask({0, 1, 0}),
                     {{0, 0, -0.036380038F, 0.13886771F, -0.036380038F, 0.13886771F},
                      {-0.036380038F, 0.13886771F},
                      {-0.063146666F, 0.3088651F}});
}

TEST(ReferenceRecurrent, BackwardsReadsTheMaskFromTheEndToo) {
  Recurrent backwards = cell(CellFn::lstm);
  backwards.go_backwards = true;
  expect_masked_lstm(
      backwards, mask({0, 1, 1}),
      {{0.048440043F, 0.036187179F, 0.028659659F, 0.044325907F, 0.028659659F, 0.044325907F},
       {0.028659659F, 0.044325907F},
       {0.050698571F, 0.088728607F}});
  backwards.zero_output_for_mask = true;
  expect_masked_lstm(backwards, mask({0, 1, 1}),
                     {{0.048440043F, 0.036187179F, 0.028659659F, 0.044325907F, 0, 0},
                      {0.028659659F, 0.044325907F},
                      {0.050698571F, 0.088728607F}});
}

TEST(ReferenceRecurrent, TheLastOutputIsThatOfTheLastStepThatWasRead) {
  Recurrent last = cell(CellFn::lstm);
  last.return_sequences = false;
  expect_results(
      last, lstm_inputs(),
      {{0.067508027F, 0.013193812F}, {0.067508027F, 0.013193812F}, {0.1950722F, 0.022985142F}});
  last.go_backwards = true;
  expect_masked_lstm(
      last, mask({0, 1, 1}),
      {{0.028659659F, 0.044325907F}, {0.028659659F, 0.044325907F}, {0.050698571F, 0.088728607F}});
  last.go_backwards = false;
  last.zero_output_for_mask = true;
  expect_masked_lstm(last, mask({1, 1, 0}),
                     {{0, 0}, {0.030796103F, 0.10800974F}, {0.05543666F, 0.21279319F}});
}

TEST(ReferenceRecurrent, NothingButMaskedStepsGiveZerosAndTheInitialStates) {
  Recurrent last = cell(CellFn::lstm);
  last.return_sequences = false;
  expect_masked_lstm(last, mask({0, 0, 0}), {{0, 0}, {0.3F, -0.4F}, {0.1F, 0.5F}});
}

TEST(ReferenceRecurrent, ConvLstmTakesTheRecurrentProductOverWindows) {
  Recurrent recurrent = cell(CellFn::lstm);
  recurrent.windows = {{3, 1, 1, Padding::same, 0, 0}};
  expect_results(
      recurrent,
      tensors(
          tensor({1, 2, 4, 4},
                 {-1.2F, -0.6F, 1.2F,   -2.4F, 0.9F,  0.45F, -0.9F, 1.8F,  -0.3F, -0.15F, 0.3F,
                  -0.6F, -1.5F, -0.75F, 1.5F,  -3,    0.6F,  0.3F,  -0.6F, 1.2F,  -0.6F,  -0.3F,
                  0.6F,  -1.2F, 1.5F,   0.75F, -1.5F, 3,     0.3F,  0.15F, -0.3F, 0.6F}),
          tensor({3, 1, 4}, {-0.4F, 1, 0.2F, -0.6F, 0.8F, 0, -0.8F, 0.6F, -0.2F, -1, 0.4F, -0.4F}),
          tensor({1, 4, 1}, {0, 0, 0, 0}), tensor({1, 4, 1}, {0, 0, 0, 0})),
      {{0.015853569F, -0.40278238F, 0.043704417F, 0.007760657F, -0.23501952F, -0.0011154631F,
        -0.58687234F, -0.047759674F},
       {-0.23501952F, -0.0011154631F, -0.58687234F, -0.047759674F},
       {-0.30370802F, -0.0059604645F, -0.70779741F, -0.074680679F}});
}

TEST(ReferenceRecurrent, StatesMustFitTheKernel) {
  NodeCase node = {cell(CellFn::lstm), lstm_inputs(), {}};
  node.inputs[3] = tensor({1, 3}, {0, 0, 0});
  EXPECT_THROW(node.outputs(), Error);
}

}  // namespace
}  // namespace keraunos::testing
