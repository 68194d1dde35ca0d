#include "kernels/cuda/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <link.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

// The graph API's symbols are asked of this handle by cudnn-frontend (cudnn_graph.cc).
namespace cudnn_frontend {
extern void* cudnn_dlhandle;
}

namespace keraunos::cuda {
namespace {

constexpr int open_flags = RTLD_NOW | RTLD_GLOBAL;

CudnnApi cudnn_api;
CublasLtApi cublas_lt_api;

std::string dl_error() {
  const char* const text = dlerror();
  return text != nullptr ? text : "unknown error";
}

/// The folder of the file that `library` was loaded from.
std::string folder_of(void* library) {
  link_map* map = nullptr;
  if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr) return {};
  return std::filesystem::path(map->l_name).parent_path().string();
}

std::string own_folder() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&own_folder), &info) == 0) return {};
  return std::filesystem::absolute(info.dli_fname).parent_path().string();
}

/// The folders to search, in order; "" stands for the loader's own path.
std::vector<std::string> library_folders() {
  std::vector<std::string> folders;
  if (const char* const listed = std::getenv("KERAUNOS_CUDA_LIBRARIES")) {
    std::istringstream list(listed);
    for (std::string folder; std::getline(list, folder, ':');) folders.push_back(folder);
    std::erase(folders, "");
  }
  const std::filesystem::path own = own_folder();
  folders.push_back(own.string());
  // site-packages/<package>/lib/libkeraunos_cuda.so lies beside site-packages/nvidia.
  for (const auto& packages : {own.parent_path(), own.parent_path().parent_path()}) {
    for (const char* const package : {"nvidia/cudnn/lib", "nvidia/cu13/lib"}) {
      std::error_code unreadable;
      const auto folder = packages / package;
      if (std::filesystem::is_directory(folder, unreadable)) folders.push_back(folder.string());
    }
  }
  folders.push_back("/usr/local/cuda/lib64");
  folders.push_back("");
  return folders;
}

/// Opens `name` from `folder`, or appends why not to `tried`.
void* open_in(const std::string& folder, const std::string& name, std::vector<std::string>& tried) {
  if (folder.empty()) {
    void* const library = dlopen(name.c_str(), open_flags);
    if (library == nullptr) tried.push_back("not on the loader's path");
    return library;
  }
  if (!folder.starts_with('/')) {
    tried.push_back(fmt::format("\"{}\" is not an absolute path", folder));
    return nullptr;
  }
  const std::string path = folder + "/" + name;
  std::error_code unreadable;
  if (!std::filesystem::exists(path, unreadable)) {
    tried.push_back("not in " + folder);
    return nullptr;
  }
  void* const library = dlopen(path.c_str(), open_flags);
  if (library == nullptr) tried.push_back(dl_error());
  return library;
}

/// Looks symbols up, remembering the first that is missing.
class Symbols {
 public:
  Symbols(void* library, std::string name) : library_(library), name_(std::move(name)) {}

  template <typename Function>
  void load(Function& function, const char* symbol) {
    function = reinterpret_cast<Function>(dlsym(library_, symbol));
    if (function == nullptr && missing_.empty()) missing_ = symbol;
  }
  bool complete(std::vector<std::string>& reasons) const {
    if (missing_.empty()) return true;
    reasons.push_back(fmt::format("{} has no function {}", name_, missing_));
    return false;
  }

 private:
  void* library_;
  std::string name_;
  std::string missing_;
};

/// Opens what the dispatcher would open later by bare name, from the dispatcher's own folder: a
/// mixture of versions fails in ways that nobody can read.
void open_cudnn_parts(const std::string& folder, std::vector<std::string>& reasons) {
  for (const char* const part :
       {"graph", "heuristic", "engines_precompiled", "engines_runtime_compiled"}) {
    const std::string path = fmt::format("{}/libcudnn_{}.so.9", folder, part);
    if (dlopen(path.c_str(), open_flags) == nullptr) {
      reasons.push_back("cuDNN is incomplete: " + dl_error());
    }
  }
}

