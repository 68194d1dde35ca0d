#pragma once

#include <string>
#include <string_view>

#include "runtime/keras/archive.hpp"
#include "runtime/keras/legacy_variables.hpp"

namespace keraunos::keras {

/// Where a file's weights come from, as far as their layout depends on it.
struct LegacyOrigin {
  KerasVersion version;
  std::string backend;  // "tensorflow", "theano", "cntk", or empty
};

/// Turns the variables of one layer, in the order of the file, into those of Keras 3: CuDNNLSTM and
/// CuDNNGRU, the gates of Keras 1 one by one, convolutions of Keras 1 and of Theano. `class_name`
/// is that of the layer, or of the layer inside a wrapper; `channels_first` its data_format.
void convert_layout(LegacyVariables& variables, std::string_view class_name, bool channels_first,
                    const LegacyOrigin& origin);

}  // namespace keraunos::keras
