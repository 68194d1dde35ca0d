#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "keraunos/error.hpp"
#include "samples/cli/commands.hpp"
#include "samples/cli/progress.hpp"
#include "samples/cli/session_flags.hpp"
#include "samples/cli/shapes.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr Seconds warm_up_time{0.02};
constexpr Seconds timing_time{0.15};
constexpr Seconds longest_timing{5.0};
constexpr std::size_t fewest_runs = 10;

struct BenchFlags {
  SessionFlags session;
  LoadOptions load;
  std::vector<std::int64_t> batches = {1};
  std::string shape;
  std::size_t requests = 0;
  std::vector<std::string> shapes;
  std::uint32_t seed = 0;
  bool on_gpu = false;
  bool json = false;
};

template <typename Work>
Seconds time_of(Work&& work) {
  const auto start = Clock::now();
  work();
  return Clock::now() - start;
}

double milliseconds(Seconds time) { return 1e3 * time.count(); }
double microseconds(Seconds time) { return 1e6 * time.count(); }

/// As numpy.percentile: linear between the two nearest.
Seconds percentile(std::vector<Seconds> times, double fraction) {
  std::sort(times.begin(), times.end());
  const double position = fraction * static_cast<double>(times.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, times.size() - 1);
  return times[below] + (times[above] - times[below]) * (position - std::floor(position));
}

double peak_memory_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  throw Error(ErrorCode::internal, "/proc/self/status has no line VmHWM");
}

/// One tensor per input, of the input's own dtype.
std::vector<Tensor> random_inputs(const Model& model, const std::vector<Dims>& shapes,
                                  std::mt19937& random) {
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const DType dtype = model.inputs()[i].dtype;
    if (dtype == DType::string) {
      inputs.emplace_back(dtype, shapes[i]);  // empty strings
      continue;
    }
    Tensor values(DType::float32, shapes[i]);
    for (float& value : values.as<float>()) {
      value = static_cast<float>(random() >> 8) * 0x1p-24F;  // 24 bits: never rounded up to 1
    }
    inputs.push_back(values.cast(dtype));
  }
  return inputs;
}

std::vector<TensorView> views_of(const std::vector<Tensor>& tensors) {
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  return views;
}

std::vector<Tensor> allocate_outputs(Session& session, const std::vector<Dims>& shapes) {
  std::vector<Tensor> outputs;
  for (const Dims& dims : session.output_dims(shapes)) {
    outputs.emplace_back(session.model().outputs()[outputs.size()].dtype, dims);
  }
  return outputs;
}

template <typename Run>
std::vector<Seconds> time_runs(Run&& run) {
  for (const auto start = Clock::now(); Clock::now() - start < warm_up_time;) run();

  std::vector<Seconds> times;
  const auto start = Clock::now();
  const auto wanted = [&](Seconds spent) {
    return spent < timing_time || (times.size() < fewest_runs && spent < longest_timing);
  };
  while (wanted(Clock::now() - start)) times.push_back(time_of(run));
  return times;
}

/// Latency of one call on inputs of one shape.
Json bench_one_shape(const BenchFlags& flags, std::int64_t batch, Session& session,
                     std::mt19937& random) {
  const Dims open_sizes = flags.shape.empty() ? Dims{} : parse_dims(flags.shape);
  const auto shapes = batch_shapes(session.model().inputs(), batch, open_sizes);
  const std::vector<Tensor> inputs = random_inputs(session.model(), shapes, random);
  std::vector<GpuTensor> on_gpu;  // inputs, then outputs
  std::vector<TensorView> sources = views_of(inputs);
  if (flags.on_gpu) {
    sources.clear();
    on_gpu.reserve(inputs.size() + session.model().outputs().size());  // views point into it
    for (const Tensor& input : inputs) {
      sources.push_back(on_gpu.emplace_back(session.to_gpu(input)).view());
    }
  }

  std::vector<Tensor> outputs;
  std::vector<MutableTensorView> results;
  const auto run = [&] { session.run_into(sources, results); };
  const Seconds first_run = time_of([&] {
    outputs = allocate_outputs(session, shapes);
    for (Tensor& output : outputs) {
      results.push_back(flags.on_gpu ? on_gpu.emplace_back(session.to_gpu(output)).view()
                                     : output.view());
    }
    run();
  });

  const std::vector<Seconds> times = time_runs(run);
  return {{"median_us", microseconds(percentile(times, 0.5))},
          {"p10_us", microseconds(percentile(times, 0.1))},
          {"runs", times.size()},
          {"first_run_ms", milliseconds(first_run)}};
}

