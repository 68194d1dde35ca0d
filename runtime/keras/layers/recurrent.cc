#include "runtime/keras/layers/recurrent.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/numbers.hpp"
#include "runtime/keras/layers/recurrent_cells.hpp"

namespace keraunos::keras {
namespace {

std::vector<ValueId> tensors_of(const Argument* argument) {
  std::vector<ValueId> tensors;
  if (argument == nullptr) return tensors;
  for_each_tensor(*argument, [&](const Argument& tensor, std::string_view) {
    tensors.push_back(tensor.value);
  });
  return tensors;
}

ValueId constant_state(LayerCall& call, const Numbers& numbers, std::size_t index) {
  return call.constant(fmt::format("initial_state_{}", index), numbers.dims, numbers.floats());
}

// States that the file itself holds: one, or a list of several of `rank` axes each.
std::vector<ValueId> constant_states(LayerCall& call, const file::Json& json, std::size_t rank) {
  const bool several =
      json.is_array() && json.size() > 0 && to_numbers(json[0]).dims.size() == rank;
  if (!several) return {constant_state(call, to_numbers(json), 0)};
  std::vector<ValueId> states;
  for (const file::Json state : json.elements()) {
    states.push_back(constant_state(call, to_numbers(state), states.size()));
  }
  return states;
}

// What is passed as initial_state: tensors, numbers, or a list of both.
std::vector<ValueId> states_of(LayerCall& call, const Argument& argument, std::size_t rank) {
  if (argument.is_tensor()) return {argument.value};
  if (argument.kind == Argument::Kind::constant) {
    return within([] { return std::string("argument 'initial_state'"); },
                  [&] { return constant_states(call, *argument.constant, rank); });
  }
  std::vector<ValueId> states;
  for (const Argument& item : argument.items) {
    const auto inner = states_of(call, item, rank);
    states.insert(states.end(), inner.begin(), inner.end());
  }
  return states;
}

// A mask as (batch, steps) bool: Keras also takes (batch, steps, 1), and numbers.
ValueId step_mask(LayerCall& call, ValueId mask) {
  Shape shape = call.shape(mask);
  if (shape.size() == 3 && shape.back() == Dim(1)) {
    shape.pop_back();
    mask = call.view(mask, shape);
  }
  if (shape.size() != 2) {
    fail(ErrorCode::shape_mismatch, "expects a mask of shape (batch, steps), got {}",
         to_keras_string(shape));
  }
  return call.cast(mask, DType::boolean);
}

ValueId swap_batch_and_steps(LayerCall& call, ValueId value) {
  Transpose transpose{{1, 0}};
  for (std::size_t axis = 2; axis < call.rank(value); ++axis) {
    transpose.permutation.push_back(axis);
  }
  return call.emit(std::move(transpose), {value});
}

// One recurrent layer while its cells are run, one after the other.
class RecurrentRun {
 public:
  RecurrentRun(LayerCall& call, RecurrentInputs inputs, const RecurrentOptions& options)
      : call_(call), inputs_(std::move(inputs)), options_(options), cells_(cells_of(call)) {}

  std::vector<ValueId> run();

 private:
  void check_states() const;
  void check_unrolling() const;
  ValueId run_cell(std::size_t index, ValueId sequence);
  ValueId initial_state(std::size_t index, const Shape& shape);
  ValueId kept_state(std::size_t index, const Shape& shape);
  ValueId finish(ValueId output);

  // Keras zeroes the unrolled steps of a backward layer where the mask is false as it stands,
  // although the steps are in reversed order.
  bool zeroes_by_unreversed_mask() const {
    return options_.unroll && options_.go_backwards && options_.zero_output_for_mask &&
           options_.return_sequences && inputs_.mask;
  }

