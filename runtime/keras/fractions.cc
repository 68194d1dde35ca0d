#include "runtime/keras/fractions.hpp"

#include <cmath>

namespace keraunos::keras {
namespace {

Fraction make(const Dim& numerator, const Dim& denominator) {
  if (const auto whole = exact_quotient(numerator, denominator)) return {*whole};
  return {numerator, denominator};
}

Fraction add(const Fraction& a, const Fraction& b, std::int64_t sign) {
  if (a.denominator == b.denominator) {
    return make(a.numerator + b.numerator * Dim(sign), a.denominator);
  }
  return make(a.numerator * b.denominator + b.numerator * a.denominator * Dim(sign),
              a.denominator * b.denominator);
}

Fraction multiply(const Fraction& a, const Fraction& b) {
  return make(a.numerator * b.numerator, a.denominator * b.denominator);
}

std::optional<Fraction> divide(const Fraction& a, const Fraction& b) {
  const auto divisor = b.numerator.constant();
  if (divisor == 0) return std::nullopt;
  const Dim sign(divisor < 0 ? -1 : 1);
  return make(a.numerator * b.denominator * sign, a.denominator * b.numerator * sign);
}

std::optional<Fraction> floor_divide(const Fraction& a, const Fraction& b) {
  const auto quotient = divide(a, b);
  return quotient ? std::optional(Fraction{floor(*quotient)}) : std::nullopt;
}

std::optional<Fraction> remainder(const Fraction& a, const Fraction& b) {
  const auto quotient = floor_divide(a, b);
  return quotient ? std::optional(add(a, multiply(*quotient, b), -1)) : std::nullopt;
}

std::optional<Fraction> extremum(const Fraction& a, const Fraction& b,
                                 Dim (*choose)(const Dim&, const Dim&)) {
  if (a.denominator != b.denominator) return std::nullopt;
  return Fraction{choose(a.numerator, b.numerator), a.denominator};
}

}  // namespace

std::optional<Fraction> to_fraction(double number) {
  constexpr double largest = 4503599627370496;  // 2^52: no whole number up to here is rounded
  std::int64_t denominator = 1;
  while (number != std::floor(number) && denominator < (1 << 16)) {
    number *= 2;
    denominator *= 2;
  }
  if (number != std::floor(number) || std::abs(number) > largest) return std::nullopt;
  return Fraction{static_cast<std::int64_t>(number), denominator};
}

Dim floor(const Fraction& a) { return floor_div(a.numerator, a.denominator); }

std::optional<Fraction> apply(BinaryFn fn, const Fraction& a, const Fraction& b) {
  switch (fn) {
    case BinaryFn::add: return add(a, b, 1);
    case BinaryFn::subtract: return add(a, b, -1);
    case BinaryFn::multiply: return multiply(a, b);
    case BinaryFn::divide: return divide(a, b);
    case BinaryFn::floor_divide: return floor_divide(a, b);
    case BinaryFn::mod: return remainder(a, b);
    case BinaryFn::maximum: return extremum(a, b, max);
    case BinaryFn::minimum: return extremum(a, b, min);
    default: return std::nullopt;
  }
}

std::optional<Fraction> apply(const Unary& unary, const Fraction& a) {
  switch (unary.fn) {
    case UnaryFn::identity: return a;
    case UnaryFn::negative: return multiply(a, {-1});
    case UnaryFn::square: return multiply(a, a);
    case UnaryFn::floor: return Fraction{floor(a)};
    case UnaryFn::ceil: return Fraction{floor(multiply(a, {-1})) * Dim(-1)};
    case UnaryFn::linear: {
      const auto scale = to_fraction(unary.alpha);
      const auto shift = to_fraction(unary.beta);
      return scale && shift ? std::optional(add(multiply(a, *scale), *shift, 1)) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

}  // namespace keraunos::keras
