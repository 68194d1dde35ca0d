#pragma once

#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/reference/element_types.hpp"
#include "kernels/reference/integers.hpp"
#include "runtime/base/device_code.hpp"
#include "runtime/ops/unary.hpp"

// The functions of one element beyond activations, for kernels on every device.

namespace keraunos::reference {

KERAUNOS_DEVICE inline double sinc(double x) {
  const double angle = std::numbers::pi * x;
  return x == 0 ? 1 : std::sin(angle) / angle;
}

/// Newton's steps on Giles's approximation (2010) of the inverse error function.
KERAUNOS_DEVICE inline double erfinv(double x) {
  if (!(std::fabs(x) < 1))
    return std::fabs(x) == 1 ? x * std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
  const double w = std::log((1 - x) * (1 + x));
  const double t = 2 / (std::numbers::pi * 0.147) + w / 2;
  double y = std::copysign(std::sqrt(std::sqrt(t * t - w / 0.147) - t), x);
  for (int step = 0; step < 3; ++step) {
    y -= (std::erf(y) - x) / (2 / std::sqrt(std::numbers::pi) * std::exp(-y * y));
  }
  return y;
}

/// The functions beyond activations that give a number, of a float32. Real is the precision, but
/// for three functions that lose too much in float32: those are computed in double anyway.
template <typename Real>
KERAUNOS_DEVICE Real mathematics(UnaryFn fn, Real x) {
  switch (fn) {
    case UnaryFn::negative: return -x;
    case UnaryFn::absolute: return std::fabs(x);
    case UnaryFn::square: return x * x;
    case UnaryFn::sqrt: return std::sqrt(x);
    case UnaryFn::rsqrt: return 1 / std::sqrt(x);
    case UnaryFn::reciprocal: return 1 / x;
    case UnaryFn::exp2: return std::exp2(x);
    case UnaryFn::expm1: return std::expm1(x);
    case UnaryFn::log: return std::log(x);
    case UnaryFn::log1p: return std::log1p(x);
    case UnaryFn::log2: return std::log2(x);
    case UnaryFn::log10: return std::log10(x);
    case UnaryFn::erf: return std::erf(x);
    case UnaryFn::erfinv: return static_cast<Real>(erfinv(x));
    case UnaryFn::lgamma: return static_cast<Real>(std::lgamma(static_cast<double>(x)));
    case UnaryFn::sin: return std::sin(x);
    case UnaryFn::cos: return std::cos(x);
    case UnaryFn::tan: return std::tan(x);
    case UnaryFn::asin: return std::asin(x);
    case UnaryFn::acos: return std::acos(x);
    case UnaryFn::atan: return std::atan(x);
    case UnaryFn::sinh: return std::sinh(x);
    case UnaryFn::cosh: return std::cosh(x);
    case UnaryFn::asinh: return std::asinh(x);
    case UnaryFn::acosh: return std::acosh(x);
    case UnaryFn::atanh: return std::atanh(x);
    case UnaryFn::sinc: return static_cast<Real>(sinc(x));
    case UnaryFn::floor: return std::floor(x);
    case UnaryFn::ceil: return std::ceil(x);
    case UnaryFn::trunc: return std::trunc(x);
    case UnaryFn::sign: return x > 0 ? 1 : x < 0 ? -1 : x;
    default: return x;
  }
}

/// The functions that give bool, of any number.
template <typename T>
constexpr bool test(UnaryFn fn, T x) {
  const bool is_finite = x - x == 0;  // infinity - infinity is NaN
  switch (fn) {
    case UnaryFn::is_nan: return x != x;
    case UnaryFn::is_infinite: return !is_finite && x == x;
    case UnaryFn::is_finite: return is_finite;
    default: return x == 0;
  }
}

/// True for functions of integers that leave 0 and 1 as they are.
constexpr bool keeps_bools(UnaryFn fn) {
  return fn != UnaryFn::relu && fn != UnaryFn::linear && fn != UnaryFn::negative;
}

/// Yes where a function has a meaning for a dtype.
inline Verdict can_map(const Unary& unary, DType dtype) {
  if (gives_bool(unary.fn) || dtype == DType::float32) return computed_dtype(dtype);
  if (!is_computed(dtype) || !maps_integers(unary)) return Verdict::no("computes float32 only");
  if (dtype == DType::boolean && !keeps_bools(unary.fn)) {
    return Verdict::no("computes numbers only");
  }
  return Verdict::yes();
}

}  // namespace keraunos::reference
