#include "kernels/cpu/threads.hpp"

#include <algorithm>
#include <atomic>

#if KERAUNOS_LIBGOMP

extern "C" {
int omp_get_max_threads();
void omp_set_num_threads(int threads);
int omp_get_thread_num();
int omp_get_num_threads();
void GOMP_parallel(void (*body)(void*), void* data, unsigned threads, unsigned flags);
}

namespace keraunos::cpu {

int max_threads() { return omp_get_max_threads(); }
void set_max_threads(int threads) { omp_set_num_threads(threads); }

void run_team(int threads, TeamBody body, void* data) {
  // libgomp hands memory over by means that no tool sees into. The counter does it once more, in
  // the language's own terms.
  struct Team {
    TeamBody body;
    void* data;
    std::atomic<int> handovers = 0;
  } team{body, data};
  team.handovers.store(1, std::memory_order_release);
  GOMP_parallel(
      [](void* it) {
        Team& members = *static_cast<Team*>(it);
        members.handovers.load(std::memory_order_acquire);
        members.body(members.data, omp_get_thread_num(), omp_get_num_threads());
        members.handovers.fetch_add(1, std::memory_order_release);
      },
      &team, static_cast<unsigned>(threads), 0);
  team.handovers.load(std::memory_order_acquire);
}

}  // namespace keraunos::cpu

#else

namespace keraunos::cpu {

int max_threads() { return 1; }
void set_max_threads(int) {}
void run_team(int, TeamBody body, void* data) { body(data, 0, 1); }

}  // namespace keraunos::cpu

#endif

namespace keraunos::cpu {

int useful_threads(int threads, double nanoseconds) {
  constexpr double worth_a_thread = 10'000;  // waking a team takes from 1 to 10 microseconds
  return static_cast<int>(
      std::clamp(nanoseconds / worth_a_thread, 1.0, std::max<double>(threads, 1)));
}

}  // namespace keraunos::cpu
