#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>

namespace keraunos::cuda::testing {

/// What a shell command prints.
inline std::string output_of(const std::string& command) {
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  char buffer[4096];
  while (const std::size_t size = std::fread(buffer, 1, sizeof(buffer), pipe)) {
    text.append(buffer, size);
  }
  pclose(pipe);
  return text;
}

}  // namespace keraunos::cuda::testing
