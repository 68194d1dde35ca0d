#pragma once

#include "runtime/explain/story.hpp"

namespace keraunos {

/// Convolutions, pooling and transposed convolutions: what their windows did to each axis.
Story tell_windows(const Graph& graph, const keras::LayerRecord& layer, const Node& node,
                   const Sizes& sizes);

}  // namespace keraunos
