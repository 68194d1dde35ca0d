#include <vector>

#include "kernels/reference/activation.hpp"
#include "kernels/reference/combine.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"
#include "runtime/base/convert.hpp"

namespace keraunos::reference {
namespace {

float rounded(float value, DType dtype) {
  std::uint16_t narrow = 0;
  convert(&value, DType::float32, &narrow, dtype, 1);
  convert(&narrow, dtype, &value, DType::float32, 1);
  return value;
}

/// What the separate nodes would give if they kept their results in float32.
class ChainKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  ChainKernel(const NodeView& node, KernelBuild& build)
      : steps_(node.as<Chain>().steps), output_(node.outputs[0]) {
    for (const TensorDesc& input : node.inputs) {
      inputs_.push_back({input.dtype, size_of(input.dtype), {}});
    }
    inputs_[0].strides = row_major_strides(output_.dims);
    std::size_t next = 1;
    for (const Chain::Step& step : steps_) {
      for (std::size_t i = 0; i < Chain::operand_count(step); ++i, ++next) {
        inputs_[next].strides = operand_strides(step, node.inputs[next].dims);
      }
    }
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    auto* const cells = args.output<std::byte>();
    const std::size_t element = size_of(output_.dtype);
    for (std::int64_t i = 0; i < output_.size(); ++i) {
      const float value = compute(args, i);
      convert(&value, DType::float32, cells + static_cast<std::size_t>(i) * element, output_.dtype,
              1);
    }
  }

 private:
  struct Input {
    DType dtype;
    std::size_t element;
    Dims strides;
  };

  Dims operand_strides(const Chain::Step& step, const Dims& dims) const {
    const auto* const affine = std::get_if<Affine>(&step);
    if (affine == nullptr) return broadcast_strides(dims, output_.dims);
    Dims strides(output_.dims.size(), 0);
    strides[affine->axis] = 1;
    return strides;
  }

  float read(const KernelArgs& args, std::size_t input, std::int64_t cell) const {
    const Input& it = inputs_[input];
    const auto offset = static_cast<std::size_t>(offset_of(cell, output_.dims, it.strides));
    float value = 0;
    convert(args.input<std::byte>(input) + offset * it.element, it.dtype, &value, DType::float32,
            1);
    return value;
  }

  float compute(const KernelArgs& args, std::int64_t cell) const {
    float value = read(args, 0, cell);
    std::size_t next = 1;
    for (const Chain::Step& step : steps_) {
      if (const auto* const unary = std::get_if<Unary>(&step)) {
        value = static_cast<float>(activate(*unary, value));
      } else if (const auto* const cast = std::get_if<Cast>(&step)) {
        value = rounded(value, cast->dtype);
      } else if (const auto* const both = std::get_if<Chain::Combine>(&step)) {
        const float operand = read(args, next++, cell);
        value = both->operand_first ? combine(both->fn, operand, value)
                                    : combine(both->fn, value, operand);
      } else {
        const double scale = read(args, next, cell);
        value = static_cast<float>(value * scale + read(args, next + 1, cell));
        next += 2;
      }
    }
    return value;
  }

  std::vector<Chain::Step> steps_;
  TensorDesc output_;
  std::vector<Input> inputs_;
};

}  // namespace

KernelEntry chain() { return make_entry<ChainKernel>("reference chain"); }

}  // namespace keraunos::reference
