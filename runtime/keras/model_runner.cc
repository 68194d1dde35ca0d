#include "runtime/keras/model_runner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/base/checked.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/base/log.hpp"
#include "runtime/base/utf8.hpp"
#include "runtime/keras/axis_names.hpp"
#include "runtime/keras/call_order.hpp"
#include "runtime/keras/wanted_layers.hpp"

namespace keraunos::keras {
namespace {

// Sizes that are known must fit together in 63 bits of bytes, whatever the batch.
void refuse_overflow(const TensorType& type) {
  auto bytes = static_cast<std::int64_t>(size_of(type.dtype));
  for (const Dim& size : type.shape) {
    bytes = checked_multiply(bytes, std::max<std::int64_t>(size.constant().value_or(1), 1));
  }
}

constexpr std::size_t most_named = 8;  // layers in a message

}  // namespace

ModelRunner::ModelRunner(Environment& environment, std::vector<std::string> wanted)
    : environment_(environment), wanted_(std::move(wanted)) {
  environment_.run_model = [this](const LayerIdentity& identity, const file::Json& config,
                                  const CallArguments& arguments, ParameterCounts& counts) {
    ModelResult result = call_model(identity, config, arguments, nullptr);
    LayerRecord record;
    take_layers(std::move(result.layers), record);
    const Values& outputs = result.outputs;
    if (std::find(outputs.begin(), outputs.end(), unknown_value) != outputs.end()) {
      fail(ErrorCode::unsupported, "a layer of the model '{}' is unknown", identity.name);
    }
    counts.trainable += record.trainable_parameters;
    counts.non_trainable += record.non_trainable_parameters;
    return std::move(result.outputs);
  };
}

ModelResult ModelRunner::run(const ModelConfig& model) {
  outermost_ = std::make_unique<PreparedModel>(model);
  ModelArguments inputs;
  if (model.kind == ModelKind::functional) {
    const bool only_input = model.inputs.tensors.size() == 1;
    for (const TensorReference& reference : model.inputs.tensors) {
      const LayerEntry& entry = model.layers[input_index(*outermost_, reference)];
      inputs.values.push_back(add_input(environment_.graph, entry, only_input));
    }
    inputs.keys = model.inputs.keys;
  } else {
    inputs = {{add_input(environment_.graph, model.layers.front(), true)}, {""}};
  }
  try {
    return execute(*outermost_, {}, inputs);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported || failure_.layer.empty()) throw;
    throw Error(error.code(), error.message() + ways_out(error.message()), error.context());
  }
}

void ModelRunner::note_failure(const Scope& scope, std::size_t index, const std::string& layer) {
  if (failure_.layer.empty()) failure_.layer = layer;
  if (!failure_.before.empty()) return;
  std::set<std::size_t> sources;
  if (scope.model.kind == ModelKind::sequential && index > 0) sources.insert(index - 1);
  for (const CallArguments& call : scope.model.layers[index].calls) {
    for_each_tensor(call, [&](const Argument& tensor, std::string_view) {
      if (const auto source = scope.prepared.find(tensor.reference.layer)) sources.insert(*source);
    });
  }
  for (const std::size_t source : sources) {
    const LayerEntry& entry = scope.model.layers[source];
    const bool named = failure_.before.size() < most_named;
    if (named && !entry.is_input() && scope.records[source].called) {
      failure_.before.push_back(scope.records[source].path);
    }
  }
}

std::string ModelRunner::ways_out(const std::string& message) const {
  constexpr std::size_t most_of_a_name = 200;
  std::vector<std::string> ways;
  if (!failure_.before.empty()) {
    ways.push_back(fmt::format("run what stands before it (--outputs-of {})",
                               fmt::join(failure_.before, ",")));
  }
  if (message.find("--replace '") == std::string::npos) {
    ways.push_back(
        fmt::format("put a layer of Keras's own in its place (--replace '{}={{\"class_name\": ..., "
                    "\"config\": {{...}}}}')",
                    shortened(failure_.layer, most_of_a_name)));
  }
  if (ways.empty()) return {};
  const bool ended = message.ends_with('.') || message.ends_with('?');
  return fmt::format("{} Ways out: {}", ended ? "" : ".", fmt::join(ways, ", or "));
}

