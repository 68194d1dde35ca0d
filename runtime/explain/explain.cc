#include "runtime/explain/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "runtime/base/fail.hpp"
#include "runtime/base/load_budget.hpp"
#include "runtime/exec/bind.hpp"
#include "runtime/explain/cost.hpp"
#include "runtime/explain/findings.hpp"
#include "runtime/explain/fitting.hpp"
#include "runtime/explain/story.hpp"

namespace keraunos {
namespace {

using keras::LayerRecord;

std::string wanted_shapes(const Graph& graph) {
  std::vector<std::string> shapes;
  for (std::size_t i = 0; i < graph.own_inputs().size(); ++i) {
    shapes.push_back(fmt::format("'{}' {}", graph.input_names()[i],
                                 to_string(graph.shape(graph.own_inputs()[i]))));
  }
  return fmt::format("{}", fmt::join(shapes, ", "));
}

// The sizes of all symbols; throws ShapeError where an input has another shape.
Sizes bind_given(const Graph& graph, const std::vector<Dims>& given, std::vector<Dims>& adapted) {
  if (given.size() != graph.own_inputs().size()) {
    fail(ErrorCode::invalid_argument, "{} shapes given, the model takes {}: {}", given.size(),
         graph.own_inputs().size(), wanted_shapes(graph));
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    adapted.push_back(
        adapt_rank(given[i], graph.shape(graph.own_inputs()[i]), graph.input_names()[i]));
  }
  return Sizes(bind_symbols(graph, adapted));
}

std::string fix_of(const std::string& cause) {
  if (cause == "batch_axis_missing") {
    return "give one image as a batch of one: shape (1, ...), image[None] in numpy";
  }
  if (cause == "channels_first_data") {
    return "move the channels last: numpy.transpose(images, (0, 2, 3, 1))";
  }
  if (cause == "channels_last_data") {
    return "move the channels first: numpy.transpose(images, (0, 3, 1, 2))";
  }
  if (cause == "channel_count") {
    return "convert the images (grey to RGB or back), or make the model for these channels";
  }
  return "give inputs of the shape that the model wants";
}

// Sizes that were asked for but that the inputs cannot have are a finding, unless they are no
// sizes of these inputs at all.
Sizes bind_or_find(const Subject& subject, const std::vector<Dims>& given,
                   Explanation& explanation) {
  if (given.empty()) return {};
  try {
    std::vector<Dims> adapted;
    Sizes sizes = bind_given(subject.graph, given, adapted);
    explanation.sizes = std::move(adapted);
    return sizes;
  } catch (const ShapeError& error) {
    if (error.facts().cause == "input_rank") {
      fail(ErrorCode::invalid_argument, "{}; its inputs are {}", error.message(),
           wanted_shapes(subject.graph));
    }
    explanation.findings.push_back(
        {error.facts().cause, Severity::error, "", error.message(), fix_of(error.facts().cause)});
    return {};
  }
}

LayerExplanation explain_layer(const Subject& subject, const LayerRecord& layer, std::size_t depth,
                               const Sizes& sizes) {
  LayerExplanation told;
  told.name = layer.path;
  told.class_name = layer.class_name;
  told.depth = depth;
  told.connected_to = layer.connected_to;
  told.parameters = layer.trainable_parameters + layer.non_trainable_parameters;
  for (const ValueId input : layer.inputs) {
    told.inputs.push_back(shape_text(subject, sizes, input));
  }
  for (const ValueId output : layer.outputs) {
    told.outputs.push_back(shape_text(subject, sizes, output));
  }
  Story story = tell(subject, layer, sizes);
  told.kind = std::move(story.kind);
  told.sentence = std::move(story.sentence);
  told.windows = std::move(story.windows);
  told.masked = layer.output_masked;
  if (layer.problem) told.problem = layer.problem->what();
  return told;
}

std::size_t bytes_of(const std::vector<std::string>& texts) {
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  return bytes;
}

std::size_t text_bytes(const LayerExplanation& told) {
  std::size_t bytes = told.name.size() + told.class_name.size() + told.sentence.size() +
                      told.problem.size() + bytes_of(told.inputs) + bytes_of(told.outputs) +
                      bytes_of(told.connected_to);
  for (const WindowStep& step : told.windows) bytes += step.before.size() + step.after.size();
  return bytes;
}

std::size_t text_bytes(const LayerSummary& row) {
  return row.name.size() + row.class_name.size() + row.problem.size() +
         bytes_of(row.output_shapes) + bytes_of(row.formulas) + bytes_of(row.connected_to);
}

std::vector<LayerSummary> summarise_layers(const Subject& subject,
                                           const std::vector<LayerRecord>& layers,
                                           const Sizes& sizes, LoadBudget& budget);

LayerSummary summarise_layer(const Subject& subject, const LayerRecord& layer, const Sizes& sizes,
                             LoadBudget& budget) {
  LayerSummary row;
  row.name = layer.name;
  row.class_name = layer.shown_class;
  row.parameters = layer.trainable_parameters + layer.non_trainable_parameters;
  row.trainable_parameters = layer.trainable_parameters;
  if (layer.problem) row.problem = layer.problem->what();
  for (const ValueId output : layer.outputs) {
    const bool known = output != keras::unknown_value;
    row.output_shapes.push_back(known ? to_keras_string(subject.graph.shape(output)) : "?");
    row.formulas.push_back(known ? to_string(subject.graph.shape(output)) : "?");
    if (!sizes.bound()) continue;
    const auto dims = known ? sizes.dims(subject.graph.shape(output)) : std::nullopt;
    row.sizes.push_back(dims.value_or(Dims{}));
  }
  if (sizes.bound()) {
    const Cost cost = cost_of(subject, layer, sizes).value_or(Cost{});
    row.bytes = cost.bytes;
    row.multiply_adds = cost.multiply_adds;
  }
  budget.take(&LoadLimits::text_bytes, text_bytes(row));
  row.nested = summarise_layers(subject, layer.layers, sizes, budget);
  return row;
}

std::vector<LayerSummary> summarise_layers(const Subject& subject,
                                           const std::vector<LayerRecord>& layers,
                                           const Sizes& sizes, LoadBudget& budget) {
  std::vector<LayerSummary> rows;
  std::map<std::string, std::vector<std::string>> sources_of;  // of layers that have no row
  for (const LayerRecord& layer : layers) {
    std::vector<std::string> sources;
    for (const std::string& source : layer.connected_to) {
      const auto hidden = sources_of.find(source);
      if (hidden == sources_of.end()) {
        sources.push_back(source);
      } else {
        sources.insert(sources.end(), hidden->second.begin(), hidden->second.end());
      }
    }
    if (layer.listed) {
      rows.push_back(summarise_layer(subject, layer, sizes, budget));
      rows.back().connected_to = std::move(sources);
    } else {
      sources_of[layer.name] = std::move(sources);
    }
  }
  return rows;
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::hint: return "hint";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "unknown";
}

Explanation explain_subject(const Subject& subject, const std::vector<Dims>& given) {
  Explanation explanation;
  explanation.model_name = subject.name;
  explanation.inputs = subject.inputs;
  explanation.outputs = subject.outputs;
  const Sizes sizes = bind_or_find(subject, given, explanation);
  LoadBudget budget(subject.limits);
  for_each_layer(subject.layers, [&](const LayerRecord& layer, std::size_t depth) {
    explanation.layers.push_back(explain_layer(subject, layer, depth, sizes));
    budget.take(&LoadLimits::text_bytes, text_bytes(explanation.layers.back()));
  });
  for (const LayerRecord& layer : subject.layers) {
    explanation.trainable_parameters += layer.trainable_parameters;
    explanation.non_trainable_parameters += layer.non_trainable_parameters;
  }
  explanation.unknown = unknown_sizes(subject.graph);
  explanation.demands = describe_demands(subject.graph, sizes);
  explanation.fitting = find_fitting(subject.graph);
  for (Finding& finding : find_mistakes(subject, sizes)) {
    budget.take(&LoadLimits::text_bytes, finding.sentence.size() + finding.fix.size());
    explanation.findings.push_back(std::move(finding));
  }
  return explanation;
}

Summary summarise(const Subject& subject, const std::vector<Dims>& given) {
  Summary summary;
  summary.model_name = subject.name;
  Sizes sizes;
  if (!given.empty()) {
    std::vector<Dims> adapted;
    sizes = bind_given(subject.graph, given, adapted);
    summary.has_sizes = true;
  }
  for (const LayerRecord& layer : subject.layers) {
    summary.trainable_parameters += layer.trainable_parameters;
    summary.non_trainable_parameters += layer.non_trainable_parameters;
  }
  LoadBudget budget(subject.limits);
  summary.layers = summarise_layers(subject, subject.layers, sizes, budget);
  return summary;
}

}  // namespace keraunos
