#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Elementwise functions of one tensor. `alpha`, `beta` and `gamma` are the parameters of Unary.
enum class UnaryFn {
  identity,
  relu,         ///< beta for x >= beta, x for x > gamma, alpha*(x - gamma) otherwise
  linear,       ///< alpha*x + beta
  elu,          ///< x for x > 0, alpha*(exp(x)-1) otherwise
  celu,         ///< max(x,0) + min(alpha*(exp(x/alpha)-1), 0)
  selu,         ///< 1.0507009873554805 * elu(x, alpha=1.6732632423543772)
  softplus,     ///< log(1 + exp(x))
  softsign,     ///< x / (1 + |x|)
  squareplus,   ///< (x + sqrt(x*x + alpha)) / 2
  soft_shrink,  ///< x-alpha for x > alpha, x+alpha for x < -alpha, 0 between
  hard_shrink,  ///< x for |x| > alpha, else 0
  sparse_plus,  ///< 0 for x <= -1, (x+1)^2/4 for -1 < x < 1, x for x >= 1
  silu,         ///< x * sigmoid(x)
  gelu,         ///< x/2 * (1 + erf(x/sqrt(2)))
  gelu_tanh,    ///< x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715*x^3)))
  tanh,
  tanh_shrink,  ///< x - tanh(x)
  threshold,    ///< x for x > alpha, else beta
  sigmoid,
  sparse_sigmoid,  ///< clip((x+1)/2, 0, 1)
  log_sigmoid,     ///< -softplus(-x)
  exponential,
  hard_sigmoid,  ///< clip(alpha*x + beta, 0, 1); Keras 3 has alpha = 1/6, beta = 1/2
  hard_silu,     ///< x * hard_sigmoid(x)
  hard_tanh,     ///< clip(x, -1, 1)
  mish,          ///< x * tanh(softplus(x))
  round,         ///< to the nearest integer, ties to the even one

  // Mathematics beyond activations, as numpy names it.
  negative,
  absolute,
  square,
  sqrt,
  rsqrt,       ///< 1 / sqrt(x)
  reciprocal,  ///< 1 / x
  exp2,
  expm1,
  log,
  log1p,
  log2,
  log10,
  erf,
  erfinv,
  lgamma,  ///< log(|gamma(x)|)
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  sinc,  ///< sin(pi*x) / (pi*x), 1 at 0
  floor,
  ceil,
  trunc,
  sign,    ///< -1, 0 or 1; NaN stays
  is_nan,  ///< these four give bool
  is_infinite,
  is_finite,
  logical_not,  ///< of bool
};

/// Functions with vector code on every device, which may be the epilogue of Conv and MatMul.
inline constexpr std::size_t activation_count = static_cast<std::size_t>(UnaryFn::round) + 1;
inline constexpr std::size_t unary_fn_count = static_cast<std::size_t>(UnaryFn::logical_not) + 1;

constexpr bool is_activation(UnaryFn fn) { return static_cast<std::size_t>(fn) < activation_count; }
/// True for functions whose result is bool whatever they are given.
constexpr bool gives_bool(UnaryFn fn) { return fn >= UnaryFn::is_nan; }

std::string_view to_string(UnaryFn fn);

/// y = fn(x), elementwise. One input of float32, or of int32, int64 or bool where the function has
/// a meaning there; one output of its shape and dtype, except where the function gives bool.
/// Activations are also the epilogue of Conv and MatMul.
struct Unary {
  static constexpr std::string_view name = "Unary";

  UnaryFn fn = UnaryFn::identity;
  float alpha = 0;
  float beta = 0;
  float gamma = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;

  bool is_identity() const { return fn == UnaryFn::identity; }
  /// relu without slope, threshold or ceiling.
  bool is_plain_relu() const;

  friend bool operator==(const Unary&, const Unary&) = default;
};

/// Plain relu: ceiling at infinity.
Unary relu();

}  // namespace keraunos
