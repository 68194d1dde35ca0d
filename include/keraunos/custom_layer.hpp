#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/export.hpp"
#include "keraunos/size.hpp"
#include "keraunos/tensor.hpp"

// Layers whose code is in the application: what a model file names with a class of its own.

namespace keraunos {

/// The config that the model file holds for one layer (what get_config() returned in Python).
/// Valid only while the builder that it is given to runs.
class KERAUNOS_API CustomLayerConfig {
 public:
  virtual ~CustomLayerConfig() = default;

  virtual std::string name() const = 0;  ///< the layer's
  /// The value of `key`, or `fallback` where it is missing or null. Throws Error(malformed_file)
  /// where it is of another type.
  virtual double number(std::string_view key, double fallback) const = 0;
  virtual bool flag(std::string_view key, bool fallback) const = 0;
  virtual std::string text(std::string_view key, std::string_view fallback) const = 0;
  /// The whole config as JSON, for everything else.
  virtual std::string json() const = 0;
};

/// A tensor before a batch arrives.
struct SymbolicTensor {
  DType dtype = DType::float32;
  std::vector<Size> shape;
};

/// What a layer does, as far as its config and the shapes of its inputs say.
struct CustomLayer {
  struct Weight {
    std::string name;  ///< the variable's name in Keras, for messages and older files
    Dims dims;
  };

  /// The layer's variables in the order in which it made them (add_weight) in Keras. float32.
  std::vector<Weight> weights;

  std::vector<SymbolicTensor> outputs;

  /// Computes the outputs of one batch on the CPU. Called once per run, by any number of threads at
  /// once. Tensors are dense, row-major, in host memory, valid during the call; inputs and outputs
  /// never overlap. Inputs of floating-point dtypes arrive as float32. May throw keraunos::Error.
  std::function<void(std::span<const TensorView> inputs, std::span<const TensorView> weights,
                     std::span<const MutableTensorView> outputs)>
      compute;
};

/// Called for every call of the layer while a model is loaded, with the tensors it is called on.
using CustomLayerBuilder =
    std::function<CustomLayer(const CustomLayerConfig& config, std::span<const SymbolicTensor>)>;

/// Makes models with layers of Keras class `class_name` ("Doubler"; registered under a package:
/// "my_package>Doubler") loadable from now on, in the whole process. The name of one of Keras's
/// classes stands for the author's class of that name alone: for layers that the file says to be of
/// another package, or whose config is not what Keras writes. A name that is already registered
/// throws Error(invalid_argument). Safe to call from many threads.
KERAUNOS_API void register_custom_layer(std::string class_name, CustomLayerBuilder builder);

/// The same for the layer of this name ("lambda_1", "encoder/lambda"), whatever its class, in every
/// model that is loaded from now on: for a Lambda, whose code in the file is never run. Throws
/// Error(invalid_argument) where the name is already registered.
KERAUNOS_API void register_custom_layer_by_name(std::string layer_name, CustomLayerBuilder builder);

/// Computes an activation of one batch on the CPU: both tensors are dense float32 of one shape, and
/// do not overlap. Called by any number of threads at once. May throw keraunos::Error.
using CustomActivation =
    std::function<void(const TensorView& input, const MutableTensorView& output)>;

/// Makes layers whose config names the activation function `name` ("my_swish"; registered under a
/// package: "my_package>my_swish") loadable from now on, in the whole process. Keras's own
/// functions of that name go first. Throws Error(invalid_argument) where the name is already
/// registered.
KERAUNOS_API void register_custom_activation(std::string name, CustomActivation activation);

}  // namespace keraunos
