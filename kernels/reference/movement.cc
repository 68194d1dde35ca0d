#include <array>
#include <cstring>

#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/slice_walk.hpp"
#include "kernels/reference/strides.hpp"
#include "runtime/base/convert.hpp"

// Ops that move elements without looking at them: any dtype, by the size of an element.

namespace keraunos::reference {
namespace {

/// Input cell i goes to output cell offset_of(i, dims, strides) + start.
struct Scatter {
  std::int64_t size = 0;
  Dims dims;
  Dims strides;
  std::int64_t start = 0;

  void run(const void* src, void* dst, std::size_t element) const {
    const auto* from = static_cast<const std::byte*>(src);
    auto* to = static_cast<std::byte*>(dst);
    for (std::int64_t i = 0; i < size; ++i) {
      const auto target = static_cast<std::size_t>(start + offset_of(i, dims, strides));
      std::memcpy(to + target * element, from + static_cast<std::size_t>(i) * element, element);
    }
  }
};

Verdict one_dtype(const NodeView& node) {
  for (const TensorDesc& input : node.inputs) {
    if (input.dtype != node.outputs[0].dtype) return Verdict::no("does not convert between dtypes");
  }
  return Verdict::yes();
}

class TransposeKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return one_dtype(node); }

  TransposeKernel(const NodeView& node, KernelBuild& build)
      : element_(size_of(node.inputs[0].dtype)) {
    const std::vector<std::size_t>& permutation = node.as<Transpose>().permutation;
    const Dims output_strides = row_major_strides(node.outputs[0].dims);
    scatter_.size = node.inputs[0].size();
    scatter_.dims = node.inputs[0].dims;
    scatter_.strides.resize(permutation.size());
    for (std::size_t i = 0; i < permutation.size(); ++i) {
      scatter_.strides[permutation[i]] = output_strides[i];
    }
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    scatter_.run(args.inputs[0], args.outputs[0], element_);
  }

 private:
  std::size_t element_;
  Scatter scatter_;
};

class ConcatKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return one_dtype(node); }

  ConcatKernel(const NodeView& node, KernelBuild& build)
      : element_(size_of(node.outputs[0].dtype)) {
    const Dims strides = row_major_strides(node.outputs[0].dims);
    const std::size_t axis = node.as<Concat>().axis;
    std::int64_t start = 0;
    for (const TensorDesc& input : node.inputs) {
      parts_.push_back({input.size(), input.dims, strides, start});
      start += input.dims[axis] * strides[axis];
    }
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      parts_[i].run(args.inputs[i], args.outputs[0], element_);
    }
  }

 private:
  std::size_t element_;
  std::vector<Scatter> parts_;
};

class PadKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return one_dtype(node); }

  PadKernel(const NodeView& node, KernelBuild& build)
      : element_(size_of(node.outputs[0].dtype)), output_size_(node.outputs[0].size()) {
    convert(&node.as<Pad>().value, DType::float32, value_.data(), node.outputs[0].dtype, 1);
    scatter_.size = node.inputs[0].size();
    scatter_.dims = node.inputs[0].dims;
    scatter_.strides = row_major_strides(node.outputs[0].dims);
    for (std::size_t axis = 0; axis < scatter_.dims.size(); ++axis) {
      scatter_.start += node.as<Pad>().amounts[axis].before * scatter_.strides[axis];
    }
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    std::byte* dst = args.output<std::byte>();
    for (std::int64_t i = 0; i < output_size_; ++i) {
      std::memcpy(dst + static_cast<std::size_t>(i) * element_, value_.data(), element_);
    }
    scatter_.run(args.inputs[0], args.outputs[0], element_);
  }

 private:
  std::size_t element_;
  std::int64_t output_size_;
  alignas(8) std::array<std::byte, 8> value_ = {};  // one element of the output's dtype
  Scatter scatter_;
};

/// Output cell i comes from input cell start + offset_of(i, output's dims, strides).
class CollectKernel : public Kernel {
 public:
  void run(const KernelArgs& args, Stream&) const override {
    for (std::int64_t i = 0; i < size_; ++i) {
      const auto source = static_cast<std::size_t>(start_ + offset_of(i, dims_, strides_));
      std::memcpy(args.output<std::byte>() + static_cast<std::size_t>(i) * element_,
                  args.input<std::byte>(0) + source * element_, element_);
    }
  }

 protected:
  CollectKernel(const NodeView& node, KernelBuild& build, Dims strides, std::int64_t start)
      : element_(size_of(node.outputs[0].dtype)),
        size_(node.outputs[0].size()),
        dims_(node.outputs[0].dims),
        strides_(std::move(strides)),
        start_(start) {
    raw_constants(node, build);
  }

 private:
  std::size_t element_;
  std::int64_t size_;
  Dims dims_;
  Dims strides_;
  std::int64_t start_;
};

class SliceKernel : public CollectKernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return can_slice(node); }

  SliceKernel(const NodeView& node, KernelBuild& build)
      : SliceKernel(node, build, SliceWalk(node.as<Slice>(), node.inputs[0].dims)) {}

 private:
  SliceKernel(const NodeView& node, KernelBuild& build, SliceWalk walk)
      : CollectKernel(node, build, std::move(walk.strides), walk.start) {}
};

class BroadcastKernel : public CollectKernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return one_dtype(node); }

  BroadcastKernel(const NodeView& node, KernelBuild& build)
      : CollectKernel(node, build, broadcast_strides(node.inputs[0].dims, node.outputs[0].dims),
                      0) {}
};

class CastKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  CastKernel(const NodeView& node, KernelBuild& build)
      : size_(static_cast<std::size_t>(node.inputs[0].size())),
        from_(node.inputs[0].dtype),
        to_(node.outputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    convert(args.inputs[0], from_, args.outputs[0], to_, size_);
  }

 private:
  std::size_t size_;
  DType from_;
  DType to_;
};

}  // namespace

KernelEntry slice() { return make_entry<SliceKernel>("reference slice"); }
KernelEntry broadcast() { return make_entry<BroadcastKernel>("reference broadcast"); }
KernelEntry transpose() { return make_entry<TransposeKernel>("reference transpose"); }
KernelEntry concat() { return make_entry<ConcatKernel>("reference concat"); }
KernelEntry pad() { return make_entry<PadKernel>("reference pad"); }
KernelEntry cast() { return make_entry<CastKernel>("reference cast"); }

}  // namespace keraunos::reference
