#include "runtime/shape/demands.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos {

bool Demand::holds(const Binding& binding) const {
  const std::int64_t a = left.evaluate(binding);
  if (kind == Kind::positive) return a >= 1;
  const std::int64_t b = right.evaluate(binding);
  return a == b || (kind == Kind::broadcastable && (a == 1 || b == 1));
}

Dim Demands::equal(const Dim& left, const Dim& right, const std::string& what) {
  if (left == right) return left;
  if (left.is_constant() && right.is_constant()) {
    fail(ErrorCode::shape_mismatch, "{}: wanted {}, got {}", what, right.to_string(),
         left.to_string());
  }
  open_.push_back({Demand::Kind::equal, left, right, what, {}});
  return left.is_constant() ? left : right;
}

Dim Demands::broadcast(const Dim& left, const Dim& right, const std::string& what) {
  if (left == right || right == Dim(1)) return left;
  if (left == Dim(1)) return right;
  if (left.is_constant() && right.is_constant()) {
    fail(ErrorCode::shape_mismatch, "{}: {} against {}", what, left.to_string(), right.to_string());
  }
  open_.push_back({Demand::Kind::broadcastable, left, right, what, {}});
  return max(left, right);
}

void Demands::positive(const Dim& size, const std::string& what) {
  if (const auto constant = size.constant()) {
    if (*constant >= 1) return;
    fail(ErrorCode::shape_mismatch, "{}: the result would have {} cells", what, *constant);
  }
  open_.push_back({Demand::Kind::positive, size, Dim(1), what, {}});
}

}  // namespace keraunos
