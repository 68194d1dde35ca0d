#define KERAUNOS_LANES 4
#define KERAUNOS_SIMD simd_generic
#define KERAUNOS_SIMD_NAME "generic"
#include "kernels/cpu/own/simd_body.hpp"
