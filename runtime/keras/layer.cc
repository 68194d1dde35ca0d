#include "runtime/keras/layer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

#include "runtime/base/fail.hpp"
#include "runtime/base/log.hpp"
#include "runtime/keras/activations.hpp"
#include "runtime/keras/custom_layer.hpp"
#include "runtime/keras/dtype_policy.hpp"
#include "runtime/keras/layer_label.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/own_class.hpp"
#include "runtime/keras/sizes.hpp"
#include "runtime/keras/text_member.hpp"

namespace keraunos::keras {

std::string describe(const LayerIdentity& identity) {
  return layer_label(identity.name, identity.class_name);
}

namespace {

// Keras's path of a layer: its name, and behind it those of the layers inside it.
std::string path_of(const WeightPlace& place) {
  std::string path = place.layers.empty() ? "" : place.layers.back();
  for (const std::string& name : place.part_names) path += "/" + name;
  return path;
}

DTypePolicy policy_of(const LayerIdentity& identity, const Config& config) {
  // An operation has none: "dtype" is an argument of its own there.
  if (is_operation_module(identity.module)) return {};
  return dtype_policy(config, path_of(identity.place));
}

}  // namespace

LayerCall::LayerCall(Environment& environment, LayerIdentity identity, file::Json config,
                     CallArguments arguments, ParameterCounts& counts)
    : environment_(environment),
      identity_(std::move(identity)),
      config_(std::move(config)),
      arguments_(std::move(arguments)),
      counts_(counts) {
  DTypePolicy policy = policy_of(identity_, config_);
  compute_dtype_ = policy.compute;
  weight_dtype_ = policy.compute;
  quantization_ = std::move(policy.quantization);
  for (const Argument& argument : arguments_.positional) {
    for_each_tensor(argument, [&](const Argument& tensor, std::string_view) {
      inputs_.push_back(tensor.value);
    });
  }
}

// Arguments --------------------------------------------------------------------------------------

ValueId LayerCall::input(std::size_t i) const {
  if (i >= inputs_.size()) {
    fail(ErrorCode::malformed_file, "called on {} tensors, {} or more wanted", inputs_.size(),
         i + 1);
  }
  return inputs_[i];
}

const Argument* LayerCall::argument(std::string_view name, std::size_t position) const {
  read_arguments_.emplace(name);
  const Argument* found = nullptr;
  if (position < arguments_.positional.size()) found = &arguments_.positional[position];
  for (const auto& [key, argument] : arguments_.keyword) {
    if (key == name) found = &argument;
  }
  return found != nullptr && !found->is_none() ? found : nullptr;
}

std::optional<ValueId> LayerCall::tensor_argument(std::string_view name,
                                                  std::size_t position) const {
  const Argument* const found = argument(name, position);
  if (found == nullptr) return std::nullopt;
  if (!found->is_tensor()) {
    fail(ErrorCode::unsupported, "called with {}={}; a tensor is supported", name,
         found->describe());
  }
  return found->value;
}

bool LayerCall::flag_argument(std::string_view name, bool fallback, std::size_t position) const {
  const Argument* const found = argument(name, position);
  if (found == nullptr) return fallback;
  if (found->kind != Argument::Kind::constant) {
    fail(ErrorCode::unsupported, "called with {}={}; true or false is supported", name,
         found->describe());
  }
  return found->constant->as_bool();
}

void LayerCall::refuse_unread_arguments() const {
  for (const auto& [name, argument] : arguments_.keyword) {
    // Layers that train by default record it; Keras's predict() overrules what is recorded.
    if (name == "training") continue;
    if (read_arguments_.contains(name) || argument.asks_for_nothing()) continue;
    fail(ErrorCode::unsupported, "called with {}={}, which is not supported", name,
         argument.describe());
  }
}

// Values -----------------------------------------------------------------------------------------

void LayerCall::require_rank(ValueId value, std::size_t wanted) const {
  if (rank(value) == wanted) return;
  fail(ErrorCode::shape_mismatch, "expects an input of rank {}, got {}", wanted,
       to_keras_string(shape(value)));
}

void LayerCall::require_least_rank(ValueId value, std::size_t least) const {
  if (rank(value) >= least) return;
  fail(ErrorCode::shape_mismatch, "expects an input of rank {} or more, got {}", least,
       to_keras_string(shape(value)));
}

ValueId LayerCall::emit(Op op, std::vector<ValueId> inputs) {
  return emit_all(std::move(op), std::move(inputs)).front();
}

std::vector<ValueId> LayerCall::emit_all(Op op, std::vector<ValueId> inputs) {
  if (auto sizes = fold_sizes(environment_.graph, op, inputs)) {
    op = *std::move(sizes);
    inputs.clear();
  }
  return environment_.graph.add_node(std::move(op), std::move(inputs), describe(identity_));
}

ValueId LayerCall::cast(ValueId value, DType wanted) {
  return dtype(value) == wanted ? value : emit(Cast{wanted}, {value});
}

ValueId LayerCall::view(ValueId value, Shape wanted) {
  if (shape(value) == wanted) return value;
  // What is known at load is viewed at load.
  const Dim cells = element_count(wanted);
  const bool at_load = environment_.graph.value(value).constant && cells.is_constant() &&
                       cells == element_count(shape(value));
  return at_load ? reshaped(value, wanted) : emit(View{std::move(wanted)}, {value});
}

ValueId LayerCall::constant(const std::string& name, const std::vector<float>& values) {
  return constant(name, {static_cast<std::int64_t>(values.size())}, values);
}

ValueId LayerCall::constant(const std::string& name, Dims dims, const std::vector<float>& values) {
  return environment_.graph.add_constant(
      make_constant(fmt::format("{}/{}", identity_.place.path, name), std::move(dims), values));
}

ValueId LayerCall::scalar(double value, DType wanted) {
  Tensor number(DType::float64, {});
  number.as<double>()[0] = value;
  return environment_.graph.add_constant(
      make_constant(fmt::format("{}", value), number.cast(wanted)));
}

ValueId LayerCall::integers(const std::string& name, Dims dims,
                            const std::vector<std::int32_t>& values) {
  Tensor tensor(DType::int32, std::move(dims));
  std::copy(values.begin(), values.end(), tensor.as<std::int32_t>().begin());
  return environment_.graph.add_constant(
      make_constant(fmt::format("{}/{}", identity_.place.path, name), std::move(tensor)));
}

ValueId LayerCall::activate(ValueId value, std::string_view key) {
  const auto activation = config_.find(key);
  if (!activation) return value;
  return within([&] { return fmt::format("key '{}'", key); },
                [&]() -> ValueId {
                  if (activation->is_string()) {
                    return emit_activation(*this, activation->as_string(), value);
                  }
                  const file::Json config = activation->at("config");
                  if (activation->at("class_name").as_string() == "function") {
                    return emit_activation(*this, config.as_string(), value);
                  }
                  CallArguments arguments;
                  arguments.positional = {Argument::tensor(value)};
                  return as_float(call_layer(*activation, key, std::move(arguments)).at(0));
                });
}

// Masks ------------------------------------------------------------------------------------------

std::optional<ValueId> LayerCall::mask(ValueId value) const {
  const auto found = environment_.masks.find(value);
  return found == environment_.masks.end() ? std::nullopt : std::optional(found->second);
}

void LayerCall::set_mask(ValueId value, std::optional<ValueId> mask) {
  if (mask) {
    environment_.masks[value] = *mask;
  } else {
    environment_.masks.erase(value);
  }
}

void LayerCall::warn(std::string warning) const {
  if (environment_.shapes_only) {
    environment_.warnings.push_back(std::move(warning));
  } else {
    log_warning("{}: {}", describe(identity_), warning);
  }
}

// Classes ----------------------------------------------------------------------------------------

namespace {

// Configs of Keras 1 and 2 were looked at before they were rewritten, and then kept as they are.
std::optional<std::string> reason_for_own_class(const Environment& environment,
                                                const LayerIdentity& identity,
                                                const file::Json& config) {
  const bool own = identity.module == own_module;
  if (is_operation_module(identity.module)) return std::nullopt;
  if (config.is_object() && config.contains(replaced_key)) return std::nullopt;  // a user's words
  if (environment.version.major < 3 && !own) return std::nullopt;
  auto reason = reason_for_own_class(identity.class_name, config, environment.version);
  return own && !reason ? "the file registers it, and not as Keras's" : reason;
}

[[noreturn]] void refuse_own_class(const LayerIdentity& identity, const std::string& reason) {
  fail(
      ErrorCode::unsupported,
      "class '{}' looks like one of the author's own with the name of Keras's: {}. Its code is not "
      "in the file: bring it (register_custom_layer), put a layer of Keras's in its place "
      "(--replace), or ask for the results of other layers (--outputs-of)",
      identity.class_name, reason);
}

const LayerClass& class_of(const Environment& environment, const LayerIdentity& identity,
                           const file::Json& config) {
  if (const auto reason = reason_for_own_class(environment, identity, config)) {
    if (const LayerClass* const custom = find_custom_layer(identity.class_name)) return *custom;
    refuse_own_class(identity, *reason);
  }
  return find_layer_class(identity.module, identity.class_name);
}

}  // namespace

// Layers inside this one -------------------------------------------------------------------------

namespace {

LayerIdentity identity_of(const LayerIdentity& outer, const file::Json& entry,
                          std::string_view attribute) {
  LayerIdentity inner = {outer.name, std::string(entry.at("class_name").as_string()),
                         module_of(entry), outer.place.part(attribute)};
  const std::string name = text_or_empty(entry.at("config"), "name");
  inner.name += fmt::format("/{}", name.empty() ? attribute : std::string_view(name));
  inner.place.part_names.back() = name;
  return inner;
}

// Layers in layers in layers repeat the names of all around them.
void take_names(LoadBudget& budget, const LayerIdentity& inner) {
  budget.require(&LoadLimits::layer_depth,
                 inner.place.layers.size() + inner.place.part_names.size());
  budget.take(&LoadLimits::name_bytes, inner.name.size());
}

}  // namespace

std::vector<ValueId> LayerCall::call_layer(const file::Json& entry, std::string_view attribute,
                                           CallArguments arguments) {
  const LayerIdentity inner = identity_of(identity_, entry, attribute);
  take_names(*environment_.budget, inner);
  const file::Json config = entry.at("config");
  if (model_kind(inner.module, inner.class_name, config)) {
    return environment_.run_model(inner, config, arguments, counts_);
  }
  return within(
      [&] { return describe(inner); },
      [&] { return run_layer(environment_, inner, config, std::move(arguments), counts_); });
}

LayerCall LayerCall::child(const file::Json& entry, std::string_view attribute,
                           CallArguments arguments) {
  LayerIdentity inner = identity_of(identity_, entry, attribute);
  take_names(*environment_.budget, inner);
  file::Json config = entry.at("config");
  if (const auto reason = reason_for_own_class(environment_, inner, config)) {
    refuse_own_class(inner, *reason);
  }
  return {environment_, std::move(inner), std::move(config), std::move(arguments), counts_};
}

LayerCall LayerCall::part(std::string_view attribute, std::string_view name) {
  LayerCall inner = *this;
  inner.identity_.place = identity_.place.part(attribute);
  inner.identity_.place.part_names.back() = name;
  inner.next_variable_ = 0;
  if (policy_of(inner.identity_, config_) != policy_of(identity_, config_)) {
    fail(ErrorCode::unsupported, "key 'dtype': a dtype policy of its own for '{}' is not supported",
         path_of(inner.identity_.place));
  }
  return inner;
}

// channels_first ---------------------------------------------------------------------------------

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

// ------------------------------------------------------------------------------------------------

namespace {

// Keras casts floating-point inputs to the layer's compute dtype.
void autocast(LayerCall& call, CallArguments& arguments, DType compute) {
  for_each_tensor(arguments, [&](Argument& tensor, std::string_view) {
    const DType dtype = call.dtype(tensor.value);
    if (!is_floating(dtype) || dtype == compute) return;
    const auto mask = call.mask(tensor.value);
    tensor.value = call.cast(tensor.value, compute);
    call.set_mask(tensor.value, mask);
  });
}

// An explicit `mask` argument is the mask of the inputs, for this call only. Returns their own.
using MaskList = std::vector<std::pair<ValueId, std::optional<ValueId>>>;
MaskList apply_mask_argument(LayerCall& call) {
  MaskList own;
  const Argument* const mask = call.argument("mask");
  if (mask == nullptr || mask->asks_for_nothing()) return own;
  for_each_tensor(*mask, [&](const Argument& tensor, std::string_view) {
    if (own.size() >= call.input_count()) return;
    const ValueId input = call.input(own.size());
    own.emplace_back(input, call.mask(input));
    call.set_mask(input, tensor.value);
  });
  return own;
}

// Floats leave a layer in its compute dtype, with the mask that the class's rule gives them.
void finish_outputs(LayerCall& call, std::vector<ValueId>& outputs, DType compute,
                    std::optional<ValueId> input_mask, const LayerClass& layer_class) {
  for (ValueId& output : outputs) {
    const auto own_mask = call.mask(output);
    const bool casts = layer_class.dtypes == Dtypes::policy;
    if (casts && call.dtype(output) == DType::float32) output = call.cast(output, compute);
    // What was handed on unchanged still has its mask: a view of it has none.
    if (layer_class.mask == MaskRule::drop && call.mask(output)) {
      output = call.emit(View{call.shape(output)}, {output});
    }
    if (layer_class.mask == MaskRule::own) call.set_mask(output, own_mask);
    if (layer_class.mask == MaskRule::pass) call.set_mask(output, input_mask);
  }
}

}  // namespace

std::vector<ValueId> run_layer(Environment& environment, const LayerIdentity& identity,
                               const file::Json& config, CallArguments arguments,
                               ParameterCounts& counts) {
  const LayerClass* const named = find_custom_layer_named(identity.name);
  const LayerClass& layer_class =
      named != nullptr ? *named : class_of(environment, identity, config);
  const bool is_layer = !is_operation_module(identity.module);
  const DTypePolicy policy = policy_of(identity, Config(config));
  const DType compute = policy.compute;
  if (!policy.quantization.empty() && !layer_class.quantized) {
    fail(ErrorCode::unsupported, "key 'dtype': weights quantised to '{}' are not supported",
         policy.quantization);
  }
  if (is_layer && layer_class.dtypes == Dtypes::policy) {
    LayerCall casts(environment, identity, config, {}, counts);
    autocast(casts, arguments, compute);
  }
  LayerCall call(environment, identity, config, std::move(arguments), counts);
  const auto own_masks = is_layer ? apply_mask_argument(call) : MaskList();
  const auto mask = call.input_count() > 0 ? call.mask(call.input()) : std::nullopt;
  std::vector<ValueId> outputs = layer_class.import(call);
  call.refuse_unread_arguments();
  if (is_layer) finish_outputs(call, outputs, compute, mask, layer_class);
  for (const auto& [input, own_mask] : own_masks) {
    const bool handed_on = std::find(outputs.begin(), outputs.end(), input) != outputs.end();
    if (!handed_on) call.set_mask(input, own_mask);
  }
  if (const auto unread = call.config().unread(); !unread.empty() && is_layer) {
    call.warn(fmt::format("keys not known and left aside: {}", fmt::join(unread, ", ")));
  }
  return outputs;
}

}  // namespace keraunos::keras
