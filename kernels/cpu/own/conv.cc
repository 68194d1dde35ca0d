#include <fmt/format.h>

#include "kernels/cpu/own/elementwise.hpp"
#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/padded_image.hpp"
#include "kernels/cpu/own/panels.hpp"
#include "kernels/reference/entry.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos::cpu::own {
namespace {

/// A convolution is a matrix product whose rows are windows. Windows of one output row lie at equal
/// distances, so a line of outputs is one block product that reads the image where it is.
class ConvKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!node.is_constant(1) || (node.inputs.size() > 2 && !node.is_constant(2))) {
      return Verdict::no("takes constant weights only");
    }
    if (node.inputs.size() > 3) return Verdict::no("adds no residual");
    if (!node.as<Conv>().input_clamp.is_identity()) return Verdict::no("does not clamp its input");
    if (node.inputs[1].size() == 0) return Verdict::no("takes no empty tensors");
    return all_float32(node);
  }

  ConvKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.as<Conv>().windows, node.inputs[0].dims, node.outputs[0].dims),
        groups_(node.as<Conv>().groups),
        image_(geometry_),
        segments_(geometry_, image_, groups_),
        panels_(build, 1, node.inputs.size() > 2 ? node.constants[2] : nullptr,
                geometry_.window_cells() * geometry_.in_channels / groups_,
                geometry_.out_channels / groups_, groups_),
        fused_relu_(node.as<Conv>().activation.is_plain_relu()),
        activation_(fused_relu_ ? Unary{} : node.as<Conv>().activation, node.outputs[0].size(),
                    build.options().threads) {
    find_lines();
    const std::int64_t multiply_adds =
        node.outputs[0].size() * geometry_.window_cells() * geometry_.in_channels / groups_;
    threads_ = useful_threads(build.options().threads, multiply_add_time(multiply_adds));
    image_per_thread_ = images_ >= threads_ && images_ > 1;
  }

  std::size_t workspace_bytes() const override {
    if (!image_.is_copy()) return 0;
    const std::int64_t copies = image_per_thread_ ? threads_ : 1;
    return static_cast<std::size_t>(copies * image_.floats()) * sizeof(float);
  }

  void run(const KernelArgs& args, Stream&) const override {
    if (image_per_thread_) {
      parallel_for(threads_, images_, [&](std::int64_t begin, std::int64_t end, int thread) {
        float* copy = static_cast<float*>(args.workspace) + thread * image_.floats();
        for (std::int64_t i = begin; i < end; ++i) run_image(args, i, copy, 1);
      });
    } else {
      for (std::int64_t i = 0; i < images_; ++i) {
        run_image(args, i, static_cast<float*>(args.workspace), threads_);
      }
    }
    activation_.run_in_place(args.output<float>());
  }

 private:
  static constexpr std::int64_t block_height = 112;  // a multiple of every tile's height

  /// Lines that hold more than one row of an image where nothing lies between them.
  void find_lines() {
    const auto& [depth, height, width] = geometry_.axes;
    images_ = geometry_.batch;
    lines_ = depth.output * height.output;
    line_length_ = width.output;
    line_step_ = width.stride * image_.pixel();
    if (image_.is_copy()) return;
    const bool one_output = geometry_.output_cells() == 1;
    const bool every_pixel =
        geometry_.output_cells() == geometry_.input_cells() && geometry_.window_cells() == 1;
    if (!one_output && !every_pixel) return;
    images_ = 1;
    lines_ = 1;
    line_length_ = geometry_.batch * geometry_.output_cells();
    line_step_ = one_output ? image_.floats() : image_.pixel();
  }

  void run_image(const KernelArgs& args, std::int64_t i, float* copy, int threads) const {
    const float* image = args.input<float>(0) + i * geometry_.input_cells() * geometry_.in_channels;
    float* dst = args.output<float>() + i * geometry_.output_cells() * geometry_.out_channels;
    if (image_.is_copy()) {
      parallel_for(threads, image_.rows(), [&](std::int64_t begin, std::int64_t end) {
        image_.fill_rows(image, copy, begin, end);
      });
      image = copy;
    }
    const std::int64_t blocks = ceil_div(line_length_, block_height);
    const std::int64_t panels = panels_.count();
    // Neighbours share their line where the panels stay in the cache, else their panel.
    const bool panels_fit = panels_.bytes() <= 512 * 1024;
    const std::int64_t pieces = lines_ * blocks;
    parallel_for(threads, pieces * panels, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t piece = panels_fit ? task / panels : task % pieces;
        const std::int64_t panel = panels_fit ? task % panels : task / pieces;
        run_block(image, dst, piece / blocks, piece % blocks * block_height, panel);
      }
    });
  }

  void run_block(const float* image, float* dst, std::int64_t line, std::int64_t first,
                 std::int64_t panel) const {
    const auto& [depth, height, width] = geometry_.axes;
    const std::int64_t z = line / height.output;
    const std::int64_t y = line % height.output;
    const std::int64_t group = panel / panels_.per_group();
    GemmBlock block = {};
    panels_.fill(block, panel);
    block.src = image + z * depth.stride * image_.plane() + y * height.stride * image_.line() +
                first * line_step_ + group * (geometry_.in_channels / groups_);
    block.src_step = line_step_;
    block.segments = segments_.starts;
    block.segment_length = segments_.length;
    block.dst =
        dst + (line * line_length_ + first) * geometry_.out_channels + panels_.first_column(panel);
    block.dst_step = geometry_.out_channels;
    block.relu = fused_relu_;
    simd().gemm(block, std::min(block_height, line_length_ - first));
  }

  SlidingGeometry geometry_;
  std::int64_t groups_;
  PaddedImage image_;
  WindowSegments segments_;
  Panels panels_;
  bool fused_relu_;
  UnaryPass activation_;
  int threads_ = 1;
  bool image_per_thread_ = false;
  std::int64_t images_ = 0;
  std::int64_t lines_ = 0;  // of outputs in one image
  std::int64_t line_length_ = 0;
  std::int64_t line_step_ = 0;  // floats from one window of a line to the next
};

class SmallConvKernel : public ConvKernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions& options) {
    // A group of few columns leaves most of a panel empty.
    if (node.as<Conv>().groups != 1) return Verdict::no("takes one group only");
    const Dims& kernel = node.inputs[1].dims;
    const std::int64_t per_output =
        element_count(kernel) / std::max<std::int64_t>(kernel.back(), 1);
    if (per_output > small_product / std::max<std::int64_t>(node.outputs[0].size(), 1)) {
      return Verdict::no(fmt::format("takes up to {} multiply-adds", small_product));
    }
    return ConvKernel::accepts(node, options);
  }
  using ConvKernel::ConvKernel;
};

}  // namespace

KernelEntry conv() { return make_entry<ConvKernel>("own conv"); }
KernelEntry small_conv() { return make_entry<SmallConvKernel>("own small conv"); }

}  // namespace keraunos::cpu::own
