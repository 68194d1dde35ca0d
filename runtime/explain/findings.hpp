#pragma once

#include <vector>

#include "keraunos/explain.hpp"
#include "runtime/explain/subject.hpp"

namespace keraunos {

/// The mistakes of the field, as far as this model makes them; the most severe first.
std::vector<Finding> find_mistakes(const Subject& subject, const Sizes& sizes);

}  // namespace keraunos
