#include <algorithm>

#include "kernels/cpu/own/elementwise.hpp"
#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/panels.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/transposed_window.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos::cpu::own {
namespace {

/// For each output row, the input rows that reach it are multiplied with the window's row that they
/// reach it through, and the products are added up where they belong. So each product is computed
/// once, and no two threads write to the same row.
class ConvTransposeKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!node.is_constant(1)) return Verdict::no("takes constant weights only");
    if (node.inputs[1].size() == 0) return Verdict::no("takes no empty tensors");
    return all_float32(node);
  }

  ConvTransposeKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.as<ConvTranspose>().windows, node.inputs[0].dims, node.outputs[0].dims),
        has_bias_(node.inputs.size() > 2),
        pixel_(geometry_.axes[2].size * geometry_.out_channels),
        panels_(build, 1, nullptr, geometry_.in_channels, pixel_,
                geometry_.axes[0].size * geometry_.axes[1].size, true),
        activation_(node.as<ConvTranspose>().activation, node.outputs[0].size(),
                    build.options().threads),
        threads_(useful_threads(build.options().threads,
                                multiply_add_time(node.inputs[0].size() * geometry_.window_cells() *
                                                  geometry_.out_channels))) {
    const std::int64_t wanted = ceil_div(threads_, std::max<std::int64_t>(rows(), 1));
    pieces_ = std::clamp<std::int64_t>(geometry_.axes[2].output / 64, 1, wanted);
    if (has_bias_ && node.is_constant(2)) build.raw(2);
    if (node.is_constant(0)) build.raw(0);
  }

  std::size_t workspace_bytes() const override {
    return static_cast<std::size_t>(threads_ * block_height() * pixel_) * sizeof(float);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const std::int64_t width = geometry_.axes[2].output;
    parallel_for(threads_, rows() * pieces_, [&](std::int64_t begin, std::int64_t end, int thread) {
      float* products = static_cast<float*>(args.workspace) + thread * block_height() * pixel_;
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t piece = task % pieces_;
        run_row(args, task / pieces_, piece * width / pieces_, (piece + 1) * width / pieces_,
                products);
      }
    });
    activation_.run_in_place(args.output<float>());
  }

 private:
  std::int64_t rows() const {
    return geometry_.batch * geometry_.axes[0].output * geometry_.axes[1].output;
  }

  /// Input cells of a row that are multiplied at once.
  std::int64_t block_height() const {
    return std::min<std::int64_t>(112, geometry_.axes[2].input);  // a multiple of every tile's
  }

  /// Output cells [begin, end) of a row.
  void run_row(const KernelArgs& args, std::int64_t row, std::int64_t begin, std::int64_t end,
               float* products) const {
    const auto& [depth, height, width] = geometry_.axes;
    const std::int64_t line = width.input * geometry_.in_channels;
    const std::int64_t image = row / height.output / depth.output;
    float* dst = args.output<float>() + row * width.output * geometry_.out_channels;
    fill(args, dst + begin * geometry_.out_channels, end - begin);
    const std::int64_t reach = (width.size - 1) * width.dilation;
    const std::int64_t begin_cell =
        std::max<std::int64_t>(ceil_div(begin + width.pad.before - reach, width.stride), 0);
    const std::int64_t end_cell =
        std::min(floor_div(end - 1 + width.pad.before, width.stride) + 1, width.input);
    for (std::int64_t k = 0; k < depth.size * height.size; ++k) {
      const std::int64_t z =
          source_cell(depth, row / height.output % depth.output, k / height.size);
      const std::int64_t y = source_cell(height, row % height.output, k % height.size);
      if (z < 0 || y < 0) continue;
      const float* src =
          args.input<float>(0) + ((image * depth.input + z) * height.input + y) * line;
      for (std::int64_t first = begin_cell; first < end_cell; first += block_height()) {
        const std::int64_t cells = std::min(block_height(), end_cell - first);
        multiply(src + first * geometry_.in_channels, k, cells, products);
        for (std::int64_t i = 0; i < cells; ++i) {
          add_cell(products + i * pixel_, first + i, begin, end, dst);
        }
      }
    }
  }

  void fill(const KernelArgs& args, float* dst, std::int64_t cells) const {
    const std::int64_t channels = geometry_.out_channels;
    for (std::int64_t x = 0; x < cells; ++x, dst += channels) {
      if (has_bias_) {
        std::copy_n(args.input<float>(2), channels, dst);
      } else {
        std::fill_n(dst, channels, 0.0F);
      }
    }
  }

  /// `cells` neighbours with row `k` of the window.
  void multiply(const float* src, std::int64_t k, std::int64_t cells, float* products) const {
    constexpr std::int64_t whole_row = 0;
    GemmBlock block = {};
    block.src = src;
    block.src_step = geometry_.in_channels;
    block.segments = {&whole_row, 1};
    block.segment_length = geometry_.in_channels;
    block.dst_step = pixel_;
    for (std::int64_t panel = 0; panel < panels_.per_group(); ++panel) {
      panels_.fill(block, k * panels_.per_group() + panel);
      block.dst = products + panels_.first_column(panel);
      simd().gemm(block, cells);
    }
  }

  /// The products of input cell `x` of a row, as far as they belong to output cells [begin, end).
  void add_cell(const float* products, std::int64_t x, std::int64_t begin, std::int64_t end,
                float* dst) const {
    const SlidingAxis& width = geometry_.axes[2];
    const std::int64_t channels = geometry_.out_channels;
    for (std::int64_t k = 0; k < width.size; ++k) {
      const std::int64_t o = x * width.stride + k * width.dilation - width.pad.before;
      if (o < begin || o >= end) continue;
      for (std::int64_t i = 0; i < channels; ++i)
        dst[o * channels + i] += products[k * channels + i];
    }
  }

  SlidingGeometry geometry_;
  bool has_bias_;
  std::int64_t pixel_;  // products of one input cell with one row of the window
  Panels panels_;
  UnaryPass activation_;
  int threads_;
  std::int64_t pieces_ = 1;  // of an output row, where there are fewer rows than threads
};

}  // namespace

KernelEntry conv_transpose() { return make_entry<ConvTransposeKernel>("own transposed conv"); }

}  // namespace keraunos::cpu::own
