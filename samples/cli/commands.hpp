#pragma once

#include <CLI/CLI.hpp>

// The commands, one a file. Each adds itself to `app` with its options; CLI11 calls it once the
// command line is parsed. A command writes its result to stdout and throws on any failure; main
// turns that into one line on stderr.

namespace keraunos::cli {

void add_summary(CLI::App& app);
void add_explain(CLI::App& app);
void add_run(CLI::App& app);
void add_plan(CLI::App& app);
void add_devices(CLI::App& app);
void add_bench(CLI::App& app);
void add_classes(CLI::App& app);

}  // namespace keraunos::cli
