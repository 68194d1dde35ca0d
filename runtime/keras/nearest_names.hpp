#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keraunos::keras {

/// How many letters must be put in, taken out or changed to make one name of the other, whatever
/// their case. Of names longer than 64 bytes the first 64 are compared.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The names nearest to `wanted` first, at most `count`.
std::vector<std::string> nearest_names(std::string_view wanted, std::vector<std::string> names,
                                       std::size_t count);

/// ". Did you mean 'Dense'?" where one of `names` is so near to `wanted` that it may be meant;
/// otherwise empty.
std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names);

/// Throws Error(invalid_argument): the model has no layer `wanted`; it has those of `names`, the
/// nearest first.
[[noreturn]] void refuse_unknown_layer(std::string_view wanted,
                                       const std::vector<std::string>& names);

}  // namespace keraunos::keras
