#pragma once

#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/reference/mathematics.hpp"

// The activations in double precision, in forms that neither cancel nor overflow: large
// and infinite arguments give the function's limit. NaN gives NaN wherever it does in Keras; the
// functions that Keras builds from comparisons (soft_shrink, hard_shrink, threshold) send it to
// their last branch.

namespace keraunos::reference {

/// max(x, limit) and min(x, limit) that keep NaN.
inline double at_least(double limit, double x) { return x < limit ? limit : x; }
inline double at_most(double limit, double x) { return x > limit ? limit : x; }
inline double clip(double x, double low, double high) { return at_most(high, at_least(low, x)); }

/// Keras's relu(x, negative_slope=alpha, max_value=beta, threshold=gamma): beta is infinite where
/// there is no ceiling. A ceiling also cuts at 0, which shows with a negative threshold.
inline double relu(double x, double alpha, double beta, double gamma) {
  double positive = 0;
  if (gamma == 0) {
    positive = at_least(0, x);
  } else if (!(x <= gamma)) {
    positive = x;
  }
  if (beta != std::numeric_limits<double>::infinity()) positive = clip(positive, 0, beta);
  return alpha == 0 ? positive : positive - alpha * at_least(0, gamma - x);
}

inline double sigmoid(double x) {
  const double small = std::exp(-std::fabs(x));
  return (x < 0 ? small : 1) / (1 + small);
}

inline double softplus(double x) { return at_least(0, x) + std::log1p(std::exp(-std::fabs(x))); }

/// x * weight, where a weight that vanished wins over an infinite x.
inline double weighted(double x, double weight) { return weight == 0 ? 0 : x * weight; }

inline double elu(double x, double alpha) { return x > 0 ? x : alpha * std::expm1(x); }

inline double celu(double x, double alpha) {
  return at_least(0, x) + at_most(0, alpha * std::expm1(x / alpha));
}

inline double squareplus(double x, double b) {
  if (x * x == std::numeric_limits<double>::infinity()) return at_least(0, x);
  const double root = std::sqrt(x * x + b);
  return x < 0 ? b / (2 * (root - x)) : (x + root) / 2;
}

inline double softsign(double x) {
  return std::isinf(x) ? std::copysign(1.0, x) : x / (1 + std::fabs(x));
}

inline double soft_shrink(double x, double limit) {
  if (x > limit) return x - limit;
  return x < -limit ? x + limit : 0;
}

inline double sparse_plus(double x) {
  if (x <= -1) return 0;
  return x < 1 ? (x + 1) * (x + 1) / 4 : x;
}

/// x/2 * erfc(-x/sqrt(2)): the textbook's 1 + erf cancels for negative x.
inline double gelu(double x) { return weighted(x, std::erfc(-x * std::numbers::sqrt2 / 2) / 2); }

/// (1 + tanh(u)) / 2 = sigmoid(2u).
inline double gelu_tanh(double x) {
  const double u = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return weighted(x, sigmoid(2 * u));
}

inline double activate(const Unary& unary, double x) {
  const double alpha = unary.alpha;
  const double beta = unary.beta;
  switch (unary.fn) {
    case UnaryFn::identity: return x;
    case UnaryFn::relu: return relu(x, alpha, beta, unary.gamma);
    case UnaryFn::linear: return alpha * x + beta;
    case UnaryFn::elu: return elu(x, alpha);
    case UnaryFn::celu: return celu(x, alpha);
    case UnaryFn::selu: return 1.0507009873554805 * elu(x, 1.6732632423543772);
    case UnaryFn::softplus: return softplus(x);
    case UnaryFn::softsign: return softsign(x);
    case UnaryFn::squareplus: return squareplus(x, alpha);
    case UnaryFn::soft_shrink: return soft_shrink(x, alpha);
    case UnaryFn::hard_shrink: return std::fabs(x) > alpha ? x : 0;
    case UnaryFn::sparse_plus: return sparse_plus(x);
    case UnaryFn::silu: return weighted(x, sigmoid(x));
    case UnaryFn::gelu: return gelu(x);
    case UnaryFn::gelu_tanh: return gelu_tanh(x);
    case UnaryFn::tanh: return std::tanh(x);
    case UnaryFn::tanh_shrink: return x - std::tanh(x);
    case UnaryFn::threshold: return x > alpha ? x : beta;
    case UnaryFn::sigmoid: return sigmoid(x);
    case UnaryFn::sparse_sigmoid: return clip((x + 1) / 2, 0, 1);
    case UnaryFn::log_sigmoid: return -softplus(-x);
    case UnaryFn::exponential: return std::exp(x);
    case UnaryFn::hard_sigmoid: return clip(alpha * x + beta, 0, 1);
    case UnaryFn::hard_silu: return weighted(x, clip(alpha * x + beta, 0, 1));
    case UnaryFn::hard_tanh: return clip(x, -1, 1);
    case UnaryFn::mish: return weighted(x, std::tanh(softplus(x)));
    case UnaryFn::round: return std::nearbyint(x);
    default: return mathematics(unary.fn, x);
  }
}

}  // namespace keraunos::reference
