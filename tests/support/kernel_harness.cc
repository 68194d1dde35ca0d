#include "tests/support/kernel_harness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

#include "kernels/reference/kernels.hpp"
#include "runtime/backend/backend.hpp"
#include "runtime/base/fail.hpp"

namespace keraunos::testing {
namespace {

/// Memory between two fences of known bytes.
class FencedBuffer {
 public:
  explicit FencedBuffer(std::size_t bytes) : bytes_(bytes) {
    const std::size_t whole = (2 * fence + bytes + fence - 1) / fence * fence;
    memory_.reset(static_cast<unsigned char*>(std::aligned_alloc(fence, whole)));
    std::memset(memory_.get(), fence_byte, whole);
  }

  void* data() { return memory_.get() + fence; }
  void poison(int byte) { std::memset(data(), byte, bytes_); }

  bool fences_hold() const {
    const unsigned char* after = memory_.get() + fence + bytes_;
    for (std::size_t i = 0; i < fence; ++i) {
      if (memory_.get()[i] != fence_byte || after[i] != fence_byte) return false;
    }
    return true;
  }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  static constexpr std::size_t fence = 256;
  static constexpr unsigned char fence_byte = 0xd7;

  std::size_t bytes_;
  std::unique_ptr<unsigned char, Free> memory_;
};

/// The tensors of a node as kernels see them.
class BoundNode {
 public:
  explicit BoundNode(const NodeCase& node) : op_(node.op), outputs_(node.outputs()) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Tensor& input = node.inputs[i];
      inputs_.push_back({input.dtype(), input.dims()});
      const auto* bytes = static_cast<const std::byte*>(input.data());
      constants_.push_back(
          {fmt::format("input {}", i), inputs_.back(), Bytes{{bytes, input.bytes()}, nullptr}, {}});
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const bool constant = i < node.constant.size() && node.constant[i];
      pointers_.push_back(constant ? &constants_[i] : nullptr);
    }
  }

  NodeView view() const { return {op_, inputs_, outputs_, pointers_}; }
  const std::vector<TensorDesc>& outputs() const { return outputs_; }

 private:
  const Op& op_;
  std::vector<TensorDesc> outputs_;
  std::vector<TensorDesc> inputs_;
  std::vector<Constant> constants_;
  std::vector<const Constant*> pointers_;
};

/// Weights for one kernel, in host memory.
class HostBuild : public KernelBuild {
 public:
  HostBuild(const NodeView& node, const BuildOptions& options) : node_(node), options_(options) {}
  ~HostBuild() override {
    for (void* memory : packed_) cpu_backend().free(memory);
  }

  const BuildOptions& options() const override { return options_; }

  const void* raw(std::size_t i) override {
    raw_[i] = node_.constants[i]->bytes.data();
    return raw_[i];
  }

  const void* packed(std::size_t i, const std::string&, std::size_t bytes, Pack* pack,
                     const void* closure) override {
    packed_.push_back(cpu_backend().allocate(bytes));
    pack(node_.constants[i]->bytes.data(), packed_.back(), closure);
    return packed_.back();
  }

  /// What args.inputs[i] holds for a constant: null unless the kernel asked for it.
  const void* constant(std::size_t i) const {
    const auto found = raw_.find(i);
    return found == raw_.end() ? nullptr : found->second;
  }

 private:
  const NodeView& node_;
  BuildOptions options_;
  std::map<std::size_t, const void*> raw_;
  std::vector<void*> packed_;
};

Tensor copy_of(const void* data, const TensorDesc& desc) {
  Tensor result(desc.dtype, desc.dims);
  if (result.bytes() > 0) std::memcpy(result.data(), data, result.bytes());
  return result;
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.bytes() == b.bytes() &&
         (a.bytes() == 0 || std::memcmp(a.data(), b.data(), a.bytes()) == 0);
}

bool same_bytes(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Tensor& x, const Tensor& y) { return same_bytes(x, y); });
}

/// The buffers of one run.
struct RunBuffers {
  std::vector<FencedBuffer> inputs;  // copies of the node's
  std::vector<FencedBuffer> outputs;
  FencedBuffer workspace;

  RunBuffers(const NodeCase& node, const BoundNode& bound, const Kernel& kernel)
      : workspace(kernel.workspace_bytes()) {
    for (const Tensor& input : node.inputs) {
      inputs.emplace_back(input.bytes());
      if (input.bytes() > 0) std::memcpy(inputs.back().data(), input.data(), input.bytes());
    }
    for (const TensorDesc& output : bound.outputs()) outputs.emplace_back(output.bytes());
  }

