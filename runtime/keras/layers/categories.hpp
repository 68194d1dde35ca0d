#pragma once

#include <optional>
#include <string>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// How a layer gives out category numbers.
struct CategoryEncoding {
  std::string mode;        ///< "int", "one_hot", "multi_hot" or "count"
  std::int64_t depth = 0;  ///< how many categories there are; unless "int"
  DType dtype = DType::float32;
};

/// The value of key 'output_mode'; "binary", an old name, is "multi_hot". Refuses sparse outputs.
std::string output_mode(const Config& config, const std::vector<std::string_view>& allowed);

/// The dtype in which Keras 2 gives out categories: the one in the config, save that numbers of
/// categories are int64 where it is no integer, as old files have it.
DType keras2_category_dtype(const Config& config, const std::string& mode);

/// Refuses more categories than can have a place each in an output.
void require_depth(std::int64_t depth);

/// True at [..., k] of one more axis where the number is k.
ValueId one_hot(LayerCall& call, ValueId numbers, std::int64_t depth);

/// How many of the ascending `boundaries` are not above each float: NaN is above all.
ValueId count_reached(LayerCall& call, ValueId numbers, const std::vector<float>& boundaries);

/// Category numbers, one-hot vectors of them, or whether or how often each number occurs in a
/// sample. Numbers outside [0, depth) count for nothing. `weights` has one float per number.
ValueId encode_categories(LayerCall& call, ValueId numbers, const CategoryEncoding& encoding,
                          std::optional<ValueId> weights = std::nullopt);

}  // namespace keraunos::keras
