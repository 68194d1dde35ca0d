#include "runtime/keras/layers/recurrent_cells.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/windows.hpp"

namespace keraunos::keras {
namespace {

std::int64_t gate_count(CellFn fn) {
  switch (fn) {
    case CellFn::simple: return 1;
    case CellFn::lstm: return 4;
    case CellFn::gru:
    case CellFn::gru_reset_after: break;
  }
  return 3;
}

// The activation of `key` as one function of one number, which is all that a step can apply: found
// by emitting it on a value that nothing else reads.
Unary activation_of(LayerCall& call, std::string_view key) {
  if (call.config().is_none(key)) return {};
  const auto activation = call.config().find(key);
  if (!activation) fail(ErrorCode::malformed_file, "key '{}': missing", key);
  const ValueId probe = call.constant("probe", {1, 1}, {0});
  const ValueId result = call.activate(probe, key);
  if (result == probe) return {};
  const Graph& graph = call.environment().graph;
  const Node& node = graph.nodes().at(graph.producer(result).value());
  const auto* unary = std::get_if<Unary>(&node.op);
  if (unary == nullptr || node.inputs[0] != probe || !is_activation(unary->fn)) {
    fail(ErrorCode::unsupported, "key '{}': {} is not supported between the steps of a layer", key,
         activation->dump(60));
  }
  return *unary;
}

// Keys that act while training only, or choose among equal ways of computing.
void skip_training_keys(const Config& config) {
  for (const std::string_view key :
       {"dropout", "recurrent_dropout", "unit_forget_bias", "implementation", "use_cudnn"}) {
    static_cast<void>(config.find(key));
  }
}

// Gate by gate, cuDNN stores the transposed kernel: (units, rows) in place of (rows, units).
std::vector<float> transpose_gates(const std::vector<float>& stored, std::size_t rows,
                                   std::size_t units, bool reshaped) {
  const std::size_t columns = stored.size() / rows;
  std::vector<float> kernel(stored.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t gate = column / units * units;
      // A gate's block has the shape (rows, units) in the file. The input kernel's (units, rows)
      // cells fill it in reading order; the recurrent kernel is square.
      const std::size_t cell = column % units * rows + row;
      const std::size_t source = reshaped ? cell / units * columns + gate + cell % units
                                          : column % units * columns + gate + row;
      kernel[row * columns + column] = stored[source];
    }
  }
  return kernel;
}

ValueId load_kernel(CellSource& cell, std::string_view name, const Shape& shape) {
  const ValueId stored = cell.call.weight(name, shape);
  if (!cell.cudnn_layout) return stored;
  const Dims dims = evaluate(cell.call.shape(stored), {});
  const auto rows = static_cast<std::size_t>(dims[0]);
  if (rows == 0) return stored;
  const auto units = static_cast<std::size_t>(dims[1] / gate_count(cell.fn));
  return cell.call.constant(
      std::string(name), dims,
      transpose_gates(cell.call.values_of(stored), rows, units, name == "kernel"));
}

struct Biases {
  std::optional<ValueId> input;
  std::optional<ValueId> recurrent;
};

// Two biases in one variable: both halves for gru_reset_after, their sum for cuDNN's LSTM.
Biases load_halves(CellSource& cell, const Dim& columns) {
  const Shape shape = cell.cudnn_layout ? Shape{Dim(2) * columns} : Shape{Dim(2), columns};
  const auto values = cell.call.values_of(cell.call.weight("bias", shape));
  const auto half = static_cast<std::ptrdiff_t>(values.size() / 2);
  std::vector<float> input(values.begin(), values.begin() + half);
  std::vector<float> recurrent(values.begin() + half, values.end());
  if (cell.fn == CellFn::gru_reset_after) {
    return {cell.call.constant("bias", input), cell.call.constant("recurrent_bias", recurrent)};
  }
  std::transform(input.begin(), input.end(), recurrent.begin(), input.begin(), std::plus<>());
  return {cell.call.constant("bias", input), {}};
}

Biases load_biases(CellSource& cell, const Dim& columns) {
  const bool halves = cell.cudnn_layout || cell.fn == CellFn::gru_reset_after;
  if (cell.call.config().flag_or("use_bias", true)) {
    if (halves) return load_halves(cell, columns);
    return {cell.call.weight("bias", {columns}), {}};
  }
  if (cell.fn != CellFn::gru_reset_after) return {};
  const std::vector<float> zeros(static_cast<std::size_t>(*columns.constant()), 0.0F);
  return {{}, cell.call.constant("recurrent_bias", zeros)};
}

Recurrent make_op(CellSource& cell) {
  Recurrent op;
  op.cell = cell.fn;
  if (cell.cudnn_layout) {
    op.activation = {UnaryFn::tanh};
    op.recurrent_activation = {UnaryFn::sigmoid};
    return op;
  }
  op.activation = activation_of(cell.call, "activation");
  if (cell.fn != CellFn::simple) {
    op.recurrent_activation = activation_of(cell.call, "recurrent_activation");
  }
  return op;
}

std::vector<ValueId> with_bias(std::vector<ValueId> operands, const Biases& biases) {
  if (biases.input) operands.push_back(*biases.input);
  return operands;
}

PreparedCell prepare_dense(CellSource& cell, ValueId sequence) {
  LayerCall& call = cell.call;
  call.require_rank(sequence, 3);
  const Dim units(call.config().integer("units", 1));
  const Dim columns = units * Dim(gate_count(cell.fn));
  const Shape shape = call.shape(sequence);
  const ValueId kernel = load_kernel(cell, "kernel", {shape[2], columns});
  const ValueId recurrent = load_kernel(cell, "recurrent_kernel", {units, columns});
  const Biases biases = load_biases(cell, columns);
  const ValueId gates = call.emit(MatMul{}, with_bias({sequence, kernel}, biases));
  return {make_op(cell), gates, recurrent, biases.recurrent, {shape[0], units}};
}

PreparedCell prepare_convolutional(CellSource& cell, ValueId sequence) {
  LayerCall& call = cell.call;
  call.require_rank(sequence, cell.spatial_rank + 3);
  const Dim filters(call.config().integer("filters", 1));
  const Dim columns = filters * Dim(gate_count(cell.fn));
  const auto windows = conv_windows(call.config(), cell.spatial_rank);
  Recurrent op = make_op(cell);
  Shape kernel_shape;
  for (const Window& window : windows) {
    kernel_shape.emplace_back(window.size);
    op.windows.push_back({.size = window.size, .padding = Padding::same});
  }
  const std::size_t channel_axis = call.channels_first() ? 2 : cell.spatial_rank + 2;
  kernel_shape.push_back(call.shape(sequence)[channel_axis]);
  kernel_shape.push_back(columns);
  const ValueId kernel = call.weight("kernel", kernel_shape);
  kernel_shape[cell.spatial_rank] = filters;
  const ValueId recurrent = call.weight("recurrent_kernel", kernel_shape);
  const Biases biases = load_biases(cell, columns);
  const ValueId gates = for_all_steps(call, sequence, [&](ValueId steps) {
    const ValueId input = call.to_channels_last(steps);
    return call.emit(Conv{windows, 1, {}}, with_bias({input, kernel}, biases));
  });
  Shape state = call.shape(gates);
  state.erase(state.begin() + 1);
  state.back() = filters;
  return {std::move(op), gates, recurrent, {}, std::move(state)};
}

// Cells and layers
// ---------------------------------------------------------------------------------

CellFn gru_fn(const LayerCall& call) {
  // Keras 2 wrote the key only once it had it.
  const bool after = call.config().flag_or("reset_after", call.version().major >= 3);
  return after ? CellFn::gru_reset_after : CellFn::gru;
}

std::optional<CellFn> cell_fn(const LayerCall& cell) {
  const std::string& name = cell.identity().class_name;
  if (name == "SimpleRNNCell") return CellFn::simple;
  if (name == "LSTMCell") return CellFn::lstm;
  if (name == "GRUCell") return gru_fn(cell);
  return std::nullopt;
}

CellSource cell_source(LayerCall cell) {
  const std::string_view module = cell.identity().module;
  const auto fn = cell_fn(cell);
  if (!fn || !(module.empty() || module.starts_with("keras."))) {
    fail(ErrorCode::unsupported,
         "a cell of class '{}' is not supported; SimpleRNNCell, LSTMCell, GRUCell and "
         "StackedRNNCells of these are",
         cell.identity().class_name);
  }
  return {std::move(cell), *fn};
}

std::vector<CellSource> given_cells(LayerCall& layer) {
  const auto entry = layer.config().find("cell");
  if (!entry) fail(ErrorCode::malformed_file, "key 'cell': missing");
  LayerCall cell = layer.child(*entry, "cell");
  if (cell.identity().class_name != "StackedRNNCells") return {cell_source(std::move(cell))};
  const auto stacked = cell.config().find("cells");
  if (!stacked || stacked->size() == 0) {
    fail(ErrorCode::malformed_file, "key 'cells': missing or empty");
  }
  std::vector<CellSource> sources;
  PathCounter paths("cells");
  for (const file::Json inner : stacked->elements()) {
    const std::string path = paths.next(inner.at("class_name").as_string());
    sources.push_back(cell_source(cell.child(inner, path)));
  }
  return sources;
}

std::vector<CellSource> simple_cell(LayerCall& layer) {
  return {{layer.part("cell"), CellFn::simple}};
}

std::vector<CellSource> lstm_cell(LayerCall& layer) { return {{layer.part("cell"), CellFn::lstm}}; }

std::vector<CellSource> gru_cell(LayerCall& layer) { return {{layer.part("cell"), gru_fn(layer)}}; }

template <CellFn fn>
std::vector<CellSource> cudnn_cell(LayerCall& layer) {
  return {{layer, fn, 0, /*cudnn_layout=*/true}};
}

template <std::size_t spatial_rank>
std::vector<CellSource> convolutional_cell(LayerCall& layer) {
  return {{layer.part("cell"), CellFn::lstm, spatial_rank}};
}

using CellFinder = std::vector<CellSource> (*)(LayerCall&);

constexpr std::array finders = {
    std::pair<std::string_view, CellFinder>{"SimpleRNN", simple_cell},
    std::pair<std::string_view, CellFinder>{"LSTM", lstm_cell},
    std::pair<std::string_view, CellFinder>{"GRU", gru_cell},
    std::pair<std::string_view, CellFinder>{"RNN", given_cells},
    std::pair<std::string_view, CellFinder>{"CuDNNLSTM", cudnn_cell<CellFn::lstm>},
    std::pair<std::string_view, CellFinder>{"CuDNNGRU", cudnn_cell<CellFn::gru_reset_after>},
    std::pair<std::string_view, CellFinder>{"ConvLSTM1D", convolutional_cell<1>},
    std::pair<std::string_view, CellFinder>{"ConvLSTM2D", convolutional_cell<2>},
    std::pair<std::string_view, CellFinder>{"ConvLSTM3D", convolutional_cell<3>},
};

auto find_finder(std::string_view class_name) {
  return std::find_if(finders.begin(), finders.end(),
                      [&](const auto& finder) { return finder.first == class_name; });
}

}  // namespace

bool is_recurrent_class(std::string_view class_name) {
  return find_finder(class_name) != finders.end();
}

std::vector<CellSource> cells_of(LayerCall& layer) {
  const auto finder = find_finder(layer.identity().class_name);
  if (finder == finders.end()) {
    fail(ErrorCode::internal, "{} has no cells", layer.identity().class_name);
  }
  return finder->second(layer);
}

PreparedCell prepare(CellSource& cell, ValueId sequence) {
  skip_training_keys(cell.call.config());
  return cell.spatial_rank > 0 ? prepare_convolutional(cell, sequence)
                               : prepare_dense(cell, sequence);
}

}  // namespace keraunos::keras
