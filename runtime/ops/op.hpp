#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/ops/affine.hpp"
#include "runtime/ops/binary.hpp"
#include "runtime/ops/cast.hpp"
#include "runtime/ops/concat.hpp"
#include "runtime/ops/conv.hpp"
#include "runtime/ops/matmul.hpp"
#include "runtime/ops/pad.hpp"
#include "runtime/ops/pool.hpp"
#include "runtime/ops/reduce.hpp"
#include "runtime/ops/resize.hpp"
#include "runtime/ops/softmax.hpp"
#include "runtime/ops/transpose.hpp"
#include "runtime/ops/unary.hpp"
#include "runtime/ops/view.hpp"

namespace keraunos {

/// Every operation that kernels implement. One line here adds one.
using Op = std::variant<  //
    Conv, MatMul, Pool, Reduce, Unary, Binary, Affine, Softmax, Resize, Pad, Concat, Transpose,
    Cast, View>;

inline constexpr std::size_t op_count = std::variant_size_v<Op>;

/// "Conv".
inline std::string_view name_of(const Op& op) {
  return std::visit([](const auto& it) { return it.name; }, op);
}

/// The attributes as a person would note them: "3 same x 3 same, relu".
inline std::string describe(const Op& op) {
  return std::visit([](const auto& it) { return it.describe(); }, op);
}

/// Output types from input types. Throws Error where no batch could ever fit; what depends on the
/// batch goes to `demands`.
inline std::vector<TensorType> infer(const Op& op, std::span<const TensorType> inputs,
                                     Demands& demands) {
  return std::visit([&](const auto& it) { return it.infer(inputs, demands); }, op);
}

/// True where output 0 may be written over input 0: same bytes per cell, read before written.
inline bool may_run_in_place(const Op& op) {
  return std::holds_alternative<Unary>(op) || std::holds_alternative<Affine>(op);
}

}  // namespace keraunos
