#include "runtime/explain/findings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/explain/mistakes.hpp"

namespace keraunos {
namespace {

constexpr std::size_t first_layers = 4;  // where a model scales its input

// Channels of an image as far as the shape tells; 0 for what is no image.
std::int64_t image_channels(const Shape& shape) {
  if (shape.size() != 4) return 0;
  for (const Dim& dim : {shape[3], shape[1]}) {
    const std::int64_t size = dim.constant().value_or(0);
    if (size == 1 || size == 3) return size;
  }
  return 0;
}

bool has_windows(const Leaves& leaves) {
  return std::any_of(leaves.all().begin(), leaves.all().end(), [](const auto* layer) {
    return layer->class_name.find("Conv") != std::string::npos;
  });
}

const keras::LayerRecord* scaling_layer(const Leaves& leaves) {
  const auto end = leaves.all().begin() +
                   static_cast<std::ptrdiff_t>(std::min(first_layers, leaves.all().size()));
  const auto found = std::find_if(leaves.all().begin(), end, [](const auto* layer) {
    return layer->class_name == "Rescaling" || layer->class_name == "Normalization";
  });
  return found == end ? nullptr : *found;
}

}  // namespace

Leaves::Leaves(const Subject& subject) {
  for_each_layer(subject.layers, [&](const keras::LayerRecord& layer, std::size_t) {
    if (layer.called && layer.layers.empty()) leaves_.push_back(&layer);
  });
}

const keras::LayerRecord* Leaves::maker(ValueId value, const keras::LayerRecord* before) const {
  auto layer = leaves_.rbegin();
  if (before != nullptr) layer = std::next(std::find(layer, leaves_.rend(), before));
  for (; layer != leaves_.rend(); ++layer) {
    const auto& outputs = (*layer)->outputs;
    if (std::find(outputs.begin(), outputs.end(), value) != outputs.end()) return *layer;
  }
  return nullptr;
}

void Diagnosis::add(const char* id, Severity severity, const keras::LayerRecord* layer,
                    std::string sentence, std::string fix) const {
  findings.push_back(
      {id, severity, layer == nullptr ? "" : layer->path, std::move(sentence), std::move(fix)});
}

void look_at_inputs(const Diagnosis& diagnosis) {
  const Leaves& leaves = diagnosis.leaves;
  for (const keras::LayerRecord* layer : leaves.all()) {
    if (!layer->recorded_batch) continue;
    diagnosis.add("batch_hard_coded", Severity::hint, layer,
                  fmt::format("the file records a batch of {}; Keraunos and Keras take any",
                              *layer->recorded_batch),
                  "write shape=... instead of batch_shape=... in Input");
  }
  const Graph& graph = diagnosis.subject.graph;
  if (graph.own_inputs().empty() || !has_windows(leaves)) return;
  if (image_channels(graph.shape(graph.own_inputs().front())) == 0) return;
  if (const keras::LayerRecord* const scaling = scaling_layer(leaves)) {
    diagnosis.add("input_range", Severity::hint, scaling,
                  fmt::format("the model scales its input itself ({}): most likely it expects "
                              "pixels as they are, 0 to 255",
                              scaling->class_name),
                  "do not divide by 255 before it, unless training did");
    return;
  }
  diagnosis.add("input_range", Severity::hint, nullptr,
                "nothing in the first layers scales the input: many such models were trained on "
                "pixels from 0 to 1 and give nonsense for 0 to 255; the file does not say",
                "do with the pixels what training did");
}

std::vector<Finding> find_mistakes(const Subject& subject, const Sizes& sizes) {
  std::vector<Finding> findings;
  const Leaves leaves(subject);
  const Diagnosis diagnosis = {subject, sizes, leaves, findings};
  look_at_conflicts(diagnosis);
  look_at_heads(diagnosis);
  look_at_flatten(diagnosis);
  look_at_inputs(diagnosis);
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity > b.severity; });
  return findings;
}

}  // namespace keraunos
