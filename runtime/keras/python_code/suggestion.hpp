#pragma once

#include <optional>
#include <string>

#include "runtime/keras/python_code/decompile.hpp"

namespace keraunos::keras::python {

/// A layer or operation of Keras's that computes what `function` does, in JSON: {"class_name":
/// "Rescaling", "config": {...}}. Nothing where there is none, or where that depends on more than
/// the code says.
std::optional<std::string> suggest_layer(const Function& function);

}  // namespace keraunos::keras::python
