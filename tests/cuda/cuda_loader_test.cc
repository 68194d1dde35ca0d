#include <dlfcn.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <iostream>
#include <set>
#include <thread>

#include "runtime/backend/backend.hpp"
#include "runtime/base/fail.hpp"

// cuda_backend() keeps its first outcome, so tests of the search ask in child processes.

namespace keraunos {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const std::string& library) {
  try {
    return "device: " + cuda_backend(library).info().model;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::device_unavailable);
    return error.what();
  }
}

[[noreturn]] void print_refusal(const std::string& library, const char* environment) {
  // A driver that finds no device, whatever this machine has.
  dlopen(KERAUNOS_DRIVER_DOUBLE_FOLDER "/libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
  unsetenv("CUDA_VISIBLE_DEVICES");
  if (environment != nullptr) {
    setenv("KERAUNOS_CUDA_LIBRARY", environment, 1);
  } else {
    unsetenv("KERAUNOS_CUDA_LIBRARY");
  }
  std::cerr << refusal(library) << std::endl;
  std::exit(0);
}

/// Expects what a child process prints that asks for `library` with KERAUNOS_CUDA_LIBRARY set.
void expect_refusal(const std::string& library, const char* environment,
                    const ::testing::Matcher<const std::string&>& wanted) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(print_refusal(library, environment), ::testing::ExitedWithCode(0), wanted);
}

TEST(CudaLoader, RefusesARelativePath) {
  EXPECT_EQ(refusal("lib/libkeraunos_cuda.so"),
            "no GPU: SessionOptions::cuda_library is \"lib/libkeraunos_cuda.so\", which is not an "
            "absolute path");
}

TEST(CudaLoader, RefusesARelativePathFromTheEnvironment) {
  expect_refusal("", "libkeraunos_cuda.so",
                 HasSubstr("no GPU: KERAUNOS_CUDA_LIBRARY is \"libkeraunos_cuda.so\", which is not "
                           "an absolute path"));
}

TEST(CudaLoader, NamesAFileThatIsNotThere) {
  EXPECT_THAT(
      refusal("/nonexistent/libkeraunos_cuda.so"),
      AllOf(HasSubstr("no GPU: /nonexistent/libkeraunos_cuda.so: "), HasSubstr("No such file")));
}

TEST(CudaLoader, NamesALibraryThatIsNotOurs) {
  const std::string path = KERAUNOS_DRIVER_DOUBLE_FOLDER "/libcuda.so.1";
  expect_refusal(path, nullptr,
                 HasSubstr("no GPU: " + path +
                           " is not Keraunos's CUDA library: it has no "
                           "function keraunos_cuda_open"));
}

TEST(CudaLoader, FindsTheLibraryOfTheBuild) {
  expect_refusal("", nullptr, HasSubstr("no GPU: the NVIDIA driver finds no CUDA device"));
}

TEST(CudaLoader, AnOptionComesBeforeTheEnvironment) {
  expect_refusal(KERAUNOS_CUDA_LIBRARY_FILE, "/nonexistent/libkeraunos_cuda.so",
                 HasSubstr("no GPU: the NVIDIA driver finds no CUDA device"));
}

TEST(CudaLoader, AWrongPathInTheEnvironmentIsNotPassedOver) {
  expect_refusal("", "/nonexistent/libkeraunos_cuda.so",
                 HasSubstr("no GPU: /nonexistent/libkeraunos_cuda.so: "));
}

TEST(CudaLoader, GivesAllThreadsOneOutcome) {
  std::vector<std::string> outcomes(8);
  std::vector<std::thread> threads;
  for (std::string& outcome : outcomes) {
    threads.emplace_back([&outcome] { outcome = refusal("/nonexistent/from_threads.so"); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(outcomes.begin(), outcomes.end()).size(), 1U);
}

}  // namespace
}  // namespace keraunos
