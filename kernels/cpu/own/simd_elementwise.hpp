// Part of simd_body.hpp: loops over floats, left to the compiler to turn into vector code.

namespace {

template <typename Function>
inline void map(const float* src, float* dst, std::int64_t count, Function function) {
  KERAUNOS_INDEPENDENT
  for (std::int64_t i = 0; i < count; ++i) dst[i] = function(src[i]);
}

void unary(const Unary& fn, const float* src, float* dst, std::int64_t count) {
  const float a = fn.alpha;
  const float b = fn.beta;
  const float c = fn.gamma;
  const auto each = [=](auto function) { map(src, dst, count, function); };
  switch (fn.fn) {
    case UnaryFn::identity: return each([](float x) { return x; });
    case UnaryFn::relu:
      if (a == 0 && b == infinity && c == 0) return each([](float x) { return relu(x); });
      return each([=](float x) { return relu(x, a, b, c); });
    case UnaryFn::linear: return each([=](float x) { return a * x + b; });
    case UnaryFn::elu: return each([=](float x) { return elu(x, a); });
    case UnaryFn::celu: return each([=](float x) { return celu(x, a); });
    case UnaryFn::selu:
      return each([](float x) { return 1.0507009873554805F * elu(x, 1.6732632423543772F); });
    case UnaryFn::softplus: return each([](float x) { return softplus(x); });
    case UnaryFn::softsign: return each([](float x) { return softsign(x); });
    case UnaryFn::squareplus: return each([=](float x) { return squareplus(x, a); });
    case UnaryFn::soft_shrink: return each([=](float x) { return soft_shrink(x, a); });
    case UnaryFn::hard_shrink: return each([=](float x) { return absolute(x) > a ? x : 0; });
    case UnaryFn::sparse_plus: return each([](float x) { return sparse_plus(x); });
    case UnaryFn::silu: return each([](float x) { return silu(x); });
    case UnaryFn::gelu: return each([](float x) { return gelu(x); });
    case UnaryFn::gelu_tanh: return each([](float x) { return gelu_tanh(x); });
    case UnaryFn::tanh: return each([](float x) { return tanh(x); });
    case UnaryFn::tanh_shrink: return each([](float x) { return x - tanh(x); });
    case UnaryFn::threshold: return each([=](float x) { return x > a ? x : b; });
    case UnaryFn::sigmoid: return each([](float x) { return sigmoid(x); });
    case UnaryFn::sparse_sigmoid: return each([](float x) { return clip((x + 1) / 2, 0, 1); });
    case UnaryFn::log_sigmoid: return each([](float x) { return -softplus(-x); });
    case UnaryFn::exponential: return each([](float x) { return exp(x); });
    case UnaryFn::hard_sigmoid: return each([=](float x) { return hard_sigmoid(x, a, b); });
    case UnaryFn::hard_silu: return each([=](float x) { return hard_silu(x, a, b); });
    case UnaryFn::hard_tanh: return each([](float x) { return clip(x, -1, 1); });
    case UnaryFn::mish: return each([](float x) { return mish(x); });
    case UnaryFn::round: return each([](float x) { return __builtin_rintf(x); });
    default: return;  // not an activation: the kernels refuse it
  }
}

template <typename Function>
inline void zip(const float* a, std::int64_t a_step, const float* b, std::int64_t b_step,
                float* __restrict dst, std::int64_t count, Function function) {
  // Constant steps, so that each case becomes its own vector loop.
  if (a_step == 1 && b_step == 1) {
    for (std::int64_t i = 0; i < count; ++i) dst[i] = function(a[i], b[i]);
  } else if (a_step == 1) {
    const float fixed = *b;
    for (std::int64_t i = 0; i < count; ++i) dst[i] = function(a[i], fixed);
  } else if (b_step == 1) {
    const float fixed = *a;
    for (std::int64_t i = 0; i < count; ++i) dst[i] = function(fixed, b[i]);
  } else {
    const float fixed = function(*a, *b);
    for (std::int64_t i = 0; i < count; ++i) dst[i] = fixed;
  }
}

inline float larger(float a, float b) { return b > a || b != b ? b : a; }
inline float smaller(float a, float b) { return b < a || b != b ? b : a; }

void binary(BinaryFn fn, const float* a, std::int64_t a_step, const float* b, std::int64_t b_step,
            float* dst, std::int64_t count) {
  switch (fn) {
    case BinaryFn::add:
      return zip(a, a_step, b, b_step, dst, count, [](float x, float y) { return x + y; });
    case BinaryFn::multiply:
      return zip(a, a_step, b, b_step, dst, count, [](float x, float y) { return x * y; });
    case BinaryFn::subtract:
      return zip(a, a_step, b, b_step, dst, count, [](float x, float y) { return x - y; });
    case BinaryFn::divide:
      return zip(a, a_step, b, b_step, dst, count, [](float x, float y) { return x / y; });
    case BinaryFn::maximum: return zip(a, a_step, b, b_step, dst, count, larger);
    case BinaryFn::minimum: return zip(a, a_step, b, b_step, dst, count, smaller);
    default: return;  // not arithmetic: the kernels refuse it
  }
}

void affine(const float* src, const float* scale, const float* shift, std::int64_t step, float* dst,
            std::int64_t count) {
  if (step == 0) {
    const float factor = *scale;
    const float offset = *shift;
    KERAUNOS_INDEPENDENT
    for (std::int64_t i = 0; i < count; ++i) dst[i] = src[i] * factor + offset;
  } else {
    KERAUNOS_INDEPENDENT
    for (std::int64_t i = 0; i < count; ++i) dst[i] = src[i] * scale[i] + shift[i];
  }
}

void scale(float factor, float* dst, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) dst[i] *= factor;
}

