#pragma once

#include <string>
#include <vector>

#include "keraunos/explain.hpp"

namespace keraunos {

/// The JSON of an explanation, with the sizes that a page begins with where there are any.
std::string to_json(const Explanation& explanation, const std::vector<Dims>& initial);

}  // namespace keraunos
