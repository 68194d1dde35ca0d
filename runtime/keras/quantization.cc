#include "runtime/keras/quantization.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/base/half.hpp"

namespace keraunos::keras {
namespace {

constexpr std::int64_t most_rows = (std::int64_t{1} << 31) - 1;

std::int64_t to_number(std::string_view text, std::string_view policy) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < -1 || number == 0 ||
      number > most_rows) {
    fail(ErrorCode::unsupported, "the quantisation '{}' is not supported", policy);
  }
  return number;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t slash = 0; slash != std::string_view::npos;) {
    slash = text.find('/');
    parts.push_back(text.substr(0, slash));
    if (slash != std::string_view::npos) text.remove_prefix(slash + 1);
  }
  return parts;
}

std::int64_t rows_of(std::int64_t block_size) { return block_size == -1 ? 0 : block_size; }

// "int8", "int4", "int4/<block>", "float8", "gptq/<bits>/<block>", "awq/<bits>/<block>".
Quantization parse_policy(std::string_view policy) {
  const std::vector<std::string_view> parts = split(policy);
  Quantization quantization;
  const auto is = [&](std::string_view mode, std::size_t count) {
    return parts[0] == mode && parts.size() == count;
  };
  if (is("int8", 1)) return quantization;
  if (is("int4", 1) || is("int4", 2)) {
    quantization.mode = QuantizationMode::int4;
    if (parts.size() == 2) quantization.block_size = rows_of(to_number(parts[1], policy));
    return quantization;
  }
  if (is("float8", 1)) {
    quantization.mode = QuantizationMode::float8;
    return quantization;
  }
  if (is("gptq", 3) || is("awq", 3)) {
    const std::int64_t bits = to_number(parts[1], policy);
    const bool is_gptq = parts[0] == "gptq";
    if (bits == 4 || (is_gptq && (bits == 2 || bits == 3 || bits == 8))) {
      quantization.mode = is_gptq ? QuantizationMode::gptq : QuantizationMode::awq;
      quantization.bits = static_cast<int>(bits);
      quantization.block_size = rows_of(to_number(parts[2], policy));
      return quantization;
    }
  }
  fail(ErrorCode::unsupported, "the quantisation '{}' is not supported", policy);
}

InputQuantizer parse_quantizer(const file::Json& object) {
  const std::string_view class_name = object.at("class_name").as_string();
  const Config config(object.at("config"));
  if (class_name != "AbsMaxQuantizer" || config.string_or("output_dtype", "int8") != "int8") {
    fail(ErrorCode::unsupported, "{} is not supported; an AbsMaxQuantizer to int8 is",
         object.dump(100));
  }
  InputQuantizer quantizer;
  quantizer.epsilon = config.number_or("epsilon", quantizer.epsilon);
  if (const auto range = config.find("value_range")) {
    const bool is_pair = range->is_array() && range->size() == 2;
    if (is_pair) {
      std::vector<double> bounds;
      for (const file::Json bound : range->elements()) bounds.push_back(bound.as_double());
      quantizer.lowest = bounds[0];
      quantizer.highest = bounds[1];
    }
    // Keras lets no others through.
    if (!is_pair || !(quantizer.lowest >= -128) || !(quantizer.highest <= 127) ||
        !(quantizer.lowest < quantizer.highest)) {
      fail(ErrorCode::malformed_file, "key 'value_range': {} is no range within [-128, 127]",
           range->dump(60));
    }
  }
  return quantizer;
}

// Without a config int8 quantises inputs, and int4 did until Keras 3.13; ReversibleEmbedding does.
bool quantizes_by_default(const LayerCall& call, const Quantization& quantization) {
  return quantization.mode == QuantizationMode::int8 ||
         (quantization.mode == QuantizationMode::int4 &&
          (quantization.packs_rows || call.identity().class_name == "ReversibleEmbedding"));
}

bool is_before(const KerasVersion& version, int major, int minor) {
  return version.major < major || (version.major == major && version.minor < minor);
}

// Keras 3.14 began to pack columns, and to write of blocks: that tells a model as JSON, which has
// no version.
bool packs_rows(const LayerCall& call) {
  if (!is_before(call.version(), 3, 14)) return false;
  const auto config = call.config().find("quantization_config");
  const bool writes_of_blocks = call.quantization().find('/') != std::string::npos ||
                                (config && config->at("config").contains("block_size"));
  return !writes_of_blocks;
}

}  // namespace

Quantization quantization_of(const LayerCall& call) {
  Quantization quantization = parse_policy(call.quantization());
  quantization.packs_rows = quantization.mode == QuantizationMode::int4 && packs_rows(call);
  const auto config = call.config().find("quantization_config");
  if (!config) {
    if (quantizes_by_default(call, quantization)) quantization.inputs.emplace();
    return quantization;
  }
  return within([] { return std::string("key 'quantization_config'"); },
                [&] {
                  const file::Json inner = config->at("config");
                  const auto inputs = inner.find("activation_quantizer");
                  if (inputs && !inputs->is_null()) quantization.inputs = parse_quantizer(*inputs);
                  if (quantization.mode == QuantizationMode::int4) {
                    const auto size = inner.find("block_size");
                    const bool all = !size || size->is_null() || size->as_int64() == -1;
                    quantization.block_size = all ? 0 : to_integer(*size, 1);
                  }
                  return quantization;
                });
}

std::int64_t block_count(const Quantization& quantization, std::int64_t rows) {
  if (quantization.block_size == 0) return 1;
  return rows / quantization.block_size + (rows % quantization.block_size == 0 ? 0 : 1);
}

