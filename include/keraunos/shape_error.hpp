#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keraunos/error.hpp"
#include "keraunos/tensor.hpp"

namespace keraunos {

/// What a ShapeError says, for programs.
struct ShapeFacts {
  /// "batch_axis_missing", "channels_first_data", "channels_last_data", "channel_count",
  /// "input_size", "input_rank", "inputs_differ": what is wrong with an input; "map_eaten",
  /// "size_conflict": what a layer cannot take.
  std::string cause;
  std::string layer;   ///< "layer 'dense' (Dense)"; empty where an input's own shape is wrong
  std::string wanted;  ///< "5408", "at least 1"
  std::int64_t got = 0;
  std::string formula;  ///< of what was got: "((height-2)//2)*((width-2)//2)*32"
  /// Sizes of all inputs that would fit, nearest first.
  std::vector<std::vector<Dims>> suggestions;
  std::vector<std::string> fixes;  ///< "with padding='same' in 'conv2d' it would be 5408"
};

/// The Error(shape_mismatch) of a batch that does not fit the model.
class KERAUNOS_API ShapeError : public Error {
 public:
  ShapeError(std::string message, std::vector<std::string> context, ShapeFacts facts);

  const ShapeFacts& facts() const noexcept { return facts_; }

 private:
  ShapeFacts facts_;
};

}  // namespace keraunos
