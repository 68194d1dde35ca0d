#include <algorithm>
#include <cstring>

#include "kernels/cpu/own/axes.hpp"
#include "kernels/cpu/own/elements.hpp"
#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/indices.hpp"
#include "kernels/reference/slice_walk.hpp"
#include "kernels/reference/strides.hpp"

// Ops that pick cells of their inputs without looking at them, in runs as long as the shapes allow.

namespace keraunos::cpu::own {
namespace {

/// Fills dense memory from an input that is walked with any strides.
class StridedCopy : public Kernel {
 public:
  void run(const KernelArgs& args, Stream&) const override {
    with_unsigned(dtype_, [&](auto zero) {
      using T = decltype(zero);
      parallel_for(threads_, tasks_, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t task = begin; task < end; ++task) {
          const std::int64_t source = start_ + offset_of(task, std::span(axes_.dims).first(split_),
                                                         std::span(axes_.strides[0]).first(split_));
          copy(split_, args.input<T>(0) + source, args.output<T>() + task * blocks_[split_]);
        }
      });
    });
  }

 protected:
  StridedCopy(const NodeView& node, KernelBuild& build, const Dims& strides, std::int64_t start)
      : axes_(node.outputs[0].dims, {strides}),
        start_(start),
        dtype_(node.outputs[0].dtype),
        threads_(
            useful_threads(build.options().threads,
                           memory_time(2 * static_cast<std::int64_t>(node.outputs[0].bytes())))) {
    blocks_.assign(axes_.dims.size() + 1, 1);
    for (std::size_t axis = axes_.dims.size(); axis-- > 0;) {
      blocks_[axis] = blocks_[axis + 1] * axes_.dims[axis];
    }
    while (threads_ > 1 && tasks_ < 8 * threads_ && split_ + 1 < axes_.dims.size()) {
      tasks_ *= axes_.dims[split_++];
    }
    raw_constants(node, build);
  }

 private:
  /// The block of the output over the axes from `axis` on.
  template <typename T>
  void copy(std::size_t axis, const T* src, T* dst) const {
    const std::int64_t size = axes_.dims[axis];
    const std::int64_t step = axes_.strides[0][axis];
    const std::int64_t block = blocks_[axis + 1];
    if (block == 1) {
      copy_row(src, step, dst, size);
    } else if (step == 0) {
      copy(axis + 1, src, dst);
      repeat(dst, block, size);
    } else {
      for (std::int64_t i = 0; i < size; ++i) copy(axis + 1, src + i * step, dst + i * block);
    }
  }

  template <typename T>
  static void copy_row(const T* src, std::int64_t step, T* dst, std::int64_t size) {
    if (step == 1) {
      std::copy_n(src, size, dst);
    } else if (step == 0) {
      std::fill_n(dst, size, *src);
    } else {
      for (std::int64_t i = 0; i < size; ++i) dst[i] = src[i * step];
    }
  }

  /// Copies the block at `dst` behind itself until there are `count`, twice as many each time.
  template <typename T>
  static void repeat(T* dst, std::int64_t block, std::int64_t count) {
    for (std::int64_t done = 1; done < count;) {
      const std::int64_t more = std::min(done, count - done);
      std::memcpy(dst + done * block, dst, static_cast<std::size_t>(more * block) * sizeof(T));
      done += more;
    }
  }

  MergedAxes axes_;
  Dims blocks_;  // cells of the output in the axes from each one on
  std::int64_t start_;
  DType dtype_;
  int threads_;
  std::size_t split_ = 0;  // the axes before it are shared out among threads
  std::int64_t tasks_ = 1;
};

class SliceKernel : public StridedCopy {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return can_slice(node); }

  SliceKernel(const NodeView& node, KernelBuild& build)
      : SliceKernel(node, build, SliceWalk(node.as<Slice>(), node.inputs[0].dims)) {}

 private:
  SliceKernel(const NodeView& node, KernelBuild& build, const SliceWalk& walk)
      : StridedCopy(node, build, walk.strides, walk.start) {}
};

