#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/model.hpp"

// Shapes on the command line: sizes joined by 'x'.

namespace keraunos::cli {

/// "1x28x28x1" as {1, 28, 28, 1}. Throws Error where it is anything else.
Dims parse_dims(std::string_view text);

/// The shape of every input, batch included, from the flags `--shape 1x28x28x1`, one per input in
/// the model's order, or `--shape NAME=1x28x28x1`. Without any: one sample, where
/// nothing but the batch is open.
std::vector<Dims> whole_shapes(const std::vector<TensorInfo>& inputs,
                               const std::vector<std::string>& flags);

/// For LoadOptions::input_shape: the rank that one flag `--shape` tells, all sizes open, so that
/// the model still takes any; empty for none or several.
std::vector<std::optional<std::int64_t>> told_input_shape(const std::vector<std::string>& flags);

/// The shape of every input for this batch; `open_sizes` holds the sizes that the model leaves
/// open beside the batch, input after input.
std::vector<Dims> batch_shapes(const std::vector<TensorInfo>& inputs, std::int64_t batch,
                               const Dims& open_sizes);

/// `--shape`, once for every input.
void add_shape_flags(CLI::App& command, std::vector<std::string>& flags);

}  // namespace keraunos::cli
