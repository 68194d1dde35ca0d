#include "samples/cli/session_flags.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "samples/cli/limits.hpp"
#include "samples/cli/progress.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

/// The N of "gpu:N".
std::optional<int> gpu_number(std::string_view device) {
  constexpr std::string_view prefix = "gpu:";
  if (!device.starts_with(prefix)) return std::nullopt;
  device.remove_prefix(prefix.size());
  int number = 0;
  const auto [end, error] = std::from_chars(device.begin(), device.end(), number);
  const bool whole = error == std::errc() && end == device.end() && number >= 0;
  return whole ? std::optional(number) : std::nullopt;
}

/// What is wrong with a device's name.
std::string is_device(const std::string& device) {
  if (device == "cpu" || device == "gpu" || device == "auto" || gpu_number(device)) return {};
  return "cpu, gpu, gpu:N or auto wanted, not " + device;
}

}  // namespace

void add_model_path(CLI::App& command, std::string& path, std::string& weights_path) {
  command
      .add_option("MODEL", path, "a .keras file, a folder of one, an .h5 file, or a model's JSON")
      ->required();
  command.add_option("--weights", weights_path,
                     "weights of a model in JSON: .weights.h5, .weights.json or .h5");
}

void add_zero_weights(CLI::App& command, LoadOptions& options) {
  command.add_flag("--zero-weights", options.zero_weights,
                   "take zeros for all weights: a model in JSON needs no others");
}

void SessionFlags::add_to(CLI::App& command) {
  add_model_path(command, model_path, weights_path);
  add_load_limits(command, limits);
  ways_out.add_to(command);
  command.add_option("--device", device, "cpu, gpu or gpu:N (an error where there is none), auto")
      ->check(is_device)
      ->capture_default_str();
  command.add_option("--threads", threads, "CPU threads; 0 means all cores")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  command
      .add_option("--kernels", kernels, "on the CPU: fastest, or reference to check results with")
      ->check(CLI::IsMember({"fastest", "reference"}))
      ->capture_default_str();
  command
      .add_option("--max-activation-bytes", max_activation_bytes,
                  "refuse runs whose activations need more")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      .add_option("--gpu-memory-limit", gpu_memory_limit,
                  "bytes of GPU memory for weights and activations; 0 is all there is")
      ->capture_default_str();
  command.add_option("--precision", precision, "on a GPU: tf32, float32, float16 or bfloat16")
      ->check(CLI::IsMember({"tf32", "float32", "float16", "bfloat16"}))
      ->capture_default_str();
}

SessionOptions SessionFlags::options() const {
  SessionOptions options;
  options.device = device == "cpu"    ? Device::cpu
                   : device == "auto" ? Device::automatic
                                      : Device::gpu;
  options.gpu = gpu_number(device).value_or(0);
  options.threads = threads;
  options.precision = precision_from(precision).value();
  options.kernels = kernels == "reference" ? Kernels::reference : Kernels::fastest;
  options.max_activation_bytes = max_activation_bytes;
  options.gpu_memory_limit = gpu_memory_limit;
  return options;
}

Model SessionFlags::load(const LoadOptions& options) const {
  const Progress progress("loading " + printable(model_path));
  LoadOptions complete = options;
  complete.weights = weights_path;
  complete.limits = limits;
  ways_out.apply(complete);
  return Model::load(model_path, complete);
}

Session SessionFlags::open(Model model, const std::string& described_gpu) const {
  const Progress progress("preparing the device");
  SessionOptions wanted = options();
  wanted.described_gpu = described_gpu;
  return Session(std::move(model), wanted);
}

std::string describe_device(const Session& session) {
  const DeviceInfo device = session.device();
  std::string text = fmt::format("{} ({})", device.name, device.model);
  if (!session.fallback_reason().empty()) text += ", because " + session.fallback_reason();
  return printable(text);
}

}  // namespace keraunos::cli
