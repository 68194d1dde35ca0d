#include "keraunos/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "runtime/base/fail.hpp"
#include "runtime/base/log.hpp"
#include "runtime/exec/bind.hpp"
#include "runtime/exec/context.hpp"
#include "runtime/exec/loaded_model.hpp"
#include "runtime/exec/plan_cache.hpp"
#include "runtime/exec/session_states.hpp"

namespace keraunos {
namespace {

struct ChosenDevice {
  Backend* gpu = nullptr;
  std::string fallback_reason;
};

ChosenDevice choose_device(const SessionOptions& options) {
  if (options.kernels == Kernels::reference && options.device == Device::gpu) {
    fail(ErrorCode::invalid_argument, "reference kernels run on the CPU only");
  }
  if (options.device == Device::cpu || options.kernels == Kernels::reference) return {};
  try {
    return {&cuda_backend(options.cuda_library), {}};
  } catch (const Error& error) {
    if (options.device == Device::gpu || error.code() != ErrorCode::device_unavailable) throw;
    log_info("running on the CPU: {}", error.message());
    return {nullptr, error.message()};
  }
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
        graph_(device_.gpu == nullptr ? loaded_->graph : loaded_->graph_in(options.precision)),
        cache_(options.max_plans, options.max_plan_bytes),
        contexts_(device_.gpu, build_) {}

  std::shared_ptr<const Plan> plan_for(std::span<const TensorView> inputs) {
    return cache_.find_or_make(inputs, [&] { return make(inputs); });
  }

  void run(const Plan& plan, std::span<const TensorView> inputs,
           std::span<const MutableTensorView> outputs) {
    check_strings(plan, inputs);
    if (plan.state_count == 0) return run_with_states(plan, inputs, outputs);
    states_.add(plan, inputs, outputs, [&](auto all_inputs, auto all_outputs) {
      run_with_states(plan, all_inputs, all_outputs);
    });
  }

  void reset_states() { states_.reset(); }

  void check_strings(const Plan& plan, std::span<const TensorView> inputs) const;
  void check_outputs(const Plan& plan, std::span<const MutableTensorView> outputs) const;

  const Model& model() const { return model_; }
  const ChosenDevice& chosen_device() const { return device_; }
  Backend& cpu() const { return cpu_; }
  const PlanCache& cache() const { return cache_; }

 private:
  std::shared_ptr<const Plan> make(std::span<const TensorView> inputs) const;

  void run_with_states(const Plan& plan, std::span<const TensorView> inputs,
                       std::span<const MutableTensorView> outputs) {
    contexts_.with_context([&](Context& context) { context.run(plan, inputs, outputs); });
  }

  Model model_;
  std::shared_ptr<const LoadedModel> loaded_;
  SessionOptions options_;
  BuildOptions build_;
  Backend& cpu_;
  ChosenDevice device_;
  const Graph& graph_;
  PlanCache cache_;
  ContextPool contexts_;
  SessionStates states_;
};

std::shared_ptr<const Plan> Session::Impl::make(std::span<const TensorView> inputs) const {
  if (inputs.size() != loaded_->inputs.size()) {
    fail(ErrorCode::invalid_argument, "{} inputs given, the model '{}' takes {}", inputs.size(),
         loaded_->name, loaded_->inputs.size());
  }
  std::vector<Dims> dims;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Dims given(inputs[i].dims.begin(), inputs[i].dims.end());
    static_cast<void>(element_count(given));
    dims.push_back(adapt_rank(given, graph_.shape(graph_.inputs()[i]), graph_.input_names()[i]));
  }
  const Binding binding = bind_inputs(*loaded_, dims);
  const PlanRequest request = {
      .graph = graph_,
      .binding = binding,
      .cpu = cpu_,
      .gpu = device_.gpu,
      .cpu_weights = loaded_->weights_on(cpu_),
      .gpu_weights = device_.gpu == nullptr ? nullptr : &loaded_->weights_on(*device_.gpu),
      .options = build_,
      .max_activation_bytes = options_.max_activation_bytes};
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

Session::Session(Model model, SessionOptions options) {
  auto loaded = model.loaded_;
  impl_ = std::make_unique<Impl>(std::move(model), std::move(loaded), options);
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

const Model& Session::model() const { return impl_->model(); }

std::vector<Tensor> Session::run(std::span<const TensorView> inputs) {
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
                       std::span<const MutableTensorView> outputs) {
  const auto plan = impl_->plan_for(inputs);
  impl_->check_outputs(*plan, outputs);
  impl_->run(*plan, inputs, outputs);
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

}  // namespace keraunos
