#include "runtime/keras/quantized_kernel.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/base/fail.hpp"
#include "runtime/base/half.hpp"
#include "runtime/keras/quantization.hpp"
#include "runtime/keras/quantized_blocks.hpp"

namespace keraunos::keras {
namespace {

class Multiplication {
 public:
  Multiplication(LayerCall& call, ValueId input, const KernelForm& form)
      : call_(call), input_(input), form_(form), quantization_(quantization_of(call)) {}

  ValueId run() {
    switch (quantization_.mode) {
      case QuantizationMode::int8: return int8();
      case QuantizationMode::int4: return quantization_.packs_rows ? int4_by_rows() : int4();
      case QuantizationMode::float8: return float8();
      default: return calibrated();
    }
  }

 private:
  std::optional<ValueId> load_bias() {
    if (!form_.bias) return std::nullopt;
    return call_.weight("bias", *form_.bias);
  }

  ValueId add(ValueId product, std::optional<ValueId> bias) {
    return bias ? call_.binary(BinaryFn::add, product, *bias) : product;
  }

  Dims kernel_dims() const {
    for (const Dim& cells : form_.kernel) {
      if (cells.is_constant()) continue;
      fail(ErrorCode::unsupported,
           "weights quantised to '{}' with the open shape {} are not supported",
           call_.quantization(), to_keras_string(form_.kernel));
    }
    return evaluate(form_.kernel, {});
  }

  // The kernel as a matrix: the axes that are summed over, and all others.
  MatrixSize matrix_size() const {
    Dims rows;
    Dims columns;
    const Dims dims = kernel_dims();
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      const bool summed =
          std::find(form_.summed.begin(), form_.summed.end(), axis) != form_.summed.end();
      (summed ? rows : columns).push_back(dims[axis]);
    }
    return {element_count(rows), element_count(columns)};
  }

  ValueId kernel_of(const std::vector<float>& values) {
    return call_.constant("kernel", kernel_dims(), values);
  }

  // Other values for a weight.
  ValueId replaced(ValueId weight, std::string_view name, const std::vector<float>& values) {
    return call_.constant(std::string(name), evaluate(call_.shape(weight), {}), values);
  }

  ValueId int8() {
    const ValueId stored = call_.stored_weight("kernel", form_.kernel, DType::int8);
    return multiply_scaled(whole_numbers(call_, "kernel", stored));
  }

  ValueId int4_by_rows() {
    Dims packed = kernel_dims();
    const std::size_t axis = form_.summed.empty() ? 0 : form_.summed.front();
    const std::int64_t length = packed[axis];
    packed[axis] = pair_count(length);
    const ValueId stored = call_.stored_weight("kernel", make_shape(packed), DType::int8);
    const auto numbers = unpack(call_, stored, axis, length);
    return multiply_scaled(kernel_of({numbers.begin(), numbers.end()}));
  }

  // Bias and a scale for each channel follow the whole-numbered kernel. The product divides by the
  // scales of kernel and input; without the latter the kernel can be divided at load.
  ValueId multiply_scaled(ValueId kernel) {
    const auto bias = load_bias();
    const ValueId scale = call_.statistic("kernel_scale", form_.scale);
    if (quantization_.inputs) {
      const QuantizedInput input =
          quantize_input(call_, *quantization_.inputs, input_, form_.input_summed);
      const ValueId product = rounded(call_, form_.multiply(input.value, kernel, {}));
      const ValueId divisor =
          rounded(call_, call_.binary(BinaryFn::multiply, form_.align(input.scale), scale));
      return add(divide(product, divisor), bias);
    }
    if (!form_.is_matrix) return add(divide(form_.multiply(input_, kernel, {}), scale), bias);
    std::vector<float> values = call_.values_of(kernel);
    const std::vector<float> scales = call_.values_of(scale);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] /= scales[i % scales.size()];
    return form_.multiply(input_, replaced(kernel, "kernel", values), bias);
  }

  ValueId divide(ValueId product, ValueId scale) {
    return rounded(call_, call_.binary(BinaryFn::divide, product, scale));
  }

