#include "keraunos/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "samples/cli/commands.hpp"
#include "samples/cli/files.hpp"
#include "samples/cli/limits.hpp"
#include "samples/cli/session_flags.hpp"
#include "samples/cli/shapes.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

struct ExplainFlags {
  std::string path;
  LoadOptions load;
  std::vector<std::string> shapes;
  WaysOut ways_out;
  std::string html;
  bool json = false;
};

void print_layer(const LayerExplanation& layer) {
  const std::string indent(layer.depth * 4, ' ');
  const std::string change = layer.inputs.empty()
                                 ? join(layer.outputs)
                                 : fmt::format("{} → {}", join(layer.inputs), join(layer.outputs));
  fmt::print("{}{} ({})  {}\n", indent, printable(layer.name), printable(layer.class_name),
             printable(change));
  fmt::print("{}    {}\n", indent, printable(layer.sentence));
}

void print_unknown(const Explanation& explanation) {
  if (explanation.unknown.empty()) return;
  fmt::print("\nUnknown until a batch arrives\n");
  for (const UnknownSize& size : explanation.unknown) {
    fmt::print("    {}: axis {} of input '{}'\n", printable(size.symbol), size.axis,
               printable(size.input));
  }
}

void print_demands(const Explanation& explanation) {
  if (explanation.demands.empty()) return;
  fmt::print("\nWhat the layers demand of these sizes\n");
  for (const SizeDemand& demand : explanation.demands) {
    std::string line =
        fmt::format("{}: {} must be {}", demand.layer, demand.formula, demand.wanted);
    if (demand.got) line += fmt::format("; it is {}", *demand.got);
    if (demand.holds) line += *demand.holds ? ", which fits" : ", which does not fit";
    fmt::print("    {}\n", printable(line));
  }
}

/// "1x28x28x1 with 1x5", for one set of inputs.
std::string shapes_text(const std::vector<Dims>& shapes) {
  std::vector<std::string> texts;
  for (const Dims& dims : shapes) texts.push_back(fmt::format("{}", fmt::join(dims, "x")));
  return join(texts, " with ");
}

void print_fitting(const Explanation& explanation) {
  const FittingSizes& fitting = explanation.fitting;
  fmt::print("\nSizes that fit\n    {}\n", printable(fitting.rule));
  if (fitting.examples.empty()) return;
  std::vector<std::string> examples;
  for (const auto& shapes : fitting.examples) examples.push_back(shapes_text(shapes));
  fmt::print("    {}: {}\n", fitting.all_from_smallest ? "the smallest" : "such as",
             join(examples));
}

void print_findings(const Explanation& explanation) {
  if (explanation.findings.empty()) return;
  fmt::print("\nFindings\n");
  for (const Finding& finding : explanation.findings) {
    const std::string place = finding.layer.empty() ? "" : fmt::format(" '{}'", finding.layer);
    fmt::print("    {}{} [{}]: {}\n", to_string(finding.severity), printable(place), finding.id,
               printable(finding.sentence));
    fmt::print("        fix: {}\n", printable(finding.fix));
  }
}

void print(const Explanation& explanation) {
  fmt::print("Model \"{}\", {} parameters\n\n", printable(explanation.model_name),
             with_commas(explanation.trainable_parameters + explanation.non_trainable_parameters));
  for (const LayerExplanation& layer : explanation.layers) print_layer(layer);
  print_unknown(explanation);
  print_demands(explanation);
  print_fitting(explanation);
  print_findings(explanation);
}

void explain(const ExplainFlags& flags) {
  LoadOptions options = flags.load;
  flags.ways_out.apply(options);
  options.input_shape = told_input_shape(flags.shapes);
  const Architecture model = Architecture::load(flags.path, options);
  const std::vector<Dims> shapes =
      flags.shapes.empty() ? std::vector<Dims>() : whole_shapes(model.inputs(), flags.shapes);
  const Explanation explanation = model.explain(flags.html.empty() ? shapes : std::vector<Dims>());
  if (!flags.html.empty()) {
    write_file(flags.html, to_html(explanation, shapes));
    fmt::print("written to {}\n", flags.html);
    return;
  }
  flags.json ? fmt::print("{}\n", to_json(explanation)) : print(explanation);
}

}  // namespace

void add_explain(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "explain", "Tells what every layer does to the shape and why, and finds mistakes");
  const auto flags = std::make_shared<ExplainFlags>();
  add_model_path(*command, flags->path, flags->load.weights);
  add_load_limits(*command, flags->load.limits);
  flags->ways_out.add_to(*command);
  add_shape_flags(*command, flags->shapes);
  command->add_flag("--json", flags->json, "print JSON");
  command->add_option("--html", flags->html, "write one self-contained page to this file");
  command->callback([flags] { explain(*flags); });
}

}  // namespace keraunos::cli
