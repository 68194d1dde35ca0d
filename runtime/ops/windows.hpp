#pragma once

#include <string>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {

/// The batch axis and the positions of `windows` on the spatial axes of a channels-last `input`;
/// demands that each axis has at least one position.
Shape slide_windows(const std::vector<Window>& windows, const Shape& input, Demands& demands);

std::string to_string(const std::vector<Window>& windows);

}  // namespace keraunos
