#include "runtime/keras/quantized_blocks.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

std::vector<float> load_zeros(LayerCall& call, const BlockForm& form, const Shape& shape) {
  const ValueId stored = call.stored_weight(form.name + "_zero", shape, form.zero_dtype);
  std::vector<float> zeros;
  for (const std::uint8_t byte : stored_bytes(call, stored)) {
    zeros.push_back(form.zero_dtype == DType::int8
                        ? static_cast<float>(static_cast<std::int8_t>(byte))
                        : static_cast<float>(byte));
  }
  return zeros;
}

std::vector<std::size_t> load_block_numbers(LayerCall& call, std::int64_t rows,
                                            std::int64_t count) {
  std::vector<std::size_t> blocks;
  for (const float number : call.values_of(call.statistic("g_idx", {Dim(rows)}))) {
    if (!(number >= 0) || !(number < static_cast<float>(count))) {
      fail(ErrorCode::malformed_file, "weight 'g_idx' has the number {}, but there are {} blocks",
           number, count);
    }
    blocks.push_back(static_cast<std::size_t>(number));
  }
  return blocks;
}

}  // namespace

void Blocks::apply(std::vector<float>& values) const {
  const auto columns = static_cast<std::size_t>(size.columns);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t row = i / columns;
    const std::size_t cell = blocks[row] * columns + i % columns;
    values[i] = (values[i] - zeros[cell]) * scales[cell];
    if (!row_divisors.empty()) values[i] /= row_divisors[row];
  }
}

Blocks load_blocks(LayerCall& call, const Quantization& quantization, const MatrixSize& size,
                   const BlockForm& form) {
  const std::int64_t count = block_count(quantization, size.rows);
  const Shape shape =
      form.by_columns ? Shape{Dim(size.columns), Dim(count)} : Shape{Dim(count), Dim(size.columns)};
  const auto in_order = [&](std::vector<float> values) {
    return form.by_columns ? transposed(values, count) : std::move(values);
  };
  Blocks blocks;
  blocks.size = size;
  blocks.scales = in_order(call.values_of(call.statistic(form.name + "_scale", shape)));
  blocks.zeros = in_order(load_zeros(call, form, shape));
  if (quantization.mode == QuantizationMode::awq) {
    blocks.row_divisors = call.values_of(call.statistic("awq_scales", {Dim(size.rows)}));
  }
  blocks.blocks = load_block_numbers(call, size.rows, count);
  return blocks;
}

std::vector<float> transposed(const std::vector<float>& values, std::int64_t columns) {
  std::vector<float> result(values.size());
  const auto width = static_cast<std::size_t>(columns);
  const std::size_t height = width == 0 ? 0 : values.size() / width;
  for (std::size_t i = 0; i < values.size(); ++i) {
    result[i % width * height + i / width] = values[i];
  }
  return result;
}

}  // namespace keraunos::keras
