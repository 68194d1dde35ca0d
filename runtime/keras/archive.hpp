#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/file/json.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {

/// "3.15.1" as numbers.
struct KerasVersion {
  int major = 0;
  int minor = 0;
  std::string text;
};

/// The three members of a `.keras` file: a zip of metadata.json, config.json, model.weights.h5.
struct Archive {
  KerasVersion version;
  file::Json config;
  std::unique_ptr<WeightSource> weights;
  /// The member "assets/<name>", where there is one.
  std::function<std::optional<std::string>(const std::string& name)> asset;
};

/// Maps and opens `path`. Stored weights stay in the mapping, which the result keeps alive.
Archive open_archive(const std::string& path);

}  // namespace keraunos::keras
