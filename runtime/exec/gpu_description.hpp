#pragma once

#include <string>

#include "runtime/backend/backend.hpp"

namespace keraunos {

/// The built-in description of this name, or the one in the file of this name. Throws Error:
/// invalid_argument where there is neither, file_not_readable, malformed_file.
GpuDescription describe_gpu(const std::string& name_or_path);

}  // namespace keraunos
