#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/backend/kernel.hpp"

// Runs one kernel on one node, with everything around its outputs watched.

namespace keraunos::testing {

/// An op with concrete inputs, as a model would hold it.
struct NodeCase {
  Op op;
  std::vector<Tensor> inputs;
  std::vector<bool> constant;  // which inputs are weights; missing entries are not

  /// What shape inference gives; throws Error where the inputs do not fit.
  std::vector<TensorDesc> outputs() const;
  std::string describe() const;
};

/// Sizes, values and choices of a random test; `seed` reproduces it.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::int64_t size(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  bool coin() { return size(0, 1) == 1; }
  float value(float low, float high) {
    return std::uniform_real_distribution<float>(low, high)(engine_);
  }
  template <typename T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[size(0, static_cast<std::int64_t>(choices.size()) - 1)];
  }
  Tensor tensor(const Dims& dims, float low = -1, float high = 1);

 private:
  std::mt19937_64 engine_;
};

/// Dims that broadcast to `output`: some axes made 1, some in front left out.
Dims random_source(Random& random, const Dims& output);

/// Small whole numbers, among them 0 and negative ones.
Tensor whole_numbers(Random& random, const Dims& dims, DType dtype);

/// A float32 tensor of these elements.
Tensor tensor(const Dims& dims, std::initializer_list<float> elements);

/// A vector of any dtype whose elements are T.
template <typename T>
Tensor tensor_of(DType dtype, std::initializer_list<T> elements) {
  Tensor result(dtype, {static_cast<std::int64_t>(elements.size())});
  std::copy(elements.begin(), elements.end(), static_cast<T*>(result.data()));
  return result;
}

/// Several tensors, which cannot be copied into an initializer list.
template <typename... Tensors>
std::vector<Tensor> tensors(Tensors&&... some) {
  std::vector<Tensor> all;
  (all.push_back(std::forward<Tensors>(some)), ...);
  return all;
}

/// What the entry says of the node.
Verdict verdict(const KernelEntry& entry, const NodeCase& node, const BuildOptions& options = {});

/// Creates the kernel and runs it twice: what it leaves unwritten, writes beside its outputs or
/// workspace, changes in its inputs, or computes differently the second time fails the test.
std::vector<Tensor> run_all_outputs(const KernelEntry& entry, const NodeCase& node,
                                    const BuildOptions& options = {});

/// Output 0 of it.
Tensor run_kernel(const KernelEntry& entry, const NodeCase& node, const BuildOptions& options = {});

/// The same with output 0 in the place of input 0.
Tensor run_in_place(const KernelEntry& entry, const NodeCase& node,
                    const BuildOptions& options = {});

/// Creates the kernel and runs it `times` times on the same buffers, with before_run(i) before
/// each.
void run_repeatedly(const KernelEntry& entry, const NodeCase& node, int times,
                    const std::function<void(int)>& before_run, const BuildOptions& options = {});

/// The reference kernel's answers, and the first of them.
std::vector<Tensor> reference_results(const NodeCase& node);
Tensor reference_result(const NodeCase& node);

/// Expects |got - want| <= tolerance * (|want| + scale) everywhere, NaN and infinities alike, where
/// scale is the magnitude of the terms that were added up.
void expect_close(const Tensor& got, const Tensor& want, float tolerance = 1e-5F, float scale = 1);

/// Compares every CPU entry that accepts the node, with one thread and with two, with the
/// reference. Returns the names of those that took part.
std::set<std::string> expect_entries_match_reference(const NodeCase& node);

/// Draws nodes from `make` and compares them for about 300 ms, at least 20 of them. The seed comes
/// from KERAUNOS_TEST_SEED or the clock and is printed with a failure. Returns the names of all
/// kernels that took part.
template <typename Make>
std::set<std::string> compare_random_nodes(Make&& make);

namespace detail {
std::uint64_t random_test_seed();
bool random_test_goes_on(int round, double started);
double now_seconds();
}  // namespace detail

}  // namespace keraunos::testing

#include <gtest/gtest.h>

template <typename Make>
std::set<std::string> keraunos::testing::compare_random_nodes(Make&& make) {
  std::set<std::string> names;
  const std::uint64_t seed = detail::random_test_seed();
  const double started = detail::now_seconds();
  for (int round = 0; detail::random_test_goes_on(round, started); ++round) {
    const std::uint64_t round_seed = seed + static_cast<std::uint64_t>(round);
    Random random(round_seed);
    const NodeCase node = make(random);
    SCOPED_TRACE("KERAUNOS_TEST_SEED=" + std::to_string(round_seed) + ": " + node.describe());
    names.merge(expect_entries_match_reference(node));
    if (::testing::Test::HasFailure()) break;
  }
  return names;
}
