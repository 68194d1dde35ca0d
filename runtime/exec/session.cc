#include "keraunos/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "runtime/base/fail.hpp"
#include "runtime/base/log.hpp"
#include "runtime/exec/bind.hpp"
#include "runtime/exec/context.hpp"
#include "runtime/exec/gpu_description.hpp"
#include "runtime/exec/loaded_model.hpp"
#include "runtime/exec/plan_cache.hpp"
#include "runtime/exec/session_states.hpp"

namespace keraunos {
namespace {

struct ChosenDevice {
  Backend* gpu = nullptr;
  std::string fallback_reason;
};

ChosenDevice find_device(const SessionOptions& options) {
  if (options.kernels == Kernels::reference && options.device == Device::gpu) {
    fail(ErrorCode::invalid_argument, "reference kernels run on the CPU only");
  }
  const bool cpu_only = options.device == Device::cpu || options.kernels == Kernels::reference;
  if (!options.described_gpu.empty()) {
    if (cpu_only) {
      fail(ErrorCode::invalid_argument, "a GPU is described, but the session is to run on the CPU");
    }
    return {&described_backend(options.cuda_library, describe_gpu(options.described_gpu)), {}};
  }
  if (cpu_only) return {};
  try {
    return {&cuda_backend(options.cuda_library, options.gpu), {}};
  } catch (const Error& error) {
    if (options.device == Device::gpu || error.code() != ErrorCode::device_unavailable) throw;
    log_info("running on the CPU: {}", error.message());
    return {nullptr, error.message()};
  }
}

ChosenDevice choose_device(const SessionOptions& options) {
  const ChosenDevice chosen = find_device(options);
  if (chosen.gpu == nullptr) return chosen;
  if (const std::string problem = chosen.gpu->problem_with_precision(options.precision);
      !problem.empty()) {
    fail(ErrorCode::unsupported, "{}", problem);
  }
  return chosen;
}

BuildOptions build_options(const SessionOptions& options) {
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  if (options.threads < 0) {
    fail(ErrorCode::invalid_argument, "threads is {}; 0 (all cores) or more wanted",
         options.threads);
  }
  return {options.threads == 0 ? cores : options.threads, options.precision};
}

std::vector<TensorView> views_without_data(std::span<const Dims> inputs) {
  std::vector<TensorView> views;
  for (const Dims& dims : inputs) views.push_back({nullptr, DType::float32, dims});
  return views;
}

template <typename View>
std::vector<Memory> memory_of(std::span<const View> views) {
  std::vector<Memory> memory;
  for (const View& view : views) memory.push_back(view.memory);
  return memory;
}

}  // namespace

class Session::Impl {
 public:
  Impl(Model model, std::shared_ptr<const LoadedModel> loaded, const SessionOptions& options)
      : model_(std::move(model)),
        loaded_(std::move(loaded)),
        options_(options),
        build_(build_options(options)),
        cpu_(options.kernels == Kernels::fastest ? cpu_backend() : reference_backend()),
        device_(choose_device(options)),
        cache_(options.max_plans, options.max_plan_bytes),
        gpu_budget_(options.gpu_memory_limit, [this] { return gpu_weight_bytes(); }),
        contexts_(device_.gpu, build_, host_budget_, gpu_budget_) {}

  /// The plan for these inputs, and outputs in host memory where none are given.
  std::shared_ptr<const Plan> plan_for(std::span<const TensorView> inputs,
                                       std::span<const MutableTensorView> outputs = {}) {
    const Request request{inputs, outputs};
    return cache_.find_or_make(
        inputs, [&](const Plan& plan) { return fits(plan, request); },
        [&] { return make(request); });
  }

  void run(const Plan& plan, std::span<const TensorView> inputs,
           std::span<const MutableTensorView> outputs, void* callers_stream = nullptr) {
    check_strings(plan, inputs);
    if (plan.state_count == 0) return run_with_states(plan, inputs, outputs, callers_stream);
    states_.add(plan, inputs, outputs, [&](auto all_inputs, auto all_outputs) {
      run_with_states(plan, all_inputs, all_outputs, callers_stream);
    });
  }

  void reset_states() { states_.reset(); }
  void trim() { contexts_.trim(); }

  GpuTensor to_gpu(const Tensor& tensor) {
    Backend& gpu = gpu_or_fail();
    const std::size_t bytes = std::max<std::size_t>(tensor.bytes(), 1);
    std::shared_ptr<void> memory(gpu.allocate(bytes), [&gpu](void* it) { gpu.free(it); });
    const auto stream = gpu.make_stream(build_);
    if (tensor.bytes() > 0) {
      gpu.copy_to_device(memory.get(), tensor.data(), tensor.bytes(), *stream);
      stream->synchronize();
    }
    return {std::move(memory), tensor.dtype(), tensor.dims()};
  }

