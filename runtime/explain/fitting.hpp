#pragma once

#include <vector>

#include "keraunos/explain.hpp"
#include "runtime/explain/subject.hpp"

namespace keraunos {

/// The symbols of the inputs, the batch left out, in the order of the axes.
std::vector<UnknownSize> unknown_sizes(const Graph& graph);

/// The demands that speak of nothing but sizes of the inputs.
std::vector<Demand> demands_on_inputs(const Graph& graph);

std::vector<SizeDemand> describe_demands(const Graph& graph, const Sizes& sizes);

/// Which sizes fit, with a batch of one.
FittingSizes find_fitting(const Graph& graph);

}  // namespace keraunos
