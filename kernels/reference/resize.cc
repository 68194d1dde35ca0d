#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/resize_taps.hpp"

namespace keraunos::reference {
namespace {

class ResizeKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return can_resize(node); }

  ResizeKernel(const NodeView& node, KernelBuild& build)
      : input_(node.inputs[0].dims), fill_(node.as<Resize>().fill_value) {
    const Resize& resize = node.as<Resize>();
    const ResizeBoxes boxes = resize_boxes(resize, input_[1], input_[2]);
    rows_ = resize_taps(resize, boxes.height, *resize.height.constant());
    columns_ = resize_taps(resize, boxes.width, *resize.width.constant());
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const std::int64_t channels = input_[3];
    float* dst = args.output<float>();
    for (std::int64_t image = 0; image < input_[0]; ++image) {
      const float* src = args.input<float>(0) + image * input_[1] * input_[2] * channels;
      for (std::size_t y = 0; y < rows_.size(); ++y) {
        for (std::size_t x = 0; x < columns_.size(); ++x) {
          for (std::int64_t channel = 0; channel < channels; ++channel) {
            *dst++ = static_cast<float>(sample(src + channel, y, x));
          }
        }
      }
    }
  }

 private:
  double sample(const float* src, std::size_t y, std::size_t x) const {
    double sum = 0;
    for (std::size_t i = rows_.begin[y]; i < rows_.begin[y + 1]; ++i) {
      const std::int64_t row = rows_.first[y] + static_cast<std::int64_t>(i - rows_.begin[y]);
      for (std::size_t j = columns_.begin[x]; j < columns_.begin[x + 1]; ++j) {
        const std::int64_t column =
            columns_.first[x] + static_cast<std::int64_t>(j - columns_.begin[x]);
        sum += static_cast<double>(rows_.weights[i]) * columns_.weights[j] * cell(src, row, column);
      }
    }
    return sum;
  }

  double cell(const float* src, std::int64_t row, std::int64_t column) const {
    const bool inside = row >= 0 && row < input_[1] && column >= 0 && column < input_[2];
    return inside ? src[(row * input_[2] + column) * input_[3]] : fill_;
  }

  Dims input_;
  float fill_;
  ResizeTaps rows_;
  ResizeTaps columns_;
};

}  // namespace

Verdict can_resize(const NodeView& node) {
  const Dims& input = node.inputs[0].dims;
  const ResizeBoxes boxes = resize_boxes(node.as<Resize>(), input[1], input[2]);
  constexpr std::int64_t max_cells = 1 << 24;  // where float32 stops telling cells apart
  if (std::max({boxes.height.length, boxes.width.length, node.outputs[0].dims[1],
                node.outputs[0].dims[2]}) > max_cells) {
    return Verdict::no("resizes up to 16777216 rows and columns only");
  }
  return all_float32(node);
}

KernelEntry resize() { return make_entry<ResizeKernel>("reference resize"); }

}  // namespace keraunos::reference
