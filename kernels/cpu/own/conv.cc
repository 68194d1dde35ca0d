#include <fmt/format.h>

#include "kernels/cpu/own/elementwise.hpp"
#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/panels.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/sliding.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos::cpu::own {
namespace {

/// An image surrounded by the zeros that its windows reach into, so that no window needs a check.
/// Where no window does, nothing is copied.
class PaddedImage {
 public:
  explicit PaddedImage(const SlidingGeometry& geometry)
      : axes_(geometry.axes), channels_(geometry.in_channels) {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const SlidingAxis& axis = axes_[i];
      const std::int64_t reach =
          (axis.output - 1) * axis.stride + (axis.size - 1) * axis.dilation + 1;
      const bool copied = axis.pad.before > 0 || reach > axis.input;
      is_copy_ = is_copy_ || copied;
      sizes_[i] = copied ? reach : axis.input;
    }
  }

  bool is_copy() const { return is_copy_; }
  std::int64_t rows() const { return sizes_[0] * sizes_[1]; }
  std::int64_t pixel() const { return channels_; }
  std::int64_t line() const { return sizes_[2] * channels_; }
  std::int64_t plane() const { return sizes_[1] * line(); }
  std::int64_t floats() const { return sizes_[0] * plane(); }

  /// Rows [begin, end) of the padded image.
  void fill_rows(const float* src, float* dst, std::int64_t begin, std::int64_t end) const {
    const auto& [depth, height, width] = axes_;
    const std::int64_t left = width.pad.before;
    const std::int64_t inside = std::min(width.input, sizes_[2] - left);
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t z = row / sizes_[1] - depth.pad.before;
      const std::int64_t y = row % sizes_[1] - height.pad.before;
      float* target = dst + row * line();
      if (!depth.inside(z) || !height.inside(y)) {
        std::fill_n(target, line(), 0.0F);
        continue;
      }
      const float* from = src + (z * height.input + y) * width.input * channels_;
      std::fill_n(target, left * channels_, 0.0F);
      std::copy_n(from, inside * channels_, target + left * channels_);
      std::fill_n(target + (left + inside) * channels_, line() - (left + inside) * channels_, 0.0F);
    }
  }

 private:
  std::array<SlidingAxis, 3> axes_;
  std::int64_t channels_;
  std::array<std::int64_t, 3> sizes_ = {};
  bool is_copy_ = false;
};

/// A convolution is a matrix product whose rows are windows. Windows of one output row lie at equal
/// distances, so a line of outputs is one block product that reads the image where it is.
class ConvKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!node.is_constant(1) || (node.inputs.size() > 2 && !node.is_constant(2))) {
      return Verdict::no("takes constant weights only");
    }
    if (node.inputs[1].size() == 0) return Verdict::no("takes no empty tensors");
    return all_float32(node);
  }

  ConvKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.as<Conv>().windows, node.inputs[0].dims, node.outputs[0].dims),
        groups_(node.as<Conv>().groups),
        image_(geometry_),
        panels_(build, 1, node.inputs.size() > 2 ? node.constants[2] : nullptr,
                geometry_.window_cells() * geometry_.in_channels / groups_,
                geometry_.out_channels / groups_, groups_),
        fused_relu_(node.as<Conv>().activation.is_plain_relu()),
        activation_(fused_relu_ ? Unary{} : node.as<Conv>().activation, node.outputs[0].size(),
                    build.options().threads) {
    find_lines();
    find_segments();
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

  /// Runs of floats in a window, in the order of the kernel's rows: whole rows of the window where
  /// its cells touch.
  void find_segments() {
    const auto& [depth, height, width] = geometry_.axes;
    const bool whole_rows = width.dilation == 1 && groups_ == 1;
    const std::int64_t per_row = whole_rows ? 1 : width.size;
    segment_length_ = geometry_.in_channels / groups_ * (whole_rows ? width.size : 1);
    for (std::int64_t z = 0; z < depth.size; ++z) {
      for (std::int64_t y = 0; y < height.size; ++y) {
        for (std::int64_t x = 0; x < per_row; ++x) {
          segments_.push_back(z * depth.dilation * image_.plane() +
                              y * height.dilation * image_.line() +
                              x * width.dilation * image_.pixel());
        }
      }
    }
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
    block.segments = segments_;
    block.segment_length = segment_length_;
    block.dst =
        dst + (line * line_length_ + first) * geometry_.out_channels + panels_.first_column(panel);
    block.dst_step = geometry_.out_channels;
    block.relu = fused_relu_;
    simd().gemm(block, std::min(block_height, line_length_ - first));
  }

  SlidingGeometry geometry_;
  std::int64_t groups_;
  PaddedImage image_;
  Panels panels_;
  bool fused_relu_;
  UnaryPass activation_;
  int threads_ = 1;
  bool image_per_thread_ = false;
  std::int64_t images_ = 0;
  std::int64_t lines_ = 0;  // of outputs in one image
  std::int64_t line_length_ = 0;
  std::int64_t line_step_ = 0;  // floats from one window of a line to the next
  std::vector<std::int64_t> segments_;
  std::int64_t segment_length_ = 0;
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
