#include <array>
#include <utility>

#include "kernels/cpu/own/axes.hpp"
#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/simd.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/combine.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::cpu::own {
namespace {

/// Walks over the rows of a broadcast of two tensors.
class BinaryWalk : public Kernel {
 public:
  BinaryWalk(const NodeView& node, KernelBuild& build)
      : axes_(node.outputs[0].dims, {broadcast_strides(node.inputs[0].dims, node.outputs[0].dims),
                                     broadcast_strides(node.inputs[1].dims, node.outputs[0].dims)}),
        rows_(element_count(axes_.outer())),
        threads_(useful_threads(
            build.options().threads,
            memory_time(3 * static_cast<std::int64_t>(size_of(node.inputs[0].dtype)) *
                        node.outputs[0].size()))) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    // One long row is split by cells, many rows by rows.
    if (rows_ == 1) {
      parallel_for(threads_, axes_.row(), [&](std::int64_t begin, std::int64_t end) {
        run_row(args, cells_at(0, begin), end - begin);
      });
    } else {
      parallel_for(threads_, rows_, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
          run_row(args, cells_at(row, 0), axes_.row());
        }
      });
    }
  }

 protected:
  /// Where cells of a row lie.
  struct Cells {
    std::int64_t a;
    std::int64_t b;
    std::int64_t dst;
  };

  /// Steps along a row are 0 or 1.
  std::int64_t a_step() const { return axes_.step(0); }
  std::int64_t b_step() const { return axes_.step(1); }

 private:
  virtual void run_row(const KernelArgs& args, Cells cells, std::int64_t count) const = 0;

  Cells cells_at(std::int64_t row, std::int64_t cell) const {
    return {offset_of(row, axes_.outer(), axes_.outer_strides(0)) + cell * a_step(),
            offset_of(row, axes_.outer(), axes_.outer_strides(1)) + cell * b_step(),
            row * axes_.row() + cell};
  }

  MergedAxes axes_;
  std::int64_t rows_;
  int threads_;
};

class BinaryKernel : public BinaryWalk {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!is_arithmetic(node.as<Binary>().fn)) return Verdict::no("computes plain arithmetic only");
    return all_float32(node);
  }

  BinaryKernel(const NodeView& node, KernelBuild& build)
      : BinaryWalk(node, build), fn_(node.as<Binary>().fn) {}

 private:
  void run_row(const KernelArgs& args, Cells cells, std::int64_t count) const override {
    simd().binary(fn_, args.input<float>(0) + cells.a, a_step(), args.input<float>(1) + cells.b,
                  b_step(), args.output<float>() + cells.dst, count);
  }

  BinaryFn fn_;
};

/// Part of a row of one function and dtype.
template <typename T>
struct TypedRow {
  const T* a;
  std::int64_t a_step;
  const T* b;
  std::int64_t b_step;
  void* dst;
  std::int64_t count;
};

template <BinaryFn fn, typename T>
auto apply(T a, T b) {
  if constexpr (gives_bool(fn)) {
    return static_cast<std::uint8_t>(reference::compare(fn, a, b));
  } else {
    return reference::combine(fn, a, b);
  }
}

/// The steps that occur most are known to the compiler.
template <BinaryFn fn, typename T>
void run_typed(const TypedRow<T>& row) {
  using Result = decltype(apply<fn>(T(), T()));
  auto* dst = static_cast<Result*>(row.dst);
  if (row.a_step == 1 && row.b_step == 1) {
    for (std::int64_t i = 0; i < row.count; ++i) dst[i] = apply<fn>(row.a[i], row.b[i]);
  } else if (row.a_step == 1) {
    const T b = *row.b;
    for (std::int64_t i = 0; i < row.count; ++i) dst[i] = apply<fn>(row.a[i], b);
  } else {
    const T a = *row.a;
    for (std::int64_t i = 0; i < row.count; ++i) dst[i] = apply<fn>(a, row.b[i * row.b_step]);
  }
}

template <typename T, std::size_t... fn>
constexpr std::array<void (*)(const TypedRow<T>&), binary_fn_count> typed_rows(
    std::index_sequence<fn...>) {
  return {&run_typed<static_cast<BinaryFn>(fn), T>...};
}

/// Every function and dtype that the reference has, in its arithmetic: loops that know their
/// function, of which the compiler makes vector code where it can.
class TypedBinaryKernel : public BinaryWalk {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    return reference::can_combine(node.as<Binary>().fn, node.inputs[0].dtype);
  }

  TypedBinaryKernel(const NodeView& node, KernelBuild& build)
      : BinaryWalk(node, build),
        fn_(static_cast<std::size_t>(node.as<Binary>().fn)),
        dtype_(node.inputs[0].dtype),
        result_size_(size_of(node.outputs[0].dtype)) {}

 private:
  void run_row(const KernelArgs& args, Cells cells, std::int64_t count) const override {
    with_element_type(dtype_, [&](auto zero) {
      using T = decltype(zero);
      static constexpr auto rows = typed_rows<T>(std::make_index_sequence<binary_fn_count>());
      rows[fn_]({args.input<T>(0) + cells.a, a_step(), args.input<T>(1) + cells.b, b_step(),
                 args.output<std::byte>() + static_cast<std::size_t>(cells.dst) * result_size_,
                 count});
    });
  }

  std::size_t fn_;
  DType dtype_;
  std::size_t result_size_;
};

}  // namespace

KernelEntry binary() { return make_entry<BinaryKernel>("own binary"); }
KernelEntry typed_binary() { return make_entry<TypedBinaryKernel>("own typed binary"); }

}  // namespace keraunos::cpu::own
