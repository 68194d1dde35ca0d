#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/keras/config.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {

/// One call of one Keras layer, as the layer's importer sees it: its config, its inputs, its
/// weights, and the graph that it adds ops to.
class LayerCall {
 public:
  struct Identity {
    std::string name;        // Keras's name, with the names of enclosing models: "encoder/dense"
    std::string class_name;  // "Dense"
    std::string path;        // of its weights: "layers/dense"
  };

  LayerCall(Identity identity, file::Json config, std::vector<ValueId> inputs, Graph& graph,
            WeightStore& weights);

  const Config& config() const { return config_; }
  const Identity& identity() const { return identity_; }

  std::size_t input_count() const { return inputs_.size(); }
  /// Input `i` as it is.
  ValueId input(std::size_t i = 0) const;
  /// Input `i`, cast to float32 where it holds integers or bools.
  ValueId float_input(std::size_t i = 0);
  const Shape& shape(ValueId value) const { return graph_.shape(value); }
  std::size_t rank(ValueId value) const { return shape(value).size(); }
  DType dtype(ValueId value) const { return graph_.type(value).dtype; }

  /// The layer's next variable (Keras numbers them in a fixed order and leaves out absent ones).
  ValueId weight(std::string_view name, const Shape& shape);
  /// A variable that training does not touch: counted apart in the summary.
  ValueId statistic(std::string_view name, const Shape& shape);
  /// The numbers of a float32 weight.
  std::vector<float> values_of(ValueId weight) const;
  /// The same weight under another shape of as many cells.
  ValueId reshaped(ValueId weight, const Shape& shape);
  /// A float32 tensor computed at load.
  ValueId constant(const std::string& name, const std::vector<float>& values);

  ValueId emit(Op op, std::vector<ValueId> inputs);
  /// Applies the activation that `key` names: a string, a function object, or a layer object.
  ValueId activate(ValueId value, std::string_view key = "activation");

  /// True for data_format "channels_first".
  bool channels_first() const;
  /// Moves the channel axis of a (batch, channels, spatial...) tensor to the end or back, where
  /// the layer is channels_first; otherwise gives `value` unchanged.
  ValueId to_channels_last(ValueId value);
  ValueId from_channels_last(ValueId value);

  /// Throws where the input has another rank.
  void require_rank(ValueId value, std::size_t rank) const;

  std::int64_t trainable_parameters() const { return trainable_parameters_; }
  std::int64_t non_trainable_parameters() const { return non_trainable_parameters_; }

 private:
  ValueId load(std::string_view name, const Shape& shape, std::int64_t& counter);

  Identity identity_;
  Config config_;
  std::vector<ValueId> inputs_;
  Graph& graph_;
  WeightStore& weights_;
  std::size_t next_variable_ = 0;
  std::int64_t trainable_parameters_ = 0;
  std::int64_t non_trainable_parameters_ = 0;
};

/// Turns a call of a layer into ops and returns its outputs.
using LayerImporter = std::vector<ValueId> (*)(LayerCall&);

/// A Keras class that can be imported.
struct LayerClass {
  std::string_view name;
  LayerImporter import;
};

/// Every class, family by family, in runtime/keras/layers.cc.
std::span<const LayerClass> layer_classes();

/// The importer of a class of module `module`; throws Error(unsupported) naming the class, and
/// saying why where that is known.
LayerImporter find_layer_importer(std::string_view module, std::string_view class_name);

/// "layer 'encoder/dense' (Dense)".
std::string describe(const LayerCall::Identity& identity);

}  // namespace keraunos::keras
