#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "keraunos/log.hpp"
#include "samples/cli/commands.hpp"
#include "samples/cli/text.hpp"

namespace {

using namespace keraunos;

/// Every failure is exit code 1 and one line on stderr, so that scripts can show it.
int fail(std::string_view message) {
  fmt::print(stderr, "error: {}\n", cli::printable(message));
  return 1;
}

int run_command(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked_for_help) {
    return app.exit(asked_for_help);
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  if (app.get_subcommands().empty()) return fail("no command; keraunos --help lists them");
  return std::fflush(stdout) == 0 ? 0 : fail("the output could not be written to stdout");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs Keras models on NVIDIA GPUs and CPUs.", "keraunos");
  app.set_version_flag("--version", "keraunos " KERAUNOS_VERSION);
  app.require_subcommand(0, 1);
  cli::add_summary(app);
  cli::add_explain(app);
  cli::add_run(app);
  cli::add_plan(app);
  cli::add_devices(app);
  cli::add_bench(app);
  cli::add_classes(app);

  // Warnings wait for the end of the command: where it fails, stderr holds the error alone.
  std::vector<std::string> warnings;
  set_log_sink([&](LogLevel level, std::string_view line) {
    if (level == LogLevel::warning) warnings.push_back(cli::printable(line));
  });
  const int exit_code = run_command(app, argc, argv);
  set_log_sink({});

  if (exit_code != 0) return exit_code;
  for (const std::string& warning : warnings) fmt::print(stderr, "warning: {}\n", warning);
  return exit_code;
}
