#define KERAUNOS_LANES 16
#define KERAUNOS_SIMD simd_avx512
#define KERAUNOS_SIMD_NAME "avx512"
#include "kernels/cpu/own/simd_body.hpp"
