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

void MemoryBudget::take(std::size_t bytes) {
  const std::size_t held = held_ += bytes;
  const std::size_t others = limit_ == 0 ? 0 : others_();
  if (limit_ == 0 || held + others <= limit_) return;
  held_ -= bytes;
  fail(ErrorCode::out_of_memory,
       "{} bytes of GPU memory are wanted for activations beside {} that are in use and {} of "
       "weights; the limit is {} (SessionOptions::gpu_memory_limit, --gpu-memory-limit)",
       bytes, held - bytes, others, limit_);
}

std::byte* GrowingBuffer::reserve(std::size_t bytes) {
  if (bytes > bytes_) {
    release();
    budget_.take(bytes);
    try {
      memory_ = kind_ == Kind::device ? backend_.allocate(bytes) : backend_.allocate_staging(bytes);
    } catch (...) {
      budget_.give_back(bytes);
      throw;
    }
    bytes_ = bytes;
  }
  return static_cast<std::byte*>(memory_);
}

void GrowingBuffer::release() noexcept {
  if (memory_ != nullptr) {
    kind_ == Kind::device ? backend_.free(memory_) : backend_.free_staging(memory_);
    budget_.give_back(bytes_);
  }
  memory_ = nullptr;
  bytes_ = 0;
}

Context::Context(Backend* gpu, const BuildOptions& options, MemoryBudget& host,
                 MemoryBudget& device)
    : gpu_(gpu),
      host_budget_(host),
      cpu_stream_(cpu_backend().make_stream(options)),
      gpu_stream_(gpu == nullptr ? nullptr : gpu->make_stream(options)),
      host_arena_(gpu == nullptr ? cpu_backend() : *gpu, GrowingBuffer::Kind::staging, host),
      device_arena_(gpu == nullptr ? nullptr
                                   : std::make_unique<GrowingBuffer>(
                                         *gpu, GrowingBuffer::Kind::device, device)) {}

// Inputs that are of another dtype than the model's, or not aligned for theirs, get a copy.
void Context::convert_inputs(const Plan& plan, std::span<const TensorView> inputs) {
  input_pointers_.resize(inputs.size());
  while (converted_.size() < inputs.size()) {
    converted_.push_back(
        std::make_unique<GrowingBuffer>(cpu_backend(), GrowingBuffer::Kind::staging, host_budget_));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const TensorDesc& desc = plan.inputs[i];
    const bool on_device = plan.input_memory[i] == Memory::gpu;
    if (on_device || (inputs[i].dtype == desc.dtype && is_aligned(inputs[i]))) {
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
                  std::span<const MutableTensorView> outputs, void* callers_stream) {
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
  if (callers_stream != nullptr) gpu_->wait_for(callers_stream, *gpu_stream_);
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
    case Location::Space::output:
      return static_cast<std::byte*>(output_pointers_[location.index]) + location.offset;
    case Location::Space::constant: return const_cast<void*>(location.pointer);
  }
  return nullptr;
}

void Context::upload(const Step& step, std::byte* target) {
  const auto* const source = static_cast<const std::byte*>(resolve(step.inputs[0]));
  auto* const staging = static_cast<std::byte*>(resolve(step.workspace));
  std::size_t part = 0;
  for (std::size_t at = 0; at < step.bytes; at += upload_part_bytes, ++part) {
    const std::size_t half = part % 2;
    const std::size_t bytes = std::min(upload_part_bytes, step.bytes - at);
    std::byte* const pinned = staging + half * upload_part_bytes;
    if (part >= 2) gpu_stream_->wait_for_mark(half);
    std::memcpy(pinned, source + at, bytes);
    gpu_->copy_to_device(target + at, pinned, bytes, *gpu_stream_);
    gpu_stream_->mark(half);
  }
}

void Context::run_step(const Step& step) {
  if (step.wait_before) gpu_stream_->synchronize();
  if (step.kind == Step::Kind::view) return;
  for (std::size_t i = 0; i < step.outputs.size(); ++i) results_[i] = resolve(step.outputs[i]);
  void* const output = results_[0];
  switch (step.kind) {
    case Step::Kind::view: return;
    case Step::Kind::copy: std::memcpy(output, resolve(step.inputs[0]), step.bytes); return;
    case Step::Kind::upload: return upload(step, static_cast<std::byte*>(output));
    case Step::Kind::copy_to_device:
      gpu_->copy_to_device(output, resolve(step.inputs[0]), step.bytes, *gpu_stream_);
      return;
    case Step::Kind::copy_to_host:
      gpu_->copy_to_host(output, resolve(step.inputs[0]), step.bytes, *gpu_stream_);
      return;
    case Step::Kind::copy_on_device:
      gpu_->copy_on_device(output, resolve(step.inputs[0]), step.bytes, *gpu_stream_);
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
  return std::make_unique<Context>(gpu_, options_, host_, device_);
}

bool ContextPool::trim() {
  std::vector<std::unique_ptr<Context>> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(idle_);
  return !dropped.empty();
}

void ContextPool::give_back(std::unique_ptr<Context> context) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(context));
}

}  // namespace keraunos
