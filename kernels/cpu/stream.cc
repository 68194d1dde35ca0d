#include "kernels/cpu/stream.hpp"

#include "kernels/cpu/threads.hpp"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace keraunos::cpu {
namespace {

#if defined(__SSE2__)

constexpr unsigned flush_to_zero = 0x8000;
constexpr unsigned denormals_are_zero = 0x0040;
constexpr unsigned flushing = flush_to_zero | denormals_are_zero;

// What each thread had before. Threads of a team stay alive between parallel regions and serve
// other users of the runtime too, so each one puts its own setting back. A thread that joined the
// team in between has inherited the caller's flushing setting and gets the usual one.
thread_local unsigned saved = 0;

void flush_denormals(void*, int, int) {
  const unsigned control = _mm_getcsr();
  saved = control & flushing;
  _mm_setcsr(control | flushing);
}

void restore_denormals(void*, int, int) {
  _mm_setcsr((_mm_getcsr() & ~flushing) | saved);
  saved = 0;
}

#else

void flush_denormals(void*, int, int) {}
void restore_denormals(void*, int, int) {}

#endif

void on_each_thread(int threads, TeamBody body) {
  if (threads > 1) {
    run_team(threads, body, nullptr);
  } else {
    body(nullptr, 0, 1);
  }
}

}  // namespace

void CpuStream::begin() {
  callers_threads_ = max_threads();
  set_max_threads(threads_);
  on_each_thread(threads_, flush_denormals);
}

void CpuStream::end() noexcept {
  on_each_thread(threads_, restore_denormals);
  set_max_threads(callers_threads_);
}

}  // namespace keraunos::cpu
