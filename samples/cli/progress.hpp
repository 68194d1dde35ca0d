#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

namespace keraunos::cli {

/// While it lives, a line on stderr says what takes so long; only where stderr is a terminal.
class Progress {
 public:
  explicit Progress(const std::string& doing) : shown_(isatty(STDERR_FILENO) == 1) {
    if (shown_) std::fprintf(stderr, "%s ...", doing.c_str());
  }
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);  // back to the first column, erase the line
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  bool shown_;
};

}  // namespace keraunos::cli
