#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/load_budget.hpp"
#include "runtime/keras/archive.hpp"
#include "runtime/keras/arguments.hpp"
#include "runtime/keras/config.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {

class LayerCall;

/// How many numbers a layer's variables hold.
struct ParameterCounts {
  std::int64_t trainable = 0;
  std::int64_t non_trainable = 0;
};

/// A layer, or a model, that is called: who it is and what its config says.
struct LayerIdentity {
  std::string name;        // Keras's name, with the names of enclosing models: "encoder/dense"
  std::string class_name;  // "Dense"
  std::string module;      // "keras.layers"; may be empty in old files
  WeightPlace place;       // of its variables
};

/// What all calls of one import share.
struct Environment {
  Graph& graph;
  WeightStore& weights;
  KerasVersion version;
  /// Keras's mask of a value: (batch, steps) bool, false where a step is padding.
  std::map<ValueId, ValueId> masks;
  /// Runs a model that is nested in another model or wrapped in a layer.
  std::function<std::vector<ValueId>(const LayerIdentity&, const file::Json& config,
                                     const CallArguments&, ParameterCounts&)>
      run_model;
  /// What the first call of each layer gave, by Keras's name, in the order of execution.
  std::vector<std::pair<std::string, std::vector<ValueId>>> layer_results;
  /// A file that a layer keeps beside its weights: "layers/string_lookup/vocabulary.txt".
  std::function<std::optional<std::string>(const std::string& name)> asset;
  /// The graph serves for its shapes alone: layers that fail leave their results unknown.
  bool shapes_only = false;
  /// What the layer that was imported last warns of, where nothing is logged.
  std::vector<std::string> warnings = {};
  /// What the model's files may still ask for.
  std::shared_ptr<LoadBudget> budget = std::make_shared<LoadBudget>();
};

/// One call of one Keras layer or operation, as its importer sees it: its config, its arguments,
/// its weights, and the graph that it adds ops to.
///
/// Importers compute in float32, whatever the layer's dtype policy: what they get has been rounded
/// to the policy's compute dtype, and what they return is cast to it behind them.
class LayerCall {
 public:
  LayerCall(Environment& environment, LayerIdentity identity, file::Json config,
            CallArguments arguments, ParameterCounts& counts);

  Environment& environment() const { return environment_; }
  const Config& config() const { return config_; }
  const LayerIdentity& identity() const { return identity_; }
  const KerasVersion& version() const { return environment_.version; }
  /// The dtype of the layer's policy in which Keras computes.
  DType compute_dtype() const { return compute_dtype_; }
  /// How the policy quantises weights: "int8", "int4/128", ..., or empty.
  const std::string& quantization() const { return quantization_; }

  /// Says in the log what a user should know of a layer that runs; where the graph serves for its
  /// shapes alone, in the layer's record.
  void warn(std::string warning) const;

  // Arguments ---------------------------------------------------------------------------------

  /// All tensors among the positional arguments, in order.
  std::size_t input_count() const { return inputs_.size(); }
  ValueId input(std::size_t i = 0) const;
  /// Input `i` as float32.
  ValueId float_input(std::size_t i = 0) { return as_float(input(i)); }
  /// The argument of the parameter `name`, passed by keyword or at `position`; null where the call
  /// leaves it out or passes None.
  const Argument* argument(std::string_view name, std::size_t position = no_position) const;
  /// The tensor passed for `name`, if there is one.
  std::optional<ValueId> tensor_argument(std::string_view name,
                                         std::size_t position = no_position) const;
  bool flag_argument(std::string_view name, bool fallback,
                     std::size_t position = no_position) const;
  static constexpr std::size_t no_position = ~std::size_t{0};
  /// Refuses the call where it passes a keyword argument that asks for something and that nobody
  /// has read.
  void refuse_unread_arguments() const;

  // Values ------------------------------------------------------------------------------------

  const Shape& shape(ValueId value) const { return environment_.graph.shape(value); }
  std::size_t rank(ValueId value) const { return shape(value).size(); }
  DType dtype(ValueId value) const { return environment_.graph.type(value).dtype; }
  /// Throws where the input has another rank, or one below `rank`.
  void require_rank(ValueId value, std::size_t rank) const;
  void require_least_rank(ValueId value, std::size_t rank) const;

  ValueId emit(Op op, std::vector<ValueId> inputs);
  std::vector<ValueId> emit_all(Op op, std::vector<ValueId> inputs);
  ValueId cast(ValueId value, DType dtype);
  ValueId as_float(ValueId value) { return cast(value, DType::float32); }
  ValueId view(ValueId value, Shape shape);
  ValueId binary(BinaryFn fn, ValueId a, ValueId b) { return emit(Binary{fn}, {a, b}); }
  /// A float32 tensor computed at load.
  ValueId constant(const std::string& name, const std::vector<float>& values);
  ValueId constant(const std::string& name, Dims dims, const std::vector<float>& values);
  /// A scalar of any numeric dtype.
  ValueId scalar(double value, DType dtype = DType::float32);
  /// int32 numbers.
  ValueId integers(const std::string& name, Dims dims, const std::vector<std::int32_t>& values);
  /// Applies the activation that `key` names: a string, a function object, or a layer object.
  ValueId activate(ValueId value, std::string_view key = "activation");

  // Masks -------------------------------------------------------------------------------------

