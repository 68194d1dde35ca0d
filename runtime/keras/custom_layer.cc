#include "runtime/keras/custom_layer.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>

#include "keraunos/custom_layer.hpp"
#include "runtime/base/fail.hpp"

namespace keraunos {
namespace keras {
namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, CustomLayerBuilder, std::less<>> builders;  // by class name
  std::map<std::string, CustomLayerBuilder, std::less<>> named;     // by the layer's name
  std::map<std::string, CustomActivation, std::less<>> activations;
};

Registry& registry() {
  static auto* const it = new Registry;  // never destroyed: threads may outlive main
  return *it;
}

// "my_package>Doubler" -> "Doubler": files name the class alone, or with its package.
std::string_view without_package(std::string_view class_name) {
  const std::size_t package = class_name.rfind('>');
  return package == std::string_view::npos ? class_name : class_name.substr(package + 1);
}

CustomLayerBuilder builder_of(std::string_view class_name) {
  const std::lock_guard lock(registry().mutex);
  const auto& builders = registry().builders;
  const auto found = builders.find(without_package(class_name));
  return found == builders.end() ? CustomLayerBuilder() : found->second;
}

CustomLayerBuilder builder_of_layer(std::string_view layer_name) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().named.find(layer_name);
  return found == registry().named.end() ? CustomLayerBuilder() : found->second;
}

CustomActivation activation_of(std::string_view name) {
  const std::lock_guard lock(registry().mutex);
  const auto found = registry().activations.find(without_package(name));
  return found == registry().activations.end() ? CustomActivation() : found->second;
}

class ConfigView final : public CustomLayerConfig {
 public:
  explicit ConfigView(const LayerCall& call) : call_(call) {}

  std::string name() const override { return call_.identity().name; }
  double number(std::string_view key, double fallback) const override {
    return call_.config().number_or(key, fallback);
  }
  bool flag(std::string_view key, bool fallback) const override {
    return call_.config().flag_or(key, fallback);
  }
  std::string text(std::string_view key, std::string_view fallback) const override {
    return call_.config().string_or(key, fallback);
  }
  std::string json() const override { return call_.config().text(); }

 private:
  const LayerCall& call_;
};

SymbolicTensor symbolic(const LayerCall& call, ValueId value) {
  SymbolicTensor tensor{call.dtype(value), {}};
  for (const Dim& dim : call.shape(value)) tensor.shape.emplace_back(dim);
  return tensor;
}

std::vector<ValueId> import_custom(LayerCall& call) {
  std::vector<ValueId> operands;
  std::vector<SymbolicTensor> inputs;
  for (std::size_t i = 0; i < call.input_count(); ++i) {
    const bool floating = is_floating(call.dtype(call.input(i)));
    operands.push_back(floating ? call.float_input(i) : call.input(i));
    inputs.push_back(symbolic(call, operands.back()));
  }
  CustomLayerBuilder builder = builder_of_layer(call.identity().name);
  if (!builder) builder = builder_of(call.identity().class_name);
  CustomLayer layer = builder(ConfigView(call), inputs);
  Custom op{call.identity().class_name, operands.size(), {}, nullptr};
  for (const SymbolicTensor& output : layer.outputs) {
    TensorType type{output.dtype, {}};
    for (const Size& size : output.shape) type.shape.push_back(size.dim());
    op.outputs.push_back(std::move(type));
  }
  for (const CustomLayer::Weight& weight : layer.weights) {
    operands.push_back(call.weight(weight.name, make_shape(weight.dims)));
  }
  if (op.outputs.empty() || !layer.compute) {
    fail(ErrorCode::invalid_argument, "the application's layer has no outputs or no function");
  }
  op.compute = std::make_shared<const Custom::Compute>(std::move(layer.compute));
  return call.emit_all(std::move(op), std::move(operands));
}

constexpr LayerClass custom_class = {"application's layer", import_custom};

}  // namespace

const LayerClass* find_custom_layer(std::string_view class_name) {
  return builder_of(class_name) ? &custom_class : nullptr;
}

const LayerClass* find_custom_layer_named(std::string_view layer_name) {
  return builder_of_layer(layer_name) ? &custom_class : nullptr;
}

std::optional<ValueId> emit_custom_activation(LayerCall& call, std::string_view name,
                                              ValueId value) {
  CustomActivation activation = activation_of(name);
  if (!activation) return std::nullopt;
  value = call.as_float(value);
  Custom op{std::string(name), 1, {{DType::float32, call.shape(value)}}, nullptr};
  op.compute = std::make_shared<const Custom::Compute>(
      [activation = std::move(activation)](
          std::span<const TensorView> inputs, std::span<const TensorView>,
          std::span<const MutableTensorView> outputs) { activation(inputs[0], outputs[0]); });
  return call.emit(std::move(op), {value});
}

namespace {

template <typename Map, typename Function>
void add(Map Registry::*functions, std::string_view what, const std::string& written,
         Function function) {
  if (!function) {
    fail(ErrorCode::invalid_argument, "{} '{}' is registered without a function", what, written);
  }
  const std::string name(without_package(written));
  const std::lock_guard lock(registry().mutex);
  if (!(registry().*functions).emplace(name, std::move(function)).second) {
    fail(ErrorCode::invalid_argument, "{} '{}' is registered already", what, written);
  }
}

}  // namespace
}  // namespace keras

void register_custom_layer(std::string class_name, CustomLayerBuilder builder) {
  const std::string name(keras::without_package(class_name));
  if (!builder) {
    fail(ErrorCode::invalid_argument, "layer class '{}' is registered without a builder",
         class_name);
  }
  keras::add(&keras::Registry::builders, "layer class", class_name, std::move(builder));
}

void register_custom_layer_by_name(std::string layer_name, CustomLayerBuilder builder) {
  keras::add(&keras::Registry::named, "layer", layer_name, std::move(builder));
}

void register_custom_activation(std::string name, CustomActivation activation) {
  keras::add(&keras::Registry::activations, "activation", name, std::move(activation));
}

}  // namespace keraunos
