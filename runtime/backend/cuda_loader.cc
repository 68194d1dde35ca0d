#include <dlfcn.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>
#include <tuple>
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

/// The library's path, or why there is none.
struct Located {
  std::string path;
  std::string reason;
};

Located locate_named(const std::string& path, const char* from) {
  if (path.starts_with('/')) return {path, {}};
  return {{}, fmt::format("{} is \"{}\", which is not an absolute path", from, path)};
}

Located locate_beside_this_code() {
  std::vector<std::string> tried;
  for (const auto& folder : folders_beside_this_code()) {
    const std::string path = folder / library_name;
    std::error_code unreadable;
    if (std::filesystem::exists(path, unreadable)) return {path, {}};
    tried.push_back(folder);
  }
  return {{},
          fmt::format("{} is not in {} (Keraunos may have been built without CUDA)", library_name,
                      fmt::join(tried, " or "))};
}

Located locate(const std::string& option) {
  if (!option.empty()) return locate_named(option, "SessionOptions::cuda_library");
  if (const char* const path = std::getenv("KERAUNOS_CUDA_LIBRARY"); path != nullptr && *path) {
    return locate_named(path, "KERAUNOS_CUDA_LIBRARY");
  }
  return locate_beside_this_code();
}

Outcome open_library(const std::string& path, int index, const GpuDescription* description) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {nullptr, dlerror()};
  const auto open = reinterpret_cast<CudaEntryPoint>(dlsym(library, cuda_entry_point));
  if (open == nullptr) {
    return {nullptr, fmt::format("{} is not Keraunos's CUDA library: it has no function {}", path,
                                 cuda_entry_point)};
  }
  KeraunosCudaResult result{};
  open(backend_contract, &result, index, description);
  if (result.backend != nullptr) return {result.backend, {}};
  return {nullptr, result.reason};
}

/// The outcome of the first call with these arguments.
const Outcome& first_outcome(const std::string& library, int index,
                             const GpuDescription* description) {
  static std::mutex mutex;
  static auto* const outcomes = new std::map<std::tuple<std::string, int, std::string>, Outcome>;
  const std::lock_guard lock(mutex);
  const auto [found, is_new] =
      outcomes->try_emplace({library, index, description == nullptr ? "" : description->json});
  Outcome& outcome = found->second;
  if (!is_new) return outcome;
  const Located located = locate(library);
  outcome = located.path.empty() ? Outcome{nullptr, located.reason}
                                 : open_library(located.path, index, description);
  return outcome;
}

Backend& backend_or_fail(const Outcome& outcome) {
  if (outcome.backend != nullptr) return *outcome.backend;
  fail(ErrorCode::device_unavailable, "no GPU: {}", outcome.reason);
}

}  // namespace

Backend& cuda_backend(const std::string& library, int index) {
  return backend_or_fail(first_outcome(library, index, nullptr));
}

Backend& described_backend(const std::string& library, const GpuDescription& description) {
  return backend_or_fail(first_outcome(library, 0, &description));
}

}  // namespace keraunos
