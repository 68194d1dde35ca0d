#pragma once

#include <optional>

#include "runtime/ops/op.hpp"

// Arithmetic on numbers made of sizes. Nothing where the result has no formula.

namespace keraunos::keras {

/// The number as a fraction, where that is exact and the denominator is small: 0.5, 1.75, 320.
std::optional<Fraction> to_fraction(double number);

std::optional<Fraction> apply(BinaryFn fn, const Fraction& a, const Fraction& b);
std::optional<Fraction> apply(const Unary& unary, const Fraction& a);

/// a / b, rounded down.
Dim floor(const Fraction& a);

}  // namespace keraunos::keras
