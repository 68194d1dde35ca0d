// Shows the devices of this machine, and what each device policy makes of them.
//
//   devices MODEL.keras

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <utility>

#include "keraunos/keraunos.hpp"

namespace {

using namespace keraunos;

void list_devices() {
  for (const DeviceReport& report : devices()) {
    if (report.available) {
      fmt::print("{}: {}, {}\n", report.info.name, report.info.model, report.info.libraries);
    } else {
      fmt::print("{}: not available: {}\n", report.info.name, report.reason);
    }
  }
}

/// There is no silent fallback: `gpu` throws, and `automatic` says why it chose the CPU.
void try_policy(const Model& model, const char* name, Device policy) {
  SessionOptions options;
  options.device = policy;
  try {
    const Session session(model, options);
    fmt::print("{:<9} runs on {}", name, session.device().name);
    if (!session.fallback_reason().empty()) fmt::print(", because {}", session.fallback_reason());
    fmt::print("\n");
  } catch (const Error& error) {
    fmt::print("{:<9} throws {}: {}\n", name, to_string(error.code()), error.what());
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    fmt::print(stderr, "usage: devices MODEL.keras\n");
    return 1;
  }
  set_log_sink({});  // the fallback is printed here, not on stderr
  list_devices();
  fmt::print("\n");

  const Model model = Model::load(argv[1]);
  try_policy(model, "cpu", Device::cpu);
  try_policy(model, "gpu", Device::gpu);
  try_policy(model, "automatic", Device::automatic);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "error: {}\n", error.what());
  return 1;
}
