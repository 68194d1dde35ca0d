#include "kernels/cpu/stream.hpp"

#include "kernels/cpu/threads.hpp"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace keraunos::cpu {
namespace {

#if defined(__SSE2__)

// What each thread had before. Threads of a team stay alive between parallel regions and serve
// other users of the runtime too, so each one puts its own setting back.
thread_local unsigned saved_control = 0;

void flush_denormals(void*, int, int) {
  constexpr unsigned flush_to_zero = 0x8000;
  constexpr unsigned denormals_are_zero = 0x0040;
  saved_control = _mm_getcsr();
  _mm_setcsr(saved_control | flush_to_zero | denormals_are_zero);
}

void restore_denormals(void*, int, int) { _mm_setcsr(saved_control); }

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