  void poison(int byte) {
    for (FencedBuffer& output : outputs) output.poison(byte);
    workspace.poison(byte);
  }

  void expect_fences_hold() const {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EXPECT_TRUE(outputs[i].fences_hold()) << "wrote beside output " << i;
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_TRUE(inputs[i].fences_hold()) << "wrote beside input " << i;
    }
    EXPECT_TRUE(workspace.fences_hold()) << "wrote beside the workspace";
  }
};

/// One run on fresh copies of the inputs; `poison` fills outputs and workspace before. In place,
/// output 0 is the memory of input 0.
std::vector<Tensor> run_once(const Kernel& kernel, const BoundNode& bound, const HostBuild& build,
                             const NodeCase& node, int poison, bool in_place) {
  RunBuffers buffers(node, bound, kernel);
  buffers.poison(poison);
  std::vector<const void*> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    inputs.push_back(bound.view().is_constant(i) ? build.constant(i) : buffers.inputs[i].data());
  }
  std::vector<void*> outputs;
  for (FencedBuffer& output : buffers.outputs) outputs.push_back(output.data());
  if (in_place) outputs[0] = buffers.inputs[0].data();
  const auto stream = cpu_backend().make_stream(build.options());
  stream->begin();
  try {
    kernel.run({inputs.data(), outputs.data(), buffers.workspace.data()}, *stream);
  } catch (...) {
    stream->end();
    throw;
  }
  stream->end();

  buffers.expect_fences_hold();
  for (std::size_t i = in_place ? 1 : 0; i < node.inputs.size(); ++i) {
    EXPECT_TRUE(
        same_bytes(copy_of(buffers.inputs[i].data(), bound.view().inputs[i]), node.inputs[i]))
        << "changed input " << i;
  }
  std::vector<Tensor> results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    results.push_back(copy_of(outputs[i], bound.outputs()[i]));
  }
  return results;
}

std::vector<Tensor> run_twice(const KernelEntry& entry, const NodeCase& node,
                              const BuildOptions& options, bool in_place) {
  const BoundNode bound(node);
  const NodeView view = bound.view();
  HostBuild build(view, options);
  const std::unique_ptr<Kernel> kernel = entry.create(view, build);
  std::vector<Tensor> first = run_once(*kernel, bound, build, node, 0xff, in_place);
  const std::vector<Tensor> second = run_once(*kernel, bound, build, node, 0x2b, in_place);
  EXPECT_TRUE(same_bytes(first, second))
      << entry.name << " left cells unwritten, or two runs differ";
  return first;
}

}  // namespace

std::vector<TensorDesc> NodeCase::outputs() const {
  std::vector<TensorType> types;
  for (const Tensor& input : inputs) types.push_back({input.dtype(), make_shape(input.dims())});
  Demands demands;
  std::vector<TensorDesc> descs;
  for (const TensorType& type : infer(op, types, demands)) {
    descs.push_back({type.dtype, evaluate(type.shape, {})});
  }
  return descs;
}

std::string NodeCase::describe() const {
  std::string text = fmt::format("{} {}", name_of(op), keraunos::describe(op));
  for (const Tensor& input : inputs) text += fmt::format(" {}", to_string(input.dims()));
  return text;
}

Tensor Random::tensor(const Dims& dims, float low, float high) {
  Tensor result(DType::float32, dims);
  for (float& element : result.as<float>()) element = value(low, high);
  return result;
}

Dims random_source(Random& random, const Dims& output) {
  Dims dims = output;
  for (std::int64_t& size : dims) size = random.size(0, 2) == 0 ? 1 : size;
  if (random.coin()) {
    dims.erase(dims.begin(), dims.begin() + random.size(0, static_cast<std::int64_t>(dims.size())));
  }
  return dims;
}

Tensor whole_numbers(Random& random, const Dims& dims, DType dtype) {
  if (dtype == DType::boolean) {
    Tensor tensor(dtype, dims);
    auto* bytes = static_cast<std::uint8_t*>(tensor.data());
    for (std::int64_t i = 0; i < tensor.size(); ++i) bytes[i] = random.coin() ? 1 : 0;
    return tensor;
  }
  return random.tensor(dims, -6, 6).cast(DType::int32).cast(dtype);
}

