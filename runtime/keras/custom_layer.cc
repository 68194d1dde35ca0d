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
  CustomLayer layer = builder_of(call.identity().class_name)(ConfigView(call), inputs);
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

}  // namespace

const LayerClass* find_custom_layer(std::string_view class_name) {
  static constexpr LayerClass custom = {"application's layer", import_custom};
  return builder_of(class_name) ? &custom : nullptr;
}

}  // namespace keras

void register_custom_layer(std::string class_name, CustomLayerBuilder builder) {
  const std::string name(keras::without_package(class_name));
  if (!builder) {
    fail(ErrorCode::invalid_argument, "layer class '{}' is registered without a builder",
         class_name);
  }
  const std::lock_guard lock(keras::registry().mutex);
  if (!keras::registry().builders.emplace(name, std::move(builder)).second) {
    fail(ErrorCode::invalid_argument, "layer class '{}' is registered already", class_name);
  }
}

}  // namespace keraunos
