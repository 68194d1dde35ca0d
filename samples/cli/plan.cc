#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "keraunos/device.hpp"
#include "keraunos/plan.hpp"
#include "samples/cli/commands.hpp"
#include "samples/cli/session_flags.hpp"
#include "samples/cli/shapes.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

using Json = nlohmann::ordered_json;

struct PlanFlags {
  SessionFlags session;
  LoadOptions load;
  std::string described_gpu;
  std::vector<std::string> shapes;
  bool json = false;
};

void print_refusals(const std::vector<PlanStep>& steps) {
  bool first = true;
  for (const PlanStep& step : steps) {
    for (const auto& [kernel, reason] : step.refusals) {
      if (first) fmt::print("\nFaster kernels that were refused:\n");
      first = false;
      fmt::print("  {} ({}): {}: {}\n", printable(step.layer), step.op, kernel, printable(reason));
    }
  }
}

/// "gpu arena +1024", "gpu arena +1024 pitch 256".
std::string place_text(const Placement& at) {
  std::string text = fmt::format("{} +{}", at.storage, at.offset);
  if (at.pitch != 0) text += fmt::format(" pitch {}", at.pitch);
  return text;
}

void print_table(const PlanReport& plan, const Session& session) {
  std::vector<std::string> binding;
  for (const auto& [symbol, size] : plan.binding) {
    binding.push_back(fmt::format("{} = {}", printable(symbol), size));
  }
  fmt::print("sizes:  {}\n", binding.empty() ? "none is open" : join(binding));
  fmt::print("device: {}\n\n", describe_device(session));

  Table table({"Layer", "Op", "Attributes", "Kernel", "Device", "Output", "Storage", "Bytes"});
  for (const PlanStep& step : plan.steps) {
    const Placement& at = step.placement;
    table.add({step.layer, step.op, step.attributes, step.kernel,
               step.device.empty() ? "-" : step.device, to_string(step.dims), place_text(at),
               fmt::format("{}", at.bytes)});
  }
  table.print();
  fmt::print("\nmemory: {}", byte_count(plan.arena_bytes));
  if (plan.gpu_arena_bytes > 0) {
    fmt::print(", on the GPU {} and {} of weights; {} launches", byte_count(plan.gpu_arena_bytes),
               byte_count(session.memory().gpu_weights), plan.launches);
  }
  fmt::print("\n");
  print_refusals(plan.steps);
}

Json to_json(const PlanStep& step) {
  auto refusals = Json::array();
  for (const auto& [kernel, reason] : step.refusals) {
    refusals.push_back({{"kernel", kernel}, {"reason", reason}});
  }
  return {{"layer", step.layer},
          {"op", step.op},
          {"attributes", step.attributes},
          {"kernel", step.kernel},
          {"engine", step.engine},
          {"device", step.device},
          {"launches", step.launches},
          {"dims", step.dims},
          {"storage", step.placement.storage},
          {"offset", step.placement.offset},
          {"bytes", step.placement.bytes},
          {"pitch", step.placement.pitch},
          {"refusals", std::move(refusals)}};
}

void print_json(const PlanReport& plan, const Session& session) {
  auto binding = Json::object();
  for (const auto& [symbol, size] : plan.binding) binding[symbol] = size;
  auto steps = Json::array();
  for (const PlanStep& step : plan.steps) steps.push_back(to_json(step));
  const Json report = {{"device", session.device().name},
                       {"libraries", session.device().libraries},
                       {"binding", std::move(binding)},
                       {"steps", std::move(steps)},
                       {"arena_bytes", plan.arena_bytes},
                       {"gpu_arena_bytes", plan.gpu_arena_bytes},
                       {"gpu_weight_bytes", session.memory().gpu_weights},
                       {"launches", plan.launches}};
  fmt::print("{}\n", report.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace));
}

void plan(const PlanFlags& flags) {
  LoadOptions options = flags.load;
  options.input_shape = told_input_shape(flags.shapes);
  const Model model = flags.session.load(options);
  const std::vector<Dims> shapes = whole_shapes(model.inputs(), flags.shapes);
  Session session = flags.session.open(model, flags.described_gpu);
  const PlanReport report = session.plan(shapes);
  flags.json ? print_json(report, session) : print_table(report, session);
}

}  // namespace

void add_plan(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "plan", "Shows how inputs of given sizes are run: kernels, devices, memory, refusals");
  const auto flags = std::make_shared<PlanFlags>();
  flags->session.add_to(*command);
  add_shape_flags(*command, flags->shapes);
  add_zero_weights(*command, flags->load);
  command->add_option(
      "--described-gpu", flags->described_gpu,
      fmt::format("plan for a GPU that need not be here: {}, or a file with cuDNN's "
                  "JSON description of one",
                  join(described_gpus())));
  command->add_flag("--json", flags->json, "print JSON");
  command->callback([flags] { plan(*flags); });
}

}  // namespace keraunos::cli
