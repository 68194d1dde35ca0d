#include "runtime/base/log.hpp"

#include <cstdio>
#include <mutex>

namespace keraunos {
namespace {

void write_warnings_to_stderr(LogLevel level, std::string_view line) {
  if (level < LogLevel::warning) return;
  std::fprintf(stderr, "keraunos: %.*s\n", static_cast<int>(line.size()), line.data());
}

struct Sink {
  std::mutex mutex;
  LogSink write = write_warnings_to_stderr;
};

Sink& sink() {
  static Sink* const instance = new Sink;  // outlives every static destructor that might log
  return *instance;
}

}  // namespace

void set_log_sink(LogSink write) {
  const std::lock_guard lock(sink().mutex);
  sink().write = std::move(write);
}

void log_line(LogLevel level, const std::string& line) {
  const std::lock_guard lock(sink().mutex);
  if (sink().write) sink().write(level, line);
}

}  // namespace keraunos
