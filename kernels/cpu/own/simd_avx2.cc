#define KERAUNOS_LANES 8
#define KERAUNOS_SIMD simd_avx2
#define KERAUNOS_SIMD_NAME "avx2"
#include "kernels/cpu/own/simd_body.hpp"
