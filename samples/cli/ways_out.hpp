#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "keraunos/model.hpp"

namespace keraunos::cli {

/// The options for files that cannot run as they are: --outputs-of, --replace, --replace-file.
/// Must outlive the parsing.
struct WaysOut {
  std::vector<std::string> outputs;
  std::vector<std::string> replace;
  std::string replace_file;

  void add_to(CLI::App& command);
  /// Puts them into `options`. Throws Error where one cannot be read.
  void apply(LoadOptions& options) const;
};

}  // namespace keraunos::cli
