#pragma once

#include <vector>

#include "keraunos/explain.hpp"
#include "runtime/explain/subject.hpp"

namespace keraunos {

/// The walk, for inputs of `given` where there are any. Throws Error(invalid_argument) where they
/// are no sizes of these inputs.
Explanation explain_subject(const Subject& subject, const std::vector<Dims>& given);

/// The table. Throws where `given` does not fit the inputs.
Summary summarise(const Subject& subject, const std::vector<Dims>& given);

}  // namespace keraunos
