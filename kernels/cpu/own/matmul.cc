#include <fmt/format.h>

#include "kernels/cpu/own/elementwise.hpp"
#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/panels.hpp"
#include "kernels/reference/entry.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos::cpu::own {
namespace {

class MatMulKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!node.is_constant(1) || (node.inputs.size() > 2 && !node.is_constant(2))) {
      return Verdict::no("takes constant weights only");
    }
    if (node.inputs[1].size() == 0) return Verdict::no("takes no empty tensors");
    return all_float32(node);
  }

  MatMulKernel(const NodeView& node, KernelBuild& build)
      : rows_(node.inputs[1].dims[0]),
        columns_(node.inputs[1].dims[1]),
        vectors_(node.outputs[0].size() / columns_),
        panels_(build, 1, node.inputs.size() > 2 ? node.constants[2] : nullptr, rows_, columns_, 1),
        fused_relu_(node.as<MatMul>().activation.is_plain_relu()),
        activation_(fused_relu_ ? Unary{} : node.as<MatMul>().activation, node.outputs[0].size(),
                    build.options().threads),
        threads_(useful_threads(build.options().threads,
                                multiply_add_time(vectors_ * rows_ * columns_))) {}

  void run(const KernelArgs& args, Stream&) const override {
    const std::int64_t blocks = ceil_div(vectors_, block_height);
    // Neighbours share their rows where the panels stay in the cache, else their panel.
    const bool panels_fit = panels_.bytes() <= 512 * 1024;
    parallel_for(threads_, blocks * panels_.count(), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t block = panels_fit ? task / panels_.count() : task % blocks;
        const std::int64_t panel = panels_fit ? task % panels_.count() : task / blocks;
        run_block(args, block * block_height, panel);
      }
    });
    activation_.run_in_place(args.output<float>());
  }

 private:
  static constexpr std::int64_t block_height = 112;  // a multiple of every tile's height

  void run_block(const KernelArgs& args, std::int64_t first, std::int64_t panel) const {
    constexpr std::int64_t whole_row = 0;
    GemmBlock block = {};
    panels_.fill(block, panel);
    block.src = args.input<float>(0) + first * rows_;
    block.src_step = rows_;
    block.segments = {&whole_row, 1};
    block.segment_length = rows_;
    block.dst = args.output<float>() + first * columns_ + panels_.first_column(panel);
    block.dst_step = columns_;
    block.relu = fused_relu_;
    simd().gemm(block, std::min(block_height, vectors_ - first));
  }

  std::int64_t rows_;
  std::int64_t columns_;
  std::int64_t vectors_;
  Panels panels_;
  bool fused_relu_;
  UnaryPass activation_;
  int threads_;
};

class SmallMatMulKernel : public MatMulKernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions& options) {
    constexpr std::int64_t few_rows = 4;
    const std::int64_t columns = std::max<std::int64_t>(node.inputs[1].dims[1], 1);
    const std::int64_t vectors = node.outputs[0].size() / columns;
    const std::int64_t matrix = std::max<std::int64_t>(node.inputs[1].size(), 1);
    if (vectors > few_rows && vectors > small_product / matrix) {
      return Verdict::no(
          fmt::format("takes up to {} rows or {} multiply-adds", few_rows, small_product));
    }
    return MatMulKernel::accepts(node, options);
  }
  using MatMulKernel::MatMulKernel;
};

}  // namespace

KernelEntry matmul() { return make_entry<MatMulKernel>("own matmul"); }
KernelEntry small_matmul() { return make_entry<SmallMatMulKernel>("own small matmul"); }

}  // namespace keraunos::cpu::own
