#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keraunos/tensor.hpp"

namespace keraunos {

/// One line of Keras's model.summary().
struct LayerSummary {
  std::string name;
  std::string class_name;
  std::vector<std::string> output_shapes;  ///< as Keras prints them: "(None, 26, 26, 32)"
  std::vector<std::string> formulas;       ///< the same with symbols: "(batch, height-2, ...)"
  std::int64_t parameters = 0;
  std::int64_t trainable_parameters = 0;
  std::vector<std::string> connected_to;  ///< names of the layers it takes its inputs from
  std::vector<LayerSummary> nested;       ///< the layers of a model that is a layer here
  std::string problem;                    ///< why its shapes are unknown ("?"); mostly empty

  // Where the summary was asked for inputs of given sizes.
  std::vector<Dims> sizes;  ///< of the outputs
  std::int64_t bytes = 0;   ///< that the outputs take
  std::int64_t multiply_adds = 0;
};

/// What model.summary() shows; parameters are counted once where layers are shared.
struct Summary {
  std::string model_name;
  std::vector<LayerSummary> layers;  ///< in the file's order
  std::int64_t trainable_parameters = 0;
  std::int64_t non_trainable_parameters = 0;
  bool has_sizes = false;
};

}  // namespace keraunos
