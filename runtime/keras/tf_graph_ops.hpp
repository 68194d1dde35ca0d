#pragma once

#include <string_view>
#include <vector>

#include "runtime/keras/legacy_classes.hpp"

namespace keraunos::keras {

/// An op of TensorFlow's graphs as a call of the function of TensorFlow that makes it.
struct GraphOp {
  std::string_view op;
  std::string_view symbol;
  std::vector<std::string_view> inputs;  // names of the function's parameters, by position
  LegacyKeys attributes = {};            // attributes -> parameters
};

/// Null for ops whose inputs are no parameters one by one, and for those not known.
const GraphOp* find_graph_op(std::string_view op);

}  // namespace keraunos::keras
