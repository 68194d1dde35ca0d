#include "runtime/backend/backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <thread>

#include "keraunos/error.hpp"
#include "kernels/cpu/threads.hpp"

namespace keraunos {
namespace {

/// Denormals as the processor sees them now; volatile, or the compiler would do the sum.
bool denormals_are_flushed() {
  volatile float smallest = std::numeric_limits<float>::min();
  volatile float half = smallest * 0.5F;
  return half == 0.0F;
}

TEST(CpuBackend, NamesItself) {
  const DeviceInfo info = cpu_backend().info();
  EXPECT_EQ(info.name, "cpu");
  EXPECT_NE(info.model, "");
  EXPECT_GT(info.memory_bytes, 0U);
#if KERAUNOS_ONEDNN
  EXPECT_THAT(info.libraries, ::testing::StartsWith("oneDNN "));
#else
  EXPECT_EQ(info.libraries, "own kernels");
#endif
}

TEST(CpuBackend, MemoryIsAlignedAndCopied) {
  Backend& cpu = cpu_backend();
  const auto stream = cpu.make_stream({});
  void* first = cpu.allocate(1000);
  void* second = cpu.allocate(0);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 256, 0U);
  EXPECT_NE(second, nullptr);
  const std::uint32_t value = 0xfeedbeef;
  std::uint32_t back = 0;
  cpu.copy_to_device(first, &value, 4, *stream);
  cpu.copy_on_device(static_cast<char*>(first) + 4, first, 4, *stream);
  cpu.copy_to_host(&back, static_cast<char*>(first) + 4, 4, *stream);
  stream->synchronize();
  EXPECT_EQ(back, value);
  cpu.free(first);
  cpu.free(second);
}

TEST(CpuBackend, ImpossibleAllocationsAreErrors) {
  try {
    cpu_backend().allocate(std::numeric_limits<std::size_t>::max() - 5);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    EXPECT_STREQ(error.what(), "no memory for 18446744073709551610 bytes on the CPU");
  }
}

#if defined(__x86_64__)
TEST(CpuStream, FlushesDenormalsOnEveryThreadBetweenBeginAndEnd) {
  for (const int threads : {1, 3}) {
    ASSERT_FALSE(denormals_are_flushed());
    const auto stream = cpu_backend().make_stream({threads, Precision::float32});
    stream->begin();
    int flushed[3] = {};
    cpu::parallel_for(threads, threads, [&](std::int64_t, std::int64_t, int thread) {
      flushed[thread] = denormals_are_flushed() ? 1 : 0;
    });
    stream->end();
    int kept[3] = {};
    cpu::parallel_for(threads, threads, [&](std::int64_t, std::int64_t, int thread) {
      kept[thread] = denormals_are_flushed() ? 0 : 1;
    });
    for (int thread = 0; thread < threads; ++thread) {
      EXPECT_EQ(flushed[thread], 1) << "thread " << thread << " of " << threads;
      EXPECT_EQ(kept[thread], 1) << "thread " << thread << " of " << threads;
    }
  }
}
#endif

TEST(CpuStream, ThreadsThatJoinInBetweenGetTheUsualSettings) {
  const auto stream = cpu_backend().make_stream({3, Precision::float32});
  stream->begin();
  // A smaller team lets threads go; a larger one makes new ones.
  cpu::parallel_for(2, 2, [](std::int64_t, std::int64_t) {});
  cpu::parallel_for(5, 5, [](std::int64_t, std::int64_t) {});
  stream->end();
  std::array<volatile float, 3> sums = {};
  cpu::parallel_for(3, 3, [&](std::int64_t, std::int64_t, int thread) {
    volatile float one = 1;
    sums[static_cast<std::size_t>(thread)] = one / 3.0F;  // inexact: traps where exceptions are on
  });
  EXPECT_EQ(sums[2], 1 / 3.0F);
}

TEST(CpuStream, SetsTheNumberOfThreadsAndPutsTheCallersBack) {
  const int before = cpu::max_threads();
  const auto stream = cpu_backend().make_stream({before + 1, Precision::float32});
  stream->begin();
#if KERAUNOS_LIBGOMP
  EXPECT_EQ(cpu::max_threads(), before + 1);
#endif
  stream->end();
  EXPECT_EQ(cpu::max_threads(), before);
}

TEST(ParallelFor, CoversEveryIndexOnce) {
  for (const int threads : {1, 2, 5}) {
    for (const std::int64_t count : {0, 1, 2, 7, 100}) {
      std::vector<int> visits(static_cast<std::size_t>(count));
      cpu::parallel_for(threads, count, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
      });
      EXPECT_THAT(visits, ::testing::Each(1)) << threads << " threads, " << count;
    }
  }
}

TEST(ParallelFor, SmallWorkStaysOnOneThread) {
  EXPECT_EQ(cpu::useful_threads(8, 5'000), 1);
  EXPECT_EQ(cpu::useful_threads(8, 45'000), 4);
  EXPECT_EQ(cpu::useful_threads(8, 1e9), 8);
  EXPECT_EQ(cpu::useful_threads(0, 1e9), 1);
}

}  // namespace
}  // namespace keraunos
