#pragma once

#include <cstdint>
#include <map>

#include "runtime/plan/choose_kernel.hpp"

namespace keraunos {

/// Where a value lies inside the result of a concatenation along the last axis: `first_cell` cells
/// behind the start of each row, whose length is `pitch` cells.
struct ConcatPart {
  ValueId whole;
  std::int64_t first_cell = 0;
  std::int64_t pitch = 0;
};

/// The values of a graph that what makes them on the GPU can write where a Concat would copy them.
/// A concatenation has all of its inputs here or none; an input that is a concatenation itself may
/// lie in the same whole. `descs` are of all values.
std::map<ValueId, ConcatPart> find_concat_parts(const PlanRequest& request,
                                                const std::vector<TensorDesc>& descs);

/// Tells a node which of its tensors are parts.
void set_pitches(ConcreteNode& node, const std::map<ValueId, ConcatPart>& parts);

}  // namespace keraunos
