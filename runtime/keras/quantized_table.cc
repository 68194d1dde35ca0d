#include "runtime/keras/quantized_table.hpp"

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/quantization.hpp"
#include "runtime/keras/quantized_blocks.hpp"

namespace keraunos::keras {
namespace {

Quantization table_quantization(const LayerCall& call) {
  const Quantization quantization = quantization_of(call);
  if (quantization.mode == QuantizationMode::int8 || quantization.mode == QuantizationMode::int4) {
    return quantization;
  }
  fail(ErrorCode::unsupported, "key 'dtype': weights quantised to '{}' are not supported",
       call.quantization());
}

ValueId int8_constant(LayerCall& call, const Dims& dims, const std::vector<std::int8_t>& values) {
  Tensor tensor(DType::int8, dims);
  std::copy(values.begin(), values.end(), tensor.as<std::int8_t>().begin());
  return call.environment().graph.add_constant(
      make_constant(call.identity().place.path + "/embeddings", std::move(tensor)));
}

}  // namespace

Table load_quantized_table(LayerCall& call, const Dim& rows, const Dim& width) {
  const Quantization quantization = table_quantization(call);
  if (quantization.mode == QuantizationMode::int8) {
    const ValueId values = call.stored_weight("embeddings", {rows, width}, DType::int8);
    return {values, call.statistic("embeddings_scale", {rows}), {}};
  }
  const std::int64_t columns = *width.constant();
  const ValueId packed =
      call.stored_weight("embeddings", {rows, Dim(pair_count(columns))}, DType::int8);
  const Dims dims = {*rows.constant(), columns};
  const auto numbers = unpack(call, packed, 1, columns);
  if (quantization.block_size == 0) {
    return {int8_constant(call, dims, numbers), call.statistic("embeddings_scale", {rows}), {}};
  }
  // The blocks are of columns, so that a row is here what is elsewhere a column.
  const MatrixSize size = {columns, dims[0]};
  const Blocks blocks = load_blocks(call, quantization, size, {"embeddings", true, DType::int8});
  std::vector<float> values = transposed({numbers.begin(), numbers.end()}, columns);
  blocks.apply(values);
  return {call.constant("embeddings", dims, transposed(values, dims[0])), std::nullopt,
          blocks.blocks};
}

Table load_quantized_reverse_table(LayerCall& call, const Dim& rows, const Dim& width,
                                   const Table& table) {
  const Quantization quantization = table_quantization(call);
  if (quantization.mode == QuantizationMode::int8) {
    const ValueId stored = call.stored_weight("reverse_embeddings", {width, rows}, DType::int8);
    return {whole_numbers(call, "reverse_embeddings", stored),
            call.statistic("reverse_embeddings_scale", {rows}),
            {}};
  }
  const MatrixSize size = {*width.constant(), *rows.constant()};
  const ValueId packed = call.stored_weight(
      "reverse_embeddings", {Dim(pair_count(size.rows)), Dim(size.columns)}, DType::int8);
  const auto numbers = unpack(call, packed, 0, size.rows);
  std::vector<float> values(numbers.begin(), numbers.end());
  const auto constant = [&] {
    return call.constant("reverse_embeddings", {size.rows, size.columns}, values);
  };
  if (quantization.block_size == 0) {
    return {constant(), call.statistic("reverse_embeddings_scale", {rows}), {}};
  }
  const Shape shape = {Dim(block_count(quantization, size.rows)), Dim(size.columns)};
  Blocks blocks;
  blocks.size = size;
  blocks.scales = call.values_of(call.statistic("reverse_embeddings_scale", shape));
  blocks.zeros = call.values_of(call.statistic("reverse_embeddings_zero", shape));
  blocks.blocks = table.blocks;
  blocks.apply(values);
  return {constant(), std::nullopt, {}};
}

}  // namespace keraunos::keras
