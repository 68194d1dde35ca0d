#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/keras/operations/operands.hpp"

// The parameters of a TensorFlow function: the first stands at position 0, all others come by name.

namespace keraunos::keras {

/// A tensor as kernels compute with it, and the dtype of the function's result.
struct Real {
  DType dtype;
  ValueId value;
};

/// The function's first parameter.
Real first_tensor(LayerCall& call);
/// The parameter `name` in the dtype of the first one: tensors have it, numbers get it.
ValueId tensor_like(LayerCall& call, const Real& first, std::string_view name);
/// The result in the function's dtype.
std::vector<ValueId> result_of(LayerCall& call, const Real& first, ValueId value);

/// The constant that the call passes for `name`; nothing where it passes none. Throws
/// Error(unsupported) where it passes a tensor.
std::optional<file::Json> constant_parameter(const LayerCall& call, std::string_view name);
/// The same of whichever of two names the call uses: TensorFlow 1 and 2 differ.
std::optional<file::Json> constant_parameter(const LayerCall& call, std::string_view name,
                                             std::string_view other);
std::int64_t integer_parameter(const LayerCall& call, std::string_view name, std::int64_t least,
                               std::optional<std::int64_t> fallback = {});
double number_parameter(const LayerCall& call, std::string_view name,
                        std::optional<double> fallback = {});
bool flag_parameter(const LayerCall& call, std::string_view name, bool fallback = false);
std::string text_parameter(const LayerCall& call, std::string_view name, std::string_view fallback,
                           const std::vector<std::string_view>& allowed);
/// Whole numbers, each within 31 bits.
std::vector<std::int64_t> integers_parameter(const LayerCall& call, std::string_view name);
/// One axis; nothing where it is null or left out.
std::optional<std::size_t> axis_parameter(const LayerCall& call, std::string_view name,
                                          std::size_t rank);
/// One axis or several in the order given; all where it is null or left out.
std::vector<std::size_t> axes_parameter(const LayerCall& call, std::string_view name,
                                        std::size_t rank);
/// The dtype that `name` names.
std::optional<DType> dtype_parameter(const LayerCall& call, std::string_view name);

/// Passes over parameters that do not change the result.
void ignore_parameters(const LayerCall& call, const std::vector<std::string_view>& names);

}  // namespace keraunos::keras
