#pragma once

#include <span>
#include <string_view>

namespace keraunos {

/// A file of runtime/exec/gpus.
struct BuiltInGpu {
  std::string_view name;
  std::string_view json;
};
extern const std::span<const BuiltInGpu> built_in_gpus;

}  // namespace keraunos
