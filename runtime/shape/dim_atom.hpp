#pragma once

#include <string>
#include <vector>

#include "runtime/shape/dim.hpp"

// What the files of Dim share.

namespace keraunos {

struct Dim::Atom {
  enum class Kind { symbol, sum, floor_div, ratio, min, max };
  Kind kind;
  std::vector<Dim> operands;  // none for a symbol, one for sum and floor_div, two for the rest
  std::int64_t divisor = 1;
  std::string text;  // the printed form, or the name of a symbol

  std::int64_t evaluate(const Binding& binding) const;
  std::int64_t divide(std::int64_t a, std::int64_t b) const;
};

}  // namespace keraunos
