#include "keraunos/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "keraunos/explain.hpp"
#include "samples/cli/commands.hpp"
#include "samples/cli/limits.hpp"
#include "samples/cli/session_flags.hpp"
#include "samples/cli/shapes.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

constexpr std::size_t longest_name = 200;

struct SummaryFlags {
  std::string path;
  LoadOptions load;
  std::vector<std::string> shapes;
  WaysOut ways_out;
  bool expand = false;
  bool json = false;
};

struct Row {
  const LayerSummary* layer;
  std::size_t depth;
};

void collect(const std::vector<LayerSummary>& layers, bool expand, std::size_t depth,
             std::vector<Row>& rows) {
  for (const LayerSummary& layer : layers) {
    rows.push_back({&layer, depth});
    if (expand) collect(layer.nested, expand, depth + 1, rows);
  }
}

/// A formula says more than Keras's shape where something beside the batch is None.
bool has_open_sizes(const LayerSummary& layer) {
  constexpr std::size_t after_batch = 2;  // "(None, None, 3)"
  const auto is_open = [](const std::string& shape) {
    return shape.find("None", after_batch) != std::string::npos;
  };
  return std::any_of(layer.output_shapes.begin(), layer.output_shapes.end(), is_open);
}

/// A model whose layers only follow each other needs no column that says so.
bool is_chain(const std::vector<Row>& rows) {
  std::vector<std::string> before;
  for (const Row& row : rows) {
    if (row.depth > 0) return false;
    if (row.layer->connected_to != before) return false;
    before = {row.layer->name};
  }
  return true;
}

std::string sizes_text(const LayerSummary& layer) {
  std::vector<std::string> texts;
  for (const Dims& dims : layer.sizes) texts.push_back(dims.empty() ? "?" : to_string(dims));
  return join(texts);
}

void print(const Summary& summary, bool expand) {
  std::vector<Row> rows;
  collect(summary.layers, expand, 0, rows);
  const bool formulas = std::any_of(rows.begin(), rows.end(),
                                    [](const Row& row) { return has_open_sizes(*row.layer); });
  const bool connections = !is_chain(rows);

  std::vector<std::string> header = {"Layer (type)", "Output Shape"};
  if (formulas) header.emplace_back("Formula");
  if (summary.has_sizes) header.insert(header.end(), {"Size", "Memory", "Multiply-adds"});
  header.emplace_back("Param #");
  if (connections) header.emplace_back("Connected to");

  Table table(std::move(header));
  std::int64_t bytes = 0;
  std::int64_t work = 0;
  for (const auto& [layer, depth] : rows) {
    std::vector<std::string> row = {
        fmt::format("{}{} ({})", std::string(depth * 2, ' '), layer->name, layer->class_name),
        join(layer->output_shapes)};
    if (formulas) row.push_back(has_open_sizes(*layer) ? join(layer->formulas) : "");
    if (summary.has_sizes) {
      row.push_back(sizes_text(*layer));
      row.push_back(byte_count(static_cast<std::size_t>(layer->bytes)));
      row.push_back(with_commas(layer->multiply_adds));
      if (depth == 0) bytes += layer->bytes;
      if (depth == 0) work += layer->multiply_adds;
    }
    row.push_back(with_commas(layer->parameters));
    if (connections) row.push_back(layer->connected_to.empty() ? "-" : join(layer->connected_to));
    table.add(std::move(row));
  }

  for (const auto& [layer, depth] : rows) {
    if (!layer->problem.empty()) fmt::print(stderr, "warning: {}\n", printable(layer->problem));
  }
  fmt::print("Model: \"{}\"\n\n", shortened(printable(summary.model_name), longest_name));
  table.print();
  fmt::print("\n");
  fmt::print("Total params: {}\n",
             with_commas(summary.trainable_parameters + summary.non_trainable_parameters));
  fmt::print("Trainable params: {}\n", with_commas(summary.trainable_parameters));
  fmt::print("Non-trainable params: {}\n", with_commas(summary.non_trainable_parameters));
  if (!summary.has_sizes) return;
  fmt::print("Outputs of all layers: {}\n", byte_count(static_cast<std::size_t>(bytes)));
  fmt::print("Multiply-adds: {}\n", with_commas(work));
}

void summarise(const SummaryFlags& flags) {
  LoadOptions options = flags.load;
  flags.ways_out.apply(options);
  options.input_shape = told_input_shape(flags.shapes);
  const Architecture model = Architecture::load(flags.path, options);
  const Summary summary = model.summary(
      flags.shapes.empty() ? std::vector<Dims>() : whole_shapes(model.inputs(), flags.shapes));
  flags.json ? fmt::print("{}\n", to_json(summary)) : print(summary, flags.expand);
}

}  // namespace

void add_summary(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "summary", "Prints Keras's table of layers, with a formula beside every None");
  const auto flags = std::make_shared<SummaryFlags>();
  add_model_path(*command, flags->path, flags->load.weights);
  add_load_limits(*command, flags->load.limits);
  flags->ways_out.add_to(*command);
  add_shape_flags(*command, flags->shapes);
  command->add_flag("--expand", flags->expand, "show the layers of nested models");
  command->add_flag("--json", flags->json, "print JSON");
  command->callback([flags] { summarise(*flags); });
}

}  // namespace keraunos::cli
