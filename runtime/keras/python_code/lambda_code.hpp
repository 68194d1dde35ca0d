#pragma once

#include <string>
#include <string_view>

#include "runtime/file/json.hpp"

namespace keraunos::keras::python {

/// What the Python code in a Lambda's config says it does, for a message, and the replacement that
/// would do the same: "The code reads as `x / 255`; if that is right, --replace '...' does the
/// same". Says so where the code is missing or cannot be read. Runs nothing.
std::string describe_lambda(const file::Json& config, std::string_view layer);

}  // namespace keraunos::keras::python
