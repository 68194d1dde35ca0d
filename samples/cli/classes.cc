#include <fmt/format.h>

#include "keraunos/model.hpp"
#include "samples/cli/commands.hpp"

namespace keraunos::cli {

void add_classes(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("classes", "Lists the Keras layers and operations that can be run");
  command->callback([] {
    for (const std::string& name : supported_layers()) fmt::print("layer {}\n", name);
    for (const std::string& name : supported_operations()) fmt::print("operation {}\n", name);
  });
}

}  // namespace keraunos::cli
