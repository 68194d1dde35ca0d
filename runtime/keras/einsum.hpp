#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "runtime/keras/einsum_equation.hpp"
#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// Sums of products over the letters that the result lacks: numpy's einsum. Operands have one
/// dtype. An operand must not have a letter twice.
///
/// Two operands become one product of matrices between views: MatMul where one of them is a
/// float32 weight, else BatchMatMul; without a common letter to sum over they are multiplied
/// elementwise. More operands are taken two by two, from the left.
///
/// `bias` is added with numpy's broadcasting, inside MatMul where that is possible.
ValueId emit_einsum(LayerCall& call, std::string_view equation,
                    const std::vector<ValueId>& operands, std::optional<ValueId> bias = {});

}  // namespace keraunos::keras
