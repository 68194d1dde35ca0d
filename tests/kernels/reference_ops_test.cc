#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "keraunos/error.hpp"
#include "kernels/reference/kernels.hpp"
#include "tests/support/kernel_harness.hpp"

// The reference kernels of elementwise ops beyond activations, of reductions, orders and picks,
// against numbers worked out by hand or by Keras on TensorFlow.

namespace keraunos::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::IsNan;
using ::testing::Pointwise;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

Tensor ints(const Dims& dims, std::initializer_list<float> elements) {
  return tensor(dims, elements).cast(DType::int32);
}
Tensor longs(const Dims& dims, std::initializer_list<float> elements) {
  return tensor(dims, elements).cast(DType::int64);
}
Tensor bools(const Dims& dims, std::initializer_list<float> elements) {
  return tensor(dims, elements).cast(DType::boolean);
}

template <typename... Inputs>
std::vector<Tensor> results(Op op, Inputs... inputs) {
  return reference_results({std::move(op), tensors(std::move(inputs)...), {}});
}

/// The elements of a tensor of any dtype.
std::vector<float> numbers(const Tensor& tensor) {
  const Tensor floats = tensor.cast(DType::float32);
  return {floats.as<float>().begin(), floats.as<float>().end()};
}

/// Output 0.
template <typename... Inputs>
std::vector<float> result(Op op, Inputs... inputs) {
  return numbers(results(std::move(op), std::move(inputs)...).front());
}

std::string refusal(NodeCase node) {
  const Verdict answer = verdict(reference_kernels(node.op.index()).front(), node);
  return answer ? "" : answer.reason();
}

Unary unary(UnaryFn fn) { return {fn, 0, 0, 0}; }

TEST(ReferenceUnary, MathematicsOfFloats) {
  EXPECT_THAT(result(unary(UnaryFn::sign), tensor({4}, {-2, 0, 3, nan})),
              ElementsAre(-1, 0, 1, IsNan()));
  EXPECT_THAT(result(unary(UnaryFn::trunc), tensor({2}, {-1.5F, 1.5F})), ElementsAre(-1, 1));
  EXPECT_THAT(result(unary(UnaryFn::floor), tensor({2}, {-1.5F, 1.5F})), ElementsAre(-2, 1));
  EXPECT_THAT(result(unary(UnaryFn::rsqrt), tensor({2}, {4, 0})), ElementsAre(0.5F, infinity));
  EXPECT_THAT(result(unary(UnaryFn::log), tensor({2}, {1, -1})), ElementsAre(0, IsNan()));
  EXPECT_THAT(result(unary(UnaryFn::sinc), tensor({2}, {0, 0.5F})),
              Pointwise(FloatNear(1e-6F), {1.0F, 0.63661977F}));
  EXPECT_THAT(result(unary(UnaryFn::erfinv), tensor({3}, {0.5F, -0.9F, 1})),
              ElementsAre(FloatNear(0.47693628F, 1e-6F), FloatNear(-1.1630871F, 1e-6F), infinity));
}

TEST(ReferenceUnary, IntegersStayIntegers) {
  EXPECT_EQ(results(unary(UnaryFn::negative), ints({1}, {3})).front().dtype(), DType::int32);
  EXPECT_THAT(result(unary(UnaryFn::negative), ints({2}, {3, -2})), ElementsAre(-3, 2));
  EXPECT_THAT(result(unary(UnaryFn::absolute), longs({2}, {3, -2})), ElementsAre(3, 2));
  EXPECT_THAT(result(unary(UnaryFn::square), longs({2}, {3, -2})), ElementsAre(9, 4));
  EXPECT_THAT(result(unary(UnaryFn::sign), ints({3}, {3, -2, 0})), ElementsAre(1, -1, 0));
  EXPECT_THAT(result(unary(UnaryFn::round), ints({2}, {3, -2})), ElementsAre(3, -2));
  EXPECT_THAT(result(relu(), ints({2}, {3, -2})), ElementsAre(3, 0));
  EXPECT_THAT(result(Unary{UnaryFn::relu, 2, 6, 1}, ints({4}, {9, 3, 1, -2})),
              ElementsAre(6, 3, 0, -6));
  EXPECT_THAT(result(Unary{UnaryFn::linear, 3, -1, 0}, longs({2}, {4, -2})), ElementsAre(11, -7));
}

