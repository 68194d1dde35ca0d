#pragma once

#include <string>
#include <vector>

#include "runtime/exec/loaded_model.hpp"

namespace keraunos {

/// The dims under which the model reads an input given as `dims`: as Keras does, a last axis of 1
/// is dropped or added where the rank is off by one. Throws Error(shape_mismatch) naming input,
/// axis, found and wanted.
Dims adapt_rank(const Dims& dims, const Shape& declared, const std::string& input);

/// Sizes for all symbols from the sizes of the inputs (already adapted), checked against every
/// demand of the model. Throws Error(shape_mismatch) naming the layer, what it wanted and got, the
/// formula, and sizes that fit.
Binding bind_inputs(const LoadedModel& model, const std::vector<Dims>& inputs);

/// The input sizes nearest to `inputs` that satisfy all demands; the batch stays as it is.
std::vector<std::vector<Dims>> fitting_inputs(const LoadedModel& model,
                                              const std::vector<Dims>& inputs, std::size_t count);

}  // namespace keraunos
