#pragma once

#include <string>
#include <vector>

#include "keraunos/shape_error.hpp"
#include "runtime/exec/loaded_model.hpp"

namespace keraunos {

/// The dims under which the model reads an input given as `dims`: as Keras does, a last axis of 1
/// is dropped or added where the rank is off by one. Throws Error(shape_mismatch) naming input,
/// axis, found and wanted.
Dims adapt_rank(const Dims& dims, const Shape& declared, const std::string& input);

/// Sizes for all symbols from the sizes of the inputs (already adapted). Throws ShapeError naming
/// input, axis, found and wanted, and what was probably meant.
Binding bind_symbols(const Graph& graph, const std::vector<Dims>& inputs);

/// The same, checked against every demand of the model. Throws ShapeError naming the layer, what it
/// wanted and got, the formula, sizes that fit, and options of layers that would.
Binding bind_inputs(const LoadedModel& model, const std::vector<Dims>& inputs);

/// The sizes of all inputs nearest to `binding` that satisfy all demands; the batch stays as it is.
std::vector<std::vector<Dims>> fitting_inputs(const Graph& graph, const Binding& binding,
                                              std::size_t count);

/// The batch axis of every input.
inline const std::string batch_symbol = "batch";

/// "map_eaten" or "size_conflict": ShapeFacts::cause of a demand that does not hold.
std::string cause_of(const Demand& demand);

/// "5408", "at least 1": what a demand wants its formula to be.
std::string wanted_by(const Demand& demand, const Binding& binding);

}  // namespace keraunos
