#include "tests/support/kernel_harness.hpp"

#include <fmt/format.h>

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
  explicit BoundNode(const NodeCase& node) : op_(node.op), output_(node.output()) {
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

  NodeView view() const { return {op_, inputs_, {&output_, 1}, pointers_}; }
  const TensorDesc& output() const { return output_; }

 private:
  const Op& op_;
  TensorDesc output_;
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

/// One run on fresh copies of the inputs; `poison` fills output and workspace before.
Tensor run_once(const Kernel& kernel, const BoundNode& bound, const HostBuild& build,
                const NodeCase& node, int poison, bool in_place) {
  std::vector<FencedBuffer> inputs;
  std::vector<const void*> input_pointers;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    inputs.emplace_back(node.inputs[i].bytes());
    if (node.inputs[i].bytes() > 0) {
      std::memcpy(inputs[i].data(), node.inputs[i].data(), node.inputs[i].bytes());
    }
    input_pointers.push_back(bound.view().is_constant(i) ? build.constant(i) : inputs[i].data());
  }
  FencedBuffer output(bound.output().bytes());
  FencedBuffer workspace(kernel.workspace_bytes());
  output.poison(poison);
  workspace.poison(poison);
  FencedBuffer& target = in_place ? inputs[0] : output;
  void* const output_pointer = target.data();
  const auto stream = cpu_backend().make_stream(build.options());
  stream->begin();
  kernel.run({input_pointers.data(), &output_pointer, workspace.data()}, *stream);
  stream->end();

  EXPECT_TRUE(output.fences_hold()) << "wrote beside the output";
  EXPECT_TRUE(workspace.fences_hold()) << "wrote beside the workspace";
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(inputs[i].fences_hold()) << "wrote beside input " << i;
    if (in_place && i == 0) continue;
    EXPECT_TRUE(same_bytes(copy_of(inputs[i].data(), bound.view().inputs[i]), node.inputs[i]))
        << "changed input " << i;
  }
  return copy_of(target.data(), bound.output());
}

Tensor run_twice(const KernelEntry& entry, const NodeCase& node, const BuildOptions& options,
                 bool in_place) {
  const BoundNode bound(node);
  const NodeView view = bound.view();
  HostBuild build(view, options);
  const std::unique_ptr<Kernel> kernel = entry.create(view, build);
  Tensor first = run_once(*kernel, bound, build, node, 0xff, in_place);
  const Tensor second = run_once(*kernel, bound, build, node, 0x2b, in_place);
  EXPECT_TRUE(same_bytes(first, second))
      << entry.name << " left cells unwritten, or two runs differ";
  return first;
}

}  // namespace

TensorDesc NodeCase::output() const {
  std::vector<TensorType> types;
  for (const Tensor& input : inputs) types.push_back({input.dtype(), make_shape(input.dims())});
  Demands demands;
  const TensorType type = infer(op, types, demands).front();
  return {type.dtype, evaluate(type.shape, {})};
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

Tensor run_kernel(const KernelEntry& entry, const NodeCase& node, const BuildOptions& options) {
  return run_twice(entry, node, options, false);
}

Tensor run_in_place(const KernelEntry& entry, const NodeCase& node, const BuildOptions& options) {
  return run_twice(entry, node, options, true);
}

void run_repeatedly(const KernelEntry& entry, const NodeCase& node, int times,
                    const std::function<void(int)>& before_run, const BuildOptions& options) {
  const BoundNode bound(node);
  const NodeView view = bound.view();
  HostBuild build(view, options);
  const std::unique_ptr<Kernel> kernel = entry.create(view, build);
  Tensor output(bound.output().dtype, bound.output().dims);
  FencedBuffer workspace(kernel->workspace_bytes());
  std::vector<const void*> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    inputs.push_back(view.is_constant(i) ? build.constant(i) : node.inputs[i].data());
  }
  void* const output_pointer = output.data();
  const auto stream = cpu_backend().make_stream(options);
  for (int i = 0; i < times; ++i) {
    before_run(i);
    stream->begin();
    kernel->run({inputs.data(), &output_pointer, workspace.data()}, *stream);
    stream->end();
  }
}

Tensor reference_result(const NodeCase& node) {
  return run_kernel(reference_kernels(node.op.index()).front(), node);
}

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
  const Tensor want = reference_result(node);
  std::set<std::string> compared;
  for (const KernelEntry& entry : cpu_backend().kernels_for(node.op.index())) {
    if (entry.name.starts_with("reference")) continue;
    SCOPED_TRACE(std::string(entry.name));
    for (const int threads : {1, 2}) {
      const BuildOptions options = {threads, Precision::float32};
      if (!verdict(entry, node, options)) continue;
      expect_close(run_kernel(entry, node, options), want);
      if (may_run_in_place(node.op) && !node.constant.empty() && !node.constant[0]) {
        expect_close(run_in_place(entry, node, options), want);
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
