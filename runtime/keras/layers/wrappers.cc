#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/recurrent.hpp"
#include "runtime/keras/layers/recurrent_cells.hpp"
#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {
namespace {

file::Json wrapped_layer(const LayerCall& call) {
  const auto layer = call.config().find("layer");
  if (!layer) fail(ErrorCode::malformed_file, "key 'layer': missing");
  return *layer;
}

// Bidirectional
// ------------------------------------------------------------------------------------

// One direction: a layer of Keras's own that steps through time.
struct Direction {
  LayerCall layer;
  RecurrentOptions options;
};

Direction direction(LayerCall& call, const file::Json& entry, std::string_view attribute) {
  LayerCall layer = call.child(entry, attribute);
  const LayerIdentity& identity = layer.identity();
  static_cast<void>(find_layer_class(identity.module, identity.class_name));
  if (!is_recurrent_class(identity.class_name)) {
    fail(ErrorCode::unsupported, "Bidirectional around a layer of class '{}' is not supported",
         identity.class_name);
  }
  const RecurrentOptions options = recurrent_options(layer);
  return {std::move(layer), options};
}

void require_same(std::string_view key, bool forward, bool backward) {
  if (forward == backward) return;
  fail(ErrorCode::malformed_file, "key '{}' is {} forwards, but {} backwards", key, forward,
       backward);
}

std::pair<Direction, Direction> directions(LayerCall& call) {
  const file::Json entry = wrapped_layer(call);
  const auto backward_entry = call.config().find("backward_layer");
  Direction forward = direction(call, entry, "forward_layer");
  Direction backward = direction(call, backward_entry.value_or(entry), "backward_layer");
  if (!backward_entry) backward.options.go_backwards = !forward.options.go_backwards;
  if (forward.options.go_backwards == backward.options.go_backwards) {
    fail(ErrorCode::malformed_file, "key 'go_backwards' is {} in both directions",
         forward.options.go_backwards);
  }
  require_same("return_sequences", forward.options.return_sequences,
               backward.options.return_sequences);
  require_same("return_state", forward.options.return_state, backward.options.return_state);
  require_same("stateful", forward.options.stateful, backward.options.stateful);
  // Whatever the layers say: Keras has masked steps zero in sequences, and only there.
  for (Direction* it : {&forward, &backward}) {
    it->options.zero_output_for_mask = it->options.return_sequences;
  }
  return {std::move(forward), std::move(backward)};
}

// Empty where the results of both directions are given out.
std::string merge_mode(const Config& config) {
  return config.is_none("merge_mode")
             ? ""
             : config.choice("merge_mode", {"concat", "sum", "ave", "mul"});
}

std::vector<ValueId> merge(LayerCall& call, const std::string& mode, ValueId forward,
                           ValueId backward) {
  if (mode.empty()) return {forward, backward};
  if (mode == "concat") return {call.emit(Concat{call.rank(forward) - 1}, {forward, backward})};
  if (mode == "mul") return {call.binary(BinaryFn::multiply, forward, backward)};
  const ValueId sum = call.binary(BinaryFn::add, forward, backward);
  return {mode == "sum" ? sum : call.emit(Unary{UnaryFn::linear, 0.5F, 0}, {sum})};
}

std::vector<ValueId> import_bidirectional(LayerCall& call) {
  const std::string mode = merge_mode(call.config());
  auto [forward, backward] = directions(call);
  RecurrentInputs inputs = recurrent_inputs(call);
  RecurrentInputs backward_inputs = inputs;
  const auto half = static_cast<std::ptrdiff_t>(inputs.states.size() / 2);
  const auto middle = inputs.states.begin() + half;
  backward_inputs.states.assign(middle, inputs.states.end());
  inputs.states.erase(middle, inputs.states.end());

  const bool sequences = forward.options.return_sequences;
  const auto y = run_recurrent(forward.layer, inputs, forward.options);
  const auto y_reversed = run_recurrent(backward.layer, backward_inputs, backward.options);
  const ValueId y_back = sequences ? flip_steps(call, y_reversed[0]) : y_reversed[0];
  std::vector<ValueId> outputs = merge(call, mode, y[0], y_back);
  if (sequences) {
    for (const ValueId output : outputs) call.set_mask(output, inputs.output_mask);
  }
  outputs.insert(outputs.end(), y.begin() + 1, y.end());
  outputs.insert(outputs.end(), y_reversed.begin() + 1, y_reversed.end());
  return outputs;
}

// TimeDistributed
// ----------------------------------------------------------------------------------

// Keras runs the layer under the wrapper's dtype policy, and forgets that weights are quantised.
void refuse_own_policy(LayerCall& call) {
  const file::Json entry = wrapped_layer(call);
  const LayerCall inner = call.child(entry, "layer");
  if (model_kind(inner.identity().module, inner.identity().class_name, entry.at("config"))) return;
  if (inner.compute_dtype() == call.compute_dtype() && inner.quantization().empty()) return;
  fail(ErrorCode::unsupported,
       "TimeDistributed around {} with a dtype policy of its own is not supported",
       describe(inner.identity()));
}

std::vector<ValueId> import_time_distributed(LayerCall& call) {
  refuse_own_policy(call);
  const ValueId input = call.input();
  if (call.rank(input) < 3) call.require_rank(input, 3);
  const auto mask = call.mask(input);
  return {for_all_steps(call, input, [&](ValueId steps) {
    // A mask of the steps themselves says nothing about what is inside one of them.
    if (mask && call.rank(*mask) > 2) {
      static_cast<void>(for_all_steps(call, *mask, [&](ValueId folded) {
        call.set_mask(steps, folded);
        return folded;
      }));
    }
    CallArguments arguments;
    arguments.positional = {Argument::tensor(steps)};
    const std::size_t states = call.environment().graph.state_count();
    const auto outputs = call.call_layer(wrapped_layer(call), "layer", std::move(arguments));
    if (call.environment().graph.state_count() != states) {
      fail(ErrorCode::unsupported, "TimeDistributed around a stateful layer is not supported");
    }
    if (outputs.size() != 1) {
      fail(ErrorCode::unsupported, "TimeDistributed around a layer of {} outputs is not supported",
           outputs.size());
    }
    return outputs[0];
  })};
}

constexpr std::array classes = {
    LayerClass{"Bidirectional", import_bidirectional, MaskRule::own},
    LayerClass{"TimeDistributed", import_time_distributed, MaskRule::pass},
};

}  // namespace

const std::span<const LayerClass> wrapper_layers = classes;

}  // namespace keraunos::keras
