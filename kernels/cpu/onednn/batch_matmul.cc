#include <fmt/format.h>

#include <optional>

#include "kernels/cpu/onednn/kernels.hpp"
#include "kernels/cpu/onednn/primitive.hpp"
#include "kernels/cpu/own/panels.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/matrix_batch.hpp"

namespace keraunos::cpu::onednn {
namespace {

using dnnl::memory;

struct Problem {
  MatrixBatch batch;
  int threads;

  Problem(const NodeView& node, const BuildOptions& options)
      : batch(node),
        threads(useful_threads(options.threads,
                               multiply_add_time(node.outputs[0].size() * batch.depth))) {}

  /// `strides` of the axes before the matrices': one cell where they are 0.
  memory::desc operand(const Dims& strides, std::int64_t height, std::int64_t width,
                       std::int64_t row, std::int64_t column) const {
    memory::dims dims;
    for (std::size_t axis = 0; axis < strides.size(); ++axis) {
      dims.push_back(strides[axis] == 0 ? 1 : batch.dims[axis]);
    }
    memory::dims steps = strides;
    for (std::int64_t& step : steps) step = step == 0 ? height * width : step;
    dims.insert(dims.end(), {height, width});
    steps.insert(steps.end(), {row, column});
    return {dims, memory::data_type::f32, steps};
  }

  dnnl::matmul::primitive_desc describe() const {
    memory::dims dims = batch.dims;
    dims.insert(dims.end(), {batch.rows, batch.columns});
    return onednn::describe<dnnl::matmul>(
        operand(batch.a_strides, batch.rows, batch.depth, batch.a_row, batch.a_column),
        operand(batch.b_strides, batch.depth, batch.columns, batch.b_row, batch.b_column),
        memory::desc(dims, memory::data_type::f32, row_major_strides(dims)));
  }
};

class BatchMatMulKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions& options) {
    if (const Verdict dtypes = all_float32(node); !dtypes) return dtypes;
    if (node.inputs[0].size() == 0 || node.inputs[1].size() == 0) {
      return Verdict::no("takes no empty tensors");
    }
    const Problem problem(node, options);
    if (problem.batch.dims.size() > max_axes) {
      return Verdict::no(fmt::format("takes up to {} axes before the matrices", max_axes));
    }
    try {
      const ThreadLimit limit(problem.threads);
      return is_fast(problem.describe());
    } catch (const dnnl::error& error) {
      return Verdict::no(std::string("oneDNN refuses: ") + error.message);
    }
  }

  BatchMatMulKernel(const NodeView& node, KernelBuild& build) {
    raw_constants(node, build);
    translated([&] {
      const Problem problem(node, build.options());
      const ThreadLimit limit(problem.threads);
      const auto descriptor = problem.describe();
      std::vector<Argument> arguments = {{DNNL_ARG_SRC, descriptor.src_desc()},
                                         {DNNL_ARG_WEIGHTS, descriptor.weights_desc()},
                                         {DNNL_ARG_DST, descriptor.dst_desc()}};
      primitive_.emplace(dnnl::matmul(descriptor), descriptor.scratchpad_desc(), problem.threads,
                         std::move(arguments));
    });
  }

  std::size_t workspace_bytes() const override { return primitive_->workspace_bytes(); }

  void run(const KernelArgs& args, Stream&) const override {
    primitive_->run({args.inputs[0], args.inputs[1], args.outputs[0]}, args.workspace);
  }

 private:
  static constexpr std::size_t max_axes = DNNL_MAX_NDIMS - 2;

  std::optional<Primitive> primitive_;
};

}  // namespace

KernelEntry batch_matmul() { return make_entry<BatchMatMulKernel>("onednn batch matmul"); }

}  // namespace keraunos::cpu::onednn
