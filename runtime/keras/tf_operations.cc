#include "runtime/keras/tf_operations.hpp"

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"
#include "runtime/keras/legacy_classes.hpp"
#include "runtime/keras/legacy_nodes.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/tf_node.hpp"
#include "runtime/keras/tf_rules.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

struct TfFunction {
  std::string_view symbol;
  std::string_view class_name;                     // of the operation of Keras 3
  std::vector<std::string_view> operands = {"x"};  // parameters that it is called on, in order
  LegacyKeys attributes = {};                      // parameters -> keys of its config
  LegacyKeys given = {};                           // keys of its config, and JSON where left out
  TfRule rule = nullptr;                           // what this line cannot say
};

const std::vector<std::string_view> xy = {"x", "y"};
const std::vector<std::string_view> tensor = {"tensor"};
const std::vector<std::string_view> input = {"input"};
const std::vector<std::string_view> input_tensor = {"input_tensor"};
const std::vector<std::string_view> features = {"features"};
const LegacyKeys axis = {{"axis", "axis"}};
const LegacyKeys reduction = {{"axis", "axis"}, {"keepdims", "keepdims"}};
const LegacyKeys from_axis_0 = {{"axis", "0"}};
const LegacyKeys last_two_axes = {{"axis1", "-2"}, {"axis2", "-1"}};

// Keys whose numbers may be made of the shapes of tensors.
constexpr std::string_view size_keys[] = {"begin",    "batch_shape", "end",         "maxlen",
                                          "newshape", "num_classes", "num_columns", "pad_width",
                                          "repeats",  "shape",       "size",        "strides"};

