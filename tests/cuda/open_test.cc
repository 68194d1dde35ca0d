#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "kernels/cuda/cuda_backend.hpp"
#include "tests/cuda/support/command.hpp"
#include "tests/cuda/support/device_descriptions.hpp"

// What libkeraunos_cuda.so says on machines that lack something. KERAUNOS_CUDA_* are paths that the
// build passes in.

namespace keraunos::cuda {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::output_of;
using ::testing::StartsWith;

/// Asks the library for a device in a process with `environment` ("A=1 B=2") added.
std::string probe(const std::string& environment, std::uint32_t contract = backend_contract) {
  return output_of("env " + environment +
                   " " KERAUNOS_CUDA_PROBE " " KERAUNOS_CUDA_LIBRARY_FILE " " +
                   std::to_string(contract) + " 2>&1");
}

/// A folder of this test's own, gone at the start.
std::string fresh_folder(const std::string& name) {
  const std::string folder = ::testing::TempDir() + "keraunos_cuda_" + name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

TEST(CudaLibrary, ExportsOneFunction) {
  const std::string symbols =
      output_of(KERAUNOS_NM " -D --defined-only " KERAUNOS_CUDA_LIBRARY_FILE);
  EXPECT_THAT(symbols, ::testing::EndsWith(" T keraunos_cuda_open\n"));
  EXPECT_EQ(std::count(symbols.begin(), symbols.end(), '\n'), 1) << symbols;
}

TEST(CudaLibrary, LinksNothingOfNvidiasAndHasNoSearchPath) {
  const std::string headers = output_of(KERAUNOS_OBJDUMP " -p " KERAUNOS_CUDA_LIBRARY_FILE);
  EXPECT_THAT(headers, HasSubstr("NEEDED"));
  for (const char* const unwanted :
       {"libcuda", "libcudnn", "libcublas", "libnvrtc", "libkeraunos.", "RPATH", "RUNPATH"}) {
    EXPECT_THAT(headers, Not(HasSubstr(unwanted)));
  }
}

TEST(CudaLibrary, RefusesAnotherContract) {
  EXPECT_THAT(probe("A=1", backend_contract + 1),
              StartsWith("reason: libkeraunos_cuda fills contract 3 and libkeraunos asks for "
                         "contract 4: the two are not from one build"));
}

TEST(CudaReasons, NameTheMissingDriver) {
  const std::string folder = fresh_folder("no_driver");
  std::ofstream(folder + "/libcuda.so.1").close();  // hides a driver that this machine may have
  EXPECT_THAT(probe("LD_LIBRARY_PATH=" + folder),
              AllOf(StartsWith("reason: no NVIDIA driver: "), HasSubstr("libcuda.so.1")));
}

TEST(CudaReasons, NameTheToolkitsStub) {
  const std::string folder = fresh_folder("stub");
  std::filesystem::create_symlink(KERAUNOS_CUDA_STUB, folder + "/libcuda.so.1");
  EXPECT_THAT(probe("LD_LIBRARY_PATH=" + folder),
              StartsWith("reason: libcuda.so.1 is the CUDA toolkit's stub, not a driver"));
}

TEST(CudaReasons, NameTheListOfVisibleDevices) {
  EXPECT_THAT(probe("CUDA_VISIBLE_DEVICES= LD_LIBRARY_PATH=" KERAUNOS_DRIVER_DOUBLE_FOLDER),
              StartsWith("reason: no CUDA device is visible: CUDA_VISIBLE_DEVICES is \"\""));
}

TEST(CudaReasons, NameADriverWithoutDevices) {
  EXPECT_THAT(probe("-u CUDA_VISIBLE_DEVICES LD_LIBRARY_PATH=" KERAUNOS_DRIVER_DOUBLE_FOLDER),
              StartsWith("reason: the NVIDIA driver finds no CUDA device"));
}

TEST(CudaReasons, NameBothVersionsOfAnOldDriver) {
  EXPECT_THAT(probe("KERAUNOS_DOUBLE_DRIVER_VERSION=12040 "
                    "LD_LIBRARY_PATH=" KERAUNOS_DRIVER_DOUBLE_FOLDER),
              AllOf(StartsWith("reason: the NVIDIA driver is too old: it supports CUDA 12.4, "
                               "Keraunos was built with CUDA 13."),
                    HasSubstr("which needs driver 580 or newer")));
}

TEST(CudaReasons, NameAnOldGpu) {
  EXPECT_EQ(capability_problem(0, 6, 1),
            "gpu:0 has compute capability 6.1; 7.5 (Turing) or newer is needed");
  EXPECT_EQ(capability_problem(0, 7, 5), "");
  EXPECT_EQ(capability_problem(0, 12, 0), "");
}

TEST(CudaReasons, NameAnOldCudnnBesideTheMissingDriver) {
  const std::string folder = fresh_folder("no_driver_old_cudnn");
  std::ofstream(folder + "/libcuda.so.1").close();
  EXPECT_THAT(
      probe("KERAUNOS_CUDA_LIBRARIES=" KERAUNOS_OLD_CUDNN_FOLDER " LD_LIBRARY_PATH=" + folder),
      AllOf(StartsWith("reason: no NVIDIA driver: "),
            HasSubstr("; " KERAUNOS_OLD_CUDNN_FOLDER "/libcudnn.so.9 is cuDNN 9.1.0, older than "
                      "the 9.")));
}

TEST(CudaReasons, NameALibraryWithoutTheFunctionsItShouldHave) {
  const std::string folder = fresh_folder("wrong_cudnn");
  std::filesystem::create_symlink(KERAUNOS_DRIVER_DOUBLE_FOLDER "/libcuda.so.1",
                                  folder + "/libcudnn.so.9");
  EXPECT_THAT(probe("KERAUNOS_CUDA_LIBRARIES=" + folder),
              HasSubstr("libcudnn.so.9 has no function cudnnGetVersion"));
}

TEST(CudaReasons, AreOnlyTheDevicesWhereTheLibrariesAreInstalled) {
  KERAUNOS_NEED_CUDNN();
  EXPECT_THAT(probe("CUDA_VISIBLE_DEVICES= LD_LIBRARY_PATH=" KERAUNOS_DRIVER_DOUBLE_FOLDER),
              Not(HasSubstr("; ")));
}

TEST(OpenLibrary, NamesEveryPlaceItTried) {
  const std::string broken = fresh_folder("broken");
  std::ofstream(broken + "/libkeraunos_test.so.1") << "not a library";
  const std::string folders = "here:/nonexistent/cuda:" + broken;
  setenv("KERAUNOS_CUDA_LIBRARIES", folders.c_str(), 1);
  std::vector<std::string> reasons;
  EXPECT_EQ(open_library("libkeraunos_test.so.1", reasons), nullptr);
  unsetenv("KERAUNOS_CUDA_LIBRARIES");
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0],
              AllOf(StartsWith("libkeraunos_test.so.1 was not found: \"here\" is not an absolute "
                               "path, not in /nonexistent/cuda, " +
                               broken + "/libkeraunos_test.so.1: "),
                    HasSubstr("not in /usr/local/cuda/lib64"),
                    ::testing::EndsWith("not on the loader's path")));
}

}  // namespace
}  // namespace keraunos::cuda
