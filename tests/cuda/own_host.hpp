#pragma once

#include <array>
#include <barrier>
#include <cstddef>
#include <functional>
#include <thread>
#include <variant>
#include <vector>

#include "kernels/cuda/own/body_kernel.hpp"
#include "kernels/cuda/own/index_space.hpp"
#include "tests/support/kernel_harness.hpp"

// Runs the bodies of the CUDA kernels on the host, over their whole index space.

namespace keraunos::testing {

/// One cell or row after the other.
struct HostLauncher {
  template <typename Body>
  static void launch(const Body& body, Stream&) {
    for (std::int64_t i = 0; i < body.count(); ++i) {
      if constexpr (cuda::RowBody<Body>) {
        body(i, cuda::OneLane{});
      } else {
        body(i);
      }
    }
  }
};

/// A few threads that stand for the lanes of a warp: they meet wherever lanes exchange values.
class Team {
 public:
  static constexpr std::size_t size = 3;

  struct Lanes {
    Team& team;
    std::size_t lane;

    std::int64_t index() const { return static_cast<std::int64_t>(lane); }
    std::int64_t count() const { return static_cast<std::int64_t>(size); }
    template <typename T, typename Combine>
    T reduce(T value, const Combine& combine) const {
      return team.exchange(lane, value, combine);
    }
    double sum(double value) const { return reduce(value, std::plus()); }
    float max(float value) const { return reduce(value, cuda::max_or_nan<float>); }
  };

 private:
  template <typename T, typename Combine>
  T exchange(std::size_t lane, T value, const Combine& combine) {
    values_[lane] = value;
    all_.arrive_and_wait();
    T result = std::get<T>(values_[0]);
    for (std::size_t i = 1; i < size; ++i) result = combine(result, std::get<T>(values_[i]));
    all_.arrive_and_wait();  // before anyone writes the next value
    return result;
  }

  std::array<std::variant<float, double, std::int32_t, std::int64_t, bool>, size> values_ = {};
  std::barrier<> all_{size};
};

/// Rows shared by a team, as warps share them.
struct TeamLauncher {
  template <cuda::RowBody Body>
  static void launch(const Body& body, Stream&) {
    Team team;
    std::vector<std::thread> threads;
    for (std::size_t lane = 0; lane < Team::size; ++lane) {
      threads.emplace_back([&team, &body, lane] {
        for (std::int64_t row = 0; row < body.count(); ++row) {
          body(row, Team::Lanes{team, lane});
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
};

/// The entry with its kernel on the host.
template <auto accepts, auto make, typename Launcher = HostLauncher>
constexpr KernelEntry host_entry = cuda::make_entry<Launcher, accepts, make>("own, on the host");

/// Expects the entry to take the node and all its outputs to agree with the reference's; in place
/// too, where the op may run in place.
inline void expect_own_matches_reference(const KernelEntry& entry, const NodeCase& node,
                                         float tolerance = 1e-5F) {
  const Verdict taken = verdict(entry, node);
  ASSERT_TRUE(taken) << taken.reason();
  const std::vector<Tensor> want = reference_results(node);
  const std::vector<Tensor> got = run_all_outputs(entry, node);
  for (std::size_t i = 0; i < want.size(); ++i) expect_close(got[i], want[i], tolerance);
  if (may_run_in_place(node.op) && want[0].bytes() == node.inputs[0].bytes()) {
    expect_close(run_in_place(entry, node), want[0], tolerance);
  }
}

/// Expects the entry to compute with both 16-bit floats as the reference does with float32, but for
/// the rounding of the result; the node's float32 inputs are given in them.
inline void expect_own_matches_in_16_bits(const KernelEntry& entry, const NodeCase& node) {
  for (const DType dtype : {DType::float16, DType::bfloat16}) {
    SCOPED_TRACE(std::string(to_string(dtype)));
    NodeCase narrow = {node.op, {}, node.constant};
    NodeCase wide = {node.op, {}, node.constant};
    for (const Tensor& input : node.inputs) {
      const bool is_float = input.dtype() == DType::float32;
      narrow.inputs.push_back(is_float ? input.cast(dtype) : input.clone());
      wide.inputs.push_back(is_float ? narrow.inputs.back().cast(DType::float32) : input.clone());
    }
    const Verdict taken = verdict(entry, narrow);
    ASSERT_TRUE(taken) << taken.reason();
    const Tensor got = run_kernel(entry, narrow);
    const Tensor want = reference_result(wide);
    const bool gives_float = want.dtype() == DType::float32;
    ASSERT_EQ(got.dtype(), gives_float ? dtype : want.dtype());
    const float one_unit = dtype == DType::float16 ? 0x1p-10F : 0x1p-7F;
    expect_close(gives_float ? got.cast(DType::float32) : got.clone(),
                 gives_float ? want.cast(dtype).cast(DType::float32) : want.clone(), one_unit);
  }
}

/// expect_own_matches_reference for nodes drawn from `make` for about 300 ms. The seed comes from
/// KERAUNOS_TEST_SEED or the clock and is printed with a failure.
template <typename Make>
void compare_random_own(const KernelEntry& entry, Make&& make) {
  const std::uint64_t seed = detail::random_test_seed();
  const double started = detail::now_seconds();
  for (int round = 0; detail::random_test_goes_on(round, started); ++round) {
    const std::uint64_t round_seed = seed + static_cast<std::uint64_t>(round);
    Random random(round_seed);
    const NodeCase node = make(random);
    SCOPED_TRACE("KERAUNOS_TEST_SEED=" + std::to_string(round_seed) + ": " + node.describe());
    expect_own_matches_reference(entry, node);
    if (::testing::Test::HasFailure()) return;
  }
}

/// Dims of up to `rank` axes, each of 1 to `most` cells.
inline Dims random_dims(Random& random, std::int64_t rank, std::int64_t most) {
  Dims dims(static_cast<std::size_t>(random.size(1, rank)));
  for (std::int64_t& size : dims) size = random.size(1, most);
  return dims;
}

inline std::size_t random_axis(Random& random, const Dims& dims) {
  return static_cast<std::size_t>(random.size(0, std::ssize(dims) - 1));
}

/// What the reference computes with.
inline constexpr DType number_dtypes[] = {DType::float32, DType::int32, DType::int64,
                                          DType::boolean};

inline constexpr float nan = std::numeric_limits<float>::quiet_NaN();

}  // namespace keraunos::testing