  LayerCall& call_;
  RecurrentInputs inputs_;
  RecurrentOptions options_;
  std::vector<CellSource> cells_;
  std::vector<ValueId> kept_states_;  // of a stateful layer, from the run before
  std::vector<ValueId> last_states_;
};

void RecurrentRun::check_states() const {
  std::size_t count = 0;
  for (const CellSource& cell : cells_) count += cell.state_count();
  if (inputs_.states.empty() || inputs_.states.size() == count) return;
  fail(ErrorCode::malformed_file, "called with {} initial states; the layer has {}",
       inputs_.states.size(), count);
}

void RecurrentRun::check_unrolling() const {
  const Dim& steps = call_.shape(inputs_.sequence)[1];
  if (!options_.unroll || steps.is_constant()) return;
  fail(ErrorCode::unsupported,
       "key 'unroll': true needs a known number of steps, which Keras wants as well; it is {}",
       steps.to_string());
}

std::vector<ValueId> RecurrentRun::run() {
  if (call_.rank(inputs_.sequence) < 3) call_.require_rank(inputs_.sequence, 3);
  check_states();
  if (options_.time_major) {
    inputs_.sequence = swap_batch_and_steps(call_, inputs_.sequence);
    if (inputs_.mask) inputs_.mask = swap_batch_and_steps(call_, *inputs_.mask);
  }
  check_unrolling();
  ValueId output = inputs_.sequence;
  for (std::size_t i = 0; i < cells_.size(); ++i) output = run_cell(i, output);
  std::vector<ValueId> outputs = {finish(output)};
  if (options_.return_state) {
    outputs.insert(outputs.end(), last_states_.begin(), last_states_.end());
  }
  return outputs;
}

ValueId RecurrentRun::run_cell(std::size_t index, ValueId sequence) {
  const bool first = index == 0;
  const bool last = index + 1 == cells_.size();
  PreparedCell cell = prepare(cells_[index], sequence);
  cell.op.masked = inputs_.mask.has_value();
  // The first cell turns the steps around, all others read them as they come.
  cell.op.go_backwards = first && options_.go_backwards;
  cell.op.return_sequences = !last || options_.return_sequences;
  cell.op.zero_output_for_mask =
      last && options_.zero_output_for_mask && !zeroes_by_unreversed_mask();

  std::vector<ValueId> operands = {cell.gates, cell.kernel};
  if (cell.bias) operands.push_back(*cell.bias);
  for (std::size_t i = 0; i < cell.op.state_count(); ++i) {
    operands.push_back(initial_state(last_states_.size() + i, cell.state));
  }
  if (inputs_.mask) {
    const bool reversed = !first && options_.go_backwards;
    operands.push_back(reversed ? flip_steps(call_, *inputs_.mask) : *inputs_.mask);
  }
  const auto outputs = call_.emit_all(std::move(cell.op), std::move(operands));
  for (std::size_t i = 1; i < outputs.size(); ++i) {
    if (options_.stateful) {
      call_.environment().graph.write_state(kept_states_.at(last_states_.size()), outputs[i]);
    }
    last_states_.push_back(call_.from_channels_last(outputs[i]));
  }
  return outputs[0];
}

ValueId RecurrentRun::initial_state(std::size_t index, const Shape& shape) {
  std::optional<ValueId> kept;
  if (options_.stateful) kept = kept_state(index, shape);
  if (inputs_.states.empty()) {
    return kept ? *kept : call_.emit(Broadcast{shape}, {call_.scalar(0)});
  }
  const ValueId state = call_.to_channels_last(call_.as_float(inputs_.states.at(index)));
  const Shape& given = call_.shape(state);
  if (given.size() != shape.size() || !(given.back() == shape.back())) {
    fail(ErrorCode::shape_mismatch, "initial state {} has shape {}, wanted {}", index,
         to_keras_string(given), to_keras_string(shape));
  }
  return state;
}

ValueId RecurrentRun::kept_state(std::size_t index, const Shape& shape) {
  Graph& graph = call_.environment().graph;
  const std::string name = fmt::format("{}/state_{}", call_.identity().place.path, index);
  const auto& names = graph.input_names();
  const auto states = names.end() - static_cast<std::ptrdiff_t>(graph.state_count());
  if (std::find(states, names.end(), name) != names.end()) {
    fail(ErrorCode::unsupported, "key 'stateful': true is not supported for a layer called twice");
  }
  kept_states_.push_back(graph.add_state(name, {DType::float32, shape}));
  return kept_states_.back();
}

ValueId RecurrentRun::finish(ValueId output) {
  if (zeroes_by_unreversed_mask()) {
    Shape mask_shape = call_.shape(*inputs_.mask);
    mask_shape.resize(call_.rank(output), Dim(1));
    const ValueId mask = call_.view(*inputs_.mask, mask_shape);
    output = call_.emit(Select{}, {mask, output, call_.scalar(0)});
  }
  if (!options_.return_sequences) return call_.from_channels_last(output);
  if (call_.channels_first()) {
    output = for_all_steps(call_, output,
                           [&](ValueId steps) { return call_.from_channels_last(steps); });
  }
  return options_.time_major ? swap_batch_and_steps(call_, output) : output;
}

std::vector<ValueId> import_recurrent(LayerCall& call) {
  const RecurrentInputs inputs = recurrent_inputs(call);
  const RecurrentOptions options = recurrent_options(call);
  const auto outputs = run_recurrent(call, inputs, options);
  if (options.return_sequences) call.set_mask(outputs[0], inputs.output_mask);
  return outputs;
}

constexpr std::array classes = {
    LayerClass{"SimpleRNN", import_recurrent, MaskRule::own},
    LayerClass{"LSTM", import_recurrent, MaskRule::own},
    LayerClass{"GRU", import_recurrent, MaskRule::own},
    LayerClass{"RNN", import_recurrent, MaskRule::own},
    LayerClass{"CuDNNLSTM", import_recurrent, MaskRule::own},
    LayerClass{"CuDNNGRU", import_recurrent, MaskRule::own},
    LayerClass{"ConvLSTM1D", import_recurrent, MaskRule::own},
    LayerClass{"ConvLSTM2D", import_recurrent, MaskRule::own},
    LayerClass{"ConvLSTM3D", import_recurrent, MaskRule::own},
};

}  // namespace

RecurrentInputs recurrent_inputs(LayerCall& call) {
  std::vector<ValueId> tensors = tensors_of(call.argument("sequences", 0));
  if (tensors.empty()) fail(ErrorCode::malformed_file, "called on no sequence");
  RecurrentInputs inputs = {tensors[0], {tensors.begin() + 1, tensors.end()}, {}, {}};
  if (const Argument* const states = call.argument("initial_state", 1)) {
    if (!states->asks_for_nothing()) {
      inputs.states = states_of(call, *states, call.rank(inputs.sequence) - 1);
    }
  }
  inputs.output_mask = call.mask(inputs.sequence);
  const auto masks = tensors_of(call.argument("mask", 2));
  // Keras 3 looks for the mask of a sequence that is the only tensor, Keras 2 always.
  const bool looks = inputs.states.empty() || call.version().major < 3;
  const auto mask = !masks.empty() ? std::optional(masks[0])
                    : looks        ? inputs.output_mask
                                   : std::nullopt;
  if (mask) inputs.mask = step_mask(call, *mask);
  inputs.sequence = call.as_float(inputs.sequence);
  return inputs;
}

RecurrentOptions recurrent_options(const LayerCall& call) {
  const auto flag = [&](std::string_view key) { return call.config().flag_or(key, false); };
  return {.return_sequences = flag("return_sequences"),
          .return_state = flag("return_state"),
          .go_backwards = flag("go_backwards"),
          .stateful = flag("stateful"),
          .unroll = flag("unroll"),
          .time_major = flag("time_major"),
          .zero_output_for_mask = flag("zero_output_for_mask")};
}

std::vector<ValueId> run_recurrent(LayerCall& call, RecurrentInputs inputs,
                                   const RecurrentOptions& options) {
  return RecurrentRun(call, std::move(inputs), options).run();
}

ValueId flip_steps(LayerCall& call, ValueId sequence) {
  const Shape sizes = call.shape(sequence);
  Slice slice = {Shape(sizes.size(), Dim(0)), sizes, std::vector<std::int64_t>(sizes.size(), 1)};
  slice.starts[1] = sizes[1] - Dim(1);
  slice.steps[1] = -1;
  return call.emit(std::move(slice), {sequence});
}

const std::span<const LayerClass> recurrent_layers = classes;

}  // namespace keraunos::keras