  Tensor to_host(const GpuTensor& tensor) {
    Backend& gpu = gpu_or_fail();
    Tensor host(tensor.dtype, tensor.dims);
    const auto stream = gpu.make_stream(build_);
    if (host.bytes() > 0) {
      gpu.copy_to_host(host.data(), tensor.memory.get(), host.bytes(), *stream);
      stream->synchronize();
    }
    return host;
  }

  MemoryReport memory() const {
    return {.weights = loaded_->weights_on(cpu_).bytes(),
            .arenas = host_budget_.held(),
            .gpu_weights = gpu_weight_bytes(),
            .gpu_arenas = gpu_budget_.held()};
  }

  void check_strings(const Plan& plan, std::span<const TensorView> inputs) const;
  void check_outputs(const Plan& plan, std::span<const MutableTensorView> outputs) const;
  /// Checks what is said to be in GPU memory.
  void check_memory(std::span<const TensorView> inputs,
                    std::span<const MutableTensorView> outputs) const;

  const Model& model() const { return model_; }
  const ChosenDevice& chosen_device() const { return device_; }
  Backend& cpu() const { return cpu_; }
  const PlanCache& cache() const { return cache_; }

 private:
  Backend& gpu_or_fail() const {
    if (device_.gpu != nullptr) return *device_.gpu;
    fail(ErrorCode::invalid_argument, "the session runs on the CPU: it has no GPU memory");
  }

  std::size_t gpu_weight_bytes() const {
    return device_.gpu == nullptr ? 0 : loaded_->weights_on(*device_.gpu).bytes();
  }

  /// What a run is given.
  struct Request {
    std::span<const TensorView> inputs;
    std::span<const MutableTensorView> outputs;
  };

  std::shared_ptr<const Plan> make(const Request& request) const;

  bool fits(const Plan& plan, const Request& request) const {
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
      if (plan.inputs[i].dtype != arriving_dtype(request.inputs[i], i) ||
          plan.input_memory[i] != request.inputs[i].memory) {
        return false;
      }
    }
    const auto given = std::span(plan.output_memory).first(plan.given_outputs().size());
    for (std::size_t i = 0; i < given.size(); ++i) {
      const Memory wanted = i < request.outputs.size() ? request.outputs[i].memory : Memory::host;
      if (given[i] != wanted) return false;
    }
    return true;
  }

  /// What of an input goes to the device: on a GPU as it is given where that is less, since images
  /// are bytes as a rule, or where it is there already.
  DType arriving_dtype(const TensorView& input, std::size_t i) const {
    const DType wanted = loaded_->inputs[i].dtype;
    if (device_.gpu == nullptr || wanted == DType::string || input.data == nullptr) return wanted;
    const bool is_less = size_of(input.dtype) < size_of(wanted);
    return is_less || input.memory == Memory::gpu ? input.dtype : wanted;
  }
  const Graph& graph_for(std::span<const TensorView> inputs) const {
    if (device_.gpu == nullptr) return loaded_->graph;
    std::vector<DType> arriving;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      arriving.push_back(arriving_dtype(inputs[i], i));
    }
    return loaded_->graph_for_gpu(options_.precision, arriving);
  }

  void run_with_states(const Plan& plan, std::span<const TensorView> inputs,
                       std::span<const MutableTensorView> outputs, void* callers_stream) {
    contexts_.with_context(
        [&](Context& context) { context.run(plan, inputs, outputs, callers_stream); });
  }

  Model model_;
  std::shared_ptr<const LoadedModel> loaded_;
  SessionOptions options_;
  BuildOptions build_;
  Backend& cpu_;
  ChosenDevice device_;
  PlanCache cache_;
  MemoryBudget host_budget_{0, [] { return std::size_t{0}; }};
  MemoryBudget gpu_budget_;
  ContextPool contexts_;
  SessionStates states_;
};

std::shared_ptr<const Plan> Session::Impl::make(const Request& given) const {
  const auto& inputs = given.inputs;
  if (inputs.size() != loaded_->inputs.size()) {
    fail(ErrorCode::invalid_argument, "{} inputs given, the model '{}' takes {}", inputs.size(),
         loaded_->name, loaded_->inputs.size());
  }
  const Graph& graph = graph_for(inputs);
  std::vector<Dims> dims;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Dims sizes(inputs[i].dims.begin(), inputs[i].dims.end());
    static_cast<void>(element_count(sizes));
    dims.push_back(adapt_rank(sizes, graph.shape(graph.inputs()[i]), graph.input_names()[i]));
  }
  const Binding binding = bind_inputs(*loaded_, dims);
  const PlanRequest request = {
      .graph = graph,
      .binding = binding,
      .cpu = cpu_,
      .gpu = device_.gpu,
      .cpu_weights = loaded_->weights_on(cpu_),
      .gpu_weights = device_.gpu == nullptr ? nullptr : &loaded_->weights_on(*device_.gpu),
      .options = build_,
      .max_activation_bytes = options_.max_activation_bytes,
      .input_memory = memory_of(given.inputs),
      .output_memory = memory_of(given.outputs)};
  return std::make_shared<const Plan>(make_plan(request));
}

