// Included by one source file per instruction set, which defines
//   KERAUNOS_LANES      floats in a vector register
//   KERAUNOS_SIMD       the name of the table to define
// and is compiled with that instruction set's flags. Therefore nothing that is included here may
// emit code under a name that other files share: a function of the standard library compiled for
// AVX-512 could end up being the one that the whole program calls. Hence the own little functions
// in unnamed namespaces.

#include <bit>
#include <cstddef>
#include <cstdint>

#include "kernels/cpu/own/simd.hpp"

// KERAUNOS_INDEPENDENT: source and result may be the same memory, cell for cell, and only so.
#if defined(__clang__)
#define KERAUNOS_UNROLL _Pragma("clang loop unroll(full)")
#define KERAUNOS_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define KERAUNOS_UNROLL _Pragma("GCC unroll 64")
#define KERAUNOS_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace keraunos::cpu {

#include "kernels/cpu/own/simd_math.hpp"
//
#include "kernels/cpu/own/simd_elementwise.hpp"
//
#include "kernels/cpu/own/simd_vector.hpp"
//
#include "kernels/cpu/own/simd_gemm.hpp"
//
#include "kernels/cpu/own/simd_window.hpp"

extern const Simd KERAUNOS_SIMD;
const Simd KERAUNOS_SIMD = {
    KERAUNOS_SIMD_NAME,
    KERAUNOS_LANES,
    unary,
    binary,
    affine,
    blend,
    scale,
    sum,
    sum_squares,
    max,
    exp_shifted,
    sum_exp_shifted,
    subtract,
    gemm,
    depthwise,
    pool,
};

}  // namespace keraunos::cpu