Tensor tensor(const Dims& dims, std::initializer_list<float> elements) {
  Tensor result(DType::float32, dims);
  if (result.size() != static_cast<std::int64_t>(elements.size())) {
    fail(ErrorCode::invalid_argument, "{} elements for shape {}", elements.size(), to_string(dims));
  }
  std::copy(elements.begin(), elements.end(), result.as<float>().begin());
  return result;
}

Verdict verdict(const KernelEntry& entry, const NodeCase& node, const BuildOptions& options) {
  const BoundNode bound(node);
  return entry.accepts(bound.view(), options);
}

std::vector<Tensor> run_all_outputs(const KernelEntry& entry, const NodeCase& node,
                                    const BuildOptions& options) {
  return run_twice(entry, node, options, false);
}

Tensor run_kernel(const KernelEntry& entry, const NodeCase& node, const BuildOptions& options) {
  return std::move(run_all_outputs(entry, node, options).front());
}

Tensor run_in_place(const KernelEntry& entry, const NodeCase& node, const BuildOptions& options) {
  return std::move(run_twice(entry, node, options, true).front());
}

void run_repeatedly(const KernelEntry& entry, const NodeCase& node, int times,
                    const std::function<void(int)>& before_run, const BuildOptions& options) {
  const BoundNode bound(node);
  const NodeView view = bound.view();
  HostBuild build(view, options);
  const std::unique_ptr<Kernel> kernel = entry.create(view, build);
  std::vector<Tensor> outputs;
  std::vector<void*> output_pointers;
  for (const TensorDesc& desc : bound.outputs()) {
    outputs.emplace_back(desc.dtype, desc.dims);
    output_pointers.push_back(outputs.back().data());
  }
  FencedBuffer workspace(kernel->workspace_bytes());
  std::vector<const void*> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    inputs.push_back(view.is_constant(i) ? build.constant(i) : node.inputs[i].data());
  }
  const auto stream = cpu_backend().make_stream(options);
  for (int i = 0; i < times; ++i) {
    before_run(i);
    stream->begin();
    kernel->run({inputs.data(), output_pointers.data(), workspace.data()}, *stream);
    stream->end();
  }
}

std::vector<Tensor> reference_results(const NodeCase& node) {
  return run_all_outputs(reference_kernels(node.op.index()).front(), node);
}

Tensor reference_result(const NodeCase& node) { return std::move(reference_results(node).front()); }

void expect_close(const Tensor& got, const Tensor& want, float tolerance, float scale) {
  ASSERT_EQ(got.dims(), want.dims());
  ASSERT_EQ(got.dtype(), want.dtype());
  if (got.dtype() != DType::float32) {
    EXPECT_TRUE(same_bytes(got, want));
    return;
  }
  const auto values = got.as<float>();
  const auto wanted = want.as<float>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float difference = std::fabs(values[i] - wanted[i]);
    const bool alike = std::isnan(wanted[i]) ? std::isnan(values[i])
                       : std::isinf(wanted[i])
                           ? values[i] == wanted[i]
                           : difference <= tolerance * (std::fabs(wanted[i]) + scale);
    ASSERT_TRUE(alike) << "element " << i << " is " << values[i] << ", wanted " << wanted[i];
  }
}

std::set<std::string> expect_entries_match_reference(const NodeCase& node) {
  const std::vector<Tensor> want = reference_results(node);
  std::set<std::string> compared;
  for (const KernelEntry& entry : cpu_backend().kernels_for(node.op.index())) {
    if (entry.name.starts_with("reference")) continue;
    SCOPED_TRACE(std::string(entry.name));
    for (const int threads : {1, 2}) {
      const BuildOptions options = {threads, Precision::float32};
      if (!verdict(entry, node, options)) continue;
      const std::vector<Tensor> got = run_all_outputs(entry, node, options);
      for (std::size_t i = 0; i < want.size(); ++i) expect_close(got[i], want[i]);
      if (may_run_in_place(node.op) && !node.constant.empty() && !node.constant[0]) {
        expect_close(run_in_place(entry, node, options), want[0]);
      }
      compared.insert(std::string(entry.name));
    }
  }
  return compared;
}

std::uint64_t detail::random_test_seed() {
  const char* fixed = std::getenv("KERAUNOS_TEST_SEED");
  if (fixed != nullptr) return std::strtoull(fixed, nullptr, 10);
  return static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
}

double detail::now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool detail::random_test_goes_on(int round, double started) {
  return round < 20 || now_seconds() - started < 0.3;
}

}  // namespace keraunos::testing
