#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"

namespace keraunos::reference {
namespace {

/// Calls the application.
class CustomKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  CustomKernel(const NodeView& node, KernelBuild& build)
      : compute_(node.as<Custom>().compute),
        input_count_(node.as<Custom>().input_count),
        inputs_(node.inputs.begin(), node.inputs.end()),
        outputs_(node.outputs.begin(), node.outputs.end()) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    std::vector<TensorView> inputs;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      inputs.push_back({args.inputs[i], inputs_[i].dtype, inputs_[i].dims});
    }
    std::vector<MutableTensorView> outputs;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      outputs.push_back({args.outputs[i], outputs_[i].dtype, outputs_[i].dims});
    }
    const std::span<const TensorView> all = inputs;
    (*compute_)(all.first(input_count_), all.subspan(input_count_), outputs);
  }

 private:
  std::shared_ptr<const Custom::Compute> compute_;
  std::size_t input_count_;
  std::vector<TensorDesc> inputs_;
  std::vector<TensorDesc> outputs_;
};

}  // namespace

KernelEntry custom() { return make_entry<CustomKernel>("reference custom"); }

}  // namespace keraunos::reference
