#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keraunos::keras {

/// An einsum equation taken apart: the letters of each operand and of the result, with a dot for
/// an ellipsis: "...ab,bc->...ac" is {{".ab", "bc"}, ".ac"}.
struct EinsumEquation {
  std::vector<std::string> operands;
  std::string output;
};

/// Throws Error naming the equation where it is none. Without "->" the result has, as in numpy,
/// the letters that occur once, in alphabetical order, behind the ellipsis.
EinsumEquation parse_einsum(std::string_view equation);

}  // namespace keraunos::keras