const std::vector<TfFunction>& functions() {
  static const std::vector<TfFunction> table = {
      {"__operators__.add", "Add", xy},
      {"__operators__.eq", "Equal", {"self", "other"}},
      {"__operators__.getitem", "GetItem", tensor, {}, {}, slice_spec},
      {"__operators__.ne", "NotEqual", {"self", "other"}},
      {"bitwise.bitwise_and", "BitwiseAnd", xy},
      {"bitwise.bitwise_or", "BitwiseOr", xy},
      {"bitwise.bitwise_xor", "BitwiseXor", xy},
      {"bitwise.invert", "BitwiseInvert"},
      {"bitwise.left_shift", "LeftShift", xy},
      {"bitwise.right_shift", "RightShift", xy},
      {"broadcast_to", "BroadcastTo", input, {{"shape", "shape"}}},
      {"cast", "Cast", {"x"}, {{"dtype", "dtype"}}},
      {"clip_by_value", "Clip", {"t"}, {{"clip_value_min", "x_min"}, {"clip_value_max", "x_max"}}},
      {"compat.v1.floor_div", "FloorDivide", xy},
      {"compat.v1.nn.embedding_lookup", "Take", {"params", "ids"}, {}, from_axis_0, no_partitions},
      {"compat.v1.pad", "Pad", tensor, {{"paddings", "pad_width"}}, {}, pad_mode},
      {"compat.v1.shape", "Shape", input, {{"out_type", "dtype"}}},
      {"compat.v1.size", "Size", input, {{"out_type", "dtype"}}},
      {"compat.v1.squeeze", "Squeeze", input, axis},
      {"compat.v1.transpose", "Transpose", {"a"}, {{"perm", "axes"}}},
      {"concat", "Concatenate", {"values"}, axis},
      {"convert_to_tensor", "StopGradient", {"value"}},
      {"debugging.check_numerics", "StopGradient", tensor, {}, {}, no_message},
      {"dtypes.saturate_cast", "SaturateCast", {"value"}, {{"dtype", "dtype"}}},
      {"einsum", "Einsum", {"equation"}, {}, {}, equation_first},
      {"ensure_shape", "EnsureShape", {"x"}, {{"shape", "shape"}}},
      {"expand_dims", "ExpandDims", input, axis},
      {"eye",
       "Eye",
       {"num_rows"},
       {{"num_columns", "num_columns"}, {"batch_shape", "batch_shape"}, {"dtype", "dtype"}}},
      {"fill", "Fill", {"dims", "value"}},
      {"identity", "StopGradient", input},
      {"image.extract_patches", "ExtractPatches", {"images"}, {}, {}, patch_sizes},
      {"image.resize",
       "Resize",
       {"images"},
       {{"size", "size"}, {"antialias", "antialias"}},
       {},
       resize_method},
      {"linalg.cross", "Cross", {"a", "b"}, {}, {{"axis", "-1"}}},
      {"linalg.diag_part", "Diagonal", input, {{"k", "offset"}}, last_two_axes, no_alignment},
      {"linalg.matmul", "Matmul", {"a", "b"}, {}, {}, transpose_operands},
      {"linalg.trace", "Trace", {"x"}, {}, last_two_axes},
      {"math.abs", "Absolute"},
      {"math.acos", "Arccos"},
      {"math.acosh", "Arccosh"},
      {"math.add", "Add", xy},
      {"math.argmax", "Argmax", input, axis, from_axis_0, then_int64},
      {"math.argmin", "Argmin", input, axis, from_axis_0, then_int64},
      {"math.asin", "Arcsin"},
      {"math.asinh", "Arcsinh"},
      {"math.atan", "Arctan"},
      {"math.atan2", "Arctan2", {"y", "x"}},
      {"math.atanh", "Arctanh"},
      {"math.ceil", "Ceil"},
      {"math.cos", "Cos"},
      {"math.cosh", "Cosh"},
      {"math.divide", "Divide", xy},
      {"math.divide_no_nan", "DivideNoNan", xy},
      {"math.equal", "Equal", xy},
      {"math.erf", "Erf"},
      {"math.erfc", "Erfc"},
      {"math.erfinv", "Erfinv"},
      {"math.exp", "Exp"},
      {"math.expm1", "Expm1"},
      {"math.floor", "Floor"},
      {"math.floordiv", "FloorDivide", xy},
      {"math.floormod", "Mod", xy},
      {"math.greater", "Greater", xy},
      {"math.greater_equal", "GreaterEqual", xy},
      {"math.is_finite", "Isfinite"},
      {"math.is_inf", "Isinf"},
      {"math.is_nan", "Isnan"},
      {"math.l2_normalize", "Normalize", {"x"}, axis, {}, l2_epsilon},
      {"math.less", "Less", xy},
      {"math.less_equal", "LessEqual", xy},
      {"math.log", "Log"},
      {"math.log1p", "Log1p"},
      {"math.log_sigmoid", "LogSigmoid"},
      {"math.logical_and", "LogicalAnd", xy},
      {"math.logical_not", "LogicalNot"},
      {"math.logical_or", "LogicalOr", xy},
      {"math.logical_xor", "LogicalXor", xy},
      {"math.maximum", "Maximum", xy},
      {"math.minimum", "Minimum", xy},
      {"math.multiply", "Multiply", xy},
      {"math.negative", "Negative"},
      {"math.not_equal", "NotEqual", xy},
      {"math.pow", "Power", xy},
      {"math.reciprocal", "Reciprocal"},
      {"math.reduce_all", "All", input_tensor, reduction},
      {"math.reduce_any", "Any", input_tensor, reduction},
      {"math.reduce_euclidean_norm", "Norm", input_tensor, reduction},
      {"math.reduce_logsumexp", "Logsumexp", input_tensor, reduction},
      {"math.reduce_max", "Max", input_tensor, reduction},
      {"math.reduce_mean", "Mean", input_tensor, reduction},
      {"math.reduce_min", "Min", input_tensor, reduction},
      {"math.reduce_prod", "Prod", input_tensor, reduction},
      {"math.reduce_std", "Std", input_tensor, reduction},
      {"math.reduce_sum", "Sum", input_tensor, reduction},
      {"math.reduce_variance", "Var", input_tensor, reduction},
      {"math.round", "Round"},
      {"math.rsqrt", "Rsqrt"},
      {"math.sigmoid", "Sigmoid"},
      {"math.sign", "Sign"},
      {"math.sin", "Sin"},
      {"math.sinh", "Sinh"},
      {"math.softplus", "Softplus", features},
      {"math.sqrt", "Sqrt"},
      {"math.square", "Square"},
      {"math.squared_difference", "Subtract", xy, {}, {}, then_square},
      {"math.subtract", "Subtract", xy},
      {"math.tan", "Tan"},
      {"math.tanh", "Tanh"},
      {"math.top_k", "TopK", input, {{"k", "k"}, {"sorted", "sorted"}}},
      {"math.truediv", "TrueDivide", xy},
      {"meshgrid", "Meshgrid", {"x", "y"}, {{"indexing", "indexing"}}},
      {"nn.bias_add", "Add", {"value", "bias"}, {}, {}, only_nhwc},
      {"nn.depth_to_space", "DepthToSpace", input, {{"block_size", "block_size"}}, {}, only_nhwc},
      {"nn.elu", "Elu", features},
      {"nn.embedding_lookup", "Take", {"params", "ids"}, {}, from_axis_0, no_partitions},
      {"nn.gelu", "Gelu", features, {{"approximate", "approximate"}}, {{"approximate", "false"}}},
      {"nn.leaky_relu", "LeakyRelu", features, {{"alpha", "negative_slope"}}},
      {"nn.log_softmax", "LogSoftmax", {"logits"}, axis},
      {"nn.relu", "Relu", features},
      {"nn.relu6", "Relu6", features},
      {"nn.selu", "Selu", features},
      {"nn.sigmoid", "Sigmoid"},
      {"nn.silu", "Silu", features},
      {"nn.softmax", "Softmax", {"logits"}, axis},
      {"nn.softplus", "Softplus", features},
      {"nn.softsign", "Softsign", features},
      {"nn.space_to_depth", "SpaceToDepth", input, {{"block_size", "block_size"}}, {}, only_nhwc},
      {"nn.swish", "Silu", features},
      {"nn.tanh", "Tanh"},
      {"one_hot", "OneHot", {"indices"}, {{"depth", "num_classes"}, {"axis", "axis"}}},
      {"ones", "Ones", {"shape"}, {{"dtype", "dtype"}}},
      {"ones_like", "OnesLike", input},
      {"range", "Range", {"start"}, {{"dtype", "dtype"}}, {}, limit_and_delta},
      {"rank", "Rank", input},
      {"repeat", "Repeat", input, {{"repeats", "repeats"}, {"axis", "axis"}}},
      {"reshape", "Reshape", tensor, {{"shape", "newshape"}}},
      {"reverse", "Flip", tensor, axis},
      {"roll", "Roll", input, {{"shift", "shift"}, {"axis", "axis"}}},
      {"sequence_mask", "SequenceMask", {"lengths"}, {{"maxlen", "maxlen"}, {"dtype", "dtype"}}},
      {"shape", "Shape", input, {{"out_type", "dtype"}}},
      {"size", "Size", input, {{"out_type", "dtype"}}},
      {"slice", "Slice", {"input_"}, {}, {}, begin_and_size},
      {"split", "Split", {"value"}, axis, {}, cut_at_sizes},
      {"squeeze", "Squeeze", input, axis},
      {"stack", "Stack", {"values"}, axis},
      {"stop_gradient", "StopGradient", input},
      {"strided_slice",
       "StridedSlice",
       {"input_"},
       {{"begin", "begin"},
        {"end", "end"},
        {"strides", "strides"},
        {"begin_mask", "begin_mask"},
        {"end_mask", "end_mask"},
        {"ellipsis_mask", "ellipsis_mask"},
        {"new_axis_mask", "new_axis_mask"},
        {"shrink_axis_mask", "shrink_axis_mask"}}},
      {"tensordot", "Tensordot", {"a", "b"}, {{"axes", "axes"}}},
      {"tile", "Tile", input, {{"multiples", "repeats"}}},
      {"transpose", "Transpose", {"a"}, {{"perm", "axes"}}},
      {"unstack", "Unstack", {"value"}, {{"axis", "axis"}, {"num", "num"}}},
      {"where", "Where", {"condition", "x", "y"}},
      {"zeros", "Zeros", {"shape"}, {{"dtype", "dtype"}}},
      {"zeros_like", "ZerosLike", input},
  };
  return table;
}

