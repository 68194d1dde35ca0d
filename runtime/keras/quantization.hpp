#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/keras/layer.hpp"

// How Keras stores quantised weights and what it does to the inputs of layers that have them.

namespace keraunos::keras {

enum class QuantizationMode { int8, int4, float8, gptq, awq };

/// Keras's AbsMaxQuantizer: the largest magnitude of a row becomes `highest`, and what results is
/// rounded and kept between the two bounds.
struct InputQuantizer {
  double lowest = -127;
  double highest = 127;
  double epsilon = 1e-7;
};

struct Quantization {
  QuantizationMode mode = QuantizationMode::int8;
  std::int64_t block_size = 0;  ///< rows of a kernel that share a scale and a zero; 0: all do
  int bits = 4;                 ///< of a number, for gptq
  bool packs_rows = false;      ///< int4 up to Keras 3.13: a byte has two rows, not two columns
  std::optional<InputQuantizer> inputs;
};

/// What the layer's policy and its key 'quantization_config' say. Throws Error(unsupported) for
/// what Keras 3.15 does not write.
Quantization quantization_of(const LayerCall& call);

/// The blocks into which `rows` are divided.
std::int64_t block_count(const Quantization& quantization, std::int64_t rows);

/// Bytes that hold `count` numbers of 4 bits.
constexpr std::int64_t pair_count(std::int64_t count) { return count / 2 + count % 2; }

/// Whole numbers in a constant of one byte each.
std::span<const std::uint8_t> stored_bytes(const LayerCall& call, ValueId stored);
/// The same of int8 as float32 constant of that shape.
ValueId whole_numbers(LayerCall& call, std::string_view name, ValueId stored);

/// Numbers of 4 bits, two in a byte along axis `axis`, the first one in the lower half; `length` is
/// that axis's size. Whether they have a sign is the constant's matter: int8 or uint8.
std::vector<std::int8_t> unpack(const LayerCall& call, ValueId packed, std::size_t axis,
                                std::int64_t length);

/// `value` rounded to the layer's compute dtype, as Keras does behind every step.
ValueId rounded(LayerCall& call, ValueId value);
float rounded_number(const LayerCall& call, float value);

struct QuantizedInput {
  ValueId value;  ///< whole numbers as float32
  ValueId scale;  ///< by which they were multiplied: `axes` have one cell
};
QuantizedInput quantize_input(LayerCall& call, const InputQuantizer& quantizer, ValueId input,
                              std::vector<std::size_t> axes);

/// Rounds to the numbers of float8_e4m3fn, which reach from -448 to 448.
float round_to_e4m3(float value);
ValueId round_to_e4m3(LayerCall& call, ValueId value);

}  // namespace keraunos::keras
