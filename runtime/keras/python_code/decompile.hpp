#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/keras/python_code/expression.hpp"

namespace keraunos::keras::python {

/// What is known of a function beside its code.
struct Bindings {
  std::map<std::string, ExpressionRef> values;  // of arguments, by name
  std::vector<ExpressionRef> defaults;          // of the last arguments
  std::vector<ExpressionRef> closure;
};

/// A function whose code was read.
struct Function {
  std::string argument;  // the first: what Keras passes
  ExpressionRef result;
};

/// What the function in `bytes`, as marshal.dumps() of any Python from 2.7 to 3.13 wrote it,
/// returns. Nothing where the bytes are anything else, or where the code does more than to compute
/// one expression: where it branches, loops or makes functions. Never runs any of it.
std::optional<Function> decompile(std::string_view bytes, const Bindings& bindings = {});

}  // namespace keraunos::keras::python
