// Part of simd_body.hpp: vector registers, in the language extension that both compilers share.

namespace {

template <std::int64_t lanes>
struct VectorOf {
  using type __attribute__((vector_size(4 * lanes))) = float;
};
template <>
struct VectorOf<1> {
  using type = float;
};

/// The widest register of this instruction set.
constexpr std::int64_t lanes = KERAUNOS_LANES;
using Vector = VectorOf<lanes>::type;

/// No alignment is asked for.
template <typename V = Vector>
inline V load(const float* src) {
  V vector;
  __builtin_memcpy(&vector, src, sizeof vector);
  return vector;
}
template <typename V>
inline void store(float* dst, V vector) {
  __builtin_memcpy(dst, &vector, sizeof vector);
}
template <typename V = Vector>
inline V broadcast(float x) {
  return x - V{};
}

template <typename V>
inline V vector_relu(V x) {
  return x <= 0 ? V{} : x;
}

/// NaN wins.
template <typename V>
inline V vector_larger(V a, V b) {
  return ((b > a) | (b != b)) ? b : a;
}

/// Writes the first `count` lanes, which may be all.
inline void store_part(float* dst, Vector vector, std::int64_t count) {
  if (count >= lanes) {
    store(dst, vector);
  } else {
    for (std::int64_t i = 0; i < count; ++i) dst[i] = vector[i];
  }
}

}  // namespace
