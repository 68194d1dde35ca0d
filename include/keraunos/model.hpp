#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/dtype.hpp"
#include "keraunos/export.hpp"
#include "keraunos/load_limits.hpp"
#include "keraunos/summary.hpp"
#include "keraunos/tensor.hpp"

namespace keraunos {

struct Explanation;
struct LoadedModel;  // internal

/// One axis of a model's input or output.
struct Axis {
  std::optional<std::int64_t> size;  ///< nothing where Keras has None
  std::string formula;               ///< "28", "batch", "image.height", "(image.height-2)//2"
};

/// An input or output of a model.
struct TensorInfo {
  std::string name;  ///< Keras's name of the input layer, or of the layer that makes the output
  DType dtype = DType::float32;
  std::vector<Axis> axes;
  bool intermediate = false;  ///< a layer's result that LoadOptions asked for
};

/// A layer of a model's file that gives way to another one.
struct LayerReplacement {
  /// Its name in the file, with the names of the models around it in front: "encoder/norm".
  std::string layer;
  /// What stands in its place, in JSON as Keras writes it: {"class_name": "Rescaling", "config":
  /// {"scale": 0.5}}, with the keys of Keras 2 or of Keras 3. It keeps the old layer's name and
  /// inputs, and its weights where the new class has any.
  std::string config;
};

/// Many replacements, written as one JSON object: {"lambda_1": {"class_name": ...}, ...}. Throws
/// Error(malformed_file).
KERAUNOS_API std::vector<LayerReplacement> replacements_from_json(std::string_view json);

/// How a model is loaded.
struct LoadOptions {
  /// A file of weights to take instead of the model's own. A model in JSON has none, so it needs
  /// this: a `.weights.h5`, the `.weights.json` of weights in several files (which lie beside it),
  /// or an `.h5` of weights only.
  std::string weights;
  /// Takes zeros for all weights, and reads none: for plans and timings of a model whose weights
  /// are elsewhere, such as one in JSON.
  bool zero_weights = false;
  /// The shape of the input, batch included, nothing standing for an open size: for a Sequential
  /// model whose file tells none, because it was saved without ever being told one. Its weights
  /// tell most of it, but not always the rank: a Dense layer takes any. Left aside where the file
  /// tells the shape.
  std::vector<std::optional<std::int64_t>> input_shape;
  /// Layers whose results the model gives out too, behind its own outputs: by Keras's name, with
  /// the names of enclosing models in front ("encoder/dense"). Of a layer that is called several
  /// times, the first call counts.
  std::vector<std::string> layers;
  /// The results of every layer.
  bool all_layers = false;
  /// Makes a smaller model, whose outputs are the results of these layers in this order (those of a
  /// layer with several results one behind the other), named as in `layers`. Nothing is read,
  /// understood or refused but what they need, and inputs that they do not need are gone: a way to
  /// run what stands before a layer that cannot run, such as a loss or a sampling at the end.
  /// `layers` are imported too, and come behind these as they do behind the model's own outputs.
  std::vector<std::string> outputs;
  /// Layers of Keras's own to put in the place of layers that cannot run.
  std::vector<LayerReplacement> replace;
  /// How much memory and work the files may ask for: beyond, they are refused.
  LoadLimits limits;
};

/// A Keras model in memory: its graph and its weights. Immutable; copying shares it; safe to use
/// from many threads. Sessions run it.
///
/// The files stay mapped for as long as any copy or session lives, because stored weights are used
/// in place: do not overwrite them in place meanwhile (replacing it by rename is fine).
class KERAUNOS_API Model {
 public:
  /// Opens a model, recognised by its content: a `.keras` file, the folder that one was unpacked
  /// into, a whole model in HDF5 (`.h5`), or a model's to_json(). Throws Error: file_not_readable,
  /// malformed_file, unsupported (naming layer and class), shape_mismatch (naming layer and
  /// weight), invalid_argument (no such layer in the options).
  static Model load(const std::string& path, const LoadOptions& options = {});

  const std::string& name() const;
  const std::string& path() const;

  /// In the order in which run() takes and gives them: Keras's own order of inputs and outputs.
  const std::vector<TensorInfo>& inputs() const;
  const std::vector<TensorInfo>& outputs() const;

  /// Keras's table of layers, with a formula beside every None. Given sizes for every input, also
  /// those of every layer, its memory and its work.
  Summary summary(const std::vector<Dims>& sizes = {}) const;

  /// What every layer does to the shape and why, what stays unknown, and what is wrong; for inputs
  /// of `sizes` where they are given. Sizes that do not fit are findings; sizes that are no sizes
  /// of these inputs (number, rank) throw Error(invalid_argument). See explain.hpp.
  Explanation explain(const std::vector<Dims>& sizes = {}) const;

  /// The sizes of each input that the weights allow, nearest to `wanted` first: what a shape error
  /// suggests. `wanted` has one entry per input; the batch axis is left as it is. At most `count`.
  std::vector<std::vector<Dims>> fitting_sizes(const std::vector<Dims>& wanted,
                                               std::size_t count = 4) const;

 private:
  friend class Session;
  explicit Model(std::shared_ptr<const LoadedModel> loaded) : loaded_(std::move(loaded)) {}
  std::shared_ptr<const LoadedModel> loaded_;
};

/// The Keras classes that a model may be made of, each in alphabetical order: layers, and the
/// operations that keras.ops functions on Keras tensors become ("Add", "GetItem", ...). Behind the
/// layers stand those of other packages, with their module: "tensorflow_addons.GELU".
KERAUNOS_API std::vector<std::string> supported_layers();
KERAUNOS_API std::vector<std::string> supported_operations();

}  // namespace keraunos
