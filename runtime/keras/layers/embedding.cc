#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/quantization.hpp"
#include "runtime/keras/quantized_table.hpp"

namespace keraunos::keras {
namespace {

// The rows that an embedding picks from: a float32 weight, or quantised, and then perhaps with a
// scale for each row.
Table embeddings(LayerCall& call) {
  for (const std::string_view key : {"input_length", "weights"}) {
    static_cast<void>(call.config().find(key));
  }
  const Dim rows(call.config().integer("input_dim", 1));
  const Dim width(call.config().integer("output_dim", 1));
  if (!call.quantization().empty()) return load_quantized_table(call, rows, width);
  return {call.weight("embeddings", {rows, width}), std::nullopt, {}};
}

ValueId pick(LayerCall& call, const Table& table, ValueId rows) {
  const ValueId found = call.emit(Gather{0}, {table.values, rows});
  if (!table.scale) return found;
  Shape shape = call.shape(rows);
  shape.emplace_back(1);
  const ValueId scale = call.view(call.emit(Gather{0}, {*table.scale, rows}), std::move(shape));
  return call.binary(BinaryFn::divide, call.as_float(found), scale);
}

// The rows of `table` that the input names; other numbers than int32 and int64 are cut to int32.
// The mask is of the input as it came.
ValueId look_up(LayerCall& call, const Table& table, bool masks) {
  const ValueId input = call.input();
  const DType dtype = call.dtype(input);
  const bool indexes = dtype == DType::int32 || dtype == DType::int64;
  const ValueId rows = indexes ? input : call.cast(input, DType::int32);
  const ValueId output = call.cast(pick(call, table, rows), call.compute_dtype());
  if (call.config().flag_or("mask_zero", false) && masks) {
    const ValueId compared = is_floating(dtype) ? call.as_float(input) : rows;
    const ValueId zero = call.scalar(0, call.dtype(compared));
    call.set_mask(output, call.binary(BinaryFn::not_equal, compared, zero));
  }
  return output;
}

std::vector<ValueId> import_embedding(LayerCall& call) {
  return {look_up(call, embeddings(call), true)};
}

// input @ transposed(table): the table stays as it is stored, however large.
ValueId multiply_transposed(LayerCall& call, ValueId input, ValueId table) {
  call.require_least_rank(input, 1);
  Shape shape = call.shape(input);
  const Dim width = shape.back();
  shape.pop_back();
  const ValueId rows = call.view(input, {element_count(shape), width});
  const ValueId product = call.emit(BatchMatMul{false, true}, {rows, table});
  shape.push_back(call.shape(table)[0]);
  return call.view(product, std::move(shape));
}

// The dtype of 'reverse_dtype', to which the operands of the reverse product are rounded.
std::optional<DType> reverse_dtype(const LayerCall& call) {
  const std::string name = call.config().string_or("reverse_dtype", "");
  if (name.empty()) return std::nullopt;
  const auto dtype = dtype_from_name(name);
  if (!dtype || !is_floating(*dtype) || *dtype == DType::float64) {
    fail(ErrorCode::unsupported,
         "key 'reverse_dtype': '{}' is not supported; float32, float16 and bfloat16 are", name);
  }
  return dtype;
}

// The dtype of a product of the input, which is not cast, with the table, which is.
DType product_dtype(const LayerCall& call) {
  const DType compute = call.compute_dtype();
  return call.dtype(call.input()) == compute ? compute : DType::float32;
}

// limit * tanh(scores / limit).
ValueId soft_cap(LayerCall& call, ValueId scores, double limit) {
  const auto scale = [](double factor) {
    return Unary{UnaryFn::linear, static_cast<float>(factor), 0};
  };
  scores = call.emit(Unary{UnaryFn::tanh}, {call.emit(scale(1 / limit), {scores})});
  return call.emit(scale(limit), {scores});
}

ValueId soft_cap(LayerCall& call, ValueId scores) {
  const double limit = call.config().number_or("logit_soft_cap", 0);
  return limit == 0 ? scores : soft_cap(call, scores, limit);
}

// From vectors to scores of all rows of the table, with quantised weights.
ValueId quantized_scores(LayerCall& call, const Table& table, bool tied, const Dim& rows,
                         const Dim& width) {
  const Quantization quantization = quantization_of(call);
  ValueId input = call.float_input();
  std::optional<ValueId> divisor;
  if (quantization.inputs) {
    const auto quantized =
        quantize_input(call, *quantization.inputs, input, {call.rank(input) - 1});
    input = quantized.value;
    divisor = quantized.scale;
  }
  const Table reverse = tied ? table : load_quantized_reverse_table(call, rows, width, table);
  ValueId scores = tied ? multiply_transposed(call, input, call.as_float(reverse.values))
                        : call.emit(MatMul{}, {input, reverse.values});
  if (reverse.scale) {
    divisor = divisor ? rounded(call, call.binary(BinaryFn::multiply, *divisor, *reverse.scale))
                      : *reverse.scale;
  }
  if (divisor) scores = call.binary(BinaryFn::divide, rounded(call, scores), *divisor);
  return call.cast(soft_cap(call, scores), call.compute_dtype());
}

// With reverse=True the layer goes back from vectors to scores of all rows of its table.
std::vector<ValueId> import_reversible_embedding(LayerCall& call) {
  const Dim rows(call.config().integer("input_dim", 1));
  const Dim width(call.config().integer("output_dim", 1));
  const bool tied = call.config().flag_or("tie_weights", true);
  static_cast<void>(call.config().find("logit_soft_cap"));
  const auto dtype = reverse_dtype(call);
  const bool quantized = !call.quantization().empty();
  const Table table = embeddings(call);
  // With quantised weights Keras forgets the mask.
  if (!call.flag_argument("reverse", false, 1)) {
    if (!tied)
      quantized ? call.unread_rest() : call.unread_weight("reverse_embeddings", {width, rows});
    return {look_up(call, table, !quantized)};
  }
  if (quantized) return {quantized_scores(call, table, tied, rows, width)};

  const auto as_reversed = [&](ValueId value) {
    return call.as_float(dtype ? call.cast(value, *dtype) : value);
  };
  const ValueId input = as_reversed(call.input());
  const ValueId scores =
      tied ? multiply_transposed(call, input, as_reversed(table.values))
           : call.emit(MatMul{},
                       {input, as_reversed(call.weight("reverse_embeddings", {width, rows}))});
  return {call.cast(soft_cap(call, scores), dtype ? *dtype : product_dtype(call))};
}

constexpr std::array classes = {
    LayerClass{"Embedding", import_embedding, MaskRule::own, Dtypes::own, true},
    LayerClass{"ReversibleEmbedding", import_reversible_embedding, MaskRule::own, Dtypes::own,
               true},
};

}  // namespace

const std::span<const LayerClass> embedding_layers = classes;

}  // namespace keraunos::keras
