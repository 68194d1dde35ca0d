#include "kernels/reference/kernels.hpp"

#include "kernels/reference/entry.hpp"

namespace keraunos {
namespace {

KernelTable make_table() {
  KernelTable table;
  list_for<Conv>(table) = {reference::conv()};
  list_for<ConvTranspose>(table) = {reference::conv_transpose()};
  list_for<MatMul>(table) = {reference::matmul()};
  list_for<BatchMatMul>(table) = {reference::batch_matmul()};
  list_for<Recurrent>(table) = {reference::recurrent()};
  list_for<Pool>(table) = {reference::pool()};
  list_for<AdaptivePool>(table) = {reference::adaptive_pool()};
  list_for<Reduce>(table) = {reference::reduce()};
  list_for<ArgReduce>(table) = {reference::arg_reduce()};
  list_for<Scan>(table) = {reference::scan()};
  list_for<Sort>(table) = {reference::sort()};
  list_for<Unary>(table) = {reference::unary()};
  list_for<Binary>(table) = {reference::binary()};
  list_for<Select>(table) = {reference::select()};
  list_for<Affine>(table) = {reference::affine()};
  list_for<Norm>(table) = {reference::norm()};
  list_for<Softmax>(table) = {reference::softmax()};
  list_for<Resize>(table) = {reference::resize()};
  list_for<Pad>(table) = {reference::pad()};
  list_for<Concat>(table) = {reference::concat()};
  list_for<Slice>(table) = {reference::slice()};
  list_for<Broadcast>(table) = {reference::broadcast()};
  list_for<Gather>(table) = {reference::gather()};
  list_for<GatherAlong>(table) = {reference::gather_along()};
  list_for<Transpose>(table) = {reference::transpose()};
  list_for<Cast>(table) = {reference::cast()};
  list_for<SizeTensor>(table) = {reference::sizes()};
  list_for<Chain>(table) = {reference::chain()};
  list_for<Lookup>(table) = {reference::lookup()};
  list_for<Hash>(table) = {reference::hash()};
  list_for<VectorizeText>(table) = {reference::vectorize_text()};
  list_for<Custom>(table) = {reference::custom()};
  return table;
}

}  // namespace

std::span<const KernelEntry> reference_kernels(std::size_t op_index) {
  static const KernelTable table = make_table();
  return table.at(op_index);
}

}  // namespace keraunos
