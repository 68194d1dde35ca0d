#pragma once

#include <string>
#include <vector>

#include "runtime/file/json.hpp"

namespace keraunos::keras {

/// A layer that may have variables of its own: no model, no input, no operation. A wrapper and the
/// layer in it are one.
struct LegacyLeaf {
  std::vector<std::string> names;  // from the outermost model in: {"encoder", "lstm"}
  std::string class_name;          // of the wrapped layer, where there is one
  bool bidirectional = false;
  bool trainable = true;
  bool channels_first = false;
  bool weighted = false;  // its class has variables

  std::string key() const;  // "encoder/lstm"
};

/// The leaves of a model in Keras's order, those of models nested in it or wrapped in a layer
/// included. `config` is the model's, as modern_config() gives it.
std::vector<LegacyLeaf> leaves_of(const file::Json& config);

}  // namespace keraunos::keras
