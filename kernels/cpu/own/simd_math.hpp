// Part of simd_body.hpp: the functions of Unary for one float, without branches, so that loops over
// them become vector code. Within 1e-6 of the exact value, relative and absolute. NaN stays NaN,
// because every comparison is written so that NaN takes the branch that keeps it.

namespace {

constexpr float infinity = __builtin_inff();

inline float float_of(std::uint32_t bits) { return std::bit_cast<float>(bits); }
inline std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }

inline float at_least(float limit, float x) { return x < limit ? limit : x; }
inline float at_most(float limit, float x) { return x > limit ? limit : x; }
inline float clip(float x, float low, float high) { return at_most(high, at_least(low, x)); }
inline float absolute(float x) { return float_of(bits_of(x) & 0x7fffffffU); }
inline float copy_sign(float magnitude, float x) {
  return float_of(bits_of(magnitude) | (bits_of(x) & 0x80000000U));
}

/// x = n*log(2) + r with |r| <= log(2)/2.
struct Reduced {
  float r;
  std::uint32_t n;  // in the low bits, as an integer
};

inline Reduced reduce(float x) {
  constexpr float round_to_integer = 0x1.8p23F;  // has no bits left for a fraction
  const float shifted = x * 1.44269504088896341F + round_to_integer;
  const float n = shifted - round_to_integer;
  return {(x - n * 0.693359375F) + n * 2.12194440e-4F, bits_of(shifted)};
}

/// exp(r) - 1 for |r| <= log(2)/2.
inline float expm1_of_reduced(float r) {
  float sum = 1.3882397906854749e-3F;
  sum = sum * r + 8.367173373699188e-3F;
  sum = sum * r + 4.166721925139427e-2F;
  sum = sum * r + 1.6666539013385773e-1F;
  sum = sum * r + 4.999999701976776e-1F;
  return sum * r * r + r;
}

inline float exp(float x) {
  constexpr float lowest = -87.0F;  // below, the result would be denormal
  const Reduced reduced = reduce(clip(x, lowest, 89.0F));
  const float half_power = float_of((reduced.n << 23) + (126U << 23));  // 2^(n-1)
  const float result = (expm1_of_reduced(reduced.r) + 1) * half_power * 2;
  return x < lowest ? 0 : result;
}

/// For x <= 0.
inline float expm1(float x) {
  const Reduced reduced = reduce(at_least(-87.0F, x));
  const float power = float_of((reduced.n << 23) + (127U << 23));
  return power * expm1_of_reduced(reduced.r) + (power - 1);
}

/// For 0 <= x <= 1: log(1+x) = 2*atanh(x/(2+x)).
inline float log1p(float x) {
  const float z = x / (2 + x);
  const float square = z * z;
  float sum = 1.4012311398983002e-1F;
  sum = sum * square + 1.399955451488495e-1F;
  sum = sum * square + 2.0010849833488464e-1F;
  sum = sum * square + 3.333320617675781e-1F;
  return 2 * (z + z * square * sum);
}

inline float sigmoid(float x) {
  const float small = exp(-absolute(x));
  return (x < 0 ? small : 1.0F) / (1 + small);
}

inline float softplus(float x) { return at_least(0, x) + log1p(exp(-absolute(x))); }

inline float tanh(float x) {
  const float e = expm1(-2 * at_most(10, absolute(x)));
  return copy_sign(-e / (2 + e), x);
}

/// For z >= 0, given exp(-z*z).
inline float erfc(float z, float gauss) {
  const float t = 1 / (1 + 0.4F * z);
  float sum = 5.027244985103607e-2F;
  sum = sum * t - 1.8294306099414825e-1F;
  sum = sum * t + 1.6915395855903625e-1F;
  sum = sum * t - 5.666966550052166e-3F;
  sum = sum * t + 1.4146051108837128e-1F;
  sum = sum * t + 1.6853399574756622e-1F;
  sum = sum * t + 2.078438401222229e-1F;
  sum = sum * t + 2.256695181131363e-1F;
  sum = sum * t + 2.2567586600780487e-1F;
  return sum * t * gauss;
}

inline float gelu(float x) {
  const float z = absolute(x) * 0.70710678118654752F;
  const float tail = erfc(z, exp(-z * z)) / 2;
  return at_least(-40, x) * (x < 0 ? tail : 1 - tail);
}

inline float gelu_tanh(float x) {
  const float low = at_least(-40, x);
  return low * sigmoid(1.5957691216057308F * (low + 0.044715F * low * low * low));
}

inline float silu(float x) { return at_least(-200, x) * sigmoid(x); }

inline float mish(float x) {
  const float e = exp(at_most(30, x));
  const float n = e * (e + 2);
  return at_least(-200, x) * (n / (n + 2));
}

inline float relu(float x) { return x <= 0 ? 0 : x; }

/// See keraunos::reference::relu.
inline float relu(float x, float alpha, float beta, float gamma) {
  const float positive = gamma == 0 ? relu(x) : x <= gamma ? 0 : x;
  const float cut = beta == infinity ? positive : clip(positive, 0, beta);
  return alpha == 0 ? cut : cut - alpha * at_least(0, gamma - x);
}

inline float elu(float x, float alpha) { return x > 0 ? x : alpha * expm1(at_most(0, x)); }

inline float celu(float x, float alpha) {
  const float scaled = x / alpha;
  // A positive argument of exp comes only with signs that differ; the minimum then drops it.
  return at_least(0, x) + at_most(0, alpha * (scaled > 0 ? exp(scaled) - 1 : expm1(scaled)));
}

inline float softsign(float x) {
  const float magnitude = at_most(1e30F, absolute(x));
  return copy_sign(magnitude / (1 + magnitude), x);
}

inline float squareplus(float x, float b) {
  const float low = clip(x, -1e18F, 1e18F);
  const float root = __builtin_sqrtf(low * low + b);
  const float near = low < 0 ? b / (2 * (root - low)) : (low + root) / 2;
  return x > 1e18F ? x : near;
}

inline float soft_shrink(float x, float limit) {
  return x > limit ? x - limit : x < -limit ? x + limit : 0;
}

inline float sparse_plus(float x) { return x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x; }

inline float hard_sigmoid(float x, float slope, float offset) {
  return clip(slope * x + offset, 0, 1);
}

inline float hard_silu(float x, float slope, float offset) {
  return at_least(-1e30F, x) * hard_sigmoid(x, slope, offset);
}

}  // namespace
