#include "runtime/exec/gpu_description.hpp"

#include <fmt/ranges.h>

#include <filesystem>
#include <system_error>

#include "runtime/base/fail.hpp"
#include "runtime/exec/gpus.hpp"
#include "runtime/file/json.hpp"
#include "runtime/file/mapped_file.hpp"

namespace keraunos {
namespace {

GpuDescription parse(std::string name, std::string_view json) {
  const file::Json fields = file::Json::parse(json);
  return {.name = std::move(name),
          .model = std::string(fields.at("deviceName").as_string()),
          .memory_bytes = static_cast<std::size_t>(fields.at("totalGlobalMem").as_int64()),
          .capability = static_cast<int>(fields.at("deviceVer").as_int64() / 10),
          .json = std::string(json)};
}

GpuDescription read(const std::string& path) {
  const Bytes bytes = file::map_file(path);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return within([&] { return path; },
                [&] { return parse(std::filesystem::path(path).stem(), text); });
}

}  // namespace

std::vector<std::string> described_gpus() {
  std::vector<std::string> names;
  for (const BuiltInGpu& gpu : built_in_gpus) names.emplace_back(gpu.name);
  return names;
}

GpuDescription describe_gpu(const std::string& name_or_path) {
  for (const BuiltInGpu& gpu : built_in_gpus) {
    if (gpu.name == name_or_path) return parse(name_or_path, gpu.json);
  }
  std::error_code unreadable;
  if (std::filesystem::exists(name_or_path, unreadable)) return read(name_or_path);
  fail(ErrorCode::invalid_argument,
       "there is no description of a GPU '{}': built in are {}; or give a file with cuDNN's JSON",
       name_or_path, fmt::join(described_gpus(), ", "));
}

}  // namespace keraunos
