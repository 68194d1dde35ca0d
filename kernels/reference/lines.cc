#include <algorithm>
#include <limits>

#include "kernels/reference/element_types.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/integers.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/order.hpp"
#include "kernels/reference/reductions.hpp"

// Ops that walk along one axis, line by line.

namespace keraunos::reference {
namespace {

/// The lines of a tensor along one axis.
struct Lines {
  std::int64_t outer = 1;
  std::int64_t cells = 1;  // in a line
  std::int64_t step = 1;   // from one cell to the next

  Lines(const Dims& dims, std::size_t axis) : cells(dims[axis]) {
    for (std::size_t i = 0; i < axis; ++i) outer *= dims[i];
    for (std::size_t i = axis + 1; i < dims.size(); ++i) step *= dims[i];
  }

  std::int64_t count() const { return outer * step; }
  std::int64_t start(std::int64_t line) const { return line / step * cells * step + line % step; }
};

class ArgReduceKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    const TensorDesc& input = node.inputs[0];
    return can_number(input.dims[node.as<ArgReduce>().axis], input.dtype);
  }

  ArgReduceKernel(const NodeView& node, KernelBuild& build)
      : lines_(node.inputs[0].dims, node.as<ArgReduce>().axis),
        largest_(node.as<ArgReduce>().largest),
        dtype_(node.inputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    with_element_type(dtype_, [&](auto zero) {
      using T = decltype(zero);
      for (std::int64_t line = 0; line < lines_.count(); ++line) {
        args.output<std::int32_t>()[line] = place(args.input<T>(0) + lines_.start(line));
      }
    });
  }

 private:
  /// No comparison with NaN holds, and the first cell to beat is infinite: as in TensorFlow, a NaN
  /// is never chosen unless nothing else is there.
  std::int32_t place(const float* src) const {
    const float infinity = std::numeric_limits<float>::infinity();
    float best = largest_ ? -infinity : infinity;
    std::int64_t result = 0;
    for (std::int64_t i = 0; i < lines_.cells; ++i) choose(src[i * lines_.step], i, best, result);
    return static_cast<std::int32_t>(result);
  }

  template <typename T>
  std::int32_t place(const T* src) const {
    std::int64_t best = number(src[0]);
    std::int64_t result = 0;
    for (std::int64_t i = 1; i < lines_.cells; ++i) {
      choose(number(src[i * lines_.step]), i, best, result);
    }
    return static_cast<std::int32_t>(result);
  }

  static std::int64_t number(std::int64_t cell) { return cell; }
  static std::int64_t number(std::int32_t cell) { return cell; }
  static std::int64_t number(std::uint8_t cell) { return cell != 0; }

  template <typename Value>
  void choose(Value value, std::int64_t i, Value& best, std::int64_t& result) const {
    if (largest_ ? !is_below(best, value) : !is_below(value, best)) return;
    best = value;
    result = i;
  }

  Lines lines_;
  bool largest_;
  DType dtype_;
};

class ScanKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    return can_scan(node.inputs[0].dtype);
  }

  ScanKernel(const NodeView& node, KernelBuild& build)
      : lines_(node.inputs[0].dims, node.as<Scan>().axis),
        fn_(node.as<Scan>().fn),
        dtype_(node.inputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    if (dtype_ == DType::float32) return run_as<float, double>(args);
    if (dtype_ == DType::int32) return run_as<std::int32_t, std::int32_t>(args);
    run_as<std::int64_t, std::int64_t>(args);
  }

 private:
  template <typename T, typename Computed>
  void run_as(const KernelArgs& args) const {
    for (std::int64_t line = 0; line < lines_.count(); ++line) {
      const T* src = args.input<T>(0) + lines_.start(line);
      T* dst = args.output<T>() + lines_.start(line);
      Computed running = fn_ == ScanFn::sum ? 0 : 1;
      for (std::int64_t i = 0; i < lines_.cells; ++i) {
        running = next(running, static_cast<Computed>(src[i * lines_.step]));
        dst[i * lines_.step] = static_cast<T>(running);
      }
    }
  }

  double next(double running, double value) const {
    return fn_ == ScanFn::sum ? running + value : running * value;
  }
  template <typename Int>
  Int next(Int running, Int value) const {
    return fn_ == ScanFn::sum ? wrapping_add(running, value) : wrapping_multiply(running, value);
  }

  Lines lines_;
  ScanFn fn_;
  DType dtype_;
};

class SortKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    const TensorDesc& input = node.inputs[0];
    return can_number(input.dims[node.as<Sort>().axis], input.dtype);
  }

  SortKernel(const NodeView& node, KernelBuild& build)
      : lines_(node.inputs[0].dims, node.as<Sort>().axis),
        descending_(node.as<Sort>().descending),
        dtype_(node.inputs[0].dtype) {
    raw_constants(node, build);
  }

  /// The places of one line.
  std::size_t workspace_bytes() const override {
    return static_cast<std::size_t>(lines_.cells) * sizeof(std::int32_t);
  }

  void run(const KernelArgs& args, Stream&) const override {
    with_element_type(dtype_, [&](auto zero) {
      using T = decltype(zero);
      auto* places = static_cast<std::int32_t*>(args.workspace);
      for (std::int64_t line = 0; line < lines_.count(); ++line) {
        const std::int64_t start = lines_.start(line);
        sort(args.input<T>(0) + start, places);
        for (std::int64_t i = 0; i < lines_.cells; ++i) {
          const std::int64_t target = start + i * lines_.step;
          args.output<T>(0)[target] = args.input<T>(0)[start + places[i] * lines_.step];
          args.output<std::int32_t>(1)[target] = places[i];
        }
      }
    });
  }

 private:
  /// std::stable_sort would allocate; the place decides between equal cells instead.
  template <typename T>
  void sort(const T* src, std::int32_t* places) const {
    for (std::int64_t i = 0; i < lines_.cells; ++i) places[i] = static_cast<std::int32_t>(i);
    std::sort(places, places + lines_.cells, [&](std::int32_t left, std::int32_t right) {
      return precedes(src[left * lines_.step], left, src[right * lines_.step], right, descending_);
    });
  }

  Lines lines_;
  bool descending_;
  DType dtype_;
};

}  // namespace

KernelEntry arg_reduce() { return make_entry<ArgReduceKernel>("reference argreduce"); }
KernelEntry scan() { return make_entry<ScanKernel>("reference scan"); }
KernelEntry sort() { return make_entry<SortKernel>("reference sort"); }

}  // namespace keraunos::reference
