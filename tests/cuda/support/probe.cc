#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

#include "runtime/backend/backend.hpp"

// keraunos_cuda_probe LIBRARY CONTRACT: opens the library as libkeraunos does and prints the
// device, or the reasons against it. In a process of its own, so that a test can give it any
// environment.

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  void* const library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::printf("%s\n", dlerror());
    return 1;
  }
  const auto open =
      reinterpret_cast<keraunos::CudaEntryPoint>(dlsym(library, keraunos::cuda_entry_point));
  if (open == nullptr) return 3;
  keraunos::KeraunosCudaResult result{};
  open(static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)), &result, 0, nullptr);
  if (result.backend == nullptr) {
    std::printf("reason: %s\n", result.reason);
  } else {
    std::printf("device: %s\n", result.backend->info().model.c_str());
  }
  return 0;
}
