#pragma once

#include <string>
#include <vector>

#include "keraunos/explain.hpp"
#include "runtime/explain/subject.hpp"

namespace keraunos {

/// What a layer did to the shape, told from the ops that it emitted.
struct Story {
  std::string kind;
  std::string sentence;
  std::vector<WindowStep> windows;
};

Story tell(const Subject& subject, const keras::LayerRecord& layer, const Sizes& sizes);

}  // namespace keraunos
