#include "runtime/keras/attention.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/einsum.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// Keras 2 keeps the projections of MultiHeadAttention in private attributes.
std::string attribute(const LayerCall& call, std::string_view name, bool is_private) {
  return fmt::format("{}{}", is_private || call.version().major < 3 ? "_" : "", name);
}

// What a head takes of the last axis of `input`: (..., heads, width).
ValueId project(LayerCall& call, const std::string& place, std::string_view name, ValueId input,
                const Shape& heads, const Unary& activation = {}) {
  LayerCall dense = call.part(place, name);
  Shape shape = call.shape(input);
  const Dim rows = shape.back();
  const Dim columns = element_count(heads);
  const ValueId kernel = dense.weight("kernel", {rows, heads[0], heads[1]});
  std::vector<ValueId> operands = {input, call.reshaped(kernel, {call.shape(kernel)[0], columns})};
  if (call.config().flag_or("use_bias", true)) {
    operands.push_back(call.reshaped(dense.weight("bias", heads), {columns}));
  }
  ValueId output = call.emit(MatMul{}, std::move(operands));
  if (!activation.is_identity()) output = call.emit(activation, {output});
  shape.pop_back();
  shape.insert(shape.end(), heads.begin(), heads.end());
  return call.view(output, std::move(shape));
}

// Puts the heads, the last two axes, together again: (..., output...).
ValueId join_heads(LayerCall& call, const std::string& place, ValueId heads, const Shape& output) {
  LayerCall dense = call.part(place, "attention_output");
  Shape shape = call.shape(heads);
  Shape kernel_shape(shape.end() - 2, shape.end());
  const Dim rows = element_count(kernel_shape);
  kernel_shape.insert(kernel_shape.end(), output.begin(), output.end());
  const ValueId kernel = dense.weight("kernel", kernel_shape);
  const Shape sizes(call.shape(kernel).begin() + 2, call.shape(kernel).end());
  const Dim columns = element_count(sizes);
  shape.resize(shape.size() - 2);
  Shape joined = shape;
  joined.push_back(rows);
  std::vector<ValueId> operands = {call.view(heads, std::move(joined)),
                                   call.reshaped(kernel, {rows, columns})};
  if (call.config().flag_or("use_bias", true)) {
    operands.push_back(call.reshaped(dense.weight("bias", sizes), {columns}));
  }
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  return call.view(call.emit(MatMul{}, std::move(operands)), std::move(shape));
}

// The tensors of a call of either layer.
struct Call {
  ValueId query;
  ValueId value;
  ValueId key;
  std::optional<ValueId> query_mask;
  std::optional<ValueId> mask;  // everything that hides keys, of the rank in which Keras has it
  bool with_scores;
};

ValueId required_tensor(LayerCall& call, std::string_view name, std::size_t position) {
  const auto tensor = call.tensor_argument(name, position);
  if (!tensor) fail(ErrorCode::malformed_file, "called without argument '{}'", name);
  return *tensor;
}

// A mask that is passed, or else the Keras mask of `of`.
std::optional<ValueId> mask_argument(LayerCall& call, std::string_view name, std::size_t position,
                                     std::optional<ValueId> of) {
  auto mask = call.tensor_argument(name, position);
  if (!mask && of) mask = call.mask(*of);
  return as_mask(call, mask);
}

Call read_call(LayerCall& call, bool explicit_query_mask) {
  const ValueId query = required_tensor(call, "query", 0);
  const ValueId value = required_tensor(call, "value", 1);
  const auto key = call.tensor_argument("key", 2);
  for (const ValueId tensor : {query, value, key ? *key : value}) {
    call.require_least_rank(tensor, 3);
  }
  call.require_rank(query, call.rank(value));
  Call result = {call.as_float(query),
                 call.as_float(value),
                 call.as_float(key ? *key : value),
                 {},
                 {},
                 call.flag_argument("return_attention_scores", false, 7)};

  auto query_mask = mask_argument(call, "query_mask", 3, query);
  result.query_mask = call.mask(query);
  if (!explicit_query_mask) query_mask = result.query_mask;  // MultiHeadAttention reads no other
  const auto value_mask = mask_argument(call, "value_mask", 4, value);
  const auto key_mask = mask_argument(call, "key_mask", 5, key);

  std::optional<ValueId> mask;
  if (query_mask) mask = insert_axis(call, *query_mask, call.rank(*query_mask));
  for (const auto& keys : {value_mask, key_mask}) {
    if (keys) mask = both_masks(call, mask, insert_axis(call, *keys, call.rank(*keys) - 1));
  }
  const Dim queries = call.shape(query)[1];
  const Dim keys = call.shape(value)[1];
  // Keras has the batch in these two, as an axis of 1.
  if (call.flag_argument("use_causal_mask", false, 9)) {
    mask = both_masks(call, mask, insert_axis(call, causal_mask(call, queries, keys), 0));
  }
  if (const auto window = call.config().integer_or("sliding_window", 1, 0); window > 0) {
    const ValueId near = sliding_window_mask(call, queries, keys, window);
    mask = both_masks(call, mask, insert_axis(call, near, 0));
  }
  result.mask = both_masks(call, mask_argument(call, "attention_mask", 6, std::nullopt), mask);
  return result;
}

