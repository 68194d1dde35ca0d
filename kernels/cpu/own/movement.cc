#include <cstring>

#include "kernels/cpu/own/elements.hpp"
#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/strides.hpp"

// Ops that move elements without looking at them, in runs as long as the shapes allow.

namespace keraunos::cpu::own {
namespace {

const std::byte* bytes_of(const void* memory) { return static_cast<const std::byte*>(memory); }
std::byte* bytes_of(void* memory) { return static_cast<std::byte*>(memory); }

Verdict one_dtype(const NodeView& node) {
  for (const TensorDesc& input : node.inputs) {
    if (input.dtype != node.outputs[0].dtype) return Verdict::no("does not convert between dtypes");
  }
  return Verdict::yes();
}

std::int64_t product(std::span<const std::int64_t> dims) { return element_count(dims); }

class ConcatKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return one_dtype(node); }

  ConcatKernel(const NodeView& node, KernelBuild& build)
      : rows_(product(std::span(node.outputs[0].dims).first(node.as<Concat>().axis))),
        threads_(
            useful_threads(build.options().threads,
                           memory_time(2 * static_cast<std::int64_t>(node.outputs[0].bytes())))) {
    for (const TensorDesc& input : node.inputs) {
      chunks_.push_back(input.bytes() / static_cast<std::size_t>(std::max<std::int64_t>(rows_, 1)));
      row_bytes_ += chunks_.back();
    }
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    parallel_for(threads_, rows_, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        std::byte* dst = bytes_of(args.outputs[0]) + static_cast<std::size_t>(row) * row_bytes_;
        for (std::size_t i = 0; i < chunks_.size(); ++i) {
          if (chunks_[i] == 0) continue;
          const auto offset = static_cast<std::size_t>(row) * chunks_[i];
          std::memcpy(dst, bytes_of(args.inputs[i]) + offset, chunks_[i]);
          dst += chunks_[i];
        }
      }
    });
  }

 private:
  std::int64_t rows_;  // of everything before the axis
  int threads_;
  std::vector<std::size_t> chunks_;  // bytes of one row of each input
  std::size_t row_bytes_ = 0;
};

class PadKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (node.outputs[0].dtype != DType::float32) return Verdict::no("pads float32 only");
    return one_dtype(node);
  }

  /// Axes behind the last one that is padded travel together.
  PadKernel(const NodeView& node, KernelBuild& build) : value_(node.as<Pad>().value) {
    const std::vector<PadAmounts>& amounts = node.as<Pad>().amounts;
    const Dims& input = node.inputs[0].dims;
    std::size_t last = amounts.size();
    while (last > 1 && amounts[last - 1].before == 0 && amounts[last - 1].after == 0) --last;
    for (std::size_t axis = 0; axis < last; ++axis) {
      axes_.push_back({input[axis], amounts[axis].before, node.outputs[0].dims[axis]});
    }
    if (axes_.empty()) axes_.push_back({1, 0, 1});
    const std::int64_t run = product(std::span(input).subspan(std::min(last, input.size())));
    axes_.back() = {axes_.back().input * run, axes_.back().before * run, axes_.back().output * run};
    rows_ = node.outputs[0].size() / std::max<std::int64_t>(axes_.back().output, 1);
    threads_ = useful_threads(build.options().threads, memory_time(8 * node.outputs[0].size()));
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const Axis& cells = axes_.back();
    parallel_for(threads_, rows_, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        float* dst = args.output<float>() + row * cells.output;
        const std::int64_t source = source_row(row);
        if (source < 0) {
          std::fill_n(dst, cells.output, value_);
          continue;
        }
        const std::int64_t after = cells.before + cells.input;
        std::fill_n(dst, cells.before, value_);
        std::copy_n(args.input<float>(0) + source * cells.input, cells.input, dst + cells.before);
        std::fill_n(dst + after, cells.output - after, value_);
      }
    });
  }

 private:
  struct Axis {
    std::int64_t input;
    std::int64_t before;
    std::int64_t output;
  };

  /// The row of the input that fills a row of the output; -1 for padding.
  std::int64_t source_row(std::int64_t row) const {
    std::int64_t source = 0;
    std::int64_t stride = 1;
    for (std::size_t i = axes_.size() - 1; i-- > 0;) {
      const std::int64_t cell = row % axes_[i].output - axes_[i].before;
      if (cell < 0 || cell >= axes_[i].input) return -1;
      row /= axes_[i].output;
      source += cell * stride;
      stride *= axes_[i].input;
    }
    return source;
  }

  float value_;
  std::vector<Axis> axes_;  // the last one is the row
  std::int64_t rows_ = 0;
  int threads_ = 1;
};

