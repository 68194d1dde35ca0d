#include "runtime/ops/pool.hpp"
#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/kernels.hpp"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/pool_plans.hpp"
#include "kernels/cuda/problem.hpp"

namespace keraunos::cuda {
namespace {

/// Runs the project's own kernel until cuDNN's is compiled.
class CudnnPool final : public Kernel {
 public:
  CudnnPool(std::shared_ptr<const FuturePlan> plan, std::unique_ptr<Kernel> meanwhile)
      : plan_(std::move(plan)), meanwhile_(std::move(meanwhile)) {}

  std::size_t workspace_bytes() const override { return meanwhile_->workspace_bytes(); }

  void run(const KernelArgs& args, Stream& stream) const override {
    const CudnnPlan* const plan = plan_->get();
    if (plan == nullptr) return meanwhile_->run(args, stream);
    void* tensors[] = {const_cast<void*>(args.inputs[0]), args.outputs[0]};
    plan->run(static_cast<CudaStream&>(stream).cudnn_handle(), tensors, nullptr);
  }

 private:
  std::shared_ptr<const FuturePlan> plan_;
  std::unique_ptr<Kernel> meanwhile_;
};

Verdict accepts(const NodeView& node, const BuildOptions& options) {
  if (const Verdict verdict = accept_float32_weights(node); !verdict) return verdict;
  const auto& windows = node.as<Pool>().windows;
  if (windows.size() > 2) {
    return Verdict::no(fmt::format("takes 1 or 2 spatial axes, not {}", windows.size()));
  }
  for (const Window& window : windows) {
    if (window.dilation != 1) return Verdict::no("takes no dilated windows");
  }
  return own_pool.accepts(node, options);
}

std::unique_ptr<Kernel> create(const NodeView& node, KernelBuild& build) {
  return std::make_unique<CudnnPool>(PoolPlans::instance().find_or_start(pool_problem(node)),
                                     own_pool.create(node, build));
}

}  // namespace

const KernelEntry cudnn_pool = {"cudnn pool", accepts, create};

}  // namespace keraunos::cuda
