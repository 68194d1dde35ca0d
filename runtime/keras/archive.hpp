#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/load_budget.hpp"
#include "runtime/file/json.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {

/// "3.15.1" as numbers.
struct KerasVersion {
  int major = 0;
  int minor = 0;
  std::string text;
};

KerasVersion parse_version(std::string_view text);

/// A model's file, whatever its form: the config as Keras 3 writes it into a .keras file, and where
/// its weights are.
struct Archive {
  KerasVersion version;  // that wrote the file
  file::Json config;
  std::unique_ptr<WeightSource> weights;
  /// The member "assets/<name>", where there is one.
  std::function<std::optional<std::string>(const std::string& name)> asset;
  std::string config_name;  // where the config is, for messages
  std::shared_ptr<LoadBudget> budget = std::make_shared<LoadBudget>();
};

/// The `asset` of a file that has none.
std::optional<std::string> no_assets(const std::string& name);

/// Opens what lies at `path`, recognised by its content: a `.keras` file (a zip) or the folder that
/// it was unpacked into, a whole model in HDF5, or the JSON of a model. `weights` is a file of
/// weights to be taken instead of the model's own: JSON has none; others may leave it empty. Stored
/// weights stay in the mapped files, which the result keeps alive. Nothing is inflated or decoded
/// beyond `limits`.
Archive open_archive(const std::string& path, const std::string& weights = {},
                     const LoadLimits& limits = {});

}  // namespace keraunos::keras
