#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "keraunos/log.hpp"

namespace keraunos {

/// Hands a line to the sink that the application installed (stderr by default).
void log_line(LogLevel level, const std::string& line);

template <typename... Args>
void log_warning(fmt::format_string<Args...> line, Args&&... args) {
  log_line(LogLevel::warning, fmt::format(line, std::forward<Args>(args)...));
}

template <typename... Args>
void log_info(fmt::format_string<Args...> line, Args&&... args) {
  log_line(LogLevel::info, fmt::format(line, std::forward<Args>(args)...));
}

}  // namespace keraunos
