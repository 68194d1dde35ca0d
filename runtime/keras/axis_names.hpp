#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/shape/shape.hpp"

namespace keraunos::keras {

/// The shape of a model input: known sizes as numbers, every None as a named symbol. Axis 0 is
/// always the symbol "batch", whatever the file recorded, since Keras never enforces it. Others are
/// named after what the axis usually means at this rank ("height", "width", "steps", ...), with
/// "input." in front where the model has several inputs (`input` not empty).
Shape name_axes(const std::vector<std::optional<std::int64_t>>& sizes, const std::string& input);

}  // namespace keraunos::keras
