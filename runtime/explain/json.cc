#include "runtime/explain/json.hpp"
#include "keraunos/dtype.hpp"
#include "keraunos/explain.hpp"
#include "runtime/explain/json_members.hpp"

namespace keraunos {
namespace {

void write(JsonMembers& json, const TensorInfo& tensor) {
  json.member("name", tensor.name);
  json.member("dtype", to_string(tensor.dtype));
  std::vector<std::string> formulas;
  for (const Axis& axis : tensor.axes) formulas.push_back(axis.formula);
  json.member("shape", formulas);
}

void write(JsonMembers& json, const WindowStep& step) {
  json.member("before", step.before);
  json.member("after", step.after);
  json.member("size", step.size);
  json.member("stride", step.stride);
  json.member("dilation", step.dilation);
  json.member("padding", step.padding);
  json.member("pad_before", step.pad_before);
  json.member("pad_after", step.pad_after);
  json.member("dropped", step.dropped);
}

void write(JsonMembers& json, const LayerExplanation& layer) {
  json.member("name", layer.name);
  json.member("class", layer.class_name);
  json.member("depth", layer.depth);
  json.member("inputs", layer.inputs);
  json.member("outputs", layer.outputs);
  json.member("connected_to", layer.connected_to);
  json.member("parameters", layer.parameters);
  json.member("kind", layer.kind);
  json.member("sentence", layer.sentence);
  json.objects("windows", layer.windows, [&](const auto& step) { write(json, step); });
  json.member("masked", layer.masked);
  json.member("problem", layer.problem);
}

void write(JsonMembers& json, const SizeDemand& demand) {
  json.member("layer", demand.layer);
  json.member("what", demand.what);
  json.member("formula", demand.formula);
  json.member("wanted", demand.wanted);
  json.member("got", demand.got);
  json.member("holds", demand.holds);
}

void write(JsonMembers& json, const FittingSizes& fitting) {
  json.member("any", fitting.any);
  json.member("all_from_smallest", fitting.all_from_smallest);
  json.member("examples", fitting.examples);
  json.member("rule", fitting.rule);
}

void write(JsonMembers& json, const Finding& finding) {
  json.member("id", finding.id);
  json.member("severity", to_string(finding.severity));
  json.member("layer", finding.layer);
  json.member("sentence", finding.sentence);
  json.member("fix", finding.fix);
}

void write(JsonMembers& json, const UnknownSize& unknown) {
  json.member("symbol", unknown.symbol);
  json.member("input", unknown.input);
  json.member("axis", unknown.axis);
}

void write_row(JsonMembers& json, const LayerSummary& layer, bool has_sizes) {
  json.member("name", layer.name);
  json.member("class", layer.class_name);
  json.member("output_shapes", layer.output_shapes);
  json.member("formulas", layer.formulas);
  json.member("parameters", layer.parameters);
  json.member("trainable_parameters", layer.trainable_parameters);
  json.member("connected_to", layer.connected_to);
  json.member("problem", layer.problem);
  if (has_sizes) {
    json.member("sizes", layer.sizes);
    json.member("bytes", layer.bytes);
    json.member("multiply_adds", layer.multiply_adds);
  }
  json.objects("nested", layer.nested,
               [&](const auto& nested) { write_row(json, nested, has_sizes); });
}

void write_totals(JsonMembers& json, std::int64_t trainable, std::int64_t non_trainable) {
  json.member("total_parameters", trainable + non_trainable);
  json.member("trainable_parameters", trainable);
  json.member("non_trainable_parameters", non_trainable);
}

}  // namespace

std::string to_json(const Explanation& explanation, const std::vector<Dims>& initial) {
  JsonMembers json;
  json.object([&] {
    json.member("model", explanation.model_name);
    if (!initial.empty()) json.member("initial", initial);
    json.objects("inputs", explanation.inputs, [&](const auto& it) { write(json, it); });
    json.objects("outputs", explanation.outputs, [&](const auto& it) { write(json, it); });
    json.member("sizes", explanation.sizes);
    json.objects("layers", explanation.layers, [&](const auto& it) { write(json, it); });
    json.objects("unknown", explanation.unknown, [&](const auto& it) { write(json, it); });
    json.objects("demands", explanation.demands, [&](const auto& it) { write(json, it); });
    json.object("fitting", [&] { write(json, explanation.fitting); });
    json.objects("findings", explanation.findings, [&](const auto& it) { write(json, it); });
    write_totals(json, explanation.trainable_parameters, explanation.non_trainable_parameters);
  });
  return json.text();
}

std::string to_json(const Explanation& explanation) { return to_json(explanation, {}); }

std::string to_json(const Summary& summary) {
  JsonMembers json;
  json.object([&] {
    json.member("model", summary.model_name);
    json.objects("layers", summary.layers,
                 [&](const auto& layer) { write_row(json, layer, summary.has_sizes); });
    write_totals(json, summary.trainable_parameters, summary.non_trainable_parameters);
  });
  return json.text();
}

}  // namespace keraunos
