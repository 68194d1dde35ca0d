#include <fmt/format.h>
#include <gmock/gmock.h>

#include <limits>
#include <utility>

#include "kernels/cuda/own/affine_body.hpp"
#include "kernels/cuda/own/binary_body.hpp"
#include "kernels/cuda/own/packed_unary_body.hpp"
#include "kernels/cuda/own/unary_body.hpp"
#include "tests/cuda/own_host.hpp"

namespace keraunos::testing {
namespace {

using cuda::infinity;

constexpr KernelEntry unary = host_entry<cuda::accepts_unary, cuda::make_unary_body>;
constexpr KernelEntry binary = host_entry<cuda::accepts_binary, cuda::make_binary_body>;
constexpr KernelEntry affine = host_entry<cuda::accepts_affine, cuda::make_affine_body>;

/// Parameters with which a function is used in Keras, or that bring out its branches.
std::vector<Unary> variants_of(UnaryFn fn) {
  switch (fn) {
    case UnaryFn::relu:
      return {relu(),
              {fn, 0, 6, 0},
              {fn, 0.2F, infinity, 0},
              {fn, 0.1F, 2, 0.5F},
              {fn, 0, 1, -1},
              {fn, 0.3F, infinity, -0.5F}};
    case UnaryFn::linear: return {{fn, 1 / 255.0F, 0, 0}, {fn, -2, 3, 0}};
    case UnaryFn::elu: return {{fn, 1, 0, 0}, {fn, 0.3F, 0, 0}};
    case UnaryFn::celu: return {{fn, 1, 0, 0}, {fn, 2.5F, 0, 0}};
    case UnaryFn::squareplus: return {{fn, 4, 0, 0}, {fn, 0.5F, 0, 0}};
    case UnaryFn::soft_shrink:
    case UnaryFn::hard_shrink: return {{fn, 0.5F, 0, 0}};
    case UnaryFn::threshold: return {{fn, 0.5F, -3, 0}};
    case UnaryFn::hard_sigmoid:
    case UnaryFn::hard_silu: return {{fn, 1 / 6.0F, 0.5F, 0}};
    default: return {{fn, 0, 0, 0}};
  }
}

class OwnUnary : public ::testing::TestWithParam<std::size_t> {
 protected:
  std::vector<Unary> variants() const { return variants_of(static_cast<UnaryFn>(GetParam())); }
};

TEST_P(OwnUnary, MatchesTheReferenceFromTinyToHuge) {
  std::vector<float> values = {0, -0.0F, 1, -1, 0.5F, -0.5F, 6};
  // The host flushes subnormals to zero, which the C library's logarithms do not expect.
  if (is_activation(static_cast<UnaryFn>(GetParam())))
    values.insert(values.end(), {1e-42F, -1e-42F});
  for (float magnitude = 1e-30F; magnitude < 1e30F; magnitude *= 1.7F) {
    values.push_back(magnitude);
    values.push_back(-magnitude);
  }
  Tensor input(DType::float32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), input.as<float>().begin());
  for (const Unary& function : variants()) {
    const NodeCase node = {function, tensors(input.clone()), {}};
    SCOPED_TRACE(node.describe());
    expect_own_matches_reference(unary, node);
  }
}

TEST_P(OwnUnary, MatchesTheReferenceOnRandomShapes) {
  compare_random_own(unary, [this](Random& random) {
    const std::vector<Unary> functions = variants();
    const auto last = static_cast<std::int64_t>(functions.size()) - 1;
    const Unary function = functions[static_cast<std::size_t>(random.size(0, last))];
    return NodeCase{function, tensors(random.tensor(random_dims(random, 4, 9), -8, 8)), {}};
  });
}

TEST_P(OwnUnary, TakesNanAndInfinitiesAsTheReferenceDoes) {
  for (const Unary& function : variants()) {
    const NodeCase node = {function, tensors(tensor({3}, {nan, infinity, -infinity})), {}};
    SCOPED_TRACE(node.describe());
    expect_own_matches_reference(unary, node);
  }
}

TEST_P(OwnUnary, ComputesWith16BitFloatsAsWithFloat32) {
  Random random(20);
  for (const Unary& function : variants()) {
    const NodeCase node = {function, tensors(random.tensor({99}, -4, 4)), {}};
    SCOPED_TRACE(node.describe());
    expect_own_matches_in_16_bits(unary, node);
  }
}

template <typename T>
void expect_match_for(const Unary& function, DType dtype, std::initializer_list<T> elements) {
  const NodeCase node = {function, tensors(tensor_of(dtype, elements)), {}};
  SCOPED_TRACE(node.describe());
  if (!reference::can_map(function, dtype)) return;
  expect_own_matches_reference(unary, node);
}

TEST_P(OwnUnary, MatchesTheReferenceForIntegersAndBools) {
  std::vector<Unary> functions = variants();
  functions.push_back({functions[0].fn, 3, 5, 1});  // whole parameters, which integers take
  for (const Unary& function : functions) {
    expect_match_for<std::int32_t>(function, DType::int32,
                                   {0, 1, -1, 6, -77, 2147483647, -2147483647, -2147483647 - 1});
    expect_match_for<std::int64_t>(
        function, DType::int64,
        {0, 1, -1, 6, -77, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::lowest()});
    expect_match_for<std::uint8_t>(function, DType::boolean, {0, 1, 2, 255});
  }
}

INSTANTIATE_TEST_SUITE_P(EveryFunction, OwnUnary, ::testing::Range(std::size_t{0}, unary_fn_count),
                         [](const auto& test) {
                           return std::string(to_string(static_cast<UnaryFn>(test.param)));
                         });

TEST(OwnUnaryVerdict, RefusesWhatTheReferenceDoesByName) {
  const auto refusal = [](UnaryFn fn, DType dtype) {
    const NodeCase node = {Unary{fn}, tensors(Tensor(dtype, {2})), {}};
    return verdict(unary, node).reason();
  };
  EXPECT_EQ(refusal(UnaryFn::sqrt, DType::int32), "own unary computes float32 only");
  EXPECT_EQ(refusal(UnaryFn::negative, DType::boolean), "own unary computes numbers only");
  EXPECT_EQ(refusal(UnaryFn::is_nan, DType::int8),
            "own unary computes float32, int32, int64 and bool only, not int8");
}

using BinaryParam = std::pair<BinaryFn, DType>;

std::vector<BinaryParam> all_binaries() {
  std::vector<BinaryParam> result;
  for (const DType dtype : number_dtypes) {
    for (std::size_t i = 0; i < binary_fn_count; ++i) {
      const auto fn = static_cast<BinaryFn>(i);
      if (reference::can_combine(fn, dtype)) result.emplace_back(fn, dtype);
    }
  }
  return result;
}

class OwnBinary : public ::testing::TestWithParam<BinaryParam> {
 protected:
  Binary op() const { return {GetParam().first}; }
  DType dtype() const { return GetParam().second; }
};

TEST_P(OwnBinary, MatchesTheReferenceWithAnyBroadcast) {
  Random random(21);
  for (int round = 0; round < 12; ++round) {
    const Dims dims = random_dims(random, 8, 3);
    const Dims a = random.coin() ? dims : random_source(random, dims);
    const Dims b = random.coin() ? dims : random_source(random, dims);
    const NodeCase node = {
        op(), tensors(whole_numbers(random, a, dtype()), whole_numbers(random, b, dtype())), {}};
    SCOPED_TRACE(node.describe());
    expect_own_matches_reference(binary, node);
  }
}

/// Every pair of the elements.
template <typename T>
NodeCase pairs(Binary op, DType dtype, const std::vector<T>& elements) {
  const std::int64_t count = std::ssize(elements);
  Tensor column(dtype, {count, 1});
  Tensor row(dtype, {count});
  std::copy(elements.begin(), elements.end(), static_cast<T*>(column.data()));
  std::copy(elements.begin(), elements.end(), static_cast<T*>(row.data()));
  return {op, tensors(std::move(column), std::move(row)), {}};
}

TEST_P(OwnBinary, MatchesTheReferenceAtTheEndsOfTheRange) {
  const auto ends = [this]<typename T>(T largest) {
    return pairs<T>(op(), dtype(),
                    {0, 1, -1, 2, -2, 7, -7, 31, largest, static_cast<T>(-largest),
                     static_cast<T>(largest / 3), std::numeric_limits<T>::lowest()});
  };
  const std::vector<float> floats = {0,   -0.0F,    1,         -1,    0.1F,   3.5F,  -2.5F,
                                     nan, infinity, -infinity, 1e30F, -1e30F, 1e-30F};
  const std::vector<std::uint8_t> bytes = {0, 1, 2, 255};
  switch (dtype()) {
    case DType::float32: return expect_own_matches_reference(binary, pairs(op(), dtype(), floats));
    case DType::int32:
      return expect_own_matches_reference(binary, ends(std::numeric_limits<std::int32_t>::max()));
    case DType::int64:
      return expect_own_matches_reference(binary, ends(std::numeric_limits<std::int64_t>::max()));
    default: return expect_own_matches_reference(binary, pairs(op(), dtype(), bytes));
  }
}

INSTANTIATE_TEST_SUITE_P(EveryFunction, OwnBinary, ::testing::ValuesIn(all_binaries()),
                         [](const auto& test) {
                           return fmt::format("{}_{}", to_string(test.param.first),
                                              to_string(test.param.second));
                         });

TEST(OwnBinaryIn16Bits, MatchesTheReferenceInFloat32) {
  Random random(22);
  for (std::size_t i = 0; i < binary_fn_count; ++i) {
    const Binary op = {static_cast<BinaryFn>(i)};
    if (is_bitwise(op.fn)) continue;
    SCOPED_TRACE(op.describe());
    expect_own_matches_in_16_bits(
        binary, {op, tensors(random.tensor({4, 9}, 1, 3), random.tensor({9}, 1, 3)), {}});
  }
}

TEST(OwnBinaryVerdict, RefusesWhatTheReferenceDoesByName) {
  const auto refusal = [](BinaryFn fn, DType dtype) {
    const NodeCase node = {Binary{fn}, tensors(Tensor(dtype, {2}), Tensor(dtype, {2})), {}};
    return verdict(binary, node).reason();
  };
  EXPECT_EQ(refusal(BinaryFn::add, DType::int8),
            "own binary computes float32, int32, int64 and bool only, not int8");
  EXPECT_EQ(refusal(BinaryFn::divide, DType::int32), "own binary computes divide of float32 only");
}

TEST(OwnBinaryVerdict, RefusesMoreAxesThanAnIndexSpaceHas) {
  const Dims dims(9, 1);
  const NodeCase node = {Binary{}, tensors(Tensor(DType::float32, dims), tensor({1}, {0})), {}};
  EXPECT_EQ(verdict(binary, node).reason(), "own binary takes up to 8 axes, got 9");
}

constexpr KernelEntry packed_unary =
    host_entry<cuda::accepts_packed_unary, cuda::make_packed_unary_body>;
constexpr KernelEntry packed_affine =
    host_entry<cuda::accepts_packed_affine, cuda::make_packed_affine_body>;

TEST(OwnPackedUnary, MatchesTheReference) {
  Random random(41);
  for (std::size_t i = 0; i < activation_count; ++i) {
    const Unary function = {static_cast<UnaryFn>(i), 0.5F, 2, 0};
    expect_own_matches_reference(packed_unary, {function, tensors(random.tensor({3, 4, 5})), {}});
  }
}

TEST(OwnPackedUnaryVerdict, RefusesByName) {
  const NodeCase odd = {relu(), tensors(Tensor(DType::float32, {3, 5})), {}};
  EXPECT_EQ(verdict(packed_unary, odd).reason(),
            "own packed unary wants a multiple of 4 cells, got 15");
  const NodeCase other = {Unary{UnaryFn::log}, tensors(Tensor(DType::float32, {4})), {}};
  EXPECT_EQ(verdict(packed_unary, other).reason(), "own packed unary computes activations only");
}

TEST(OwnPackedAffine, MatchesTheReference) {
  Random random(42);
  expect_own_matches_reference(
      packed_affine, {Affine{2},
                      tensors(random.tensor({3, 5, 12}), random.tensor({12}), random.tensor({12})),
                      {}});
}

TEST(OwnPackedAffineVerdict, RefusesByName) {
  const NodeCase inner = {Affine{0},
                          tensors(Tensor(DType::float32, {4, 4}), Tensor(DType::float32, {4}),
                                  Tensor(DType::float32, {4})),
                          {}};
  EXPECT_EQ(verdict(packed_affine, inner).reason(),
            "own packed affine wants a last axis of a multiple of 4 cells, got axis 0 of (4, 4)");
}

TEST(OwnAffine, MatchesTheReferenceAlongAnyAxis) {
  compare_random_own(affine, [](Random& random) {
    const Dims dims = random_dims(random, 4, 7);
    const auto axis = static_cast<std::size_t>(random.size(0, std::ssize(dims) - 1));
    return NodeCase{Affine{axis},
                    tensors(random.tensor(dims), random.tensor({dims[axis]}, 0.1F, 3),
                            random.tensor({dims[axis]})),
                    {false, true, true}};
  });
}

TEST(OwnAffineVerdict, RefusesOtherDtypesByName) {
  const NodeCase node = {
      Affine{0}, tensors(Tensor(DType::float64, {1}), tensor({1}, {1}), tensor({1}, {0})), {}};
  EXPECT_EQ(verdict(affine, node).reason(),
            "own affine computes on float32, float16 or bfloat16, got float64");
}

}  // namespace
}  // namespace keraunos::testing
