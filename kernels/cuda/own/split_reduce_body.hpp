#pragma once

#include "kernels/cuda/own/body_kernel.hpp"
#include "kernels/cuda/own/float_element.hpp"
#include "kernels/cuda/own/row_split.hpp"

namespace keraunos::cuda {

/// Sums over the middle axis of (outer, length, inner), as GlobalAveragePooling has them, in two
/// launches: with one thread for each of a few long rows most of a GPU would idle.
struct SumShape {
  std::int64_t outer = 1;
  std::int64_t length = 1;
  std::int64_t inner = 1;
  std::int64_t parts = 1;  // into which `length` is split

  std::int64_t rows() const { return outer * inner; }
};

/// partial[part, outer, inner] = the sum of every parts-th cell. Threads side by side read cells
/// side by side.
template <typename Element>
struct PartialSumBody {
  SumShape shape;
  const Element* input = nullptr;
  double* partial = nullptr;

  std::int64_t count() const { return shape.rows() * shape.parts; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t rest = i;
    const std::int64_t column = take_coordinate(rest, shape.inner);
    const std::int64_t outer = take_coordinate(rest, shape.outer);
    const Element* const src = input + outer * shape.length * shape.inner + column;
    double sum = 0;
    for (std::int64_t k = rest; k < shape.length; k += shape.parts) {
      sum += static_cast<double>(to_float(src[k * shape.inner]));
    }
    partial[i] = sum;
  }
};

/// output[row] = the sum of its parts, over `divisor`.
template <typename Element>
struct JoinSumsBody {
  SumShape shape;
  double divisor = 1;
  const double* partial = nullptr;
  Element* output = nullptr;

  std::int64_t count() const { return shape.rows(); }

  KERAUNOS_DEVICE void operator()(std::int64_t row) const {
    double sum = 0;
    for (std::int64_t part = 0; part < shape.parts; ++part) {
      sum += partial[part * shape.outer * shape.inner + row];
    }
    output[row] = from_float<Element>(static_cast<float>(sum / divisor));
  }
};

template <typename Launcher, typename Element>
class SplitReduceKernel final : public Kernel {
 public:
  SplitReduceKernel(const SumShape& shape, bool is_mean)
      : shape_(shape), divisor_(is_mean ? static_cast<double>(shape.length) : 1) {}

  std::size_t workspace_bytes() const override {
    return static_cast<std::size_t>(shape_.rows() * shape_.parts) * sizeof(double);
  }
  std::size_t launches() const override { return 2; }

  void run(const KernelArgs& args, Stream& stream) const override {
    auto* const partial = static_cast<double*>(args.workspace);
    Launcher::launch(PartialSumBody<Element>{shape_, args.input<Element>(0), partial}, stream);
    Launcher::launch(JoinSumsBody<Element>{shape_, divisor_, partial, args.output<Element>()},
                     stream);
  }

 private:
  SumShape shape_;
  double divisor_;
};

/// Means and sums of floats over neighbouring axes that are not the last, where rows are long and
/// fewer than a GPU has threads.
Verdict accepts_split_reduce(const NodeView& node, const BuildOptions& options);
SumShape sum_shape(const NodeView& node);

template <typename Launcher>
std::unique_ptr<Kernel> create_split_reduce(const NodeView& node, KernelBuild& build) {
  ask_for_constants(node, build);
  const bool is_mean = node.as<Reduce>().fn == ReduceFn::mean;
  return for_float_element<std::unique_ptr<Kernel>>(node.inputs[0].dtype, [&](auto element) {
    return std::make_unique<SplitReduceKernel<Launcher, decltype(element)>>(sum_shape(node),
                                                                            is_mean);
  });
}

}  // namespace keraunos::cuda
