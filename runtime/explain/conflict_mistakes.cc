#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/exec/bind.hpp"
#include "runtime/exec/remedies.hpp"
#include "runtime/explain/fitting.hpp"
#include "runtime/explain/mistakes.hpp"
#include "runtime/keras/layer_label.hpp"

namespace keraunos {
namespace {

using keras::LayerRecord;

constexpr std::size_t most_conflicts = 3;

std::string label(const LayerRecord& layer) {
  return keras::layer_label(layer.path, layer.class_name);
}

std::string joined(const std::vector<std::string>& fixes, const std::string& otherwise) {
  return fixes.empty() ? otherwise : fmt::format("{}", fmt::join(fixes, "; "));
}

Sizes with_batch(const Sizes& sizes) {
  return sizes.bound() ? sizes : Sizes(Binding{{batch_symbol, 1}});
}

void look_at_misfit(const Diagnosis& diagnosis, const LayerRecord& layer,
                    const keras::MisfitWeight& misfit) {
  const Graph& graph = diagnosis.subject.graph;
  const Shape& wanted = graph.shape(misfit.value);
  std::string sentence =
      fmt::format("its stored weight '{}' has shape {}, but what reaches the layer asks for {}",
                  misfit.name, to_string(misfit.stored), diagnosis.sizes.text(wanted));
  const LayerRecord* const before =
      layer.inputs.empty() ? nullptr : diagnosis.leaves.maker(layer.inputs.front(), &layer);
  if (before != nullptr && flattens(diagnosis.subject, *before)) {
    sentence +=
        fmt::format(" ({} multiplies {} = {})", before->name,
                    product_text(diagnosis.sizes, *first_input(diagnosis.subject, *before), 1),
                    diagnosis.sizes.text(wanted.front()));
  }
  const auto fixes = find_remedies(graph, label(layer), with_batch(diagnosis.sizes).binding(),
                                   {{misfit.value, misfit.stored}});
  diagnosis.add("weights_conflict", Severity::error, &layer, std::move(sentence),
                joined(fixes, "use the architecture that the weights were made with"));
}

// Keras checks shapes as the shape rules do; what else fails here says nothing of Keras.
const char* advice_on(ErrorCode code) {
  switch (code) {
    case ErrorCode::shape_mismatch:
      return "Keras refuses these shapes too: see the layers before it";
    case ErrorCode::malformed_file:
      return "the file is not right about this layer: save the model again with the Keras that "
             "made "
             "it";
    default: return "Keras may well run it: the reason lies in Keraunos";
  }
}

void look_at_problem(const Diagnosis& diagnosis, const LayerRecord& layer) {
  const Error& problem = *layer.problem;
  const std::string place = problem.context().size() > 1
                                ? fmt::format("{}: ", fmt::join(problem.context().begin() + 1,
                                                                problem.context().end(), ": "))
                                : "";
  const std::string message = place + problem.message();
  if (problem.code() == ErrorCode::unsupported) {
    diagnosis.add("unknown_layer", Severity::error, &layer, message,
                  "what it gives is taken from what the file records of the layers behind it");
    return;
  }
  if (problem.code() == ErrorCode::shape_mismatch && message.find("window") != std::string::npos) {
    diagnosis.add("map_eaten", Severity::error, &layer,
                  message + ": strides and pooling before it have eaten the map",
                  "a larger input, padding='same', or fewer strides and pools");
    return;
  }
  diagnosis.add("layer_fails", Severity::error, &layer, message, advice_on(problem.code()));
}

// A Dense whose rows nobody knows: Keras would not build it, and no weights say it.
void look_at_open_dense(const Diagnosis& diagnosis, const LayerRecord& layer) {
  const Shape* const in = first_input(diagnosis.subject, layer);
  if (layer.class_name != "Dense" || in == nullptr || in->empty() || in->back().is_constant()) {
    return;
  }
  const Node* const node = node_with<MatMul>(diagnosis.subject.graph, layer);
  if (node == nullptr || diagnosis.subject.graph.value(node->inputs[1]).constant) return;
  diagnosis.add("dense_on_unknown", Severity::error, &layer,
                fmt::format("Keras refuses to build it: the last axis of its input is None ({}), "
                            "so nobody can say how many rows its kernel has",
                            in->back().to_string()),
                "make the size known: give it in Input, put Resizing behind the input, or use "
                "GlobalAveragePooling2D instead of Flatten");
}

std::string sizes_text(const std::vector<std::vector<Dims>>& fitting) {
  std::vector<std::string> texts;
  for (const auto& sizes : fitting) {
    std::vector<std::string> inputs;
    for (const Dims& dims : sizes) inputs.push_back(fmt::format("{}", fmt::join(dims, "x")));
    texts.push_back(fmt::format("{}", fmt::join(inputs, " with ")));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

void look_at_demands(const Diagnosis& diagnosis) {
  const Graph& graph = diagnosis.subject.graph;
  const Binding& binding = diagnosis.sizes.binding();
  std::size_t conflicts = 0;
  bool eaten = false;
  for (const Demand& demand : demands_on_inputs(graph)) {
    if (demand.holds(binding)) continue;
    // Once the map is gone every layer behind it complains.
    const bool positive = demand.kind == Demand::Kind::positive;
    if ((positive && eaten) || ++conflicts > most_conflicts) continue;
    eaten = eaten || positive;
    const auto found =
        std::find_if(diagnosis.leaves.all().begin(), diagnosis.leaves.all().end(),
                     [&](const LayerRecord* layer) { return label(*layer) == demand.layer; });
    std::vector<std::string> fixes;
    if (const auto fitting = fitting_inputs(graph, binding, 4); !fitting.empty()) {
      fixes.push_back("inputs that fit: " + sizes_text(fitting));
    }
    const auto remedies = find_remedies(graph, demand.layer, binding);
    fixes.insert(fixes.end(), remedies.begin(), remedies.end());
    const std::string cause = cause_of(demand);
    diagnosis.add(cause.c_str(), Severity::error,
                  found == diagnosis.leaves.all().end() ? nullptr : *found,
                  fmt::format("{}: wanted {}, got {} = {}", demand.what, wanted_by(demand, binding),
                              demand.left.evaluate(binding), demand.left.to_string()),
                  joined(fixes, "another size of the input"));
  }
}

}  // namespace

void look_at_conflicts(const Diagnosis& diagnosis) {
  for (const LayerRecord* layer : diagnosis.leaves.all()) {
    for (const keras::MisfitWeight& misfit : layer->misfits)
      look_at_misfit(diagnosis, *layer, misfit);
    if (layer->problem) look_at_problem(diagnosis, *layer);
    for (const std::string& warning : layer->warnings) {
      diagnosis.add("layer_runs_but", Severity::warning, layer, warning,
                    "nothing, where that is what the model was made for");
    }
    look_at_open_dense(diagnosis, *layer);
  }
  if (diagnosis.sizes.bound()) look_at_demands(diagnosis);
}

}  // namespace keraunos