// Every layer of the file has a record, called or not. Names in names are the one thing that grows
// with the depth.
std::vector<LayerRecord> ModelRunner::blank_records(const Scope& scope) const {
  std::string prefix;
  for (const std::string& name : scope.names) prefix += name + "/";
  std::vector<LayerRecord> records;
  for (const LayerEntry& entry : scope.model.layers) {
    environment_.budget->take(&LoadLimits::name_bytes, prefix.size() + entry.name.size());
    LayerRecord& record = records.emplace_back();
    record.name = entry.name;
    record.class_name = entry.class_name;
    record.shown_class = entry.shown_class;
    record.listed = !entry.shown_class.empty();
    record.path = prefix + entry.name;
  }
  return records;
}

ModelResult ModelRunner::execute(PreparedModel& prepared, std::vector<std::string> names,
                                 const ModelArguments& arguments) {
  environment_.budget->require(&LoadLimits::layer_depth, names.size());
  const ModelConfig& model = prepared.model;
  const bool tells = !environment_.shapes_only && !model.subclass.empty();
  if (tells && subclasses_.insert(model.subclass).second) {
    log_warning(
        "the model '{}' is of the author's own class '{}', whose code is not in the file: the "
        "graph in its config is run, as Keras would where the class leaves call() alone",
        model.name, model.subclass);
  }
  Scope scope{prepared, model, std::move(names), {}, {}};
  scope.records = blank_records(scope);
  return model.kind == ModelKind::sequential ? execute_sequential(scope, arguments)
                                             : execute_functional(scope, arguments);
}

ModelResult ModelRunner::execute_sequential(Scope& scope, const ModelArguments& arguments) {
  if (arguments.values.size() != 1) {
    fail(ErrorCode::malformed_file, "a Sequential model takes one tensor, got {}",
         arguments.values.size());
  }
  Values current = arguments.values;
  std::string previous;
  for (std::size_t i = 0; i < scope.model.layers.size(); ++i) {
    const LayerEntry& entry = scope.model.layers[i];
    if (entry.is_input()) {
      if (i != 0) fail(ErrorCode::malformed_file, "{} is not the first", describe(entry));
      if (!scope.names.empty()) current = {adapt_to_input(environment_, entry, current[0])};
      record_input(entry, current[0], environment_.graph.nodes().size(), scope.records[i]);
      scope.records[i].listed = false;
    } else {
      CallArguments call;
      call.positional = {current.size() == 1 ? Argument::tensor(current[0])
                                             : Argument::list(current)};
      current = call_layer(scope, i, std::move(call));
    }
    if (!previous.empty()) scope.records[i].connected_to = {previous};
    previous = entry.name;
  }
  std::vector<std::string> names(current.size(), previous);
  return {std::move(current), std::move(names), std::move(scope.records)};
}

void ModelRunner::bind_inputs(Scope& scope, const ModelArguments& arguments) {
  const TensorStructure& inputs = scope.model.inputs;
  if (arguments.values.size() != inputs.tensors.size()) {
    fail(ErrorCode::malformed_file, "takes {} tensors, got {}", inputs.tensors.size(),
         arguments.values.size());
  }
  std::map<std::string_view, std::size_t> position_of;  // of arguments that are given by name
  for (std::size_t k = 0; k < arguments.keys.size(); ++k) {
    if (!arguments.keys[k].empty()) position_of[arguments.keys[k]] = k;
  }
  for (std::size_t i = 0; i < inputs.tensors.size(); ++i) {
    const std::size_t index = input_index(scope.prepared, inputs.tensors[i]);
    const LayerEntry& entry = scope.model.layers[index];
    // Arguments given by name find the input of that name, all others go by position.
    const auto named = position_of.find(inputs.keys[i].empty() ? entry.name : inputs.keys[i]);
    const ValueId given = arguments.values[named == position_of.end() ? i : named->second];
    const ValueId value = scope.names.empty() ? given : adapt_to_input(environment_, entry, given);
    scope.made[{index, 0}] = {value};
    record_input(entry, value, environment_.graph.nodes().size(), scope.records[index]);
  }
}

