#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/file/json.hpp"
#include "runtime/keras/arguments.hpp"
#include "runtime/keras/weights.hpp"

// The config of a Sequential or Functional model, parsed but not yet executed.

namespace keraunos::keras {

enum class ModelKind { sequential, functional };

/// Tensors of a nested structure, flattened as Keras does: lists in order, dicts by sorted key.
/// `keys` has an entry per tensor, empty outside a dict.
struct TensorStructure {
  std::vector<TensorReference> tensors;
  std::vector<std::string> keys;
};

struct LayerEntry {
  std::string name;
  std::string class_name;
  std::string module;
  std::string path;  // of its weights
  file::Json config;
  std::optional<file::Json> build;   // the shapes that Keras built the layer for
  std::vector<CallArguments> calls;  // Functional only; empty for an input layer
  std::string refusal = {};          // why the layer cannot be expressed in Keras 3's form
  /// A model of which only layers inside it are wanted, not its results.
  bool only_inside = false;
  /// The class as Keras's own table names it; empty for a part of a layer, which has no row.
  std::string shown_class = class_name;

  bool is_input() const { return class_name == "InputLayer"; }
};

struct ModelConfig {
  ModelKind kind;
  std::string name;
  std::string subclass;  // the author's class, where it is not one of Keras's own
  std::vector<LayerEntry> layers;
  TensorStructure inputs;   // Functional only
  TensorStructure outputs;  // Functional only
};

/// Keys of a layer's entry that no file has, where others left word: that it cannot be run
/// (LayerEntry::refusal), what tables show (LayerEntry::shown_class), and {"class_name", "module"}
/// of the layer whose place it has taken. The config of a layer that took another's place has the
/// latter key too: a user wrote it.
inline constexpr std::string_view refusal_key = "keraunos_refusal";
inline constexpr std::string_view shown_key = "keraunos_shown_class";
inline constexpr std::string_view replaced_key = "keraunos_replaced";

/// True for Keras's own classes of models.
bool is_model_class(std::string_view module, std::string_view class_name);
/// What kind of model a config entry is; nothing for a layer. A subclass of the author's own is a
/// model where its config holds the graph, as Keras writes it for one made as M(inputs, outputs).
std::optional<ModelKind> model_kind(std::string_view module, std::string_view class_name,
                                    const file::Json& config);
/// The same; throws Error(unsupported) naming the class where it is no model.
ModelKind require_model(std::string_view module, std::string_view class_name,
                        const file::Json& config);
/// Throws Error where the list of a model's layers is empty.
void refuse_empty_model(const file::Json& layers, std::string_view name);
/// True for the modules of operations on Keras tensors.
bool is_operation_module(std::string_view module);

/// Parses the `config` of a model whose layers' weights live under `container`
/// ("layers", "layers/functional/layers"). Throws Error(unsupported) where it is no model.
ModelConfig parse_model(std::string_view module, std::string_view class_name,
                        const file::Json& config, const std::string& container);

}  // namespace keraunos::keras
