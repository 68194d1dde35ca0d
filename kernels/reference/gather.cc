#include <cstring>

#include "kernels/reference/entry.hpp"
#include "kernels/reference/indices.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::reference {
namespace {

class GatherKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  GatherKernel(const NodeView& node, KernelBuild& build)
      : indices_dtype_(node.inputs[1].dtype), count_(node.inputs[1].size()) {
    const Dims& data = node.inputs[0].dims;
    const std::size_t axis = node.as<Gather>().axis;
    cells_ = data[axis];
    before_ = element_count(std::span(data).first(axis));
    slice_bytes_ = static_cast<std::size_t>(element_count(std::span(data).subspan(axis + 1))) *
                   size_of(node.inputs[0].dtype);
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const Indices indices(args.inputs[1], indices_dtype_, cells_);
    std::byte* dst = args.output<std::byte>();
    for (std::int64_t outer = 0; outer < before_; ++outer) {
      for (std::int64_t i = 0; i < count_; ++i) {
        const auto slice = static_cast<std::size_t>(outer * cells_ + indices.checked(i));
        std::memcpy(dst, args.input<std::byte>(0) + slice * slice_bytes_, slice_bytes_);
        dst += slice_bytes_;
      }
    }
  }

 private:
  DType indices_dtype_;
  std::int64_t count_;  // of the indices
  std::int64_t cells_ = 0;
  std::int64_t before_ = 1;
  std::size_t slice_bytes_ = 0;
};

class GatherAlongKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  GatherAlongKernel(const NodeView& node, KernelBuild& build)
      : element_(size_of(node.inputs[0].dtype)),
        indices_dtype_(node.inputs[1].dtype),
        size_(node.outputs[0].size()),
        dims_(node.outputs[0].dims),
        data_strides_(broadcast_strides(node.inputs[0].dims, dims_)),
        indices_strides_(broadcast_strides(node.inputs[1].dims, dims_)) {
    const std::size_t axis = node.as<GatherAlong>().axis;
    cells_ = node.inputs[0].dims[axis];
    step_ = row_major_strides(node.inputs[0].dims)[axis];
    data_strides_[axis] = 0;
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const Indices indices(args.inputs[1], indices_dtype_, cells_);
    for (std::int64_t i = 0; i < size_; ++i) {
      const std::int64_t cell = indices.checked(offset_of(i, dims_, indices_strides_));
      const auto source =
          static_cast<std::size_t>(offset_of(i, dims_, data_strides_) + cell * step_);
      std::memcpy(args.output<std::byte>() + static_cast<std::size_t>(i) * element_,
                  args.input<std::byte>(0) + source * element_, element_);
    }
  }

 private:
  std::size_t element_;
  DType indices_dtype_;
  std::int64_t size_;
  Dims dims_;
  Dims data_strides_;  // 0 along the axis
  Dims indices_strides_;
  std::int64_t cells_ = 0;
  std::int64_t step_ = 1;  // of the axis
};

}  // namespace

KernelEntry gather() { return make_entry<GatherKernel>("reference gather"); }
KernelEntry gather_along() { return make_entry<GatherAlongKernel>("reference gatheralong"); }

}  // namespace keraunos::reference