// Gives the mask axes of 1 in front of its last `inner` ones until it has as many as the scores.
std::optional<ValueId> over_heads(LayerCall& call, std::optional<ValueId> mask, std::size_t rank,
                                  std::size_t inner) {
  if (!mask) return mask;
  if (call.rank(*mask) < inner || call.rank(*mask) > rank) {
    fail(ErrorCode::shape_mismatch, "the attention mask {} does not fit scores of rank {}",
         to_keras_string(call.shape(*mask)), rank);
  }
  while (call.rank(*mask) < rank) mask = insert_axis(call, *mask, call.rank(*mask) - inner);
  return mask;
}

std::vector<ValueId> finish(LayerCall& call, const Call& tensors, ValueId output, ValueId scores) {
  call.set_mask(output, tensors.query_mask);
  if (tensors.with_scores) return {output, scores};
  return {output};
}

// Where Keras computes the scores by themselves, for want of which it calls its fused attention.
HiddenQuery hidden_query(const LayerCall& call, const Call& tensors) {
  static_cast<void>(call.config().find("flash_attention"));
  const bool own_scores = call.config().number_or("dropout", 0) > 0 || tensors.with_scores;
  return own_scores && call.version().major >= 3 ? HiddenQuery::looks_nowhere
                                                 : HiddenQuery::looks_everywhere;
}

Unary scale_by(double factor) { return {UnaryFn::linear, static_cast<float>(factor), 0}; }

// Attention over several axes, or other axes than the first: the others are like the batch.
AttentionResult attend_over(LayerCall& call, const std::vector<std::size_t>& axes, ValueId query,
                            ValueId key, ValueId value, std::optional<ValueId> mask) {
  const std::size_t rank = call.rank(query);
  std::string targets;
  std::string sources;
  std::string scores;
  std::string seen;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const auto letter = static_cast<char>('a' + axis);
    const bool attended = std::find(axes.begin(), axes.end(), axis) != axes.end();
    targets += letter;
    sources += attended ? static_cast<char>('A' + axis) : letter;
    if (!attended && axis + 1 < rank) scores += letter;
  }
  std::vector<std::size_t> normalised;
  for (const std::size_t axis : axes) {
    scores += targets[axis];
    seen += sources[axis];
  }
  scores += seen;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    normalised.push_back(scores.size() - axes.size() + i);
  }
  ValueId weights =
      emit_einsum(call, fmt::format("{},{}->{}", targets, sources, scores), {query, key});
  mask = over_heads(call, mask, scores.size(), 2 * axes.size());
  weights = masked_softmax(call, weights, mask, normalised, HiddenQuery::looks_nowhere);
  return {emit_einsum(call, fmt::format("{},{}->{}", scores, sources, targets), {weights, value}),
          weights};
}

// All axes between batch and channels, unless the config names some. Keras takes them in the order
// in which they are named.
std::vector<std::size_t> attention_axes(LayerCall& call, std::size_t input_rank) {
  const auto named = call.config().find("attention_axes");
  std::vector<std::size_t> axes;
  const auto add = [&](const file::Json& axis) {
    axes.push_back(within([] { return std::string("key 'attention_axes'"); },
                          [&] { return normalize_axis(axis.as_int64(), input_rank); }));
    const auto last = axes.end() - 1;
    if (*last == 0 || *last == input_rank - 1 || std::find(axes.begin(), last, *last) != last) {
      fail(ErrorCode::unsupported,
           "key 'attention_axes': {} does not name different axes between batch and channels",
           named->dump(60));
    }
  };
  if (named && !named->is_array()) add(*named);
  for (std::size_t i = 0; named && named->is_array() && i < named->size(); ++i) add((*named)[i]);
  for (std::size_t axis = 1; !named && axis + 1 < input_rank; ++axis) axes.push_back(axis);
  return axes;
}

