#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/file/json_writer.hpp"
#include "runtime/keras/arguments.hpp"

// tf.keras turns TensorFlow functions that are called on Keras tensors into layers of the classes
// TFOpLambda, SlicingOpLambda and (TensorFlow 2.0 to 2.3) TensorFlowOpLayer.

namespace keraunos::keras {

/// An operation of Keras 3: what its constructor takes, and what it is called on.
struct Operation {
  std::string class_name;
  std::vector<std::pair<std::string, Argument>> config;
  CallArguments call;
};

bool is_tf_operation(std::string_view class_name);

/// The operations that do, one after the other, what the layer of this config does when called so.
/// The first argument of all but the first is left out: it is the result of the one before. Throws
/// Error(unsupported) naming the function where there is none, or where it is called with a
/// parameter that the operation does not have.
std::vector<Operation> translate_tf_operation(const file::Json& config, const CallArguments& call);

/// Writes the operation as the layer `name` of a graph.
void write_operation(file::JsonWriter& out, const Operation& operation, const std::string& name,
                     std::string_view shown_class);

}  // namespace keraunos::keras
