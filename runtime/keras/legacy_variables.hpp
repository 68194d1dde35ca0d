#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/file/hdf5.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {

/// A variable of an HDF5 file of Keras 1 or 2, or of one that Keras 3 wrote in that form.
struct LegacyVariable {
  std::vector<std::string> scopes;  // of "bidirectional/forward_lstm/lstm_cell/kernel:0"
  std::string name;                 // "kernel"
  StoredWeight weight;
  bool taken = false;
};

using LegacyVariables = std::vector<LegacyVariable>;

/// All strings of an attribute that is split into name0, name1, ... where it was longer than what
/// HDF5 stores in one piece. Throws Error where there is neither `name` nor `name0`.
std::vector<std::string> split_strings(const file::H5Object& object, const std::string& name);

/// The variables of a layer's group, as its weight_names list them, without those that inference
/// has no use for (seeds, states of training).
LegacyVariables read_variables(const file::H5Group& group);

/// The one that the layer at `place` calls `name`, among those of that layer which are not taken:
/// by its name, then by the scopes that name the part of the layer, then by the order; null where
/// there is none.
LegacyVariable* choose_variable(LegacyVariables& variables, const WeightPlace& place,
                                std::string_view name);

}  // namespace keraunos::keras
