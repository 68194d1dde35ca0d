#include <cmath>
#include <limits>

#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/sliding.hpp"

namespace keraunos::reference {
namespace {

class PoolKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  PoolKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.as<Pool>().windows, node.inputs[0].dims, node.outputs[0].dims),
        fn_(node.as<Pool>().fn) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const std::int64_t channels = geometry_.out_channels;
    const std::int64_t image_size = geometry_.input_cells() * channels;
    float* dst = args.output<float>();
    for (std::int64_t image = 0; image < geometry_.batch; ++image) {
      const float* src = args.input<float>(0) + image * image_size;
      for (std::int64_t position = 0; position < geometry_.output_cells(); ++position) {
        for (std::int64_t channel = 0; channel < channels; ++channel) {
          *dst++ = fn_ == PoolFn::max ? maximum(src + channel, position)
                                      : average(src + channel, position);
        }
      }
    }
  }

 private:
  float maximum(const float* src, std::int64_t position) const {
    float result = -std::numeric_limits<float>::infinity();
    for_each_cell(geometry_, position, [&](std::int64_t cell, std::int64_t) {
      const float value = src[cell * geometry_.in_channels];
      if (value > result || std::isnan(value)) result = value;
    });
    return result;
  }

  float average(const float* src, std::int64_t position) const {
    double sum = 0;
    std::int64_t count = 0;
    for_each_cell(geometry_, position, [&](std::int64_t cell, std::int64_t) {
      sum += src[cell * geometry_.in_channels];
      ++count;
    });
    return static_cast<float>(sum / static_cast<double>(count));
  }

  SlidingGeometry geometry_;
  PoolFn fn_;
};

}  // namespace

KernelEntry pool() { return make_entry<PoolKernel>("reference pool"); }

}  // namespace keraunos::reference