// Numbers are cast to the model's dtype; between strings and numbers there is no cast.
void Session::Impl::check_strings(const Plan& plan, std::span<const TensorView> inputs) const {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const DType wanted = plan.inputs[i].dtype;
    if ((inputs[i].dtype == DType::string) == (wanted == DType::string)) continue;
    fail(ErrorCode::invalid_argument, "input '{}' is {}, the model wants {}",
         loaded_->graph.input_names()[i], to_string(inputs[i].dtype), to_string(wanted));
  }
}

void Session::Impl::check_outputs(const Plan& plan,
                                  std::span<const MutableTensorView> outputs) const {
  if (outputs.size() != plan.given_outputs().size()) {
    fail(ErrorCode::invalid_argument, "{} outputs given, the model '{}' has {}", outputs.size(),
         loaded_->name, plan.given_outputs().size());
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const TensorDesc& wanted = plan.outputs[i];
    const auto& dims = outputs[i].dims;
    if (outputs[i].dtype == wanted.dtype &&
        std::equal(dims.begin(), dims.end(), wanted.dims.begin(), wanted.dims.end())) {
      continue;
    }
    fail(ErrorCode::invalid_argument, "output {} is {} {}, the model makes {} {}", i,
         to_string(outputs[i].dtype), to_string(dims), to_string(wanted.dtype),
         to_string(wanted.dims));
  }
}

void Session::Impl::check_memory(std::span<const TensorView> inputs,
                                 std::span<const MutableTensorView> outputs) const {
  const auto check = [&](const TensorView& view, const char* kind, std::size_t i) {
    if (view.memory == Memory::host || element_count(view.dims) == 0) return;
    if (device_.gpu == nullptr) {
      fail(ErrorCode::invalid_argument, "{} {} is in GPU memory, but the session runs on the CPU",
           kind, i);
    }
    if (const std::string problem = device_.gpu->problem_with(view.data); !problem.empty()) {
      fail(ErrorCode::invalid_argument, "{} {}: {}", kind, i, problem);
    }
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) check(inputs[i], "input", i);
  for (std::size_t i = 0; i < outputs.size(); ++i) check(outputs[i], "output", i);
}

Session::Session(Model model, SessionOptions options) {
  auto loaded = model.loaded_;
  impl_ = std::make_unique<Impl>(std::move(model), std::move(loaded), options);
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

const Model& Session::model() const { return impl_->model(); }

std::vector<Tensor> Session::run(std::span<const TensorView> inputs) {
  impl_->check_memory(inputs, {});
  const auto plan = impl_->plan_for(inputs);
  std::vector<Tensor> outputs;
  std::vector<MutableTensorView> views;
  for (const TensorDesc& desc : plan->given_outputs()) outputs.emplace_back(desc.dtype, desc.dims);
  for (Tensor& output : outputs) views.push_back(output.view());
  impl_->run(*plan, inputs, views);
  for (Tensor& output : outputs) output.own_strings();
  return outputs;
}

void Session::run_into(std::span<const TensorView> inputs,
                       std::span<const MutableTensorView> outputs, void* cuda_stream) {
  impl_->check_memory(inputs, outputs);
  const auto plan = impl_->plan_for(inputs, outputs);
  impl_->check_outputs(*plan, outputs);
  impl_->run(*plan, inputs, outputs, cuda_stream);
}

void Session::reset_states() { impl_->reset_states(); }

std::vector<Dims> Session::output_dims(std::span<const Dims> inputs) {
  std::vector<Dims> dims;
  const auto plan = impl_->plan_for(views_without_data(inputs));
  for (const TensorDesc& desc : plan->given_outputs()) dims.push_back(desc.dims);
  return dims;
}

PlanReport Session::plan(std::span<const Dims> inputs) {
  return report(*impl_->plan_for(views_without_data(inputs)));
}

DeviceInfo Session::device() const {
  Backend* const gpu = impl_->chosen_device().gpu;
  return (gpu == nullptr ? impl_->cpu() : *gpu).info();
}

const std::string& Session::fallback_reason() const {
  return impl_->chosen_device().fallback_reason;
}

CacheReport Session::cache() const { return impl_->cache().report(); }
MemoryReport Session::memory() const { return impl_->memory(); }
void Session::trim() { impl_->trim(); }
GpuTensor Session::to_gpu(const Tensor& tensor) { return impl_->to_gpu(tensor); }
Tensor Session::to_host(const GpuTensor& tensor) { return impl_->to_host(tensor); }

}  // namespace keraunos
