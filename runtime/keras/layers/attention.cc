#include "runtime/keras/attention.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

struct Inputs {
  ValueId query;
  ValueId value;
  ValueId key;
  std::optional<ValueId> query_mask;
  std::optional<ValueId> value_mask;
};

std::optional<ValueId> tensor_in(const Argument& list, std::size_t i) {
  if (i >= list.items.size() || !list.items[i].is_tensor()) return std::nullopt;
  return list.items[i].value;
}

Inputs read_inputs(LayerCall& call) {
  if (call.input_count() < 2 || call.input_count() > 3) {
    fail(ErrorCode::malformed_file, "called on {} tensors; query, value and perhaps key wanted",
         call.input_count());
  }
  Inputs inputs = {call.float_input(0), call.float_input(1), 0, call.mask(call.input(0)),
                   call.mask(call.input(1))};
  inputs.key = call.input_count() == 3 ? call.float_input(2) : inputs.value;
  for (const ValueId input : {inputs.query, inputs.value, inputs.key}) {
    call.require_least_rank(input, 2);
  }
  if (call.rank(inputs.query) == 2) {
    call.warn(
        "its inputs have no axis of steps, so that Keras attends over the batch: what it gives for "
        "one example depends on all others");
  }
  if (const Argument* const masks = call.argument("mask"); masks && !masks->asks_for_nothing()) {
    if (masks->kind != Argument::Kind::list) {
      fail(ErrorCode::malformed_file, "called with mask={}; a list of two masks wanted",
           masks->describe());
    }
    inputs.query_mask = tensor_in(*masks, 0);
    inputs.value_mask = tensor_in(*masks, 1);
  }
  inputs.query_mask = as_mask(call, inputs.query_mask);
  inputs.value_mask = as_mask(call, inputs.value_mask);
  return inputs;
}

// (batch, queries, keys, width): every query beside every key.
ValueId pairs(LayerCall& call, const Inputs& inputs) {
  return call.binary(BinaryFn::add, insert_axis(call, inputs.query, call.rank(inputs.query) - 1),
                     insert_axis(call, inputs.key, call.rank(inputs.key) - 2));
}

ValueId sum_last(LayerCall& call, ValueId value) {
  return call.emit(Reduce{ReduceFn::sum, {call.rank(value) - 1}, false}, {value});
}

std::optional<ValueId> visible_keys(LayerCall& call, const Inputs& inputs) {
  std::optional<ValueId> mask = inputs.value_mask;
  if (mask && call.rank(*mask) < 3) mask = insert_axis(call, *mask, call.rank(*mask) - 1);
  // Keras 2 has it as a key of the config.
  const bool causal = call.config().flag_or("causal", false);
  if (!call.flag_argument("use_causal_mask", causal)) return mask;
  const Shape& query = call.shape(inputs.query);
  const Shape& key = call.shape(inputs.key);
  return both_masks(call, mask, causal_mask(call, query[query.size() - 2], key[key.size() - 2]));
}

// What both layers do with their scores. Hidden keys are lowered by 1e9: a query without any keeps
// the differences of its scores that a float32 of that size can still hold.
std::vector<ValueId> attend(LayerCall& call, const Inputs& inputs, ValueId scores) {
  static_cast<void>(call.config().find("dropout"));
  if (const auto mask = visible_keys(call, inputs)) {
    const ValueId lowered = call.emit(Unary{UnaryFn::linear, 1, -1e9F}, {scores});
    scores = call.emit(Select{}, {*mask, scores, lowered});
  }
  const ValueId weights = call.emit(Softmax{SoftmaxFn::softmax, {call.rank(scores) - 1}}, {scores});
  ValueId output = call.emit(BatchMatMul{}, {weights, inputs.value});
  if (inputs.query_mask) {
    const ValueId shown = insert_axis(call, *inputs.query_mask, call.rank(*inputs.query_mask));
    output = call.emit(Select{}, {shown, output, call.scalar(0)});
  }
  call.set_mask(output, inputs.query_mask);
  if (call.flag_argument("return_attention_scores", false)) return {output, weights};
  return {output};
}

std::vector<ValueId> import_attention(LayerCall& call) {
  const Inputs inputs = read_inputs(call);
  const bool concat = call.config().choice("score_mode", {"dot", "concat"}) == "concat";
  std::optional<ValueId> scale;
  if (call.config().flag_or("use_scale", false)) scale = call.weight("scale", {});
  const auto scaled = [&](ValueId value) {
    return scale ? call.binary(BinaryFn::multiply, value, *scale) : value;
  };
  if (!concat) {
    const ValueId scores = call.emit(BatchMatMul{false, true}, {inputs.query, inputs.key});
    return attend(call, inputs, scaled(scores));
  }
  const ValueId weight = call.weight("concat_score_weight", {});
  const ValueId bent = call.emit(Unary{UnaryFn::tanh}, {scaled(pairs(call, inputs))});
  return attend(call, inputs, call.binary(BinaryFn::multiply, sum_last(call, bent), weight));
}

std::vector<ValueId> import_additive_attention(LayerCall& call) {
  const Inputs inputs = read_inputs(call);
  ValueId bent = call.emit(Unary{UnaryFn::tanh}, {pairs(call, inputs)});
  if (call.config().flag_or("use_scale", true)) {
    const ValueId scale = call.weight("scale", {call.shape(inputs.query).back()});
    bent = call.binary(BinaryFn::multiply, bent, scale);
  }
  return attend(call, inputs, sum_last(call, bent));
}

constexpr std::array classes = {
    LayerClass{"Attention", import_attention, MaskRule::own},
    LayerClass{"AdditiveAttention", import_additive_attention, MaskRule::own},
};

}  // namespace

const std::span<const LayerClass> attention_layers = classes;

}  // namespace keraunos::keras