/// Merges axes that stay together, then copies squares of the axis that is innermost in the input
/// and the one that is innermost in the output, so that both sides use whole cache lines.
class TransposeKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return one_dtype(node); }

  TransposeKernel(const NodeView& node, KernelBuild& build) : dtype_(node.outputs[0].dtype) {
    const std::vector<std::size_t>& permutation = node.as<Transpose>().permutation;
    const Dims strides = row_major_strides(node.inputs[0].dims);
    for (std::size_t i = 0; i < permutation.size(); ++i) {
      append(node.outputs[0].dims[i], strides[permutation[i]]);
    }
    while (dims_.size() < 2) prepend_one();
    // The axis of the output along which the input is contiguous becomes `across_`.
    const auto found = std::find(strides_.begin(), strides_.end() - 1, 1);
    const auto position = found == strides_.end() - 1
                              ? strides_.size() - 2
                              : static_cast<std::size_t>(found - strides_.begin());
    const Dims dst_strides = row_major_strides(dims_);
    along_ = {dims_.back(), strides_.back(), 1};
    across_ = {dims_[position], strides_[position], dst_strides[position]};
    for (std::size_t i = 0; i + 1 < dims_.size(); ++i) {
      if (i == position) continue;
      outer_dims_.push_back(dims_[i]);
      outer_src_.push_back(strides_[i]);
      outer_dst_.push_back(dst_strides[i]);
    }
    outer_ = element_count(outer_dims_);
    threads_ = useful_threads(build.options().threads,
                              memory_time(4 * static_cast<std::int64_t>(node.outputs[0].bytes())));
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    with_unsigned(dtype_, [&](auto zero) { run_as<decltype(zero)>(args); });
  }

 private:
  struct Axis {
    std::int64_t size = 1;
    std::int64_t src_stride = 0;
    std::int64_t dst_stride = 0;
  };
  static constexpr std::int64_t square = 16;

  void append(std::int64_t size, std::int64_t stride) {
    if (size == 1) return;
    if (!dims_.empty() && strides_.back() == stride * size) {
      dims_.back() *= size;
      strides_.back() = stride;
    } else {
      dims_.push_back(size);
      strides_.push_back(stride);
    }
  }

  void prepend_one() {
    dims_.insert(dims_.begin(), 1);
    strides_.insert(strides_.begin(), 0);
  }

  template <typename T>
  void run_as(const KernelArgs& args) const {
    const std::int64_t bands = (across_.size + square - 1) / square;
    parallel_for(threads_, outer_ * bands, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t outer = task / bands;
        const std::int64_t first = task % bands * square;
        const std::int64_t last = std::min(first + square, across_.size);
        copy_band(args.input<T>(0) + offset_of(outer, outer_dims_, outer_src_),
                  args.output<T>() + offset_of(outer, outer_dims_, outer_dst_), first, last);
      }
    });
  }

  template <typename T>
  void copy_band(const T* src, T* dst, std::int64_t first, std::int64_t last) const {
    if (along_.src_stride == 1) {
      for (std::int64_t i = first; i < last; ++i) {
        std::copy_n(src + i * across_.src_stride, along_.size, dst + i * across_.dst_stride);
      }
      return;
    }
    for (std::int64_t start = 0; start < along_.size; start += square) {
      const std::int64_t end = std::min(start + square, along_.size);
      for (std::int64_t i = first; i < last; ++i) {
        const T* from = src + i * across_.src_stride;
        T* to = dst + i * across_.dst_stride;
        for (std::int64_t j = start; j < end; ++j) to[j] = from[j * along_.src_stride];
      }
    }
  }

  DType dtype_;
  Dims dims_;     // of the output, merged
  Dims strides_;  // of the input, in the output's order
  Axis along_;    // the output's innermost axis
  Axis across_;
  Dims outer_dims_;
  Dims outer_src_;
  Dims outer_dst_;
  std::int64_t outer_ = 1;
  int threads_ = 1;
};

}  // namespace

KernelEntry concat() { return make_entry<ConcatKernel>("own concat"); }
KernelEntry pad() { return make_entry<PadKernel>("own pad"); }
KernelEntry transpose() { return make_entry<TransposeKernel>("own transpose"); }

}  // namespace keraunos::cpu::own
