#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/simd.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/resize_taps.hpp"

namespace keraunos::cpu::own {
namespace {

/// Rows first, into a line that holds every column that is sampled, padding included; then columns.
class ResizeKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    return reference::can_resize(node);
  }

  ResizeKernel(const NodeView& node, KernelBuild& build)
      : input_(node.inputs[0].dims),
        channels_(input_[3]),
        height_(node.outputs[0].dims[1]),
        fill_(node.as<Resize>().fill_value) {
    const Resize& resize = node.as<Resize>();
    const ResizeBoxes boxes = resize_boxes(resize, input_[1], input_[2]);
    rows_ = resize_taps(resize, boxes.height, *resize.height.constant());
    columns_ = resize_taps(resize, boxes.width, *resize.width.constant());
    box_ = boxes.width;
    const auto taps = static_cast<std::int64_t>(rows_.weights.size());
    threads_ = useful_threads(
        build.options().threads,
        memory_time(input_[0] * channels_ * 4 * taps * box_.length + node.outputs[0].size() * 8));
    raw_constants(node, build);
  }

  std::size_t workspace_bytes() const override {
    return static_cast<std::size_t>(threads_ * line_size()) * sizeof(float);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const std::int64_t rows = input_[0] * height_;
    parallel_for(threads_, rows, [&](std::int64_t begin, std::int64_t end, int thread) {
      float* line = static_cast<float*>(args.workspace) + thread * line_size();
      for (std::int64_t i = begin; i < end; ++i) {
        const float* image = args.input<float>(0) + i / height_ * input_[1] * input_[2] * channels_;
        blend_rows(image, static_cast<std::size_t>(i % height_), line);
        sample_columns(line, args.output<float>() +
                                 i * static_cast<std::int64_t>(columns_.size()) * channels_);
      }
    });
  }

 private:
  std::int64_t line_size() const { return box_.length * channels_; }

  /// The box's columns of output row `y`.
  void blend_rows(const float* image, std::size_t y, float* line) const {
    const std::int64_t first = std::max<std::int64_t>(box_.start, 0);
    const std::int64_t last = std::min(box_.start + box_.length, input_[2]);
    const std::int64_t before = (first - box_.start) * channels_;
    const std::int64_t inside = (last - first) * channels_;
    const std::int64_t after = line_size() - before - inside;
    std::fill_n(line, before, fill_);
    std::fill_n(line + before + inside, after, fill_);
    const RowBlend blend = rows_inside(y);
    const float* src = image + (blend.first * input_[2] + first) * channels_;
    simd().blend(src, input_[2] * channels_, blend.weights, blend.filled, line + before, inside);
  }

  /// The rows of the image that output row `y` is blended from, and what padding adds to them.
  struct RowBlend {
    std::int64_t first = 0;
    std::span<const float> weights;
    float filled = 0;
  };

  RowBlend rows_inside(std::size_t y) const {
    RowBlend blend;
    std::size_t begin = rows_.begin[y];
    std::size_t end = rows_.begin[y + 1];
    for (std::int64_t row = rows_.first[y]; begin < end && row < 0; ++row) {
      blend.filled += fill_ * rows_.weights[begin++];
    }
    blend.first = std::max<std::int64_t>(rows_.first[y], 0);
    while (begin < end && blend.first + static_cast<std::int64_t>(end - begin) > input_[1]) {
      blend.filled += fill_ * rows_.weights[--end];
    }
    if (begin == end) blend.first = 0;
    blend.weights = {rows_.weights.data() + begin, end - begin};
    return blend;
  }

  void sample_columns(const float* line, float* dst) const {
    for (std::size_t x = 0; x < columns_.size(); ++x, dst += channels_) {
      const float* cell = line + (columns_.first[x] - box_.start) * channels_;
      const std::span weights(columns_.weights.data() + columns_.begin[x],
                              columns_.begin[x + 1] - columns_.begin[x]);
      if (channels_ >= 4) {
        simd().blend(cell, channels_, weights, 0, dst, channels_);
        continue;
      }
      for (std::int64_t channel = 0; channel < channels_; ++channel) {
        float sum = 0;
        const float* value = cell + channel;
        for (const float weight : weights) {
          sum += weight * *value;
          value += channels_;
        }
        dst[channel] = sum;
      }
    }
  }

  Dims input_;
  std::int64_t channels_;
  std::int64_t height_;
  float fill_;
  ResizeTaps rows_;
  ResizeTaps columns_;
  ResizeBox box_;  // of columns
  int threads_ = 1;
};

}  // namespace

KernelEntry resize() { return make_entry<ResizeKernel>("own resize"); }

}  // namespace keraunos::cpu::own
