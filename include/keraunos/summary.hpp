#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace keraunos {

/// One line of Keras's model.summary().
struct LayerSummary {
  std::string name;
  std::string class_name;
  std::vector<std::string> output_shapes;  ///< as Keras prints them: "(None, 26, 26, 32)"
  std::vector<std::string> formulas;       ///< the same with symbols: "(batch, height-2, ...)"
  std::int64_t parameters = 0;
  std::vector<std::string> connected_to;  ///< names of the layers it takes its inputs from
};

/// What model.summary() shows; parameters are counted once where layers are shared.
struct Summary {
  std::string model_name;
  std::vector<LayerSummary> layers;  ///< in the file's order; nested models are one line
  std::int64_t trainable_parameters = 0;
  std::int64_t non_trainable_parameters = 0;
};

}  // namespace keraunos
