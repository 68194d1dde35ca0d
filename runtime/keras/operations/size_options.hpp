#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "runtime/keras/layer.hpp"

// Parameters that are sizes: numbers of the config, or arguments that are made of the shapes of
// tensors. Those that data decide are refused.

namespace keraunos::keras {

/// The whole numbers of an argument: a number, a tensor made of sizes, or a list of both. `name` is
/// the parameter's, for messages.
std::vector<Dim> to_sizes(const LayerCall& call, const Argument& argument, std::string_view name);

/// The numbers of key `key` of the config, else of the argument of that name or at `position`;
/// nothing where it is null. A None among them is refused.
std::optional<std::vector<Dim>> sizes_option(const LayerCall& call, std::string_view key,
                                             std::size_t position = LayerCall::no_position);
/// The same, where there must be some.
std::vector<Dim> required_sizes(const LayerCall& call, std::string_view key,
                                std::size_t position = LayerCall::no_position);
/// The same for one number; nothing where it is null.
std::optional<Dim> size_option(const LayerCall& call, std::string_view key,
                               std::size_t position = LayerCall::no_position);

/// `sizes` as a shape: throws where a known one is negative.
Shape to_shape(std::vector<Dim> sizes, std::string_view name);

/// A tensor of the items of a list, one below the other, where all are made of sizes or are
/// numbers.
std::optional<ValueId> pack_sizes(const LayerCall& call, const Argument& list);

}  // namespace keraunos::keras
