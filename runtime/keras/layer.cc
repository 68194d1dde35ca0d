#include "runtime/keras/layer.hpp"

#include <fmt/format.h>

#include <cstring>

#include "runtime/base/fail.hpp"
#include "runtime/keras/activations.hpp"

namespace keraunos::keras {
namespace {

void require_float32_policy(const Config& config) {
  const auto dtype = config.find("dtype");
  if (!dtype) return;
  std::string policy;
  if (dtype->is_string()) {
    policy = dtype->as_string();
  } else {
    const file::Json inner = dtype->at("config");
    policy =
        inner.contains("name") ? inner.at("name").as_string() : dtype->at("class_name").as_string();
  }
  if (policy != "float32") {
    fail(ErrorCode::unsupported, "dtype policy '{}' is not supported; float32 is", policy);
  }
}

}  // namespace

std::string describe(const LayerCall::Identity& identity) {
  return fmt::format("layer '{}' ({})", identity.name, identity.class_name);
}

LayerCall::LayerCall(Identity identity, file::Json config, std::vector<ValueId> inputs,
                     Graph& graph, WeightStore& weights)
    : identity_(std::move(identity)),
      config_(std::move(config)),
      inputs_(std::move(inputs)),
      graph_(graph),
      weights_(weights) {
  require_float32_policy(config_);
  config_.refuse_if_set("quantization_config");
}

ValueId LayerCall::input(std::size_t i) const {
  if (i >= inputs_.size()) {
    fail(ErrorCode::malformed_file, "called on {} tensors, {} or more wanted", inputs_.size(),
         i + 1);
  }
  return inputs_[i];
}

ValueId LayerCall::float_input(std::size_t i) {
  const ValueId value = input(i);
  return dtype(value) == DType::float32 ? value : emit(Cast{DType::float32}, {value});
}

ValueId LayerCall::load(std::string_view name, const Shape& shape, std::int64_t& counter) {
  const ValueId value = weights_.load(identity_.path, next_variable_++, name, shape);
  counter += element_count(graph_.value(value).constant->desc.dims);
  return value;
}

ValueId LayerCall::weight(std::string_view name, const Shape& shape) {
  const bool frozen = !config_.flag_or("trainable", true);
  return load(name, shape, frozen ? non_trainable_parameters_ : trainable_parameters_);
}

ValueId LayerCall::statistic(std::string_view name, const Shape& shape) {
  return load(name, shape, non_trainable_parameters_);
}

std::vector<float> LayerCall::values_of(ValueId weight) const {
  const Constant& constant = *graph_.value(weight).constant;
  std::vector<float> values(static_cast<std::size_t>(constant.desc.size()));
  if (!values.empty()) std::memcpy(values.data(), constant.bytes.data(), constant.desc.bytes());
  return values;
}

ValueId LayerCall::reshaped(ValueId weight, const Shape& shape) {
  Constant constant = *graph_.value(weight).constant;
  constant.desc.dims = evaluate(shape, {});
  return graph_.add_constant(std::make_shared<const Constant>(std::move(constant)));
}

ValueId LayerCall::constant(const std::string& name, const std::vector<float>& values) {
  return graph_.add_constant(make_constant(fmt::format("{}/{}", identity_.path, name),
                                           {static_cast<std::int64_t>(values.size())}, values));
}

ValueId LayerCall::emit(Op op, std::vector<ValueId> inputs) {
  return graph_.add(std::move(op), std::move(inputs), describe(identity_));
}

ValueId LayerCall::activate(ValueId value, std::string_view key) {
  const auto activation = config_.find(key);
  if (!activation) return value;
  return within([&] { return fmt::format("key '{}'", key); },
                [&]() -> ValueId {
                  if (activation->is_string()) {
                    return emit_activation(*this, activation->as_string(), value);
                  }
                  const std::string class_name(activation->at("class_name").as_string());
                  const file::Json config = activation->at("config");
                  if (class_name == "function") {
                    return emit_activation(*this, config.as_string(), value);
                  }
                  const auto module = activation->find("module");
                  const LayerImporter import = find_layer_importer(
                      module && module->is_string() ? module->as_string() : "", class_name);
                  LayerCall layer({identity_.name, class_name, identity_.path + "/activation"},
                                  config, {value}, graph_, weights_);
                  return import(layer).at(0);
                });
}

bool LayerCall::channels_first() const {
  return config_.choice("data_format", {"channels_last", "channels_first"}) == "channels_first";
}

ValueId LayerCall::to_channels_last(ValueId value) {
  if (!channels_first() || rank(value) < 3) return value;
  return emit(channels_to_last(rank(value)), {value});
}

ValueId LayerCall::from_channels_last(ValueId value) {
  if (!channels_first() || rank(value) < 3) return value;
  return emit(channels_to_first(rank(value)), {value});
}

void LayerCall::require_rank(ValueId value, std::size_t wanted) const {
  if (rank(value) == wanted) return;
  fail(ErrorCode::shape_mismatch, "expects an input of rank {}, got {}", wanted,
       to_keras_string(shape(value)));
}

}  // namespace keraunos::keras
