#pragma once

#include <cmath>

#include "kernels/cuda/own/index_space.hpp"
#include "runtime/ops/unary.hpp"

// The activations of runtime/ops/unary.hpp in float32, in forms that neither cancel nor
// overflow: large and infinite arguments give the function's limit. NaN gives NaN wherever it does
// in Keras; soft_shrink, hard_shrink and threshold, which Keras builds from comparisons, send it to
// their last branch.

namespace keraunos::cuda {

KERAUNOS_DEVICE inline float positive_part(float x) { return x < 0 ? 0 : x; }

/// x * weight, where a weight that vanished wins over an infinite x.
KERAUNOS_DEVICE inline float weighted(float x, float weight) {
  return weight == 0 ? 0 : x * weight;
}

/// Keras's relu(x, negative_slope=alpha, max_value=beta, threshold=gamma); beta is infinite where
/// there is no ceiling. A ceiling also cuts at 0, which shows with a negative threshold.
KERAUNOS_DEVICE inline float relu_of(const Unary& f, float x) {
  float positive = x <= f.gamma ? 0 : x;
  if (f.beta != infinity) positive = clamp_or_nan(positive, 0, f.beta);
  return f.alpha == 0 ? positive : positive - f.alpha * positive_part(f.gamma - x);
}

KERAUNOS_DEVICE inline float sigmoid_of(float x) {
  const float small = std::exp(-std::fabs(x));
  return (x < 0 ? small : 1) / (1 + small);
}

KERAUNOS_DEVICE inline float softplus_of(float x) {
  return positive_part(x) + std::log1p(std::exp(-std::fabs(x)));
}

KERAUNOS_DEVICE inline float elu_of(float x, float alpha) {
  return x > 0 ? x : alpha * std::expm1(x);
}

KERAUNOS_DEVICE inline float celu_of(float x, float alpha) {
  const float negative = alpha * std::expm1(x / alpha);
  return positive_part(x) + (negative > 0 ? 0 : negative);
}

KERAUNOS_DEVICE inline float squareplus_of(float x, float b) {
  const float square = x * x;
  if (square == infinity) return positive_part(x);
  const float root = std::sqrt(square + b);
  return x < 0 ? b / (2 * (root - x)) : (x + root) / 2;
}

KERAUNOS_DEVICE inline float softsign_of(float x) {
  const float magnitude = std::fabs(x);
  return magnitude == infinity ? std::copysign(1.0F, x) : x / (1 + magnitude);
}

KERAUNOS_DEVICE inline float soft_shrink_of(float x, float limit) {
  if (x > limit) return x - limit;
  return x < -limit ? x + limit : 0;
}

KERAUNOS_DEVICE inline float sparse_plus_of(float x) {
  if (x <= -1) return 0;
  return x < 1 ? (x + 1) * (x + 1) / 4 : x;
}

/// x/2 * (1 + erf(x/sqrt(2))), without the cancellation for negative x.
KERAUNOS_DEVICE inline float gelu_of(float x) {
  constexpr float sqrt_half = 0.707106781186547524F;
  return weighted(x, std::erfc(-x * sqrt_half) / 2);
}

/// (1 + tanh(u)) / 2 = sigmoid(2u).
KERAUNOS_DEVICE inline float gelu_tanh_of(float x) {
  constexpr float sqrt_2_over_pi = 0.797884560802865356F;
  const float u = sqrt_2_over_pi * (x + 0.044715F * x * x * x);
  return weighted(x, sigmoid_of(2 * u));
}

/// x - tanh(x): near 0 the difference cancels, and the series of tanh takes over.
KERAUNOS_DEVICE inline float tanh_shrink_of(float x) {
  if (!(std::fabs(x) < 0.3F)) return x - std::tanh(x);
  const float square = x * x;
  const float tail = 17.0F / 315 - square * (62.0F / 2835 - square * (1382.0F / 155925));
  return x * square * (1.0F / 3 - square * (2.0F / 15 - square * tail));
}

/// What `f` makes of `x`.
KERAUNOS_DEVICE inline float activate(const Unary& f, float x) {
  switch (f.fn) {
    case UnaryFn::identity: return x;
    case UnaryFn::relu: return relu_of(f, x);
    case UnaryFn::linear: return f.alpha * x + f.beta;
    case UnaryFn::elu: return elu_of(x, f.alpha);
    case UnaryFn::celu: return celu_of(x, f.alpha);
    case UnaryFn::selu: return 1.0507009873554805F * elu_of(x, 1.6732632423543772F);
    case UnaryFn::softplus: return softplus_of(x);
    case UnaryFn::softsign: return softsign_of(x);
    case UnaryFn::squareplus: return squareplus_of(x, f.alpha);
    case UnaryFn::soft_shrink: return soft_shrink_of(x, f.alpha);
    case UnaryFn::hard_shrink: return std::fabs(x) > f.alpha ? x : 0;
    case UnaryFn::sparse_plus: return sparse_plus_of(x);
    case UnaryFn::silu: return weighted(x, sigmoid_of(x));
    case UnaryFn::gelu: return gelu_of(x);
    case UnaryFn::gelu_tanh: return gelu_tanh_of(x);
    case UnaryFn::tanh: return std::tanh(x);
    case UnaryFn::tanh_shrink: return tanh_shrink_of(x);
    case UnaryFn::threshold: return x > f.alpha ? x : f.beta;
    case UnaryFn::sigmoid: return sigmoid_of(x);
    case UnaryFn::sparse_sigmoid: return clamp_or_nan((x + 1) / 2, 0, 1);
    case UnaryFn::log_sigmoid: return -softplus_of(-x);
    case UnaryFn::exponential: return std::exp(x);
    case UnaryFn::hard_sigmoid: return clamp_or_nan(f.alpha * x + f.beta, 0, 1);
    case UnaryFn::hard_silu: return weighted(x, clamp_or_nan(f.alpha * x + f.beta, 0, 1));
    case UnaryFn::hard_tanh: return clamp_or_nan(x, -1, 1);
    case UnaryFn::mish: return weighted(x, std::tanh(softplus_of(x)));
    case UnaryFn::round: return std::rint(x);
    default: return x;  // no activation
  }
  return x;
}

}  // namespace keraunos::cuda
