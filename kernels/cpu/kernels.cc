#include "kernels/cpu/kernels.hpp"

#include "kernels/cpu/own/kernels.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"

#if KERAUNOS_ONEDNN
#include "kernels/cpu/onednn.hpp"
#include "kernels/cpu/onednn/kernels.hpp"
#endif

namespace keraunos::cpu {
namespace {

/// Fastest first.
KernelTable make_table() {
  KernelTable table;
#if KERAUNOS_ONEDNN
  list_for<Conv>(table) = {own::depthwise(), own::small_conv(), onednn::conv(), own::conv()};
  list_for<MatMul>(table) = {own::small_matmul(), onednn::matmul(), own::matmul()};
  list_for<BatchMatMul>(table) = {onednn::batch_matmul(), own::batch_matmul()};
#else
  list_for<Conv>(table) = {own::depthwise(), own::conv()};
  list_for<MatMul>(table) = {own::matmul()};
  list_for<BatchMatMul>(table) = {own::batch_matmul()};
#endif
  list_for<ConvTranspose>(table) = {own::conv_transpose()};
  list_for<Recurrent>(table) = {own::recurrent(), own::conv_recurrent()};
  list_for<Pool>(table) = {own::pool()};
  list_for<AdaptivePool>(table) = {own::adaptive_pool()};
  list_for<Reduce>(table) = {own::reduce()};
  list_for<Unary>(table) = {own::unary()};
  list_for<Binary>(table) = {own::binary(), own::typed_binary()};
  list_for<Select>(table) = {own::select()};
  list_for<Affine>(table) = {own::affine()};
  list_for<Norm>(table) = {own::norm()};
  list_for<Softmax>(table) = {own::softmax()};
  list_for<Resize>(table) = {own::resize()};
  list_for<Pad>(table) = {own::pad()};
  list_for<Concat>(table) = {own::concat()};
  list_for<Slice>(table) = {own::slice()};
  list_for<Broadcast>(table) = {own::broadcast()};
  list_for<Gather>(table) = {own::gather()};
  list_for<Transpose>(table) = {own::transpose()};
  for (std::size_t i = 0; i < op_count; ++i) {
    const auto reference = reference_kernels(i);
    table[i].insert(table[i].end(), reference.begin(), reference.end());
  }
  return table;
}

}  // namespace

std::span<const KernelEntry> kernels_for(std::size_t op_index) {
  static const KernelTable table = make_table();
  return table.at(op_index);
}

std::string libraries() {
#if KERAUNOS_ONEDNN
  return "oneDNN " + onednn::version();
#else
  return "own kernels";
#endif
}

}  // namespace keraunos::cpu
