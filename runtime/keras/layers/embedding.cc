#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

ValueId embeddings(LayerCall& call) {
  for (const std::string_view key : {"input_length", "weights"}) {
    static_cast<void>(call.config().find(key));
  }
  return call.weight("embeddings", {Dim(call.config().integer("input_dim", 1)),
                                    Dim(call.config().integer("output_dim", 1))});
}

// The rows of `table` that the input names; other numbers than int32 and int64 are cut to int32.
// The mask is of the input as it came.
ValueId look_up(LayerCall& call, ValueId table) {
  const ValueId input = call.input();
  const DType dtype = call.dtype(input);
  const bool indexes = dtype == DType::int32 || dtype == DType::int64;
  const ValueId rows = indexes ? input : call.cast(input, DType::int32);
  const ValueId found = call.emit(Gather{0}, {table, rows});
  const ValueId output = call.cast(found, call.compute_dtype());
  if (call.config().flag_or("mask_zero", false)) {
    const ValueId compared = is_floating(dtype) ? call.as_float(input) : rows;
    const ValueId zero = call.scalar(0, call.dtype(compared));
    call.set_mask(output, call.binary(BinaryFn::not_equal, compared, zero));
  }
  return output;
}

std::vector<ValueId> import_embedding(LayerCall& call) { return {look_up(call, embeddings(call))}; }

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

// With reverse=True the layer goes back from vectors to scores of all rows of its table.
std::vector<ValueId> import_reversible_embedding(LayerCall& call) {
  const Dim rows(call.config().integer("input_dim", 1));
  const Dim width(call.config().integer("output_dim", 1));
  const bool tied = call.config().flag_or("tie_weights", true);
  const double limit = call.config().number_or("logit_soft_cap", 0);
  const auto dtype = reverse_dtype(call);
  const ValueId table = embeddings(call);
  if (!call.flag_argument("reverse", false, 1)) return {look_up(call, table)};

  const auto rounded = [&](ValueId value) {
    return call.as_float(dtype ? call.cast(value, *dtype) : value);
  };
  const ValueId input = rounded(call.input());
  ValueId scores =
      tied
          ? multiply_transposed(call, input, rounded(table))
          : call.emit(MatMul{}, {input, rounded(call.weight("reverse_embeddings", {width, rows}))});
  if (limit != 0) scores = soft_cap(call, scores, limit);
  return {call.cast(scores, dtype ? *dtype : product_dtype(call))};
}

constexpr std::array classes = {
    LayerClass{"Embedding", import_embedding, MaskRule::own, Dtypes::own},
    LayerClass{"ReversibleEmbedding", import_reversible_embedding, MaskRule::own, Dtypes::own},
};

}  // namespace

const std::span<const LayerClass> embedding_layers = classes;

}  // namespace keraunos::keras
