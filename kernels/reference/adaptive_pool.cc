#include <cmath>
#include <limits>

#include "kernels/reference/adaptive_window.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"

namespace keraunos::reference {
namespace {

class AdaptivePoolKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  AdaptivePoolKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.inputs[0].dims, node.outputs[0].dims), fn_(node.as<AdaptivePool>().fn) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const auto& [depth, height, width] = geometry_.axes;
    float* dst = args.output<float>();
    for (std::int64_t image = 0; image < geometry_.batch; ++image) {
      const float* src =
          args.input<float>(0) + image * geometry_.input_cells() * geometry_.channels;
      for (std::int64_t position = 0; position < geometry_.output_cells(); ++position) {
        const AdaptiveRange z = depth.range(position / width.output / height.output);
        const AdaptiveRange y = height.range(position / width.output % height.output);
        const AdaptiveRange x = width.range(position % width.output);
        for (std::int64_t channel = 0; channel < geometry_.channels; ++channel) {
          *dst++ = pooled(src + channel, z, y, x);
        }
      }
    }
  }

 private:
  float pooled(const float* src, AdaptiveRange depth, AdaptiveRange height,
               AdaptiveRange width) const {
    double sum = 0;
    float largest = -std::numeric_limits<float>::infinity();
    for (std::int64_t z = depth.begin; z < depth.end; ++z) {
      for (std::int64_t y = height.begin; y < height.end; ++y) {
        for (std::int64_t x = width.begin; x < width.end; ++x) {
          const float value = src[geometry_.cell(z, y, x) * geometry_.channels];
          sum += value;
          if (value > largest || std::isnan(value)) largest = value;
        }
      }
    }
    if (fn_ == PoolFn::max) return largest;
    return static_cast<float>(sum /
                              static_cast<double>(depth.size() * height.size() * width.size()));
  }

  AdaptiveGeometry geometry_;
  PoolFn fn_;
};

}  // namespace

KernelEntry adaptive_pool() { return make_entry<AdaptivePoolKernel>("reference adaptive pool"); }

}  // namespace keraunos::reference
