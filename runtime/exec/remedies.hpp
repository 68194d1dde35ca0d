#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/graph/graph.hpp"

namespace keraunos {

/// Which option of a window before `layer` would make the layer fit: padding or stride, one change
/// at a time, tried by inferring the shapes anew. As sentences: "with padding='same' in 'conv2d' it
/// would fit". At most three, the nearest layer first. `graph` is a graph before passes; `replaced`
/// holds weights that have other sizes than the graph says.
std::vector<std::string> find_remedies(const Graph& graph, const std::string& layer,
                                       const Binding& binding,
                                       const std::map<ValueId, Dims>& replaced = {});

}  // namespace keraunos
