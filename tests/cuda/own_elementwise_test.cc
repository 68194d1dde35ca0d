#include <gmock/gmock.h>

#include <cmath>

#include "kernels/cuda/own/affine_body.hpp"
#include "kernels/cuda/own/binary_body.hpp"
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
  std::vector<float> values = {0, -0.0F, 1, -1, 0.5F, -0.5F, 6, 1e-42F, -1e-42F};
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

INSTANTIATE_TEST_SUITE_P(EveryFunction, OwnUnary,
                         ::testing::Range(std::size_t{0}, activation_count), [](const auto& test) {
                           return std::string(to_string(static_cast<UnaryFn>(test.param)));
                         });

TEST(OwnUnaryVerdict, RefusesOtherDtypesByName) {
  const NodeCase node = {relu(), tensors(Tensor(DType::int32, {2})), {}};
  EXPECT_EQ(verdict(unary, node).reason(),
            "own unary computes on float32, float16 or bfloat16, got int32");
}

BinaryFn random_fn(Random& random) { return random.one_of({BinaryFn::add, BinaryFn::multiply}); }

TEST(OwnBinary, MatchesTheReferenceOnOneShape) {
  compare_random_own(binary, [](Random& random) {
    const Dims dims = random_dims(random, 4, 7);
    return NodeCase{
        Binary{random_fn(random)}, tensors(random.tensor(dims), random.tensor(dims)), {}};
  });
}

TEST(OwnBinary, MatchesTheReferenceWithAVectorOnEitherSide) {
  compare_random_own(binary, [](Random& random) {
    const Dims dims = random_dims(random, 4, 7);
    const Dims vector = {random.coin() ? 1 : dims.back()};
    Tensor whole = random.tensor(dims);
    Tensor part = random.tensor(vector);
    if (random.coin()) std::swap(whole, part);
    return NodeCase{Binary{random_fn(random)}, tensors(std::move(whole), std::move(part)), {}};
  });
}

TEST(OwnBinary, MatchesTheReferenceWithAnyBroadcast) {
  compare_random_own(binary, [](Random& random) {
    const Dims dims = random_dims(random, 8, 3);
    const auto broadcast = [&](Dims part) {
      for (std::int64_t& size : part) size = random.coin() ? 1 : size;
      part.erase(part.begin(), part.begin() + random.size(0, std::ssize(part)));
      return part;
    };
    const Dims a = random.coin() ? dims : broadcast(dims);
    const Dims b = broadcast(dims);
    return NodeCase{Binary{random_fn(random)}, tensors(random.tensor(a), random.tensor(b)), {}};
  });
}

TEST(OwnBinary, Int32WrapsAround) {
  for (const BinaryFn fn : {BinaryFn::add, BinaryFn::multiply}) {
    Tensor a(DType::int32, {3});
    const std::int32_t values[] = {2147483647, -2147483647, 65536};
    std::copy(std::begin(values), std::end(values), a.as<std::int32_t>().begin());
    expect_own_matches_reference(binary, {Binary{fn}, tensors(a.clone(), a.clone()), {}});
  }
}

TEST(OwnBinary, KeepsNan) {
  const NodeCase node = {
      Binary{BinaryFn::multiply}, tensors(tensor({2}, {0, nan}), tensor({2}, {nan, 0})), {}};
  const Tensor product = run_kernel(binary, node);
  EXPECT_TRUE(std::isnan(product.as<float>()[0]));
  EXPECT_TRUE(std::isnan(product.as<float>()[1]));
}

TEST(OwnBinaryVerdict, RefusesOtherDtypesByName) {
  const NodeCase node = {Binary{}, tensors(Tensor(DType::int8, {2}), Tensor(DType::int8, {2})), {}};
  EXPECT_EQ(verdict(binary, node).reason(), "own binary computes in float32 and int32, got int8");
}

TEST(OwnBinaryVerdict, RefusesMoreAxesThanAnIndexSpaceHas) {
  const Dims dims(9, 1);
  const NodeCase node = {Binary{}, tensors(Tensor(DType::float32, dims), tensor({1}, {0})), {}};
  EXPECT_EQ(verdict(binary, node).reason(), "own binary takes up to 8 axes, got 9");
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
