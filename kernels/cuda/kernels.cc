#include "kernels/cuda/kernels.hpp"

#include <array>
#include <initializer_list>
#include <vector>

#include "kernels/cuda/own/own_kernels.hpp"
#include "runtime/ops/op.hpp"

namespace keraunos::cuda {
namespace {

template <typename SomeOp, std::size_t index = 0>
constexpr std::size_t index_of() {
  if constexpr (std::is_same_v<std::variant_alternative_t<index, Op>, SomeOp>) {
    return index;
  } else {
    return index_of<SomeOp, index + 1>();
  }
}

class Table {
 public:
  template <typename SomeOp>
  void list(std::initializer_list<KernelEntry> fastest_first) {
    lists_[index_of<SomeOp>()] = fastest_first;
  }
  std::span<const KernelEntry> operator[](std::size_t op_index) const { return lists_[op_index]; }

 private:
  std::array<std::vector<KernelEntry>, op_count> lists_;
};

/// Everything that runs on the GPU. An op that is not here runs on the CPU; View never runs.
Table make_table() {
  Table table;
  // cuDNN has only its slow generic engine for depthwise convolutions.
  table.list<Conv>({own_depthwise_conv, cudnn_conv, own_direct_conv});
  table.list<MatMul>({cublas_lt_matmul});
  table.list<Pool>({cudnn_pool, own_pool});
  table.list<Reduce>({own_reduce});
  table.list<Unary>({own_unary});
  table.list<Binary>({own_binary});
  table.list<Affine>({own_affine});
  table.list<Softmax>({own_softmax});
  table.list<Resize>({own_resize});
  table.list<Pad>({own_pad});
  table.list<Concat>({own_concat});
  table.list<Transpose>({own_transpose});
  table.list<Cast>({own_cast});
  return table;
}

}  // namespace

std::span<const KernelEntry> kernels_for(std::size_t op_index) {
  static const auto* const table = new Table(make_table());
  return (*table)[op_index];
}

}  // namespace keraunos::cuda
