#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/keras/layer.hpp"
#include "runtime/keras/promotion.hpp"

// What an operation is called on: tensors of the graph, and numbers and arrays that the file holds.

namespace keraunos::keras {

struct Operand {
  NumericType type;
  std::optional<ValueId> value;            // of a tensor
  std::shared_ptr<const Tensor> constant;  // of numbers, as wide as they come: int64 or float64

  bool is_constant() const { return constant != nullptr; }
};

/// The argument of the parameter `name`; throws where the call leaves it out.
Operand operand(const LayerCall& call, std::string_view name, std::size_t position);
std::optional<Operand> optional_operand(const LayerCall& call, std::string_view name,
                                        std::size_t position);
/// The same as keras.ops.convert_to_tensor makes it: a Python number is no longer weak.
Operand strong_operand(const LayerCall& call, std::string_view name, std::size_t position);
/// An argument that is a list: one operand each.
std::vector<Operand> operand_list(const LayerCall& call, std::string_view name,
                                  std::size_t position);
/// The one tensor that most operations take.
inline Operand first_operand(const LayerCall& call) { return strong_operand(call, "x", 0); }

Shape shape_of(const LayerCall& call, const Operand& operand);

/// The operand as a value of exactly `dtype`: for operations that only move elements.
ValueId as_stored(LayerCall& call, const Operand& operand, DType dtype);
/// The operand in its own dtype.
ValueId as_stored(LayerCall& call, const Operand& operand);
/// The operand after a conversion to `dtype`, held in the dtype in which kernels compute with it.
ValueId as_computed(LayerCall& call, const Operand& operand, DType dtype);

/// Keras's result_type of some operands.
DType result_type(std::span<const Operand> operands);
inline DType result_type(const Operand& a, const Operand& b) {
  return result_type({a.type, b.type});
}

/// The dtype that key `key` of the config names; nothing where it is null.
std::optional<DType> dtype_option(const LayerCall& call, std::string_view key = "dtype");

/// The axes that key `axis` names, ascending: all where it is null.
std::vector<std::size_t> axes_option(const LayerCall& call, std::size_t rank,
                                     std::string_view key = "axis");
/// The one axis that it names; nothing where it is null.
std::optional<std::size_t> axis_option(const LayerCall& call, std::size_t rank,
                                       std::int64_t fallback, std::string_view key = "axis");
/// One whole number within 31 bits; `fallback` where `key` is missing or null.
std::int64_t number_option(const LayerCall& call, std::string_view key, std::int64_t fallback);
/// The numbers of a list, or a single one; nothing where `key` is null. Each within 31 bits.
std::optional<std::vector<std::int64_t>> numbers_option(const LayerCall& call,
                                                        std::string_view key);

}  // namespace keraunos::keras
