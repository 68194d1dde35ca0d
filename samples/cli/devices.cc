#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "keraunos/device.hpp"
#include "samples/cli/commands.hpp"
#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

void print_table(const std::vector<DeviceReport>& reports) {
  for (const DeviceReport& report : reports) {
    const DeviceInfo& info = report.info;
    if (!report.available) {
      fmt::print("{:<6} not available: {}\n", info.name, printable(report.reason));
      continue;
    }
    fmt::print("{:<6} {}", info.name, printable(info.model));
    if (info.memory_bytes > 0) fmt::print(", {}", byte_count(info.memory_bytes));
    if (!info.libraries.empty()) fmt::print(" ({})", printable(info.libraries));
    fmt::print("\n");
  }
}

void print_json(const std::vector<DeviceReport>& reports) {
  auto list = nlohmann::ordered_json::array();
  for (const DeviceReport& report : reports) {
    list.push_back({{"name", report.info.name},
                    {"available", report.available},
                    {"model", report.info.model},
                    {"libraries", report.info.libraries},
                    {"memory_bytes", report.info.memory_bytes},
                    {"reason", report.reason}});
  }
  fmt::print("{}\n", list.dump(2));
}

}  // namespace

void add_devices(CLI::App& app) {
  CLI::App* command = app.add_subcommand("devices", "Lists the devices, or why there is none");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "print JSON");
  command->callback([json] { *json ? print_json(devices()) : print_table(devices()); });
}

}  // namespace keraunos::cli
