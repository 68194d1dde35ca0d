#pragma once

#include <string_view>
#include <vector>

#include "runtime/keras/tf_operations.hpp"
#include "runtime/keras/tf_parameters.hpp"

// What the table of TensorFlow's functions cannot say in a line: each rule takes the parameters
// that it knows and changes the operations that the line made.

namespace keraunos::keras {

using Operations = std::vector<Operation>;
using TfRule = void (*)(Parameters&, Operations&);

/// Adds a key with this JSON to an operation's config.
void set_key(Operation& operation, std::string_view key, std::string_view json);
/// Adds a parameter that may be made of the shapes of tensors: a key where it is a constant, else
/// an argument of the call. Nothing for None.
void set_sizes(Operation& operation, std::string_view key, const Argument& sizes);

/// The numbers of tf.range stay arguments of the call: they decide its dtype, too.
void limit_and_delta(Parameters& parameters, Operations& operations);
void then_square(Parameters& parameters, Operations& operations);
void then_int64(Parameters& parameters, Operations& operations);
void transpose_operands(Parameters& parameters, Operations& operations);
void cut_at_sizes(Parameters& parameters, Operations& operations);
void pad_mode(Parameters& parameters, Operations& operations);
void resize_method(Parameters& parameters, Operations& operations);
void only_nhwc(Parameters& parameters, Operations& operations);
void equation_first(Parameters& parameters, Operations& operations);
void no_message(Parameters& parameters, Operations& operations);
void no_partitions(Parameters& parameters, Operations& operations);
void no_alignment(Parameters& parameters, Operations& operations);
void patch_sizes(Parameters& parameters, Operations& operations);
void l2_epsilon(Parameters& parameters, Operations& operations);
void slice_spec(Parameters& parameters, Operations& operations);
void begin_and_size(Parameters& parameters, Operations& operations);

}  // namespace keraunos::keras
