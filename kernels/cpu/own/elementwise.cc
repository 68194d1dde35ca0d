#include "kernels/cpu/own/elementwise.hpp"

#include "kernels/cpu/own/kernels.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::cpu::own {
namespace {

class UnaryKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!is_activation(node.as<Unary>().fn)) return Verdict::no("computes activations only");
    return all_float32(node);
  }

  UnaryKernel(const NodeView& node, KernelBuild& build)
      : pass_(node.as<Unary>(), node.outputs[0].size(), build.options().threads) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    pass_.run(args.input<float>(0), args.output<float>());
  }

 private:
  UnaryPass pass_;
};

/// The axes of a broadcast, with neighbours merged where both inputs walk over them alike.
struct BroadcastAxes {
  Dims dims;
  Dims a_strides;  // 0 along repeated axes
  Dims b_strides;

  BroadcastAxes(const Dims& a, const Dims& b, const Dims& output) {
    const Dims a_dense = row_major_strides(a);
    const Dims b_dense = row_major_strides(b);
    for (std::size_t axis = 0; axis < output.size(); ++axis) {
      const auto stride = [&](const Dims& input, const Dims& dense) -> std::int64_t {
        const std::size_t missing = output.size() - input.size();
        if (axis < missing || input[axis - missing] == 1) return 0;
        return dense[axis - missing];
      };
      append(output[axis], stride(a, a_dense), stride(b, b_dense));
    }
    if (dims.empty()) append(1, 0, 0);
  }

 private:
  void append(std::int64_t size, std::int64_t a_stride, std::int64_t b_stride) {
    if (size == 1 && !dims.empty()) return;
    if (!dims.empty() && a_strides.back() == a_stride * size &&
        b_strides.back() == b_stride * size) {
      dims.back() *= size;
      a_strides.back() = a_stride;
      b_strides.back() = b_stride;
      return;
    }
    dims.push_back(size);
    a_strides.push_back(a_stride);
    b_strides.push_back(b_stride);
  }
};

class BinaryKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!is_arithmetic(node.as<Binary>().fn)) return Verdict::no("computes plain arithmetic only");
    return all_float32(node);
  }

  BinaryKernel(const NodeView& node, KernelBuild& build)
      : axes_(node.inputs[0].dims, node.inputs[1].dims, node.outputs[0].dims),
        fn_(node.as<Binary>().fn),
        row_(axes_.dims.back()),
        rows_(node.outputs[0].size() / std::max<std::int64_t>(row_, 1)),
        threads_(useful_threads(build.options().threads,
                                memory_time(3 * std::int64_t{4} * node.outputs[0].size()))) {
    axes_.dims.pop_back();
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    // One long row is split by cells, many rows by rows.
    if (rows_ == 1) {
      parallel_for(threads_, row_,
                   [&](std::int64_t begin, std::int64_t end) { run_row(args, 0, begin, end); });
    } else {
      parallel_for(threads_, rows_, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) run_row(args, row, 0, row_);
      });
    }
  }

 private:
  void run_row(const KernelArgs& args, std::int64_t row, std::int64_t begin,
               std::int64_t end) const {
    const std::int64_t a_step = axes_.a_strides.back();
    const std::int64_t b_step = axes_.b_strides.back();
    const std::span outer_a(axes_.a_strides.data(), axes_.dims.size());
    const std::span outer_b(axes_.b_strides.data(), axes_.dims.size());
    const float* a = args.input<float>(0) + offset_of(row, axes_.dims, outer_a) + begin * a_step;
    const float* b = args.input<float>(1) + offset_of(row, axes_.dims, outer_b) + begin * b_step;
    simd().binary(fn_, a, a_step, b, b_step, args.output<float>() + row * row_ + begin,
                  end - begin);
  }

  BroadcastAxes axes_;
  BinaryFn fn_;
  std::int64_t row_;
  std::int64_t rows_;
  int threads_;
};

class AffineKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  AffineKernel(const NodeView& node, KernelBuild& build)
      : cells_(node.inputs[0].dims[node.as<Affine>().axis]),
        stride_(row_major_strides(node.inputs[0].dims)[node.as<Affine>().axis]),
        rows_(stride_ == 1 ? node.outputs[0].size() / std::max<std::int64_t>(cells_, 1)
                           : node.outputs[0].size() / std::max<std::int64_t>(stride_, 1)),
        threads_(useful_threads(build.options().threads,
                                memory_time(2 * std::int64_t{4} * node.outputs[0].size()))) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const float* src = args.input<float>(0);
    const float* scale = args.input<float>(1);
    const float* shift = args.input<float>(2);
    float* dst = args.output<float>();
    parallel_for(threads_, rows_, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        if (stride_ == 1) {
          const std::int64_t start = row * cells_;
          simd().affine(src + start, scale, shift, 1, dst + start, cells_);
        } else {
          const std::int64_t start = row * stride_;
          const std::int64_t cell = row % cells_;
          simd().affine(src + start, scale + cell, shift + cell, 0, dst + start, stride_);
        }
      }
    });
  }

 private:
  std::int64_t cells_;
  std::int64_t stride_;
  std::int64_t rows_;
  int threads_;
};

}  // namespace

KernelEntry unary() { return make_entry<UnaryKernel>("own unary"); }
KernelEntry binary() { return make_entry<BinaryKernel>("own binary"); }
KernelEntry affine() { return make_entry<AffineKernel>("own affine"); }

}  // namespace keraunos::cpu::own
