#include <cuda.h>
#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

// A libcuda.so.1 for tests: a driver that is there but finds no device. It hands out names for the
// kernels it is given and never runs one, which is all that cuDNN asks of a driver while it
// compiles kernels for a described GPU. All other functions of the driver are in the generated
// file beside this one; they do nothing and report success.
//
//   KERAUNOS_DOUBLE_DRIVER_VERSION=12040   the CUDA version that the driver claims to support

#undef cuGetProcAddress
#undef cuCtxCreate

namespace {

/// Something that is not null and is told apart from others.
template <typename Handle>
Handle next_handle() {
  static std::atomic<std::uintptr_t> next = 0x1000;
  return reinterpret_cast<Handle>(next += 0x10);
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

CUresult cuInit(unsigned) { return CUDA_ERROR_NO_DEVICE; }

CUresult cuDriverGetVersion(int* version) {
  const char* const claimed = std::getenv("KERAUNOS_DOUBLE_DRIVER_VERSION");
  *version = claimed != nullptr ? std::atoi(claimed) : CUDA_VERSION;
  return CUDA_SUCCESS;
}

CUresult cuGetExportTable(const void** table, const CUuuid*) {
  *table = nullptr;
  return CUDA_ERROR_NOT_FOUND;
}

CUresult cuGetProcAddress_v2(const char* symbol, void** function, int, cuuint64_t,
                             CUdriverProcAddressQueryResult* status) {
  static void* const self = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  // Who asks for this function by its plain name wants its newest version, as for all others.
  const bool itself = std::strcmp(symbol, "cuGetProcAddress") == 0;
  *function = dlsym(self, itself ? "cuGetProcAddress_v2" : symbol);
  const bool found = *function != nullptr;
  if (status != nullptr) {
    *status = found ? CU_GET_PROC_ADDRESS_SUCCESS : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  }
  return found ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

CUresult cuGetErrorString(CUresult, const char** text) {
  *text = "error of the driver double";
  return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult, const char** text) { return cuGetErrorString({}, text); }

CUresult cuDeviceGetCount(int* count) {
  *count = 0;
  return CUDA_SUCCESS;
}

CUresult cuLibraryLoadData(CUlibrary* library, const void*, CUjit_option*, void**, unsigned,
                           CUlibraryOption*, void**, unsigned) {
  *library = next_handle<CUlibrary>();
  return CUDA_SUCCESS;
}

CUresult cuLibraryGetKernel(CUkernel* kernel, CUlibrary, const char*) {
  *kernel = next_handle<CUkernel>();
  return CUDA_SUCCESS;
}

CUresult cuKernelGetFunction(CUfunction* function, CUkernel) {
  *function = next_handle<CUfunction>();
  return CUDA_SUCCESS;
}

}  // extern "C"
#pragma GCC visibility pop