std::span<const std::uint8_t> stored_bytes(const LayerCall& call, ValueId stored) {
  const Constant& constant = *call.environment().graph.value(stored).constant;
  return {reinterpret_cast<const std::uint8_t*>(constant.bytes.data()), constant.desc.bytes()};
}

ValueId whole_numbers(LayerCall& call, std::string_view name, ValueId stored) {
  std::vector<float> values;
  for (const std::uint8_t byte : stored_bytes(call, stored)) {
    values.push_back(static_cast<std::int8_t>(byte));
  }
  return call.constant(std::string(name), evaluate(call.shape(stored), {}), values);
}

std::vector<std::int8_t> unpack(const LayerCall& call, ValueId packed, std::size_t axis,
                                std::int64_t length) {
  const std::span<const std::uint8_t> bytes = stored_bytes(call, packed);
  const bool is_signed = call.dtype(packed) == DType::int8;
  const Dims dims = evaluate(call.shape(packed), {});
  const auto after = static_cast<std::size_t>(element_count(std::span(dims).subspan(axis + 1)));
  const auto pairs = static_cast<std::size_t>(dims[axis]);
  std::vector<std::int8_t> numbers;
  for (std::size_t start = 0; start < bytes.size(); start += pairs * after) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) {
      for (std::size_t cell = 0; cell < after; ++cell) {
        const unsigned byte = bytes[start + i / 2 * after + cell];
        const int half = static_cast<int>(i % 2 == 0 ? byte & 0xfU : byte >> 4);
        const bool negative = is_signed && half > 7;
        numbers.push_back(static_cast<std::int8_t>(negative ? half - 16 : half));
      }
    }
  }
  return numbers;
}

ValueId rounded(LayerCall& call, ValueId value) {
  const DType compute = call.compute_dtype();
  const bool narrow = compute == DType::float16 || compute == DType::bfloat16;
  return narrow ? call.as_float(call.cast(value, compute)) : value;
}

float rounded_number(const LayerCall& call, float value) {
  switch (call.compute_dtype()) {
    case DType::float16: return float16_to_float(float_to_float16(value));
    case DType::bfloat16: return bfloat16_to_float(float_to_bfloat16(value));
    default: return value;
  }
}

QuantizedInput quantize_input(LayerCall& call, const InputQuantizer& quantizer, ValueId input,
                              std::vector<std::size_t> axes) {
  if (call.compute_dtype() == DType::float64) {
    fail(ErrorCode::unsupported, "inputs quantised in float64 are not supported");
  }
  const ValueId magnitude = call.emit(Unary{UnaryFn::absolute}, {input});
  const ValueId largest = call.emit(Reduce{ReduceFn::max, std::move(axes), true}, {magnitude});
  const auto epsilon = static_cast<float>(quantizer.epsilon);
  const ValueId divisor = rounded(call, call.emit(Unary{UnaryFn::linear, 1, epsilon}, {largest}));
  ValueId scale =
      rounded(call, call.binary(BinaryFn::divide, call.scalar(quantizer.highest), divisor));
  // Keras scales in the dtype of the input: whole numbers are scaled by whole numbers.
  if (!is_floating(call.dtype(call.input()))) scale = call.emit(Unary{UnaryFn::trunc}, {scale});
  const ValueId scaled = rounded(call, call.binary(BinaryFn::multiply, input, scale));
  ValueId value = call.emit(Unary{UnaryFn::round}, {scaled});
  // The largest magnitude stays within `highest`.
  if (quantizer.lowest > -quantizer.highest) {
    value = call.binary(BinaryFn::maximum, value, call.scalar(quantizer.lowest));
  }
  return {value, scale};
}

// float8_e4m3fn -----------------------------------------------------------------------------------

namespace {

constexpr float e4m3_limit = 448;
constexpr int e4m3_least_exponent = -6;
constexpr int e4m3_fraction_bits = 3;

}  // namespace

float round_to_e4m3(float value) {
  if (std::isnan(value)) return value;
  const float bounded = std::clamp(value, -e4m3_limit, e4m3_limit);
  const int exponent = bounded == 0 ? e4m3_least_exponent : std::ilogb(bounded);
  const int step = std::max(exponent, e4m3_least_exponent) - e4m3_fraction_bits;
  return std::ldexp(std::nearbyint(std::ldexp(bounded, -step)), step);
}

// The exponent comes from a logarithm. That may be off by one only next to a power of two, which
// is a multiple of the step either way.
ValueId round_to_e4m3(LayerCall& call, ValueId value) {
  const auto unary = [&](Unary op, ValueId x) { return call.emit(op, {x}); };
  const auto bound = [&](BinaryFn fn, ValueId x, double limit) {
    return call.binary(fn, x, call.scalar(limit));
  };
  const ValueId bounded =
      bound(BinaryFn::maximum, bound(BinaryFn::minimum, value, e4m3_limit), -e4m3_limit);
  const ValueId magnitude = bound(BinaryFn::maximum, unary({UnaryFn::absolute}, bounded),
                                  std::ldexp(1.0, e4m3_least_exponent));
  const ValueId exponent = unary({UnaryFn::floor}, unary({UnaryFn::log2}, magnitude));
  const ValueId step =
      unary({UnaryFn::exp2}, unary({UnaryFn::linear, 1, -e4m3_fraction_bits}, exponent));
  const ValueId steps = unary({UnaryFn::round}, call.binary(BinaryFn::divide, bounded, step));
  return call.binary(BinaryFn::multiply, steps, step);
}

}  // namespace keraunos::keras
