#include "tests/gpu/node_case.hpp"

#include <algorithm>
#include <cstring>

#include "kernels/reference/kernels.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/plan/device_weights.hpp"

namespace keraunos::gpu_check {
namespace {

constexpr std::size_t fence = 256;
constexpr unsigned char fence_byte = 0xd7;
constexpr unsigned char poison_byte = 0xff;  // NaN in every floating dtype

/// Device memory between two fences.
class DeviceBuffer {
 public:
  DeviceBuffer(Backend& backend, std::size_t bytes)
      : backend_(backend), bytes_(bytes), memory_(backend.allocate(bytes + 2 * fence)) {}
  ~DeviceBuffer() { backend_.free(memory_); }
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;

  void* data() const { return static_cast<std::byte*>(memory_) + fence; }

  /// Fills with `src`, or with poison where that is null.
  void fill(const void* src, Stream& stream) {
    std::vector<unsigned char> host(bytes_ + 2 * fence, fence_byte);
    std::fill_n(host.begin() + fence, bytes_, poison_byte);
    if (src != nullptr && bytes_ > 0) std::memcpy(host.data() + fence, src, bytes_);
    backend_.copy_to_device(memory_, host.data(), host.size(), stream);
    stream.synchronize();
  }

  /// Copies the contents to `dst`, unless that is null, and checks the fences.
  void read(void* dst, const char* what, Stream& stream) const {
    std::vector<unsigned char> host(bytes_ + 2 * fence);
    backend_.copy_to_host(host.data(), memory_, host.size(), stream);
    stream.synchronize();
    const auto is_fence = [](unsigned char byte) { return byte == fence_byte; };
    if (!std::all_of(host.begin(), host.begin() + fence, is_fence) ||
        !std::all_of(host.end() - fence, host.end(), is_fence)) {
      fail(ErrorCode::internal, "the kernel wrote beside its {}", what);
    }
    if (dst != nullptr && bytes_ > 0) std::memcpy(dst, host.data() + fence, bytes_);
  }

 private:
  Backend& backend_;
  std::size_t bytes_;
  void* memory_;
};

/// Weights for one kernel.
class Build final : public KernelBuild {
 public:
  Build(Backend& backend, const BoundNode& node, const BuildOptions& options)
      : weights_(backend), node_(node), options_(options), raw_(node.tensors().size()) {}

  const BuildOptions& options() const override { return options_; }
  const void* raw(std::size_t i) override { return raw_[i] = weights_.raw(node_.constant(i)); }
  const void* packed(std::size_t i, const std::string& format, std::size_t bytes, Pack* pack,
                     const void* closure) override {
    return weights_.packed(node_.constant(i), format, bytes, pack, closure);
  }
  /// Null unless the kernel asked for it.
  const void* raw_data(std::size_t i) const { return raw_[i]; }

 private:
  DeviceWeights weights_;
  const BoundNode& node_;
  BuildOptions options_;
  std::vector<const void*> raw_;
};

std::vector<TensorDesc> infer_outputs(const NodeCase& node) {
  std::vector<TensorType> types;
  for (const Tensor& input : node.inputs) {
    types.push_back({input.dtype(), make_shape(input.dims())});
  }
  Demands demands;
  std::vector<TensorDesc> outputs;
  for (const TensorType& type : infer(node.op, types, demands)) {
    outputs.push_back({type.dtype, evaluate(type.shape, {})});
  }
  return outputs;
}

}  // namespace

BoundNode::BoundNode(const NodeCase& node) : node_(node), outputs_(infer_outputs(node)) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Tensor& tensor = node.inputs[i];
    inputs_.push_back({tensor.dtype(), tensor.dims()});
    std::shared_ptr<Constant> constant;
    if (i >= node.first_constant) {
      constant = std::make_shared<Constant>();
      constant->name = fmt::format("input {}", i);
      constant->desc = inputs_.back();
      constant->bytes.span = {static_cast<const std::byte*>(tensor.data()), tensor.bytes()};
    }
    constants_.push_back(constant.get());
    owned_.push_back(std::move(constant));
  }
}

std::vector<Tensor> run_on(Backend& backend, const KernelEntry& entry, const BoundNode& node,
                           const BuildOptions& options) {
  Build build(backend, node, options);
  const std::unique_ptr<Kernel> kernel = entry.create(node.view(), build);
  const std::unique_ptr<Stream> stream = backend.make_stream(options);
  stream->begin();
  std::vector<std::unique_ptr<DeviceBuffer>> inputs;
  std::vector<const void*> pointers;
  for (std::size_t i = 0; i < node.tensors().size(); ++i) {
    pointers.push_back(build.raw_data(i));
    if (node.constant(i) != nullptr) continue;
    const Tensor& tensor = node.tensors()[i];
    inputs.push_back(std::make_unique<DeviceBuffer>(backend, tensor.bytes()));
    inputs.back()->fill(tensor.data(), *stream);
    pointers.back() = inputs.back()->data();
  }
  std::vector<std::unique_ptr<DeviceBuffer>> outputs;
  std::vector<void*> output_pointers;
  for (const TensorDesc& desc : node.view().outputs) {
    outputs.push_back(std::make_unique<DeviceBuffer>(backend, desc.bytes()));
    outputs.back()->fill(nullptr, *stream);
    output_pointers.push_back(outputs.back()->data());
  }
  DeviceBuffer workspace(backend, kernel->workspace_bytes());
  workspace.fill(nullptr, *stream);

  kernel->run({pointers.data(), output_pointers.data(), workspace.data()}, *stream);
  stream->synchronize();

  std::vector<Tensor> results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const TensorDesc& desc = node.view().outputs[i];
    outputs[i]->read(results.emplace_back(desc.dtype, desc.dims).data(), "outputs", *stream);
  }
  workspace.read(nullptr, "workspace", *stream);
  for (const auto& input : inputs) input->read(nullptr, "inputs", *stream);
  stream->end();
  return results;
}

std::vector<Tensor> reference_outputs(const BoundNode& node) {
  const KernelEntry& entry = reference_kernels(node.view().op.index()).front();
  return run_on(cpu_backend(), entry, node, {});
}

}  // namespace keraunos::gpu_check