class BroadcastKernel : public StridedCopy {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  BroadcastKernel(const NodeView& node, KernelBuild& build)
      : StridedCopy(node, build, broadcast_strides(node.inputs[0].dims, node.outputs[0].dims), 0) {}
};

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
    threads_ = useful_threads(build.options().threads,
                              memory_time(2 * static_cast<std::int64_t>(node.outputs[0].bytes())));
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    // Before the threads start, which must not throw.
    const Indices indices(args.inputs[1], indices_dtype_, cells_);
    for (std::int64_t i = 0; i < count_; ++i) indices.checked(i);
    parallel_for(threads_, before_ * count_, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        const auto slice = static_cast<std::size_t>(i / count_ * cells_ + indices[i % count_]);
        std::memcpy(args.output<std::byte>() + static_cast<std::size_t>(i) * slice_bytes_,
                    args.input<std::byte>(0) + slice * slice_bytes_, slice_bytes_);
      }
    });
  }

 private:
  DType indices_dtype_;
  std::int64_t count_;  // of the indices
  std::int64_t cells_ = 0;
  std::int64_t before_ = 1;
  std::size_t slice_bytes_ = 0;
  int threads_ = 1;
};

class SelectKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  SelectKernel(const NodeView& node, KernelBuild& build)
      : axes_(node.outputs[0].dims, {broadcast_strides(node.inputs[0].dims, node.outputs[0].dims),
                                     broadcast_strides(node.inputs[1].dims, node.outputs[0].dims),
                                     broadcast_strides(node.inputs[2].dims, node.outputs[0].dims)}),
        rows_(element_count(axes_.outer())),
        dtype_(node.outputs[0].dtype),
        threads_(
            useful_threads(build.options().threads,
                           memory_time(4 * static_cast<std::int64_t>(node.outputs[0].bytes())))) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    with_unsigned(dtype_, [&](auto zero) {
      using T = decltype(zero);
      if (rows_ == 1) {
        parallel_for(threads_, axes_.row(), [&](std::int64_t begin, std::int64_t end) {
          run_part<T>(args, 0, begin, end);
        });
        return;
      }
      parallel_for(threads_, rows_, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) run_part<T>(args, row, 0, axes_.row());
      });
    });
  }

 private:
  std::int64_t source(std::size_t input, std::int64_t row, std::int64_t cell) const {
    return offset_of(row, axes_.outer(), axes_.outer_strides(input)) + cell * axes_.step(input);
  }

  template <typename T>
  void run_part(const KernelArgs& args, std::int64_t row, std::int64_t begin,
                std::int64_t end) const {
    const std::uint8_t* condition = args.input<std::uint8_t>(0) + source(0, row, begin);
    const T* a = args.input<T>(1) + source(1, row, begin);
    const T* b = args.input<T>(2) + source(2, row, begin);
    T* dst = args.output<T>() + row * axes_.row() + begin;
    const std::int64_t count = end - begin;
    if (axes_.step(0) == 0) {
      *condition != 0 ? take(a, axes_.step(1), dst, count) : take(b, axes_.step(2), dst, count);
    } else if (axes_.step(1) == 1 && axes_.step(2) == 1) {
      for (std::int64_t i = 0; i < count; ++i) dst[i] = condition[i] != 0 ? a[i] : b[i];
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        dst[i] = condition[i] != 0 ? a[i * axes_.step(1)] : b[i * axes_.step(2)];
      }
    }
  }

  template <typename T>
  static void take(const T* src, std::int64_t step, T* dst, std::int64_t count) {
    step == 0 ? std::fill_n(dst, count, *src) : std::copy_n(src, count, dst);
  }

  MergedAxes axes_;
  std::int64_t rows_;
  DType dtype_;
  int threads_;
};

}  // namespace

KernelEntry slice() { return make_entry<SliceKernel>("own slice"); }
KernelEntry broadcast() { return make_entry<BroadcastKernel>("own broadcast"); }
KernelEntry gather() { return make_entry<GatherKernel>("own gather"); }
KernelEntry select() { return make_entry<SelectKernel>("own select"); }

}  // namespace keraunos::cpu::own