void open_cudnn(std::vector<std::string>& reasons) {
  CudnnApi api;
  api.library = open_library("libcudnn.so.9", reasons);
  if (api.library == nullptr) return;
  const std::string folder = folder_of(api.library);
  Symbols symbols(api.library, folder + "/libcudnn.so.9");
  symbols.load(api.get_version, "cudnnGetVersion");
  symbols.load(api.get_error_string, "cudnnGetErrorString");
  symbols.load(api.create, "cudnnCreate");
  symbols.load(api.destroy, "cudnnDestroy");
  symbols.load(api.set_stream, "cudnnSetStream");
  if (!symbols.complete(reasons)) return;
  // Patch levels are interchangeable; an older minor version lacks what the headers promise.
  constexpr std::size_t oldest = CUDNN_MAJOR * 10000 + CUDNN_MINOR * 100;
  if (const std::size_t version = api.get_version(); version < oldest) {
    reasons.push_back(fmt::format(
        "{}/libcudnn.so.9 is cuDNN {}.{}.{}, older than the {}.{} that Keraunos was built with",
        folder, version / 10000, version / 100 % 100, version % 100, CUDNN_MAJOR, CUDNN_MINOR));
    return;
  }
  open_cudnn_parts(folder, reasons);
  cudnn_api = api;
  cudnn_frontend::cudnn_dlhandle = api.library;
}

void open_cublas_lt(std::vector<std::string>& reasons) {
  CublasLtApi api;
  api.library = open_library("libcublasLt.so.13", reasons);
  if (api.library == nullptr) return;
  Symbols symbols(api.library, folder_of(api.library) + "/libcublasLt.so.13");
  symbols.load(api.get_version, "cublasLtGetVersion");
  symbols.load(api.get_status_string, "cublasLtGetStatusString");
  symbols.load(api.create, "cublasLtCreate");
  symbols.load(api.destroy, "cublasLtDestroy");
  symbols.load(api.matmul_desc_create, "cublasLtMatmulDescCreate");
  symbols.load(api.matmul_desc_destroy, "cublasLtMatmulDescDestroy");
  symbols.load(api.matmul_desc_set, "cublasLtMatmulDescSetAttribute");
  symbols.load(api.layout_create, "cublasLtMatrixLayoutCreate");
  symbols.load(api.layout_set, "cublasLtMatrixLayoutSetAttribute");
  symbols.load(api.layout_destroy, "cublasLtMatrixLayoutDestroy");
  symbols.load(api.preference_create, "cublasLtMatmulPreferenceCreate");
  symbols.load(api.preference_destroy, "cublasLtMatmulPreferenceDestroy");
  symbols.load(api.preference_set, "cublasLtMatmulPreferenceSetAttribute");
  symbols.load(api.get_heuristic, "cublasLtMatmulAlgoGetHeuristic");
  symbols.load(api.matmul, "cublasLtMatmul");
  if (symbols.complete(reasons)) cublas_lt_api = api;
}

}  // namespace

const CudnnApi& cudnn() { return cudnn_api; }
const CublasLtApi& cublas_lt() { return cublas_lt_api; }

void* open_library(const std::string& name, std::vector<std::string>& reasons) {
  if (void* const library = dlopen(name.c_str(), open_flags | RTLD_NOLOAD)) return library;
  std::vector<std::string> tried;
  for (const std::string& folder : library_folders()) {
    if (void* const library = open_in(folder, name, tried)) return library;
  }
  reasons.push_back(fmt::format("{} was not found: {}", name, fmt::join(tried, ", ")));
  return nullptr;
}

std::vector<std::string> open_libraries() {
  std::vector<std::string> reasons;
  // cuDNN opens these two by bare name: they must be there first.
  open_library("libnvrtc.so.13", reasons);
  open_cublas_lt(reasons);
  open_cudnn(reasons);
  return reasons;
}

}  // namespace keraunos::cuda