  ValueId int4() {
    const MatrixSize size = matrix_size();
    const ValueId packed =
        call_.stored_weight("kernel", {Dim(size.rows), Dim(pair_count(size.columns))}, DType::int8);
    const auto numbers = unpack(call_, packed, 1, size.columns);
    std::vector<float> values(numbers.begin(), numbers.end());
    if (quantization_.block_size > 0) {
      const auto bias = load_bias();
      load_blocks(call_, quantization_, size, {"kernel", false, DType::int8}).apply(values);
      return form_.multiply(input_, kernel_of(values), bias);
    }
    if (form_.is_matrix) return multiply_scaled(kernel_of(values));
    const auto bias = load_bias();
    const std::vector<float> scales =
        call_.values_of(call_.statistic("kernel_scale", {Dim(size.columns)}));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] /= scales[i % scales.size()];
    if (!quantization_.inputs) return form_.multiply(input_, kernel_of(values), bias);
    const QuantizedInput input =
        quantize_input(call_, *quantization_.inputs, input_, form_.input_summed);
    const ValueId product = rounded(call_, form_.multiply(input.value, kernel_of(values), {}));
    return add(divide(product, form_.align(input.scale)), bias);
  }

  // Numbers rounded to 8 bits and back. Where Keras computes in float32 it rounds the bias too, to
  // bfloat16.
  ValueId float8() {
    const ValueId kernel = call_.weight("kernel", form_.kernel);
    auto bias = load_bias();
    if (bias && call_.compute_dtype() == DType::float32) {
      std::vector<float> addends = call_.values_of(*bias);
      for (float& addend : addends) addend = bfloat16_to_float(float_to_bfloat16(addend));
      bias = replaced(*bias, "bias", addends);
    }
    const ValueId input_scale = load_float8_scale("inputs");
    const float kernel_scale = call_.values_of(load_float8_scale("kernel")).at(0);
    call_.unread_weight("outputs_grad_scale", {});
    call_.unread_weight("outputs_grad_amax_history", {Dim::symbol("length")});
    std::vector<float> values = call_.values_of(kernel);
    for (float& value : values) {
      const float scaled = rounded_number(call_, value / kernel_scale);
      value = rounded_number(call_, round_to_e4m3(scaled) * kernel_scale);
    }
    const ValueId scaled = rounded(call_, call_.binary(BinaryFn::divide, input_, input_scale));
    const ValueId input =
        rounded(call_, call_.binary(BinaryFn::multiply, round_to_e4m3(call_, scaled), input_scale));
    return form_.multiply(input, replaced(kernel, "kernel", values), bias);
  }

  // What the scale was made from is stored behind it.
  ValueId load_float8_scale(const std::string& name) {
    const ValueId scale = call_.weight(name + "_scale", {});
    call_.unread_weight(name + "_amax_history", {Dim::symbol("length")});
    return scale;
  }

  // gptq and awq: (columns, rows), two columns in a byte where numbers have 4 bits.
  ValueId calibrated() {
    const MatrixSize size = matrix_size();
    const bool packed = quantization_.bits == 4;
    const auto bias = load_bias();
    const ValueId stored = call_.stored_weight(
        "kernel", {Dim(packed ? pair_count(size.columns) : size.columns), Dim(size.rows)},
        DType::uint8);
    std::vector<float> values;
    if (packed) {
      const auto numbers = unpack(call_, stored, 0, size.columns);
      values.assign(numbers.begin(), numbers.end());
    } else {
      const auto numbers = stored_bytes(call_, stored);
      values.assign(numbers.begin(), numbers.end());
    }
    values = transposed(values, size.rows);
    load_blocks(call_, quantization_, size, {"kernel", true, DType::uint8}).apply(values);
    return form_.multiply(input_, kernel_of(values), bias);
  }

  LayerCall& call_;
  ValueId input_;
  const KernelForm& form_;
  Quantization quantization_;
};

}  // namespace

ValueId multiply_quantized(LayerCall& call, ValueId input, const KernelForm& form) {
  return Multiplication(call, input, form).run();
}

}  // namespace keraunos::keras
