#pragma once

#include <fstream>
#include <string>

#include "keraunos/error.hpp"

namespace keraunos::cli {

/// Writes a whole file; throws Error where that fails.
inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) {
    throw Error(ErrorCode::file_not_readable, path + ": cannot be written");
  }
}

}  // namespace keraunos::cli