ModelResult ModelRunner::execute_functional(Scope& scope, const ModelArguments& arguments) {
  bind_inputs(scope, arguments);
  for (const CallIndex& call : scope.prepared.order()) {
    const LayerEntry& entry = scope.model.layers[call.layer];
    CallArguments inputs = entry.calls[call.node];
    for_each_tensor(inputs, [&](Argument& tensor, std::string_view) {
      tensor.value = value_of(scope, tensor.reference);
      scope.records[call.layer].connected_to.push_back(tensor.reference.layer);
    });
    scope.made[{call.layer, static_cast<std::int64_t>(call.node)}] =
        call_layer(scope, call.layer, std::move(inputs));
  }

  Values outputs;
  std::vector<std::string> names;
  for (TensorReference reference : scope.model.outputs.tensors) {
    const auto index = scope.prepared.find(reference.layer);
    if (!index) {
      fail(ErrorCode::malformed_file, "the model's output '{}' is not one of its layers",
           reference.layer);
    }
    // Keras counts the calls of a nested Functional from 1 in output_layers, and from 0 elsewhere.
    const LayerEntry& entry = scope.model.layers[*index];
    const bool functional =
        model_kind(entry.module, entry.class_name, entry.config) == ModelKind::functional;
    if (functional) --reference.node;
    outputs.push_back(value_of(scope, reference));
    names.push_back(reference.layer);
  }
  return {std::move(outputs), std::move(names), std::move(scope.records)};
}

ValueId ModelRunner::value_of(const Scope& scope, const TensorReference& reference) const {
  const auto index = scope.prepared.find(reference.layer);
  const auto found = index ? scope.made.find({*index, reference.node}) : scope.made.end();
  const auto tensor = static_cast<std::size_t>(reference.tensor);
  if (found == scope.made.end() || reference.tensor < 0 || tensor >= found->second.size()) {
    if (environment_.shapes_only) return unknown_value;
    fail(ErrorCode::malformed_file, "there is no output {} of call {} of layer '{}'",
         reference.tensor, reference.node, reference.layer);
  }
  return found->second[tensor];
}

LayerIdentity ModelRunner::identity_of(const Scope& scope, const LayerEntry& entry) {
  LayerIdentity identity = {{}, entry.class_name, entry.module, {}};
  identity.place.layers = scope.names;
  identity.place.layers.push_back(entry.name);
  identity.place.path = environment_.weights.locate(entry.path, entry.name);
  identity.name = fmt::format("{}", fmt::join(identity.place.layers, "/"));
  return identity;
}

std::vector<ValueId> ModelRunner::run_entry(const LayerEntry& entry, const LayerIdentity& identity,
                                            CallArguments arguments, LayerRecord& record) {
  const auto run = [&]() -> Values {
    if (!entry.refusal.empty()) fail(ErrorCode::unsupported, "{}", entry.refusal);
    if (model_kind(entry.module, entry.class_name, entry.config)) {
      ModelResult result = call_model(identity, entry.config, arguments, &entry);
      take_layers(std::move(result.layers), record);
      return std::move(result.outputs);
    }
    ParameterCounts counts;
    Values outputs = run_layer(environment_, identity, entry.config, std::move(arguments), counts);
    record.trainable_parameters = counts.trainable;
    record.non_trainable_parameters = counts.non_trainable;
    return outputs;
  };
  return within([&] { return keras::describe(identity); },
                [&] {
                  Values made = run();
                  for (const ValueId value : made) {
                    if (value != unknown_value) refuse_overflow(environment_.graph.type(value));
                  }
                  return made;
                });
}

// For shapes alone: where a layer fails, its results are unknown and the walk goes on.
std::vector<ValueId> ModelRunner::try_entry(const LayerEntry& entry, const LayerIdentity& identity,
                                            CallArguments arguments, LayerRecord& record) {
  Values outputs = {unknown_value};
  try {
    if (make_known(entry, arguments)) {
      record.inputs.clear();
      for_each_tensor(arguments, [&](const Argument& tensor, std::string_view) {
        record.inputs.push_back(tensor.value);
      });
      outputs = run_entry(entry, identity, std::move(arguments), record);
    }
  } catch (const Error& error) {
    record.problem = error;
  }
  record.misfits = environment_.weights.take_misfits();
  record.warnings = std::exchange(environment_.warnings, {});
  return outputs;
}