// A function with an importer of its own is called as it is.
Operation imported_function(const std::string& symbol, const CallArguments& call) {
  if (find_tf_function(symbol) == nullptr) {
    const std::string_view reason = why_tf_function_is_refused(symbol);
    fail(ErrorCode::unsupported, "the TensorFlow function tf.{} is not supported{}{}", symbol,
         reason.empty() ? "" : ": ", reason);
  }
  Operation operation{fmt::format("tf.{}", symbol), {}, call};
  std::erase_if(operation.call.keyword, [](const auto& item) { return item.first == "name"; });
  return operation;
}

Operations translate(const std::string& symbol, const CallArguments& call) {
  const auto& table = functions();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const TfFunction& it) { return it.symbol == symbol; });
  if (found == table.end()) return {imported_function(symbol, call)};
  Parameters parameters(symbol, found->operands.front(), call);
  Operations operations = {{std::string(found->class_name), {}, {}}};
  for (const std::string_view name : found->operands) {
    operations[0].call.positional.push_back(parameters.take_required(name));
  }
  for (const auto& [name, key] : found->attributes) {
    const Argument value = parameters.take(name);
    if (value.is_none()) continue;
    const bool may_be_computed = std::ranges::find(size_keys, key) != std::end(size_keys);
    if (value.kind != Argument::Kind::constant && !may_be_computed) {
      fail(ErrorCode::unsupported, "tf.{} is called with {}={}; a constant is supported", symbol,
           name, value.describe());
    }
    set_sizes(operations[0], key, value);
  }
  for (const auto& [key, json] : found->given) {
    const auto has = [&wanted = key](const auto& item) { return item.first == wanted; };
    if (std::ranges::none_of(operations[0].config, has)) set_key(operations[0], key, json);
  }
  if (found->rule != nullptr) found->rule(parameters, operations);
  parameters.refuse_rest();
  return operations;
}

}  // namespace

bool is_tf_operation(std::string_view class_name) {
  return class_name == "TFOpLambda" || class_name == "SlicingOpLambda" ||
         class_name == "TensorFlowOpLayer";
}

std::vector<Operation> translate_tf_operation(const Json& config, const CallArguments& call) {
  if (config.contains("node_def")) {
    const TfNode node = parse_tf_node(config, call);
    return translate(node.symbol, node.call);
  }
  return translate(std::string(config.at("function").as_string()), call);
}

void write_operation(file::JsonWriter& out, const Operation& operation, const std::string& name,
                     std::string_view shown_class) {
  out.begin_object();
  out.key("module");
  out.string("keras.src.ops.numpy");
  out.key("class_name");
  out.string(operation.class_name);
  out.key(shown_key);
  out.string(shown_class);
  out.key("config");
  out.begin_object();
  out.key("name");
  out.string(name);
  for (const auto& [key, argument] : operation.config) {
    out.key(key);
    write_argument(out, argument);
  }
  out.end_object();
  out.key("name");
  out.string(name);
  out.key("inbound_nodes");
  out.begin_array();
  write_call(out, operation.call);
  out.end_array();
  out.end_object();
}

}  // namespace keraunos::keras
