#include <dlfcn.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>
#include <vector>

#include "runtime/backend/backend.hpp"
#include "runtime/base/fail.hpp"

// Finds, opens and asks libkeraunos_cuda.so, the library that holds everything of CUDA.

namespace keraunos {
namespace {

constexpr const char* library_name = "libkeraunos_cuda.so";

struct Outcome {
  Backend* backend = nullptr;
  std::string reason;
};

/// The folder of the file that this code was loaded from, and `lib` beside it for programs that
/// contain this code themselves.
std::vector<std::filesystem::path> folders_beside_this_code() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&folders_beside_this_code), &info) == 0) return {};
  const auto file = std::filesystem::absolute(info.dli_fname).lexically_normal();
  const auto folder = file.parent_path();
  const auto lib = folder.parent_path() / "lib";
  if (folder == lib) return {folder};
  return {folder, lib};
}

Outcome open_library(const std::string& path) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {nullptr, dlerror()};
  const auto open = reinterpret_cast<CudaEntryPoint>(dlsym(library, cuda_entry_point));
  if (open == nullptr) {
    return {nullptr, fmt::format("{} is not Keraunos's CUDA library: it has no function {}", path,
                                 cuda_entry_point)};
  }
  KeraunosCudaResult result{};
  open(backend_contract, &result);
  if (result.backend != nullptr) return {result.backend, {}};
  return {nullptr, result.reason};
}

Outcome open_named(const std::string& path, const char* from) {
  if (!path.starts_with('/')) {
    return {nullptr, fmt::format("{} is \"{}\", which is not an absolute path", from, path)};
  }
  return open_library(path);
}

Outcome find_and_open() {
  std::vector<std::string> tried;
  for (const auto& folder : folders_beside_this_code()) {
    const std::string path = folder / library_name;
    std::error_code unreadable;
    if (std::filesystem::exists(path, unreadable)) return open_library(path);
    tried.push_back(folder);
  }
  return {nullptr, fmt::format("{} is not in {} (Keraunos may have been built without CUDA)",
                               library_name, fmt::join(tried, " or "))};
}

Outcome open_first(const std::string& option) {
  if (!option.empty()) return open_named(option, "SessionOptions::cuda_library");
  if (const char* const path = std::getenv("KERAUNOS_CUDA_LIBRARY"); path != nullptr && *path) {
    return open_named(path, "KERAUNOS_CUDA_LIBRARY");
  }
  return find_and_open();
}

}  // namespace

Backend& cuda_backend(const std::string& library) {
  static std::mutex mutex;
  static auto* const outcomes = new std::map<std::string, Outcome>;
  const std::lock_guard lock(mutex);
  const auto [found, is_new] = outcomes->try_emplace(library);
  Outcome& outcome = found->second;
  if (is_new) outcome = open_first(library);
  if (outcome.backend == nullptr) {
    fail(ErrorCode::device_unavailable, "no GPU: {}", outcome.reason);
  }
  return *outcome.backend;
}

}  // namespace keraunos
