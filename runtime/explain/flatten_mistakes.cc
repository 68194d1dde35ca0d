#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/explain/fitting.hpp"
#include "runtime/explain/mistakes.hpp"

namespace keraunos {
namespace {

using keras::LayerRecord;

std::int64_t parameters_of(const LayerRecord& layer) {
  return layer.trainable_parameters + layer.non_trainable_parameters;
}

std::int64_t all_parameters(const Subject& subject) {
  std::int64_t sum = 0;
  for (const LayerRecord& layer : subject.layers) sum += parameters_of(layer);
  return sum;
}

// The first Dense that reads what `flatten` gives, with nothing but inactive layers between.
const LayerRecord* dense_behind(const Leaves& leaves, const LayerRecord& flatten) {
  for (const LayerRecord* layer : leaves.all()) {
    if (layer->class_name != "Dense" || layer->inputs.empty()) continue;
    if (layer->inputs.front() == flatten.outputs.front()) return layer;
  }
  return nullptr;
}

void look_at_share(const Diagnosis& diagnosis, const LayerRecord& flatten, const Shape& map) {
  const LayerRecord* const dense = dense_behind(diagnosis.leaves, flatten);
  const Shape* const result = dense ? first_output(diagnosis.subject, *dense) : nullptr;
  if (result == nullptr || map.size() < 3 || !map.back().is_constant()) return;
  const std::int64_t all = all_parameters(diagnosis.subject);
  const std::int64_t held = parameters_of(*dense);
  constexpr std::int64_t few = 10'000;  // where nobody cares
  if (held <= all / 2 || held < few) return;
  const std::int64_t units = result->back().constant().value_or(0);
  const std::int64_t pooled = *(map.back() * Dim(units) + Dim(units)).constant();
  const std::size_t spatial = map.size() - 2;
  const auto length = diagnosis.sizes.number((*first_output(diagnosis.subject, flatten))[1]);
  const auto percent = static_cast<double>(held) * 100 / static_cast<double>(all);
  const char* const pooling = spatial == 1   ? "GlobalAveragePooling1D"
                              : spatial == 2 ? "GlobalAveragePooling2D"
                                             : "GlobalAveragePooling3D";
  diagnosis.add(
      "flatten_dense_share", Severity::hint, dense,
      fmt::format("{} of {} parameters ({:.0f} %) are in this Dense, because Flatten hands it "
                  "{}{} numbers; so many invite overfitting",
                  held, all, percent, product_text(diagnosis.sizes, map, 1),
                  length ? fmt::format(" = {}", *length) : ""),
      fmt::format("{} instead of Flatten gives {} numbers, and the Dense {} parameters", pooling,
                  diagnosis.sizes.text(map.back()), pooled));
}

// "height and width of input 'image'".
std::string open_axes_text(const Graph& graph, const Dim& size) {
  const auto symbols = size.symbols();
  std::vector<std::string> texts;
  for (const UnknownSize& unknown : unknown_sizes(graph)) {
    if (std::find(symbols.begin(), symbols.end(), unknown.symbol) == symbols.end()) continue;
    texts.push_back(
        fmt::format("{} (axis {} of input '{}')", unknown.symbol, unknown.axis, unknown.input));
  }
  if (texts.empty()) return fmt::format("{}", fmt::join(symbols, " and "));
  return fmt::format("{}", fmt::join(texts, " and "));
}

void look_at_open_size(const Diagnosis& diagnosis, const LayerRecord& flatten, const Shape& in) {
  const Dim& size = (*first_output(diagnosis.subject, flatten))[1];
  if (size.is_constant()) return;
  const bool sequence = in.size() == 3;
  diagnosis.add(
      sequence ? "sequence_into_flatten" : "flatten_of_unknown", Severity::warning, &flatten,
      fmt::format("its output is (None, None): the length {} depends on {}, which the model "
                  "leaves open. Keras refuses to build a Dense on it; weights made at one size "
                  "fit only sizes that give the same length",
                  size.to_string(), open_axes_text(diagnosis.subject.graph, size)),
      sequence ? "give the number of steps in Input, or let the layer before give one vector per "
                 "sample: return_sequences=False or GlobalAveragePooling1D"
               : "give height and width in Input, or put Resizing behind it, or replace Flatten "
                 "by GlobalAveragePooling2D, which takes any size");
}

}  // namespace

void look_at_flatten(const Diagnosis& diagnosis) {
  for (const LayerRecord* layer : diagnosis.leaves.all()) {
    if (layer->class_name != "Flatten" || !flattens(diagnosis.subject, *layer)) continue;
    const Shape& in = *first_input(diagnosis.subject, *layer);
    if (in.size() == 2) {
      diagnosis.add("flatten_of_flat", Severity::hint, layer,
                    fmt::format("its input {} is flat already: Flatten does nothing here and "
                                "breaks nothing",
                                diagnosis.sizes.text(in)),
                    "it can go");
      continue;
    }
    if (layer->input_masked) {
      diagnosis.add("mask_before_flatten", Severity::warning, layer,
                    "the mask ends here: behind Flatten padded steps count like all others",
                    "let the layer before give its last state only (return_sequences=False), or "
                    "average with GlobalAveragePooling1D, which honours the mask");
    }
    look_at_open_size(diagnosis, *layer, in);
    look_at_share(diagnosis, *layer, in);
  }
}

void look_at_heads(const Diagnosis& diagnosis) {
  const Subject& subject = diagnosis.subject;
  const Sizes& sizes = diagnosis.sizes;
  for (const ValueId output : subject.graph.outputs()) {
    const LayerRecord* layer = diagnosis.leaves.maker(output);
    const auto passes_on = [](const LayerRecord& it) {
      return it.class_name == "Activation" || it.class_name == "Softmax" ||
             it.class_name == "Dropout";
    };
    while (layer != nullptr && passes_on(*layer) && !layer->inputs.empty()) {
      layer = diagnosis.leaves.maker(layer->inputs.front(), layer);
    }
    if (layer == nullptr || layer->class_name != "Dense") continue;
    const Shape& in = *first_input(subject, *layer);
    const Shape& out = *first_output(subject, *layer);
    if (in.size() < 3) continue;
    const Shape places(in.begin() + 1, in.end() - 1);
    const Dim count = element_count(places);
    const Dim flat = count * in.back();
    const std::string units = sizes.text(out.back());
    diagnosis.add(
        "dense_on_map", in.size() > 3 ? Severity::warning : Severity::hint, layer,
        fmt::format("the output is {}: a result of {} for each of {} = {} positions, not one per "
                    "sample, because Dense works on the last axis only",
                    sizes.text(out), units, product_text(sizes, places, 0), sizes.text(count)),
        fmt::format("put Flatten before it: {} = {} numbers, output (None, {}); or "
                    "GlobalAveragePooling{}D: {} numbers, output (None, {})",
                    product_text(sizes, in, 1), sizes.text(flat), units, in.size() - 2,
                    sizes.text(in.back()), units));
  }
}

}  // namespace keraunos