// Gives arguments of which nothing is known the shape that Keras recorded when it built the layer.
bool ModelRunner::make_known(const LayerEntry& entry, CallArguments& arguments) {
  bool known = true;
  std::size_t position = 0;
  for_each_tensor(arguments, [&](Argument& tensor, std::string_view) {
    const std::size_t i = position++;
    if (tensor.value != unknown_value) return;
    if (const auto sizes = recorded_sizes(entry, i)) {
      tensor.value = environment_.graph.add_unmade({DType::float32, name_axes(*sizes, entry.name)});
    } else {
      known = false;
    }
  });
  return known;
}

std::vector<ValueId> ModelRunner::call_layer(Scope& scope, std::size_t index,
                                             CallArguments arguments) {
  const LayerEntry& entry = scope.model.layers[index];
  const LayerIdentity identity = identity_of(scope, entry);
  const Graph& graph = environment_.graph;
  // Inlining a model that is called twice by a model that is called twice ... doubles every time.
  environment_.budget->require(&LoadLimits::operations, std::max(graph.nodes().size(), ++calls_));
  LayerRecord call;
  for_each_tensor(arguments, [&](const Argument& tensor, std::string_view) {
    call.inputs.push_back(tensor.value);
  });
  const auto is_masked = [&](const Values& values) {
    return !values.empty() && environment_.masks.contains(values.front());
  };
  call.input_masked = is_masked(call.inputs);
  call.first_node = graph.nodes().size();
  const auto execute_entry = [&] {
    try {
      return environment_.shapes_only ? try_entry(entry, identity, std::move(arguments), call)
                                      : run_entry(entry, identity, std::move(arguments), call);
    } catch (const Error&) {
      note_failure(scope, index, identity.name);
      throw;
    }
  };
  Values outputs = execute_entry();
  take_formulas();
  LayerRecord& record = scope.records[index];
  if (!record.called) {  // later calls of a shared layer add no parameters
    environment_.layer_results.emplace_back(identity.name, outputs);
    call.called = true;
    call.name = std::move(record.name);
    call.class_name = std::move(record.class_name);
    call.shown_class = std::move(record.shown_class);
    call.listed = record.listed;
    call.path = identity.name;
    call.connected_to = std::move(record.connected_to);
    call.end_node = graph.nodes().size();
    call.outputs = outputs;
    call.output_masked = is_masked(outputs);
    record = std::move(call);
  }
  return outputs;
}

// Formulas may grow with every layer.
void ModelRunner::take_formulas() {
  const Graph& graph = environment_.graph;
  for (; counted_nodes_ < graph.nodes().size(); ++counted_nodes_) {
    for (const ValueId output : graph.nodes()[counted_nodes_].outputs) {
      for (const Dim& size : graph.shape(output)) {
        if (size.is_constant()) continue;
        environment_.budget->take(&LoadLimits::formula_bytes, size.to_string().size());
      }
    }
  }
}

// Of the wanted layers those in the model of this name, by their names in it.
std::vector<std::string> ModelRunner::wanted_inside(const std::string& model) const {
  std::vector<std::string> inside;
  for (const std::string& name : wanted_) {
    if (name.starts_with(model + "/")) inside.push_back(name.substr(model.size() + 1));
  }
  return inside;
}

ModelResult ModelRunner::call_model(const LayerIdentity& identity, const file::Json& config,
                                    const CallArguments& arguments, const LayerEntry* entry) {
  const ModelArguments inputs = take_arguments(environment_, arguments);
  std::unique_ptr<PreparedModel> wrapped;  // a model in a wrapper, which has no entry
  std::unique_ptr<PreparedModel>& prepared = entry == nullptr ? wrapped : nested_[entry];
  if (!prepared) {
    ModelConfig model =
        parse_model(identity.module, identity.class_name, config, identity.place.path + "/layers");
    if (entry != nullptr && entry->only_inside) {
      keep_only(model, wanted_inside(identity.name), UnneededInputs::kept);
    }
    prepared = std::make_unique<PreparedModel>(std::move(model));
  }
  return execute(*prepared, identity.place.layers, inputs);
}

}  // namespace keraunos::keras
