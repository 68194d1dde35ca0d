#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "keraunos/error.hpp"
#include "keraunos/npz.hpp"
#include "samples/cli/commands.hpp"
#include "samples/cli/progress.hpp"
#include "samples/cli/session_flags.hpp"
#include "samples/cli/statistics.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

struct RunFlags {
  SessionFlags session;
  std::string inputs;
  std::string outputs;
  std::vector<std::string> layers;
  bool stats = false;
};

/// "input_0 or 'image': (batch, 28, 28, 1) float32", for every input.
std::string wanted_by(const Model& model) {
  std::vector<std::string> wanted;
  for (const TensorInfo& input : model.inputs()) {
    wanted.push_back(
        fmt::format("input_{} or '{}': {}", wanted.size(), input.name, describe(input)));
  }
  return join(wanted, "; ");
}

/// For each of `names` the array of that name; nothing where one is missing.
std::optional<std::vector<TensorView>> pick(const NamedTensors& arrays,
                                            const std::vector<std::string>& names) {
  std::vector<TensorView> picked;
  for (const std::string& name : names) {
    const auto found = std::find_if(arrays.begin(), arrays.end(),
                                    [&](const auto& array) { return array.first == name; });
    if (found == arrays.end()) return std::nullopt;
    picked.push_back(found->second.view());
  }
  return picked;
}

/// Matches the arrays of a file with the model's inputs: all by position or all by name, because
/// an input may well be named "input_1" without being the second. Arrays of other names than the
/// inputs' are left aside, as Keras does with a dict.
std::vector<TensorView> match(const NamedTensors& arrays, const Model& model,
                              const std::string& path) {
  std::vector<std::string> positions;
  std::vector<std::string> names;
  for (const TensorInfo& input : model.inputs()) {
    positions.push_back(fmt::format("input_{}", positions.size()));
    names.push_back(input.name);
  }
  const bool is_npy = arrays.size() == 1 && arrays.front().first.empty();
  if (is_npy && names.size() == 1) return {arrays.front().second.view()};
  if (arrays.size() == names.size()) {
    if (auto views = pick(arrays, positions)) return *std::move(views);
  }
  if (auto views = pick(arrays, names)) return *std::move(views);

  std::vector<std::string> found;
  for (const auto& [name, array] : arrays) {
    found.push_back(name.empty() ? "one array without a name" : "'" + name + "'");
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{} holds {}, but the model wants {}", path,
                          found.empty() ? "no arrays" : join(found), wanted_by(model)));
}

/// A layer's name as one in the archive: it comes from a file of strangers, and may not lead out of
/// the folder that the archive is unpacked into.
std::string member_name(const std::string& layer) {
  constexpr std::size_t longest = 200;
  std::string plain = shortened(printable(layer), longest);
  std::replace(plain.begin(), plain.end(), '\\', '_');
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= plain.size();) {
    const std::size_t end = std::min(plain.find('/', begin), plain.size());
    const std::string part = plain.substr(begin, end - begin);
    parts.push_back(part.empty() || part == "." || part == ".." ? "_" : part);
    begin = end + 1;
  }
  return join(parts, "/");
}

/// "output_0", ... for the model's own outputs; the layer's name for results that --layers asked
/// for, with ":1", ":2", ... behind it where a layer has several.
NamedTensors named_outputs(const Model& model, std::vector<Tensor> tensors) {
  NamedTensors outputs;
  std::set<std::string> taken;
  std::size_t of_layer = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const TensorInfo& info = model.outputs()[i];
    const bool again =
        i > 0 && model.outputs()[i - 1].intermediate && model.outputs()[i - 1].name == info.name;
    of_layer = again ? of_layer + 1 : 0;
    std::string name = info.intermediate ? member_name(info.name) : fmt::format("output_{}", i);
    if (of_layer > 0) name += fmt::format(":{}", of_layer);
    std::string free = name;
    for (int n = 2; !taken.insert(free).second; ++n) free = fmt::format("{}~{}", name, n);
    outputs.emplace_back(std::move(free), std::move(tensors[i]));
  }
  return outputs;
}

/// The results of layers come before the model's own, as they are made.
std::vector<std::size_t> order_of_making(const Model& model) {
  std::vector<std::size_t> order;
  for (const bool intermediate : {true, false}) {
    for (std::size_t i = 0; i < model.outputs().size(); ++i) {
      if (model.outputs()[i].intermediate == intermediate) order.push_back(i);
    }
  }
  return order;
}

void print_statistics(const RunFlags& flags, const Model& model,
                      const std::vector<TensorView>& inputs, const NamedTensors& outputs) {
  const std::vector<std::size_t> order = order_of_making(model);
  fmt::print("{}", statistics_table(outputs, order));
  if (flags.session.precision == "float16") {
    SessionFlags in_float32 = flags.session;
    in_float32.precision = "float32";
    Session session = in_float32.open(model);
    fmt::print("{}", overflow_line(outputs, named_outputs(model, session.run(inputs)), order));
  }
  fmt::print("\n");
}

void run(const RunFlags& flags) {
  if (flags.outputs.empty() && !flags.stats) {
    throw Error(ErrorCode::invalid_argument, "--outputs is required (or --stats)");
  }
  LoadOptions load;
  load.all_layers = flags.layers == std::vector<std::string>{"all"};
  if (!load.all_layers) load.layers = flags.layers;
  const NamedTensors arrays = load_arrays(flags.inputs);
  if (arrays.size() == 1) load.input_shape.resize(arrays.front().second.dims().size());
  const Model model = flags.session.load(load);
  const std::vector<TensorView> inputs = match(arrays, model, flags.inputs);
  Session session = flags.session.open(model);

  const NamedTensors outputs = [&] {
    const Progress progress("running on " + session.device().name);
    return named_outputs(model, session.run(inputs));
  }();
  if (flags.stats) print_statistics(flags, model, inputs, outputs);
  if (flags.outputs.empty()) return;
  save_npz(flags.outputs, outputs);

  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& [name, tensor] = outputs[i];
    fmt::print("{} '{}' {} {}\n", name, printable(model.outputs()[i].name),
               to_string(tensor.dims()), to_string(tensor.dtype()));
  }
  fmt::print("written to {}; ran on {}\n", flags.outputs, describe_device(session));
}

}  // namespace

void add_run(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "Runs a model on arrays from a file");
  const auto flags = std::make_shared<RunFlags>();
  flags->session.add_to(*command);
  command
      ->add_option("--inputs", flags->inputs,
                   ".npz keyed input_0, input_1, ... or by input names; or one .npy")
      ->required();
  command->add_option("--outputs", flags->outputs,
                      ".npz to write, keyed output_0, output_1, ... in the model's order");
  command
      ->add_option("--layers", flags->layers,
                   "layers whose results are written too, under their names: NAME,... or all")
      ->delimiter(',');
  command->add_flag("--stats", flags->stats,
                    "print least, mean and largest cell, zeros, NaN and Inf of every result");
  command->callback([flags] { run(*flags); });
}

}  // namespace keraunos::cli
