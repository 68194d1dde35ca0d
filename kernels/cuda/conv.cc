#include <exception>

#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/kernels.hpp"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/weights.hpp"
#include "kernels/cuda/problem.hpp"
#include "runtime/ops/conv.hpp"

namespace keraunos::cuda {
namespace {

class CudnnConv final : public Kernel {
 public:
  CudnnConv(std::shared_ptr<const CudnnPlan> plan, const void* filter, const void* bias,
            bool has_residual, const Unary& activation, const TensorDesc& output)
      : plan_(std::move(plan)),
        filter_(const_cast<void*>(filter)),
        bias_(const_cast<void*>(bias)),
        has_residual_(has_residual),
        activation_(activation),
        dtype_(output.dtype),
        output_size_(output.size()) {}

  std::size_t workspace_bytes() const override { return plan_->workspace_bytes(); }

  std::string engine() const override { return plan_->engine(); }

  std::size_t launches() const override { return activation_.is_identity() ? 1 : 2; }

  void run(const KernelArgs& args, Stream& stream) const override {
    void* tensors[] = {const_cast<void*>(args.inputs[0]), filter_, args.outputs[0], bias_,
                       has_residual_ ? const_cast<void*>(args.inputs[3]) : nullptr};
    const std::size_t count = has_residual_ ? 5 : bias_ != nullptr ? 4 : 3;
    plan_->run(static_cast<CudaStream&>(stream).cudnn_handle(), {tensors, count}, args.workspace);
    launch_unary(activation_, dtype_, args.outputs[0], output_size_, cuda_stream(stream));
  }

 private:
  std::shared_ptr<const CudnnPlan> plan_;
  void* filter_;
  void* bias_;  // null where there is none
  bool has_residual_;
  Unary activation_;
  DType dtype_;
  std::int64_t output_size_;
};

Verdict accepts(const NodeView& node, const BuildOptions& options) {
  if (!node.as<Conv>().input_clamp.is_identity()) return Verdict::no("does not clamp its input");
  if (const Verdict verdict = accept_weights(node); !verdict) return verdict;
  const ConvProblem problem = conv_problem(node, options.precision);
  const Unary remaining = remaining_activation(node.as<Conv>().activation, problem.epilogue);
  if (node.output_pitch != 0 && !remaining.is_identity()) {
    return Verdict::no("has an activation left for a kernel that wants dense tensors");
  }
  try {
    target_of(options).conv_plan(problem);
    return Verdict::yes();
  } catch (const std::exception& error) {
    return Verdict::no(error.what());
  }
}

std::unique_ptr<Kernel> create(const NodeView& node, KernelBuild& build) {
  const ConvProblem problem = conv_problem(node, build.options().precision);
  const std::int64_t rows = node.inputs[1].size() / problem.out_channels;
  const void* const filter = packed_filter(build, 1, problem.dtype, rows, problem.out_channels);
  const void* const bias =
      node.inputs.size() > 2 ? packed_as(build, 2, node.inputs[2], problem.dtype) : nullptr;
  return std::make_unique<CudnnConv>(
      target_of(build.options()).conv_plan(problem), filter, bias, problem.epilogue.residual,
      remaining_activation(node.as<Conv>().activation, problem.epilogue), node.outputs[0]);
}

}  // namespace

const KernelEntry cudnn_conv = {"cudnn conv", accepts, create, /*takes_pitches=*/true};

}  // namespace keraunos::cuda
