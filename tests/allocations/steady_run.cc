#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>

#include "keraunos/keraunos.hpp"

// Once a shape is known, a CPU run makes no heap allocation.

extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
}

namespace {
std::atomic<long> allocations = 0;
}

// All of C++'s operators new end in one of these, in this program and in every shared library.
extern "C" {
void* malloc(std::size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void* realloc(void* memory, std::size_t bytes) {
  ++allocations;
  return __libc_realloc(memory, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++allocations;
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  ++allocations;
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? 12 /* ENOMEM */ : 0;
}
}

namespace keraunos {
namespace {

const std::string root = KERAUNOS_SOURCE_DIR;

TEST(Counting, SeesEveryKind) {
  const long before = allocations;
  delete new int(3);
  Tensor tensor(DType::float32, {4});
  EXPECT_GE(allocations - before, 2);
}

class SteadyRun : public testing::TestWithParam<std::pair<std::string, Dims>> {};

TEST_P(SteadyRun, AllocatesNothing) {
  const auto& [path, dims] = GetParam();
  SessionOptions options;
  options.device = Device::cpu;
  Session session(Model::load(root + path), options);
  const Tensor input(DType::float32, dims);
  const std::vector<Dims> sizes = {dims};
  Tensor output(DType::float32, session.output_dims(sizes)[0]);
  const TensorView in = input.view();
  const MutableTensorView out = output.view();
  for (int warm_up = 0; warm_up < 3; ++warm_up) session.run_into({&in, 1}, {&out, 1});

  const long before = allocations;
  for (int run = 0; run < 20; ++run) session.run_into({&in, 1}, {&out, 1});
  EXPECT_EQ(allocations - before, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Models, SteadyRun,
    testing::Values(std::pair{"/samples/digits/digits.keras", Dims{4, 20, 24, 1}},
                    std::pair{"/tests/golden/cases/flatten_of_none_functional.keras",
                              Dims{2, 28, 28, 1}}));

}  // namespace
}  // namespace keraunos
