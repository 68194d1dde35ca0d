#include "keraunos/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "samples/cli/commands.hpp"
#include "samples/cli/session_flags.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

/// A formula says more than Keras's shape where something beside the batch is None.
bool has_open_sizes(const LayerSummary& layer) {
  constexpr std::size_t after_batch = 2;  // "(None, None, 3)"
  const auto is_open = [](const std::string& shape) {
    return shape.find("None", after_batch) != std::string::npos;
  };
  return std::any_of(layer.output_shapes.begin(), layer.output_shapes.end(), is_open);
}

/// A model whose layers only follow each other needs no column that says so.
bool is_chain(const std::vector<LayerSummary>& layers) {
  std::vector<std::string> before;
  for (const LayerSummary& layer : layers) {
    if (layer.connected_to != before) return false;
    before = {layer.name};
  }
  return true;
}

void print(const Summary& summary) {
  const auto& layers = summary.layers;
  const bool formulas = std::any_of(layers.begin(), layers.end(), has_open_sizes);
  const bool connections = !is_chain(layers);

  std::vector<std::string> header = {"Layer (type)", "Output Shape"};
  if (formulas) header.emplace_back("Formula");
  header.emplace_back("Param #");
  if (connections) header.emplace_back("Connected to");

  Table table(std::move(header));
  for (const LayerSummary& layer : layers) {
    std::vector<std::string> row = {fmt::format("{} ({})", layer.name, layer.class_name),
                                    join(layer.output_shapes)};
    if (formulas) row.push_back(has_open_sizes(layer) ? join(layer.formulas) : "");
    row.push_back(with_commas(layer.parameters));
    if (connections) row.push_back(layer.connected_to.empty() ? "-" : join(layer.connected_to));
    table.add(std::move(row));
  }

  fmt::print("Model: \"{}\"\n\n{}\n", printable(summary.model_name), table.to_string());
  fmt::print("Total params: {}\n",
             with_commas(summary.trainable_parameters + summary.non_trainable_parameters));
  fmt::print("Trainable params: {}\n", with_commas(summary.trainable_parameters));
  fmt::print("Non-trainable params: {}\n", with_commas(summary.non_trainable_parameters));
}

}  // namespace

void add_summary(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "summary", "Prints Keras's table of layers, with a formula beside every None");
  const auto path = std::make_shared<std::string>();
  const auto options = std::make_shared<LoadOptions>();
  add_model_path(*command, *path, options->weights);
  command->callback([path, options] { print(Model::load(*path, *options).summary()); });
}

}  // namespace keraunos::cli
