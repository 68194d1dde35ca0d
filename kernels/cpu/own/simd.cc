#include "kernels/cpu/own/simd.hpp"

#include <array>

namespace keraunos::cpu {

extern const Simd simd_generic;
#if KERAUNOS_X86
extern const Simd simd_avx2;
extern const Simd simd_avx512;
#endif

std::span<const Simd* const> simd_levels() {
#if KERAUNOS_X86
  static constexpr std::array<const Simd*, 3> levels = {&simd_generic, &simd_avx2, &simd_avx512};
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl");
  return std::span(levels).first(avx512 ? 3 : avx2 ? 2 : 1);
#else
  static constexpr std::array<const Simd*, 1> levels = {&simd_generic};
  return levels;
#endif
}

const Simd& simd() {
  static const Simd& best = *simd_levels().back();
  return best;
}

}  // namespace keraunos::cpu
