#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "keraunos/session.hpp"
#include "samples/cli/ways_out.hpp"

namespace keraunos::cli {

/// MODEL and the options that run, plan and bench have in common. Must outlive the parsing.
struct SessionFlags {
  std::string model_path;
  std::string weights_path;
  LoadLimits limits;
  std::string device = "auto";
  std::string precision = "tf32";
  std::string kernels = "fastest";
  std::size_t max_activation_bytes = SessionOptions{}.max_activation_bytes;
  std::size_t gpu_memory_limit = SessionOptions{}.gpu_memory_limit;
  int threads = SessionOptions{}.threads;
  WaysOut ways_out;

  void add_to(CLI::App& command);
  SessionOptions options() const;

  /// Loads the model and makes the session, with progress on a terminal.
  Model load(const LoadOptions& options = {}) const;
  Session open(Model model, const std::string& described_gpu = {}) const;
};

/// "cpu (Intel(R) Xeon(R))", and why it is not a GPU where `auto` looked for one.
std::string describe_device(const Session& session);

/// --zero-weights, for commands to which numbers do not matter.
void add_zero_weights(CLI::App& command, LoadOptions& options);

/// MODEL, the first argument of all commands but one, and the file of its weights.
void add_model_path(CLI::App& command, std::string& path, std::string& weights_path);

}  // namespace keraunos::cli
