#include "kernels/cuda/kernels.hpp"

#include "kernels/cuda/own/own_kernels.hpp"
#include "runtime/backend/kernel_table.hpp"

namespace keraunos::cuda {
namespace {

/// Everything that runs on the GPU. An op that is not here runs on the CPU; View never runs.
KernelTable make_table() {
  KernelTable table;
  // cuDNN has only its slow generic engine for depthwise convolutions.
  list_for<Conv>(table) = {own_packed_depthwise, own_depthwise_conv, cudnn_conv, own_direct_conv};
  list_for<ConvTranspose>(table) = {own_conv_transpose};
  list_for<MatMul>(table) = {cublas_lt_matmul};
  list_for<BatchMatMul>(table) = {cublas_lt_batch_matmul};
  list_for<Pool>(table) = {own_packed_pool, own_pool};
  list_for<AdaptivePool>(table) = {own_adaptive_pool};
  list_for<Reduce>(table) = {own_split_reduce, own_reduce};
  list_for<ArgReduce>(table) = {own_arg_reduce};
  list_for<Scan>(table) = {own_scan};
  list_for<Sort>(table) = {own_sort};
  list_for<Unary>(table) = {own_packed_unary, own_unary};
  list_for<Binary>(table) = {own_binary};
  list_for<Select>(table) = {own_select};
  list_for<Affine>(table) = {own_packed_affine, own_affine};
  list_for<Softmax>(table) = {own_softmax};
  list_for<Norm>(table) = {own_norm};
  list_for<Recurrent>(table) = {own_recurrent};
  list_for<Resize>(table) = {own_resize};
  list_for<Pad>(table) = {own_pad};
  list_for<Concat>(table) = {own_concat};
  list_for<Slice>(table) = {own_slice};
  list_for<Broadcast>(table) = {own_broadcast};
  list_for<Gather>(table) = {own_gather};
  list_for<GatherAlong>(table) = {own_gather_along};
  list_for<Transpose>(table) = {own_transpose};
  list_for<Cast>(table) = {own_cast};
  list_for<SizeTensor>(table) = {own_sizes};
  list_for<Chain>(table) = {own_packed_chain, own_chain};
  return table;
}

}  // namespace

std::span<const KernelEntry> kernels_for(std::size_t op_index) {
  static const auto* const table = new KernelTable(make_table());
  return (*table)[op_index];
}

}  // namespace keraunos::cuda
