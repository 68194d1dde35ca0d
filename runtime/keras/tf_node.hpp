#pragma once

#include <string>

#include "runtime/keras/arguments.hpp"

namespace keraunos::keras {

/// A node of a TensorFlow graph as a call of the function of TensorFlow that makes such nodes.
struct TfNode {
  std::string symbol;
  CallArguments call;
};

/// The node in the config of a TensorFlowOpLayer: its node_def as JSON, and the inputs that are
/// constants; `call` has those that are tensors. Throws Error(unsupported) naming the op.
TfNode parse_tf_node(const file::Json& config, const CallArguments& call);

}  // namespace keraunos::keras