void subtract(const float* src, float a, float b, float* dst, std::int64_t count) {
  KERAUNOS_INDEPENDENT
  for (std::int64_t i = 0; i < count; ++i) dst[i] = (src[i] - a) - b;
}

/// Folds get(0), get(1), ... into several results side by side, then those into one: independent
/// chains are what keeps a processor busy, and short ones what keeps a sum exact.
template <typename Get, typename Fold>
inline float fold(std::int64_t count, float start, Get get, Fold together) {
  constexpr std::int64_t chains = 4 * KERAUNOS_LANES;
  float partial[chains];
  for (std::int64_t j = 0; j < chains; ++j) partial[j] = start;
  std::int64_t i = 0;
  for (; i + chains <= count; i += chains) {
    for (std::int64_t j = 0; j < chains; ++j) partial[j] = together(partial[j], get(i + j));
  }
  for (; i < count; ++i) partial[i % chains] = together(partial[i % chains], get(i));
  for (std::int64_t width = chains / 2; width > 0; width /= 2) {
    for (std::int64_t j = 0; j < width; ++j) {
      partial[j] = together(partial[j], partial[j + width]);
    }
  }
  return partial[0];
}

inline float plus(float a, float b) { return a + b; }

float sum(const float* src, std::int64_t count) {
  return fold(
      count, 0, [=](std::int64_t i) { return src[i]; }, plus);
}

float sum_squares(const float* src, float shift, std::int64_t count) {
  return fold(
      count, 0, [=](std::int64_t i) { return (src[i] - shift) * (src[i] - shift); }, plus);
}

float max(const float* src, std::int64_t count) {
  return fold(
      count, -infinity, [=](std::int64_t i) { return src[i]; }, larger);
}

float exp_shifted(const float* src, float shift, float* dst, std::int64_t count) {
  KERAUNOS_INDEPENDENT
  for (std::int64_t i = 0; i < count; ++i) dst[i] = exp(src[i] - shift);
  return sum(dst, count);
}

float sum_exp_shifted(const float* src, float shift, std::int64_t count) {
  return fold(
      count, 0, [=](std::int64_t i) { return exp(src[i] - shift); }, plus);
}

}  // namespace
