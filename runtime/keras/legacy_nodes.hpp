#pragma once

#include <map>
#include <set>
#include <string>

#include "runtime/file/json_writer.hpp"
#include "runtime/keras/arguments.hpp"

// The calls of a graph as Keras 1 and 2 write them: [layer, node, tensor, {kwargs}] per tensor.

namespace keraunos::keras {

/// How references to the layers of one model are to be read.
class LegacyNames {
 public:
  /// `layers` are the entries of a Functional model.
  explicit LegacyNames(const file::Json& layers, const file::Json& output_layers);

  bool has(std::string_view layer) const { return layers_.contains(layer); }
  /// True where a call or an output of the model names the layer.
  bool is_read(std::string_view layer) const { return read_.contains(layer); }
  /// What the file calls the first call of a layer: 1 for nested models, whose calls Keras 2 counts
  /// behind the one that made the model, otherwise 0.
  std::int64_t first_node(std::string_view layer) const;
  /// The number that Keras 3 writes for the same call in input_layers and output_layers, where it
  /// counts those of nested Functional models from 1.
  std::int64_t output_node(std::string_view layer, std::int64_t node) const;

 private:
  struct Layer {
    std::int64_t first_node;
    bool functional;
  };
  std::map<std::string, Layer, std::less<>> layers_;
  std::set<std::string, std::less<>> read_;
};

/// One call of an entry's inbound_nodes. Its first argument is positional, all others by keyword.
CallArguments parse_legacy_call(const file::Json& call, const LegacyNames& names);

/// Writes a call as Keras 3 does: {"args": [...], "kwargs": {...}}.
void write_call(file::JsonWriter& out, const CallArguments& call);
void write_argument(file::JsonWriter& out, const Argument& argument);

/// Writes input_layers or output_layers of a model.
void write_references(file::JsonWriter& out, const file::Json& references,
                      const LegacyNames& names);

}  // namespace keraunos::keras
