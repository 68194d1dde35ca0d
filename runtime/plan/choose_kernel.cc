#include "runtime/plan/choose_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/plan/widened_kernel.hpp"

namespace keraunos {
namespace {

class WeightBuild final : public KernelBuild {
 public:
  WeightBuild(const ConcreteNode& node, DeviceWeights& weights, const BuildOptions& options)
      : node_(node), weights_(weights), options_(options), raw_(node.inputs.size(), nullptr) {}

  const BuildOptions& options() const override { return options_; }

  const void* raw(std::size_t i) override { return raw_[i] = weights_.raw(node_.owners[i]); }

  const void* packed(std::size_t i, const std::string& format, std::size_t bytes, Pack* pack,
                     const void* closure) override {
    return weights_.packed(node_.owners[i], format, bytes, pack, closure);
  }

  std::vector<const void*> take_raw() { return std::move(raw_); }

 private:
  const ConcreteNode& node_;
  DeviceWeights& weights_;
  const BuildOptions& options_;
  std::vector<const void*> raw_;
};

Verdict ask(const KernelEntry& entry, const ConcreteNode& node, const BuildOptions& options) {
  const NodeView view = node.view();
  if (!view.is_dense() && !(entry.takes_pitches && view.is_dense_from(1))) {
    return Verdict::no("takes no parts of concatenations");
  }
  return entry.accepts(view, options);
}

bool try_device(Backend& backend, DeviceWeights& weights, bool on_device, const ConcreteNode& node,
                const BuildOptions& options, KernelChoice& choice) {
  const std::string device = backend.info().name;
  BuildOptions for_device = options;
  for_device.device = &backend;
  const auto entries = backend.kernels_for(node.node.op.index());
  if (entries.empty()) {
    choice.refusals.emplace_back(device,
                                 fmt::format("has no kernel for {}", name_of(node.node.op)));
  }
  for (const KernelEntry& entry : entries) {
    const Verdict verdict = ask(entry, node, for_device);
    if (!verdict) {
      choice.refusals.emplace_back(fmt::format("{}: {}", device, entry.name), verdict.reason());
      continue;
    }
    WeightBuild build(node, weights, for_device);
    choice.kernel = entry.create(node.view(), build);
    choice.name = entry.name;
    choice.on_device = on_device;
    choice.raw = build.take_raw();
    return true;
  }
  return false;
}

}  // namespace

ConcreteNode::ConcreteNode(const Graph& graph, const Node& it, const std::vector<TensorDesc>& descs,
                           const Binding& binding)
    : node(it), op(bind(it.op, binding)) {
  for (const ValueId input : node.inputs) {
    inputs.push_back(descs[input]);
    owners.push_back(graph.value(input).constant);
    constants.push_back(owners.back().get());
  }
  for (const ValueId output : node.outputs) outputs.push_back(descs[output]);
}

ConcreteNode ConcreteNode::widened() const {
  ConcreteNode wide(*this);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!is_narrow(inputs[i].dtype)) continue;
    wide.inputs[i].dtype = DType::float32;
    wide.constants[i] = nullptr;
  }
  for (TensorDesc& output : wide.outputs) {
    if (is_narrow(output.dtype)) output.dtype = DType::float32;
  }
  return wide;
}

namespace {

bool has_narrow(const ConcreteNode& node) {
  const auto narrow = [](const TensorDesc& desc) { return is_narrow(desc.dtype); };
  return std::any_of(node.inputs.begin(), node.inputs.end(), narrow) ||
         std::any_of(node.outputs.begin(), node.outputs.end(), narrow);
}

/// The CPU computes in float32: 16-bit tensors, which only a GPU's plan has, are converted.
bool try_cpu_widened(const ConcreteNode& node, const PlanRequest& request, KernelChoice& choice) {
  const ConcreteNode wide = node.widened();
  if (!try_device(request.cpu, request.cpu_weights, /*on_device=*/false, wide, request.options,
                  choice)) {
    return false;
  }
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.constants[i] != nullptr && wide.constants[i] == nullptr) {
      choice.raw[i] = request.cpu_weights.raw(node.owners[i]);
    }
  }
  choice.kernel = widened_kernel(std::move(choice.kernel), node.inputs, node.outputs);
  return true;
}

bool has_strings(const ConcreteNode& node) {
  const auto is_string = [](const TensorDesc& desc) { return desc.dtype == DType::string; };
  return std::any_of(node.inputs.begin(), node.inputs.end(), is_string) ||
         std::any_of(node.outputs.begin(), node.outputs.end(), is_string);
}

}  // namespace

bool takes_pitches(const ConcreteNode& node, const PlanRequest& request) {
  if (request.gpu == nullptr || has_strings(node)) return false;
  BuildOptions options = request.options;
  options.device = request.gpu;
  for (const KernelEntry& entry : request.gpu->kernels_for(node.node.op.index())) {
    // A kernel before it that wants dense tensors would be the faster one.
    if (entry.takes_pitches) return static_cast<bool>(ask(entry, node, options));
    if (entry.accepts(node.dense_view(), options)) return false;
  }
  return false;
}

KernelChoice choose_kernel(const ConcreteNode& node, const PlanRequest& request) {
  KernelChoice choice;
  // Strings are references into host memory: they never go to a GPU.
  const bool may_use_gpu = request.gpu != nullptr && !has_strings(node);
  if (may_use_gpu && try_device(*request.gpu, *request.gpu_weights, /*on_device=*/true, node,
                                request.options, choice)) {
    return choice;
  }
  if (try_device(request.cpu, request.cpu_weights, /*on_device=*/false, node, request.options,
                 choice)) {
    return choice;
  }
  if (has_narrow(node) && try_cpu_widened(node, request, choice)) return choice;
  std::string reasons;
  for (const auto& [kernel, reason] : choice.refusals)
    reasons += fmt::format("; {}: {}", kernel, reason);
  fail(ErrorCode::unsupported, "no kernel for {} [{}]{}", name_of(node.node.op),
       describe(node.node.op), reasons);
}

}  // namespace keraunos
