#pragma once

#include <cstdint>
#include <type_traits>

// The one place that knows of OpenMP.
//
// There must be one OpenMP runtime in a process, or two teams of threads fight for the cores. That
// runtime is the one oneDNN is linked with, libgomp; it is entered by the function that g++ emits
// for `#pragma omp parallel`, so that clang, whose pragma would bring a second runtime, shares it.

namespace keraunos::cpu {

/// Threads that the next parallel region of the calling thread may use.
int max_threads();
void set_max_threads(int threads);

/// Sets max_threads for a scope.
class ThreadLimit {
 public:
  explicit ThreadLimit(int threads) : before_(max_threads()), changed_(threads != before_) {
    if (changed_) set_max_threads(threads);
  }
  ~ThreadLimit() {
    if (changed_) set_max_threads(before_);
  }
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  int before_;
  bool changed_;
};

/// Calls body(data, i, n) once on each of n <= `threads` threads; the calling thread is number 0.
using TeamBody = void (*)(void* data, int thread, int team_size);
void run_team(int threads, TeamBody body, void* data);

/// As many of `threads` as pay off for work that takes one thread about `nanoseconds`.
int useful_threads(int threads, double nanoseconds);

/// Rough time of one thread, for useful_threads.
inline double multiply_add_time(std::int64_t count) { return static_cast<double>(count) / 40; }
inline double memory_time(std::int64_t bytes) { return static_cast<double>(bytes) / 10; }

/// Splits [0, count) into one range per thread and calls body(begin, end) for each, or
/// body(begin, end, thread) with thread < threads. The body must not throw. Allocates nothing once
/// the team exists.
template <typename Body>
void parallel_for(int threads, std::int64_t count, Body&& body) {
  using Callable = std::remove_reference_t<Body>;
  const auto call = [](Callable& it, std::int64_t begin, std::int64_t end, int thread) {
    if constexpr (std::is_invocable_v<Callable&, std::int64_t, std::int64_t, int>) {
      it(begin, end, thread);
    } else {
      it(begin, end);
    }
  };
  if (threads <= 1 || count <= 1) {
    if (count > 0) call(body, 0, count, 0);
    return;
  }
  struct Range {
    Callable& body;
    std::int64_t count;
  } range{body, count};
  run_team(
      threads,
      [](void* data, int thread, int team_size) {
        const Range& whole = *static_cast<Range*>(data);
        const std::int64_t begin = whole.count * thread / team_size;
        const std::int64_t end = whole.count * (thread + 1) / team_size;
        if (begin < end) decltype(call){}(whole.body, begin, end, thread);
      },
      &range);
}

}  // namespace keraunos::cpu
