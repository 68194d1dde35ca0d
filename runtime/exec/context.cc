#include "runtime/exec/context.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/base/convert.hpp"
#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

// Brackets a run on a stream, also where it throws.
class StreamScope {
 public:
  explicit StreamScope(Stream& stream) : stream_(stream) { stream_.begin(); }
  ~StreamScope() { stream_.end(); }
  StreamScope(const StreamScope&) = delete;
  StreamScope& operator=(const StreamScope&) = delete;

 private:
  Stream& stream_;
};

bool is_aligned(const TensorView& view) {
  return reinterpret_cast<std::uintptr_t>(view.data) % size_of(view.dtype) == 0;
}

}  // namespace

std::byte* GrowingBuffer::reserve(std::size_t bytes) {
  if (bytes > bytes_) {
    release();
    memory_ = kind_ == Kind::device ? backend_.allocate(bytes) : backend_.allocate_staging(bytes);
    bytes_ = bytes;
  }
  return static_cast<std::byte*>(memory_);
}

void GrowingBuffer::release() noexcept {
  if (memory_ != nullptr) {
    kind_ == Kind::device ? backend_.free(memory_) : backend_.free_staging(memory_);
  }
  memory_ = nullptr;
  bytes_ = 0;
}

Context::Context(Backend* gpu, const BuildOptions& options)
    : gpu_(gpu),
      cpu_stream_(cpu_backend().make_stream(options)),
      gpu_stream_(gpu == nullptr ? nullptr : gpu->make_stream(options)),
      host_arena_(gpu == nullptr ? cpu_backend() : *gpu, GrowingBuffer::Kind::staging),
      device_arena_(gpu == nullptr
                        ? nullptr
                        : std::make_unique<GrowingBuffer>(*gpu, GrowingBuffer::Kind::device)) {}

// Inputs that are of another dtype than the model's, or not aligned for theirs, get a copy.
void Context::convert_inputs(const Plan& plan, std::span<const TensorView> inputs) {
  input_pointers_.resize(inputs.size());
  while (converted_.size() < inputs.size()) {
    converted_.push_back(
        std::make_unique<GrowingBuffer>(cpu_backend(), GrowingBuffer::Kind::staging));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const TensorDesc& desc = plan.inputs[i];
    if (inputs[i].dtype == desc.dtype && is_aligned(inputs[i])) {
      input_pointers_[i] = inputs[i].data;
      continue;
    }
    std::byte* const buffer = converted_[i]->reserve(std::max<std::size_t>(desc.bytes(), 1));
    convert(inputs[i].data, inputs[i].dtype, buffer, desc.dtype,
            static_cast<std::size_t>(desc.size()));
    input_pointers_[i] = buffer;
  }
}

void Context::run(const Plan& plan, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  convert_inputs(plan, inputs);
  output_pointers_.resize(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) output_pointers_[i] = outputs[i].data;
  arguments_.resize(plan.max_arguments);
  results_.resize(plan.max_arguments);
  host_ = host_arena_.reserve(plan.host_bytes);
  if (device_arena_) device_ = device_arena_->reserve(plan.device_bytes);

  const StreamScope cpu(*cpu_stream_);
  if (gpu_stream_ == nullptr) return run_steps(plan);
  const StreamScope gpu(*gpu_stream_);
  run_steps(plan);
  gpu_stream_->synchronize();
}

void Context::run_steps(const Plan& plan) {
  for (const Step& step : plan.steps) run_step(step);
}

void* Context::resolve(const Location& location) const {
  switch (location.space) {
    case Location::Space::nowhere: return nullptr;
    case Location::Space::host: return host_ + location.offset;
    case Location::Space::device: return device_ + location.offset;
    case Location::Space::input: return const_cast<void*>(input_pointers_[location.index]);
    case Location::Space::output: return output_pointers_[location.index];
    case Location::Space::constant: return const_cast<void*>(location.pointer);
  }
  return nullptr;
}

void Context::run_step(const Step& step) {
  if (step.wait_before) gpu_stream_->synchronize();
  if (step.kind == Step::Kind::view) return;
  for (std::size_t i = 0; i < step.outputs.size(); ++i) results_[i] = resolve(step.outputs[i]);
  void* const output = results_[0];
  switch (step.kind) {
    case Step::Kind::view: return;
    case Step::Kind::copy: std::memcpy(output, resolve(step.inputs[0]), step.bytes); return;
    case Step::Kind::copy_to_device:
      gpu_->copy_to_device(output, resolve(step.inputs[0]), step.bytes, *gpu_stream_);
      return;
    case Step::Kind::copy_to_host:
      gpu_->copy_to_host(output, resolve(step.inputs[0]), step.bytes, *gpu_stream_);
      return;
    case Step::Kind::kernel: break;
  }
  for (std::size_t i = 0; i < step.inputs.size(); ++i) arguments_[i] = resolve(step.inputs[i]);
  const KernelArgs args = {arguments_.data(), results_.data(), resolve(step.workspace)};
  within([&] { return step.report.layer; },
         [&] { step.kernel->run(args, step.on_device ? *gpu_stream_ : *cpu_stream_); });
}

std::unique_ptr<Context> ContextPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  return std::make_unique<Context>(gpu_, options_);
}

void ContextPool::give_back(std::unique_ptr<Context> context) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(context));
}

}  // namespace keraunos