/// A stream of requests whose shape changes from one to the next, on a fresh session.
Json bench_changing_shapes(const BenchFlags& flags, Session& session, std::mt19937& random) {
  std::vector<std::vector<Tensor>> inputs;
  for (const std::string& shape : flags.shapes) {
    const auto shapes =
        batch_shapes(session.model().inputs(), flags.batches.front(), parse_dims(shape));
    inputs.push_back(random_inputs(session.model(), shapes, random));
  }

  std::vector<Seconds> times;
  for (std::size_t i = 0; i < flags.requests; ++i) {
    const std::vector<TensorView> sources = views_of(inputs[i % inputs.size()]);
    times.push_back(time_of([&] { session.run(sources); }));
  }
  Seconds total{0};
  for (const Seconds time : times) total += time;
  return {{"total_ms", milliseconds(total)},
          {"worst_ms", milliseconds(*std::max_element(times.begin(), times.end()))},
          {"median_us", microseconds(percentile(times, 0.5))},
          {"p10_us", microseconds(percentile(times, 0.1))},
          {"runs", times.size()}};
}

void print(const Json& report, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", report.dump());
    return;
  }
  for (const auto& [key, value] : report.items()) {
    const std::string text =
        value.is_number_float() ? fmt::format("{:.3f}", value.get<double>()) : value.dump();
    fmt::print("{:<13} {}\n", key, text);
  }
}

void bench(const BenchFlags& flags) {
  if ((flags.requests > 0) != !flags.shapes.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "--requests and --shapes belong together: how many, and the sizes they cycle over");
  }
  const auto start = Clock::now();
  Session session = flags.session.open(flags.session.load(flags.load));
  const Seconds load = Clock::now() - start;

  std::mt19937 random(flags.seed);
  const auto time = [&](auto&& figures) {
    Json report = {{"device", session.device().name}, {"load_ms", milliseconds(load)}};
    {
      const Progress progress("timing on " + session.device().name);
      report.update(figures());
    }
    report["rss_mb"] = peak_memory_mb();
    print(report, flags.json);
  };
  if (flags.requests > 0) {
    return time([&] { return bench_changing_shapes(flags, session, random); });
  }
  for (const std::int64_t batch : flags.batches) {
    time([&] {
      Json figures = {{"batch", batch}};
      figures.update(bench_one_shape(flags, batch, session, random));
      return figures;
    });
  }
}

}  // namespace

void add_bench(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("bench", "Times a model on random inputs from [0, 1), or integers 0");
  const auto flags = std::make_shared<BenchFlags>();
  flags->session.add_to(*command);
  add_zero_weights(*command, flags->load);
  command->add_option("--batch", flags->batches, "samples in one call; 1,8,32 times each in turn")
      ->delimiter(',')
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 31))
      ->capture_default_str();
  command->add_option("--shape", flags->shape,
                      "sizes that the model leaves open, without the batch: 120x160");
  command->add_option("--requests", flags->requests,
                      "time this many calls whose size changes each time");
  command->add_option("--shapes", flags->shapes, "the sizes to cycle over: 96x96,96x128,...")
      ->delimiter(',');
  command->add_option("--seed", flags->seed, "of the random inputs")->capture_default_str();
  command->add_flag("--on-gpu", flags->on_gpu,
                    "leave inputs and outputs in GPU memory: times without copies");
  command->add_flag("--json", flags->json,
                    "print one JSON object for each batch size, a line each");
  command->callback([flags] { bench(*flags); });
}

}  // namespace keraunos::cli