TEST(ReferenceUnary, IntegersWrapAround) {
  const std::int32_t lowest = std::numeric_limits<std::int32_t>::lowest();
  const auto absolute =
      results(unary(UnaryFn::absolute), tensor_of<std::int32_t>(DType::int32, {lowest}));
  EXPECT_THAT(absolute.front().as<std::int32_t>(), ElementsAre(lowest));
  const auto square =
      results(unary(UnaryFn::square), tensor_of<std::int32_t>(DType::int32, {65537}));
  EXPECT_THAT(square.front().as<std::int32_t>(), ElementsAre(131073));
}

TEST(ReferenceUnary, QuestionsGiveBool) {
  const Tensor floats = tensor({4}, {0, nan, infinity, 1});
  EXPECT_EQ(results(unary(UnaryFn::is_nan), floats.clone()).front().dtype(), DType::boolean);
  EXPECT_THAT(result(unary(UnaryFn::is_nan), floats.clone()), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(result(unary(UnaryFn::is_infinite), floats.clone()), ElementsAre(0, 0, 1, 0));
  EXPECT_THAT(result(unary(UnaryFn::is_finite), floats.clone()), ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(result(unary(UnaryFn::is_finite), ints({1}, {5})), ElementsAre(1));
  EXPECT_THAT(result(unary(UnaryFn::logical_not), bools({2}, {0, 1})), ElementsAre(1, 0));
  EXPECT_THAT(result(unary(UnaryFn::logical_not), longs({2}, {0, 7})), ElementsAre(1, 0));
}

TEST(ReferenceUnary, RefusesWhatHasNoMeaning) {
  EXPECT_EQ(refusal({unary(UnaryFn::tanh), tensors(ints({1}, {1})), {}}), "computes float32 only");
  EXPECT_EQ(refusal({Unary{UnaryFn::linear, 0.5F, 0, 0}, tensors(ints({1}, {1})), {}}),
            "computes float32 only");
  EXPECT_EQ(refusal({unary(UnaryFn::negative), tensors(bools({1}, {1})), {}}),
            "computes numbers only");
}

TEST(ReferenceBinary, FloatsDivideAsTensorFlowDoes) {
  const Tensor a = tensor({8}, {7, -7, 7, -7, 5, 3.5F, 1, 5});
  const Tensor b = tensor({8}, {2, 2, -2, -2, 0, 0.1F, -infinity, infinity});
  EXPECT_THAT(result(Binary{BinaryFn::floor_divide}, a.clone(), b.clone()),
              ElementsAre(3, -4, -4, 3, infinity, 35, 0, 0));
  EXPECT_THAT(result(Binary{BinaryFn::mod}, a.clone(), b.clone()),
              ElementsAre(1, 1, -1, -1, IsNan(), 0.09999995F, -infinity, 5));
  EXPECT_THAT(result(Binary{BinaryFn::divide}, a.clone(), b.clone()),
              ElementsAre(3.5F, -3.5F, -3.5F, 3.5F, infinity, 35, 0, 0));
}

TEST(ReferenceBinary, OtherFunctionsOfFloats) {
  EXPECT_THAT(result(Binary{BinaryFn::maximum}, tensor({3}, {1, nan, 3}), tensor({3}, {2, 1, nan})),
              ElementsAre(2, IsNan(), IsNan()));
  EXPECT_THAT(result(Binary{BinaryFn::minimum}, tensor({3}, {1, nan, 3}), tensor({3}, {2, 1, nan})),
              ElementsAre(1, IsNan(), IsNan()));
  EXPECT_THAT(result(Binary{BinaryFn::power}, tensor({3}, {-2, -2, 0}), tensor({3}, {3, 0.5F, -1})),
              ElementsAre(-8, IsNan(), infinity));
  EXPECT_THAT(result(Binary{BinaryFn::arctan2}, tensor({2}, {1, -0.0F}), tensor({2}, {0, -1})),
              Pointwise(FloatNear(1e-6F), {1.5707964F, -3.1415927F}));
  EXPECT_THAT(result(Binary{BinaryFn::subtract}, tensor({2, 1}, {1, 2}), tensor({2}, {3, 5})),
              ElementsAre(-2, -4, -1, -3));
}

TEST(ReferenceBinary, IntegersDivideAsPythonDoes) {
  const std::int32_t lowest = std::numeric_limits<std::int32_t>::lowest();
  const auto divided = results(Binary{BinaryFn::floor_divide},
                               tensor_of<std::int32_t>(DType::int32, {7, -7, 7, -7, 5, lowest}),
                               tensor_of<std::int32_t>(DType::int32, {2, 2, -2, -2, 0, -1}));
  EXPECT_THAT(divided.front().as<std::int32_t>(), ElementsAre(3, -4, -4, 3, 0, lowest));
  const auto rests = results(Binary{BinaryFn::mod},
                             tensor_of<std::int64_t>(DType::int64, {7, -7, 7, -7, 5, lowest}),
                             tensor_of<std::int64_t>(DType::int64, {2, 2, -2, -2, 0, -1}));
  EXPECT_THAT(rests.front().as<std::int64_t>(), ElementsAre(1, 1, -1, -1, 0, 0));
}

TEST(ReferenceBinary, IntegerPowersWrapAround) {
  const auto powers =
      results(Binary{BinaryFn::power}, tensor_of<std::int64_t>(DType::int64, {2, 3, 0, 2, 2}),
              tensor_of<std::int64_t>(DType::int64, {10, 40, 0, 0, -1}));
  EXPECT_THAT(powers.front().as<std::int64_t>(), ElementsAre(1024, -6289078614652622815, 1, 1, 0));
  const auto narrow = results(Binary{BinaryFn::power}, tensor_of<std::int32_t>(DType::int32, {3}),
                              tensor_of<std::int32_t>(DType::int32, {40}));
  EXPECT_THAT(narrow.front().as<std::int32_t>(), ElementsAre(689956897));
}

TEST(ReferenceBinary, IntegersHaveBits) {
  const auto of = [](BinaryFn fn) {
    const auto bits =
        results(Binary{fn}, tensor_of<std::int32_t>(DType::int32, {12, -4, 7, -9, 1, 1}),
                tensor_of<std::int32_t>(DType::int32, {10, 3, -1, 2, 40, -2}));
    return numbers(bits.front());
  };
  EXPECT_THAT(of(BinaryFn::bitwise_and), ElementsAre(8, 0, 7, 2, 0, 0));
  EXPECT_THAT(of(BinaryFn::bitwise_or), ElementsAre(14, -1, -1, -9, 41, -1));
  EXPECT_THAT(of(BinaryFn::bitwise_xor), ElementsAre(6, -1, -8, -11, 41, -1));
  const std::int32_t lowest = std::numeric_limits<std::int32_t>::lowest();
  EXPECT_THAT(of(BinaryFn::left_shift), ElementsAre(12288, -32, 7, -36, lowest, 1));
  EXPECT_THAT(of(BinaryFn::right_shift), ElementsAre(0, -1, 7, -3, 0, 1));
}

TEST(ReferenceBinary, ComparisonsGiveBool) {
  const auto less = results(Binary{BinaryFn::less}, tensor({3}, {1, 2, nan}), tensor({}, {2}));
  EXPECT_EQ(less.front().dtype(), DType::boolean);
  EXPECT_THAT(numbers(less.front()), ElementsAre(1, 0, 0));
  EXPECT_THAT(result(Binary{BinaryFn::not_equal}, tensor({2}, {1, nan}), tensor({2}, {1, nan})),
              ElementsAre(0, 1));
  EXPECT_THAT(result(Binary{BinaryFn::greater_equal}, ints({3}, {1, 2, 3}), ints({1}, {2})),
              ElementsAre(0, 1, 1));
  EXPECT_THAT(result(Binary{BinaryFn::equal}, bools({2}, {1, 0}), bools({2}, {1, 1})),
              ElementsAre(1, 0));
}

TEST(ReferenceBinary, LogicTakesEveryByteButZeroAsTrue) {
  const Tensor odd = tensor_of<std::uint8_t>(DType::uint8, {2, 0, 4, 0});
  Tensor a(DType::boolean, {4});
  std::copy_n(static_cast<const std::byte*>(odd.data()), 4, static_cast<std::byte*>(a.data()));
  const Tensor b = bools({4}, {1, 1, 0, 0});
  EXPECT_THAT(result(Binary{BinaryFn::logical_and}, a.clone(), b.clone()), ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(result(Binary{BinaryFn::logical_or}, a.clone(), b.clone()), ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(result(Binary{BinaryFn::logical_xor}, a.clone(), b.clone()), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(result(Binary{BinaryFn::equal}, a.clone(), b.clone()), ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(result(Binary{BinaryFn::add}, a.clone(), b.clone()), ElementsAre(1, 1, 1, 0));
}

TEST(ReferenceBinary, RefusesFunctionsThatADtypeLacks) {
  EXPECT_EQ(refusal({Binary{BinaryFn::divide}, tensors(ints({1}, {1}), ints({1}, {1})), {}}),
            "computes divide of float32 only");
  EXPECT_EQ(refusal({Binary{BinaryFn::subtract}, tensors(bools({1}, {1}), bools({1}, {1})), {}}),
            "computes subtract of numbers only");
  EXPECT_EQ(refusal({Binary{BinaryFn::left_shift}, tensors(bools({1}, {1}), bools({1}, {1})), {}}),
            "computes left_shift of integers only");
  NodeCase halves = {Binary{BinaryFn::add}, {}, {}};
  for (int i = 0; i < 2; ++i) halves.inputs.emplace_back(DType::float16, Dims{1});
  EXPECT_EQ(refusal(std::move(halves)),
            "computes float32, int32, int64 and bool only, not float16");
}

TEST(ReferenceSelect, BroadcastsAllThree) {
  EXPECT_THAT(result(Select{}, bools({2, 1}, {1, 0}), longs({2}, {1, 2}), longs({}, {9})),
              ElementsAre(1, 2, 9, 9));
}

TEST(ReferenceReduce, ReducesIntegersAndBools) {
  const Tensor table = ints({2, 3}, {1, -2, 3, 4, 5, -6});
  EXPECT_THAT(result(Reduce{ReduceFn::sum, {1}, false}, table.clone()), ElementsAre(2, 3));
  EXPECT_THAT(result(Reduce{ReduceFn::prod, {0}, true}, table.clone()), ElementsAre(4, -10, -18));
  EXPECT_THAT(result(Reduce{ReduceFn::max, {0, 1}, false}, table.clone()), ElementsAre(5));
  EXPECT_THAT(result(Reduce{ReduceFn::min, {1}, false}, table.cast(DType::int64)),
              ElementsAre(-2, -6));
  const Tensor answers = bools({2, 2}, {1, 0, 1, 1});
  EXPECT_THAT(result(Reduce{ReduceFn::all, {1}, false}, answers.clone()), ElementsAre(0, 1));
  EXPECT_THAT(result(Reduce{ReduceFn::any, {0}, false}, answers.clone()), ElementsAre(1, 1));
  EXPECT_THAT(result(Reduce{ReduceFn::min, {0}, false}, answers.clone()), ElementsAre(1, 0));
}

TEST(ReferenceReduce, OfNoCellsIsTheNeutralElement) {
  EXPECT_THAT(result(Reduce{ReduceFn::sum, {0}, false}, tensor({0, 2}, {})), ElementsAre(0, 0));
  EXPECT_THAT(result(Reduce{ReduceFn::prod, {0}, false}, ints({0, 2}, {})), ElementsAre(1, 1));
  EXPECT_THAT(result(Reduce{ReduceFn::all, {0}, false}, bools({0, 1}, {})), ElementsAre(1));
}

TEST(ReferenceReduce, NanWinsTheMinimum) {
  EXPECT_THAT(result(Reduce{ReduceFn::min, {0}, false}, tensor({3}, {1, nan, 0})),
              ElementsAre(IsNan()));
}

TEST(ReferenceReduce, RefusesFunctionsThatADtypeLacks) {
  EXPECT_EQ(refusal({Reduce{ReduceFn::mean, {0}, false}, tensors(ints({1}, {1})), {}}),
            "has no mean of int32");
  EXPECT_EQ(refusal({Reduce{ReduceFn::any, {0}, false}, tensors(tensor({1}, {1})), {}}),
            "has no any of float32");
}

TEST(ReferenceArgReduce, TakesTheFirstOfSeveral) {
  const Tensor table = tensor({2, 3}, {1, 3, 3, 0, -1, -1});
  EXPECT_THAT(result(ArgReduce{true, 1, false}, table.clone()), ElementsAre(1, 0));
  EXPECT_THAT(result(ArgReduce{false, 1, true}, table.clone()), ElementsAre(0, 1));
  EXPECT_THAT(result(ArgReduce{true, 0, false}, table.cast(DType::int64)), ElementsAre(0, 0, 0));
  EXPECT_THAT(result(ArgReduce{false, 0, false}, table.cast(DType::int32)), ElementsAre(1, 1, 1));
  EXPECT_THAT(result(ArgReduce{true, 0, false}, bools({3}, {0, 1, 1})), ElementsAre(1));
}

TEST(ReferenceArgReduce, PassesOverNanAndTellsZerosApart) {
  EXPECT_THAT(result(ArgReduce{true, 0, false}, tensor({3}, {nan, 1, 2})), ElementsAre(2));
  EXPECT_THAT(result(ArgReduce{false, 0, false}, tensor({3}, {nan, 1, 2})), ElementsAre(1));
  EXPECT_THAT(result(ArgReduce{true, 0, false}, tensor({2}, {nan, nan})), ElementsAre(0));
  EXPECT_THAT(result(ArgReduce{true, 0, false}, tensor({2}, {-0.0F, 0})), ElementsAre(1));
  EXPECT_THAT(result(ArgReduce{false, 0, false}, tensor({2}, {0, -0.0F})), ElementsAre(1));
}

TEST(ReferenceScan, AddsAndMultipliesAlongItsAxis) {
  const Tensor table = tensor({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(result(Scan{ScanFn::sum, 1}, table.clone()), ElementsAre(1, 3, 6, 4, 9, 15));
  EXPECT_THAT(result(Scan{ScanFn::prod, 0}, table.clone()), ElementsAre(1, 2, 3, 4, 10, 18));
  EXPECT_THAT(result(Scan{ScanFn::prod, 1}, table.cast(DType::int32)),
              ElementsAre(1, 2, 6, 4, 20, 120));
}

TEST(ReferenceSort, KeepsTheOrderOfEqualCells) {
  const Tensor row = tensor({6}, {1, 0, 1, 0, 2, 0});
  const auto ascending = results(Sort{0, false}, row.clone());
  EXPECT_THAT(numbers(ascending[0]), ElementsAre(0, 0, 0, 1, 1, 2));
  EXPECT_THAT(ascending[1].as<std::int32_t>(), ElementsAre(1, 3, 5, 0, 2, 4));
  const auto descending = results(Sort{0, true}, row.cast(DType::int64));
  EXPECT_THAT(numbers(descending[0]), ElementsAre(2, 1, 1, 0, 0, 0));
  EXPECT_THAT(descending[1].as<std::int32_t>(), ElementsAre(4, 0, 2, 1, 3, 5));
}

TEST(ReferenceSort, WorksOnAnyAxisAndOnBools) {
  EXPECT_THAT(result(Sort{0, false}, ints({2, 2}, {3, 1, 2, 4})), ElementsAre(2, 1, 3, 4));
  EXPECT_THAT(result(Sort{0, true}, bools({3}, {0, 1, 0})), ElementsAre(1, 0, 0));
}

TEST(ReferenceSort, NanIsTheLargest) {
  EXPECT_THAT(result(Sort{0, false}, tensor({3}, {nan, 2, 1})), ElementsAre(1, 2, IsNan()));
  EXPECT_THAT(result(Sort{0, true}, tensor({3}, {1, nan, 2})), ElementsAre(IsNan(), 2, 1));
}

TEST(ReferenceSlice, StepsForwardsAndBackwards) {
  const Tensor table = longs({2, 5}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  EXPECT_THAT(result(Slice{{0, 1}, {2, 2}, {1, 2}}, table.clone()), ElementsAre(1, 3, 6, 8));
  EXPECT_THAT(result(Slice{{1, 4}, {2, 3}, {-1, -2}}, table.clone()),
              ElementsAre(9, 7, 5, 4, 2, 0));
  EXPECT_THAT(result(Slice{{1, 4}, {1, 1}, {7, -9}}, table.clone()), ElementsAre(9));
  EXPECT_THAT(result(Slice{{0, 9}, {2, 0}, {1, 1}}, table.clone()), ElementsAre());
}

TEST(ReferenceSlice, RefusesCellsOutsideTheInput) {
  const auto refused = [](std::int64_t start, std::int64_t size, std::int64_t step) {
    return refusal({Slice{{start}, {size}, {step}}, tensors(tensor({3}, {1, 2, 3})), {}});
  };
  EXPECT_EQ(refused(1, 3, 1), "takes 3 cells from 1 on with step 1 of an axis that has 3");
  EXPECT_THAT(refused(-1, 1, 1), HasSubstr("from -1 on"));
  EXPECT_THAT(refused(1, 3, -1), HasSubstr("step -1"));
  EXPECT_THAT(refused(3, 1, 1), HasSubstr("from 3 on"));
  EXPECT_THAT(refused(0, 3, std::numeric_limits<std::int64_t>::max()), HasSubstr("takes 3 cells"));
  EXPECT_EQ(refused(2, 3, -1), "");
}

TEST(ReferenceBroadcast, RepeatsAxesOfOneAndMissingOnes) {
  EXPECT_THAT(result(Broadcast{{2, 2, 3}}, tensor({2, 1}, {1, 2})),
              ElementsAre(1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2));
  EXPECT_THAT(result(Broadcast{{2}}, longs({}, {7})), ElementsAre(7, 7));
  EXPECT_THAT(result(Broadcast{{2, 2}}, bools({2}, {0, 1})), ElementsAre(0, 1, 0, 1));
}

TEST(ReferenceGather, PicksSlices) {
  const Tensor data = tensor({2, 3, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  EXPECT_THAT(result(Gather{1}, data.clone(), ints({2}, {2, -3})),
              ElementsAre(4, 5, 0, 1, 10, 11, 6, 7));
  EXPECT_THAT(result(Gather{2}, data.cast(DType::int64), longs({}, {-1})),
              ElementsAre(1, 3, 5, 7, 9, 11));
  EXPECT_EQ(results(Gather{0}, data.clone(), ints({1, 1}, {1})).front().dims(), (Dims{1, 1, 3, 2}));
}

TEST(ReferenceGather, NamesNumbersOutsideTheAxis) {
  for (const float number : {3.0F, -4.0F}) {
    try {
      result(Gather{0}, tensor({3}, {1, 2, 3}), longs({2}, {0, number}));
      ADD_FAILURE() << "took " << number;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_EQ(error.message(), "index " + std::to_string(static_cast<int>(number)) +
                                     " is outside an axis of 3 cells");
    }
  }
  EXPECT_THROW(result(GatherAlong{0}, tensor({3}, {1, 2, 3}), ints({1}, {3})), Error);
  EXPECT_THROW(result(Gather{0}, tensor({0, 2}, {}), ints({1}, {0})), Error);
}

TEST(ReferenceGatherAlong, PicksCellsAndBroadcasts) {
  const Tensor data = bools({2, 3}, {0, 1, 1, 1, 0, 0});
  EXPECT_THAT(result(GatherAlong{1}, data.clone(), ints({2, 2}, {0, -1, 1, 0})),
              ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(result(GatherAlong{0}, tensor({2, 1}, {5, 6}), longs({1, 3}, {0, 1, -1})),
              ElementsAre(5, 6, 6));
}

TEST(ReferencePad, PadsIntegersAndBoolsWithAnyValue) {
  EXPECT_THAT(result(Pad{{{1, 1}}, 7}, ints({1}, {2})), ElementsAre(7, 2, 7));
  EXPECT_THAT(result(Pad{{{0, 2}}, -1}, longs({1}, {2})), ElementsAre(2, -1, -1));
  EXPECT_THAT(result(Pad{{{1, 0}}, 1}, bools({1}, {0})), ElementsAre(1, 0));
}

}  // namespace
}  // namespace keraunos::testing
