#include <gmock/gmock.h>

#include "kernels/cuda/own/gather_body.hpp"
#include "tests/cuda/own_host.hpp"

namespace keraunos::testing {
namespace {

using ::testing::ElementsAre;

constexpr KernelEntry gather = host_entry<cuda::accepts_gather, cuda::make_gather_body>;
constexpr KernelEntry gather_along =
    host_entry<cuda::accepts_gather_along, cuda::make_gather_along_body>;

/// Numbers of cells of an axis, from either end.
Tensor random_numbers(Random& random, const Dims& dims, std::int64_t cells) {
  Tensor numbers(DType::int64, dims);
  for (std::int64_t& number : numbers.as<std::int64_t>()) number = random.size(-cells, cells - 1);
  return numbers.cast(random.one_of({DType::int32, DType::int64}));
}

Tensor random_data(Random& random, const Dims& dims) {
  return whole_numbers(random, dims,
                       random.one_of({DType::boolean, DType::float16, DType::bfloat16,
                                      DType::float32, DType::int32, DType::int64}));
}

TEST(OwnGather, MatchesTheReferenceOnAnyAxis) {
  compare_random_own(gather, [](Random& random) {
    const Dims dims = random_dims(random, 4, 6);
    const std::size_t axis = random_axis(random, dims);
    const Dims shape = random.size(0, 4) == 0 ? Dims{} : random_dims(random, 3, 4);
    return NodeCase{Gather{axis},
                    tensors(random_data(random, dims), random_numbers(random, shape, dims[axis])),
                    {}};
  });
}

TEST(OwnGatherAlong, MatchesTheReferenceOnAnyAxis) {
  compare_random_own(gather_along, [](Random& random) {
    const Dims dims = random_dims(random, 4, 5);
    const std::size_t axis = random_axis(random, dims);
    Dims data = dims;
    Dims shape = dims;
    shape[axis] = random.size(1, 5);
    for (std::size_t other = 0; other < dims.size(); ++other) {
      if (other != axis && random.size(0, 3) == 0) (random.coin() ? data : shape)[other] = 1;
    }
    return NodeCase{GatherAlong{axis},
                    tensors(random_data(random, data), random_numbers(random, shape, dims[axis])),
                    {}};
  });
}

TEST(OwnGather, GivesZeroForNumbersOutsideTheAxis) {
  const auto numbers = [] { return tensor_of<std::int32_t>(DType::int32, {2, 3, -3, -4}); };
  const auto data = [] { return tensor({3}, {5, 6, 7}); };
  const Tensor slices = run_kernel(gather, {Gather{0}, tensors(data(), numbers()), {}});
  EXPECT_THAT(slices.as<float>(), ElementsAre(7, 0, 5, 0));
  const Tensor cells = run_kernel(gather_along, {GatherAlong{0}, tensors(data(), numbers()), {}});
  EXPECT_THAT(cells.as<float>(), ElementsAre(7, 0, 5, 0));
}

TEST(OwnGather, GivesZerosOfAnAxisWithoutCells) {
  const NodeCase node = {
      Gather{0}, tensors(Tensor(DType::float32, {0, 2}), Tensor(DType::int32, {1})), {}};
  EXPECT_THAT(run_kernel(gather, node).as<float>(), ElementsAre(0, 0));
}

}  // namespace
}  // namespace keraunos::testing
