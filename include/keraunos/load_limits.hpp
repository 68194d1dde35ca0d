#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "keraunos/export.hpp"

namespace keraunos {

/// How much memory and work a model's files may ask for. A few kilobytes can describe gigabytes, so
/// what loads files of strangers needs an end; each limit lies far above the models that people
/// have, and each refusal names the limit that was met, what was found, and how to raise it.
///
/// Weights that are stored as they are (as Keras writes them) stay in the mapped file and meet none
/// of the limits on inflated data, however large they are.
struct LoadLimits {
  /// Bytes that all compressed members of an archive and all compressed HDF5 datasets may inflate
  /// to together; or `inflate_ratio` times the bytes of the files, where that is more.
  std::uint64_t inflated_bytes = std::uint64_t{1} << 30;
  std::uint64_t inflate_ratio = 32;
  /// Bytes of one such member or dataset.
  std::uint64_t member_bytes = std::uint64_t{16} << 30;
  /// Bytes of all weights as the model holds them, each layer's counted; or `inflate_ratio` times
  /// the bytes of the files, where that is more.
  std::uint64_t weight_bytes = std::uint64_t{4} << 30;

  /// Bytes of a config, the values in it, and how deep they are nested.
  std::uint64_t config_bytes = std::uint64_t{64} << 20;
  std::uint64_t config_values = std::uint64_t{4} << 20;
  std::uint64_t config_depth = 1000;

  /// Operations that the layers emit: a model inside a model counts as often as it is called.
  std::uint64_t operations = 200'000;
  /// Models in models and layers in layers.
  std::uint64_t layer_depth = 50;
  /// Bytes of the names of all layers that are called, each with those of the layers around it.
  std::uint64_t name_bytes = std::uint64_t{64} << 20;
  /// Bytes of the formulas of sizes that a batch decides, of all that the layers make.
  std::uint64_t formula_bytes = std::uint64_t{16} << 20;
  /// Bytes of text that one summary or explanation may hold.
  std::uint64_t text_bytes = std::uint64_t{256} << 20;
};

/// A limit by its name, as `--limit NAME=N` of the command has it.
struct LoadLimit {
  std::string_view name;
  std::uint64_t LoadLimits::*value;
  std::string_view what;  ///< "bytes of inflated data": what there is too much of
};

/// All of them, in the order above.
KERAUNOS_API std::span<const LoadLimit> load_limits();

}  // namespace keraunos
