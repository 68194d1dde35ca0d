#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/ops/adaptive_pool.hpp"
#include "runtime/ops/affine.hpp"
#include "runtime/ops/arg_reduce.hpp"
#include "runtime/ops/batch_matmul.hpp"
#include "runtime/ops/binary.hpp"
#include "runtime/ops/broadcast.hpp"
#include "runtime/ops/cast.hpp"
#include "runtime/ops/chain.hpp"
#include "runtime/ops/concat.hpp"
#include "runtime/ops/conv.hpp"
#include "runtime/ops/conv_transpose.hpp"
#include "runtime/ops/custom.hpp"
#include "runtime/ops/gather.hpp"
#include "runtime/ops/lookup.hpp"
#include "runtime/ops/matmul.hpp"
#include "runtime/ops/norm.hpp"
#include "runtime/ops/pad.hpp"
#include "runtime/ops/pool.hpp"
#include "runtime/ops/recurrent.hpp"
#include "runtime/ops/reduce.hpp"
#include "runtime/ops/resize.hpp"
#include "runtime/ops/scan.hpp"
#include "runtime/ops/select.hpp"
#include "runtime/ops/size_tensor.hpp"
#include "runtime/ops/slice.hpp"
#include "runtime/ops/softmax.hpp"
#include "runtime/ops/sort.hpp"
#include "runtime/ops/transpose.hpp"
#include "runtime/ops/unary.hpp"
#include "runtime/ops/vectorize_text.hpp"
#include "runtime/ops/view.hpp"

namespace keraunos {

/// Every operation that kernels implement. One line here adds one.
using Op = std::variant<  //
    Conv, ConvTranspose, MatMul, BatchMatMul, Recurrent, Pool, AdaptivePool, Reduce, ArgReduce,
    Scan, Sort, Unary, Binary, Select, Affine, Norm, Softmax, Resize, Pad, Concat, Slice, Broadcast,
    Gather, GatherAlong, Transpose, Cast, SizeTensor, Chain, View, Lookup, Hash, VectorizeText,
    Custom>;

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

/// The op with every attribute that depends on the batch as a number: what kernels see.
inline Op bind(const Op& op, const Binding& binding) {
  return std::visit(
      [&](const auto& it) -> Op {
        if constexpr (requires { it.bind(binding); }) return it.bind(binding);
        return it;
      },
      op);
}

/// True where output 0 may be written over input 0 if both have as many bytes: every cell is read
/// before it is written, and by nothing that makes another cell.
inline bool may_run_in_place(const Op& op) {
  if (const auto* unary = std::get_if<Unary>(&op)) return !gives_bool(unary->fn);
  return std::holds_alternative<Affine>(op) || std::holds_alternative<Chain>(op);
}

}  // namespace keraunos
