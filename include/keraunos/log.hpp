#pragma once

#include <functional>
#include <string_view>

#include "keraunos/export.hpp"

namespace keraunos {

enum class LogLevel { info = 0, warning = 1 };

/// Receives one line without a newline. May be called from any thread, one call at a time.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

/// Replaces the process-wide sink. The default writes warnings to stderr and drops the rest; an
/// empty sink silences everything. May be called from any thread.
KERAUNOS_API void set_log_sink(LogSink sink);

}  // namespace keraunos