  /// Keras's mask of a value: an explicit `mask` argument of this call counts for its inputs.
  std::optional<ValueId> mask(ValueId value) const;
  void set_mask(ValueId value, std::optional<ValueId> mask);

  // Weights -----------------------------------------------------------------------------------

  /// Lets variables keep the digits of float32: those that Keras keeps out of autocasting.
  void keep_weights_exact() { weight_dtype_ = DType::float32; }
  /// The layer's next variable as float32 (Keras numbers them in a fixed order and leaves out
  /// absent ones).
  ValueId weight(std::string_view name, const Shape& shape);
  /// A variable that training does not touch: counted apart in the summary.
  ValueId statistic(std::string_view name, const Shape& shape);
  /// A variable that is kept as it is stored, in `dtype`: quantised kernels, which do not train.
  ValueId stored_weight(std::string_view name, const Shape& shape, DType dtype);
  /// A variable of any dtype that training does not touch.
  ValueId stored_statistic(std::string_view name, const Shape& shape);
  /// The layer's next variable, which serves training alone: counted, and never read. Its `shape`
  /// is that of the file, where the file has it.
  void unread_weight(std::string_view name, const Shape& shape);
  void unread_statistic(std::string_view name, const Shape& shape);
  /// All further variables that the file has of this layer.
  void unread_rest();
  /// A variable that Keras does not count as the layer's.
  ValueId uncounted(std::string_view name, const Shape& shape);
  /// One that is neither counted nor read; its shape where the file has it.
  std::optional<Dims> pass_over(std::string_view name);
  /// The numbers of a float32 weight.
  std::vector<float> values_of(ValueId weight) const;
  /// The same weight under another shape of as many cells.
  ValueId reshaped(ValueId weight, const Shape& shape);

  // Layers inside this one --------------------------------------------------------------------

  /// The layer or model that `entry` ({"class_name": ..., "config": ...}) describes, kept in
  /// attribute `attribute` of this layer, called on `arguments`.
  std::vector<ValueId> call_layer(const file::Json& entry, std::string_view attribute,
                                  CallArguments arguments);
  /// The same layer seen as an importer sees it, without a call: for cells.
  LayerCall child(const file::Json& entry, std::string_view attribute,
                  CallArguments arguments = {});
  /// This layer with the variables of its attribute `attribute`: for sublayers that have no config
  /// of their own, like the projections of MultiHeadAttention. Keras calls the sublayer `name`.
  LayerCall part(std::string_view attribute, std::string_view name = {});

  // channels_first ----------------------------------------------------------------------------

  /// True for data_format "channels_first".
  bool channels_first() const;
  /// Moves the channel axis of a (batch, channels, spatial...) tensor to the end or back, where
  /// the layer is channels_first; otherwise gives `value` unchanged.
  ValueId to_channels_last(ValueId value);
  ValueId from_channels_last(ValueId value);

 private:
  std::int64_t& count_of_weights();
  std::int64_t parameters_of(ValueId weight) const;
  std::int64_t parameters_of_unread(std::string_view name, const Shape& shape);
  ValueId load_as_stored(std::string_view name, const Shape& shape, std::optional<DType> dtype);

  Environment& environment_;
  LayerIdentity identity_;
  Config config_;
  CallArguments arguments_;
  std::vector<ValueId> inputs_;
  ParameterCounts& counts_;
  DType compute_dtype_;
  std::string quantization_;
  DType weight_dtype_;  // what weights are rounded to
  std::size_t next_variable_ = 0;
  mutable std::set<std::string, std::less<>> read_arguments_;
};

/// Turns a call of a layer into ops and returns its outputs.
using LayerImporter = std::vector<ValueId> (*)(LayerCall&);

/// What becomes of the mask of a layer's first input.
enum class MaskRule {
  drop,  ///< the output has none: layers that do not support masking
  pass,  ///< the output has the same
  own,   ///< the importer says so
};

/// Who sees to the dtypes of a layer's inputs and outputs.
enum class Dtypes {
  policy,  ///< floats are cast to the dtype policy's compute dtype, before the call and behind it
  own,     ///< the importer: layers that take what they are given, strings and integers mostly
};

/// A Keras class that can be imported: a layer, or an operation on Keras tensors.
struct LayerClass {
  std::string_view name;
  LayerImporter import;
  MaskRule mask = MaskRule::drop;
  Dtypes dtypes = Dtypes::policy;
  /// True where the importer reads quantised weights; all other classes are refused with them.
  bool quantized = false;
};

/// Every layer class, family by family, in runtime/keras/layers.cc.
std::span<const LayerClass> layer_classes();
/// Every operation (keras.ops on Keras tensors), in runtime/keras/operations.cc.
std::span<const LayerClass> operation_classes();

/// The class of a layer or operation; throws Error(unsupported) naming the class, and saying why
/// where that is known.
const LayerClass& find_layer_class(std::string_view module, std::string_view class_name);

/// Runs one call of a layer or operation: dtype policy, masks, import, warnings of unknown keys.
std::vector<ValueId> run_layer(Environment& environment, const LayerIdentity& identity,
                               const file::Json& config, CallArguments arguments,
                               ParameterCounts& counts);

/// "layer 'encoder/dense' (Dense)".
std::string describe(const LayerIdentity& identity);

}  // namespace keraunos::keras