Shape output_sizes(LayerCall& call, ValueId query) {
  const auto given = call.config().find("output_shape");
  if (!given || (given->is_array() && given->size() == 0)) return {call.shape(query).back()};
  if (!given->is_array()) return {Dim(to_integer(*given, 1))};
  Shape sizes;
  for (const file::Json size : given->elements()) sizes.emplace_back(to_integer(size, 1));
  return sizes;
}

std::vector<ValueId> import_multi_head_attention(LayerCall& call) {
  const Config& config = call.config();
  const Call tensors = read_call(call, false);
  const Dim heads(config.integer("num_heads", 1));
  const std::int64_t key_width = config.integer("key_dim", 1);
  const Dim value_width(config.integer_or("value_dim", 1, key_width));
  const bool gated = config.flag_or("use_gate", false);
  const auto axes = attention_axes(call, call.rank(tensors.value));
  const auto dense = [&](std::string_view name) { return attribute(call, name, false); };

  const Shape key_heads = {heads, Dim(key_width)};
  const Unary scale = scale_by(1 / std::sqrt(static_cast<double>(key_width)));
  const ValueId query =
      project(call, dense("query_dense"), "query", tensors.query, key_heads, scale);
  const ValueId key = project(call, dense("key_dense"), "key", tensors.key, key_heads);
  const ValueId value =
      project(call, dense("value_dense"), "value", tensors.value, {heads, value_width});

  AttentionResult result{};
  if (call.rank(query) == 4 && axes == std::vector<std::size_t>{1}) {
    result = dot_product_attention(call, {query,
                                          key,
                                          value,
                                          {},
                                          over_heads(call, tensors.mask, 4, 2),
                                          1,
                                          hidden_query(call, tensors)});
  } else {
    result = attend_over(call, axes, query, key, value, tensors.mask);
  }
  if (gated) {
    const ValueId gate = project(call, "_gate_dense", "gate", tensors.query, {heads, value_width},
                                 Unary{UnaryFn::sigmoid});
    result.output = call.binary(BinaryFn::multiply, result.output, gate);
  }
  const ValueId output =
      join_heads(call, dense("output_dense"), result.output, output_sizes(call, tensors.query));
  return finish(call, tensors, output, result.scores);
}

std::vector<ValueId> import_group_query_attention(LayerCall& call) {
  const Config& config = call.config();
  const Call tensors = read_call(call, true);
  for (const ValueId tensor : {tensors.query, tensors.value, tensors.key}) {
    call.require_rank(tensor, 3);
  }
  const std::int64_t width = config.integer("head_dim", 1);
  const Dim heads(config.integer("num_query_heads", 1));
  const Dim key_heads(config.integer("num_key_value_heads", 1));
  heads_per_key(heads, key_heads);  // before the kernels, which would not fit either

  const Unary scale = scale_by(1 / std::sqrt(static_cast<double>(width)));
  const ValueId query =
      project(call, "_query_dense", "query", tensors.query, {heads, Dim(width)}, scale);
  const ValueId key = project(call, "_key_dense", "key", tensors.key, {key_heads, Dim(width)});
  const ValueId value =
      project(call, "_value_dense", "value", tensors.value, {key_heads, Dim(width)});
  AttentionResult result = dot_product_attention(call, {query,
                                                        key,
                                                        value,
                                                        {},
                                                        over_heads(call, tensors.mask, 4, 2),
                                                        1,
                                                        hidden_query(call, tensors)});
  if (config.flag_or("use_gate", false)) {
    const ValueId gate = project(call, "_gate_dense", "gate", tensors.query, {heads, Dim(width)},
                                 Unary{UnaryFn::sigmoid});
    result.output = call.binary(BinaryFn::multiply, result.output, gate);
  }
  const Dim features = call.shape(tensors.query).back();
  const ValueId output = join_heads(call, "_output_dense", result.output, {features});
  return finish(call, tensors, output, result.scores);
}

constexpr std::array classes = {
    LayerClass{"MultiHeadAttention", import_multi_head_attention, MaskRule::own},
    LayerClass{"GroupQueryAttention", import_group_query_attention, MaskRule::own},
};

}  // namespace

const std::span<const LayerClass> multi_head_attention_layers = classes;

}  // namespace keraunos::keras
