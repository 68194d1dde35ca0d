#include "runtime/keras/attention.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/keras/einsum.hpp"

namespace keraunos::keras {
namespace {

// 1, 2, ... count, whatever the batch makes of `count`.
ValueId numbered(LayerCall& call, const Dim& count) {
  const ValueId one = call.scalar(1, DType::int32);
  return call.emit(Scan{ScanFn::sum, 0}, {call.emit(Broadcast{{count}}, {one})});
}

// Compares the number of each query with the number of each key.
ValueId compared(LayerCall& call, BinaryFn fn, const Dim& queries, const Dim& keys) {
  const ValueId rows = insert_axis(call, numbered(call, queries), 1);
  return call.binary(fn, rows, numbered(call, keys));
}

}  // namespace

std::int64_t heads_per_key(const Dim& heads, const Dim& key_heads) {
  if (heads == key_heads) return 1;
  const auto wanted = heads.constant();
  const auto given = key_heads.constant();
  if (!wanted || !given || *given < 1 || *wanted % *given != 0) {
    fail(ErrorCode::shape_mismatch, "{} heads of keys do not divide {} heads of queries",
         key_heads.to_string(), heads.to_string());
  }
  return *wanted / *given;
}

ValueId insert_axis(LayerCall& call, ValueId value, std::size_t axis) {
  Shape shape = call.shape(value);
  if (axis > shape.size()) {
    fail(ErrorCode::shape_mismatch, "a mask of shape {} has too few axes for attention",
         to_keras_string(shape));
  }
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), Dim(1));
  return call.view(value, std::move(shape));
}

ValueId causal_mask(LayerCall& call, const Dim& queries, const Dim& keys) {
  return compared(call, BinaryFn::greater_equal, queries, keys);
}

ValueId sliding_window_mask(LayerCall& call, const Dim& queries, const Dim& keys,
                            std::int64_t window) {
  const ValueId distance =
      call.emit(Unary{UnaryFn::absolute}, {compared(call, BinaryFn::subtract, queries, keys)});
  return call.binary(BinaryFn::less, distance,
                     call.scalar(static_cast<double>(window), DType::int32));
}

std::optional<ValueId> as_mask(LayerCall& call, std::optional<ValueId> numbers) {
  return numbers ? std::optional(call.cast(*numbers, DType::boolean)) : numbers;
}

std::optional<ValueId> both_masks(LayerCall& call, std::optional<ValueId> a,
                                  std::optional<ValueId> b) {
  if (!a || !b) return a ? a : b;
  return call.binary(BinaryFn::logical_and, *a, *b);
}

ValueId masked_softmax(LayerCall& call, ValueId scores, std::optional<ValueId> mask,
                       std::vector<std::size_t> axes, HiddenQuery hidden) {
  // Far below any score: its share is exactly zero beside one visible key.
  constexpr double invisible = -1e9;
  if (mask) scores = call.emit(Select{}, {*mask, scores, call.scalar(invisible)});
  const ValueId weights = call.emit(Softmax{SoftmaxFn::softmax, std::move(axes)}, {scores});
  if (!mask || hidden == HiddenQuery::looks_everywhere) return weights;
  return call.emit(Select{}, {*mask, weights, call.scalar(0)});
}

AttentionResult dot_product_attention(LayerCall& call, const DotProductAttention& attention) {
  for (const ValueId operand : {attention.query, attention.key, attention.value}) {
    call.require_rank(operand, 4);
  }
  const std::int64_t group =
      heads_per_key(call.shape(attention.query)[2], call.shape(attention.key)[2]);
  ValueId query = attention.query;
  if (attention.scale != 1) {
    query = call.emit(Unary{UnaryFn::linear, static_cast<float>(attention.scale), 0}, {query});
  }
  const Shape query_shape = call.shape(query);
  const Dim& keys = call.shape(attention.key)[1];
  const Dim& key_heads = call.shape(attention.key)[2];
  const Shape score_shape = {query_shape[0], query_shape[2], query_shape[1], keys};
  const Shape grouped_scores = {query_shape[0], key_heads, Dim(group), query_shape[1], keys};

  // Letters: batch, query, key, heads of keys (n), heads of queries for each (g), width.
  ValueId scores = 0;
  if (group == 1) {
    scores = emit_einsum(call, "bqnw,bknw->bnqk", {query, attention.key});
  } else {
    query =
        call.view(query, {query_shape[0], query_shape[1], key_heads, Dim(group), query_shape[3]});
    scores = emit_einsum(call, "bqngw,bknw->bngqk", {query, attention.key});
    scores = call.view(scores, score_shape);
  }
  if (attention.bias) scores = call.binary(BinaryFn::add, scores, *attention.bias);
  const ValueId weights = masked_softmax(call, scores, attention.mask, {3}, attention.hidden);

  if (group == 1)
    return {emit_einsum(call, "bnqk,bknv->bqnv", {weights, attention.value}), weights};
  const ValueId grouped = call.view(weights, grouped_scores);
  const ValueId output = emit_einsum(call, "bngqk,bknv->bqngv", {grouped, attention.value});
  return {call.view(output, {query_shape[0], query_shape[1], query_shape[2],
                             call.shape(attention.value)[3]}),
          weights};
}

}  // namespace keraunos::keras
