#pragma once

#include <string>
#include <string_view>

#include "runtime/file/json_writer.hpp"

// Keys of Keras 1 whose values changed too, not only their names.

namespace keraunos::keras {

/// "tf" and "th", which were dim_ordering; other values as they are.
void write_data_format(file::JsonWriter& out, const file::Json& value);

/// kernel_size from nb_row and nb_col, or kernel_dim1 to kernel_dim3, where the config has them.
void write_keras1_sizes(file::JsonWriter& out, const file::Json& config);

bool is_keras1_merge(std::string_view class_name);
/// The class_name and config of the merging layer that a Merge with this config is now.
void write_keras1_merge(file::JsonWriter& out, const file::Json& config, const std::string& name);

/// The order of axes that a model of Keras 1 states, as Keras 3 names it: "channels_first" where
/// the first layer that has 'dim_ordering' says "th"; empty where none has it. Padding, cropping
/// and upsampling layers of Keras 1 leave theirs out: they went by the setting that the others
/// note.
std::string_view stated_data_format(const file::Json& model);

}  // namespace keraunos::keras
