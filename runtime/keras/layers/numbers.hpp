#pragma once

#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/file/json.hpp"

namespace keraunos::keras {

/// Numbers in a config: one, or nested lists of equal lengths, or a numpy array or tensor as Keras
/// writes it ({"class_name": "__numpy__", "config": {"value": ...}}).
struct Numbers {
  Dims dims;
  std::vector<double> values;

  bool is_scalar() const { return values.size() == 1; }
  std::vector<float> floats() const { return {values.begin(), values.end()}; }
};

/// Throws Error where the lists are ragged, nested more than 8 deep or hold anything else.
Numbers to_numbers(const file::Json& json);

}  // namespace keraunos::keras
