#pragma once

#include <CLI/CLI.hpp>

#include "keraunos/load_limits.hpp"

namespace keraunos::cli {

/// --limit NAME=N, as often as one likes: what the model's files may ask for.
void add_load_limits(CLI::App& command, LoadLimits& limits);

}  // namespace keraunos::cli
