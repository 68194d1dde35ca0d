#include "runtime/keras/tf_graph_ops.hpp"

#include <algorithm>

namespace keraunos::keras {
namespace {

const std::vector<std::string_view> xy = {"x", "y"};
const std::vector<std::string_view> x = {"x"};
const std::vector<std::string_view> input = {"input"};
const std::vector<std::string_view> features = {"features"};
const std::vector<std::string_view> reduced = {"input_tensor", "axis"};
const LegacyKeys keep_dims = {{"keep_dims", "keepdims"}};

const std::vector<GraphOp>& graph_ops() {
  static const std::vector<GraphOp> table = {
      {"Abs", "math.abs", x},
      {"Add", "math.add", xy},
      {"AddV2", "math.add", xy},
      {"All", "math.reduce_all", reduced, keep_dims},
      {"Any", "math.reduce_any", reduced, keep_dims},
      {"ArgMax", "math.argmax", {"input", "axis"}, {{"output_type", "output_type"}}},
      {"ArgMin", "math.argmin", {"input", "axis"}, {{"output_type", "output_type"}}},
      {"BatchMatMul",
       "linalg.matmul",
       {"a", "b"},
       {{"adj_x", "adjoint_a"}, {"adj_y", "adjoint_b"}}},
      {"BatchMatMulV2",
       "linalg.matmul",
       {"a", "b"},
       {{"adj_x", "adjoint_a"}, {"adj_y", "adjoint_b"}}},
      {"BiasAdd", "nn.bias_add", {"value", "bias"}},
      {"BroadcastTo", "broadcast_to", {"input", "shape"}},
      {"Cast", "cast", x, {{"DstT", "dtype"}}},
      {"Ceil", "math.ceil", x},
      {"ClipByValue", "clip_by_value", {"t", "clip_value_min", "clip_value_max"}},
      {"Cos", "math.cos", x},
      {"DepthToSpace", "nn.depth_to_space", {"input"}, {{"block_size", "block_size"}}},
      {"Elu", "nn.elu", features},
      {"Equal", "math.equal", xy},
      {"Erf", "math.erf", x},
      {"Exp", "math.exp", x},
      {"ExpandDims", "expand_dims", {"input", "axis"}},
      {"Floor", "math.floor", x},
      {"Fill", "fill", {"dims", "value"}},
      {"FloorDiv", "math.floordiv", xy},
      {"FloorMod", "math.floormod", xy},
      {"GatherV2", "gather", {"params", "indices", "axis"}},
      {"Greater", "math.greater", xy},
      {"GreaterEqual", "math.greater_equal", xy},
      {"Identity", "identity", {"input"}},
      {"LeakyRelu", "nn.leaky_relu", features, {{"alpha", "alpha"}}},
      {"Less", "math.less", xy},
      {"LessEqual", "math.less_equal", xy},
      {"Log", "math.log", x},
      {"Log1p", "math.log1p", x},
      {"LogicalAnd", "math.logical_and", xy},
      {"LogicalNot", "math.logical_not", x},
      {"LogicalOr", "math.logical_or", xy},
      {"MatMul",
       "linalg.matmul",
       {"a", "b"},
       {{"transpose_a", "transpose_a"}, {"transpose_b", "transpose_b"}}},
      {"Max", "math.reduce_max", reduced, keep_dims},
      {"Maximum", "math.maximum", xy},
      {"Mean", "math.reduce_mean", reduced, keep_dims},
      {"Min", "math.reduce_min", reduced, keep_dims},
      {"Minimum", "math.minimum", xy},
      {"Mul", "math.multiply", xy},
      {"Neg", "math.negative", x},
      {"NotEqual", "math.not_equal", xy},
      {"OnesLike", "ones_like", input},
      {"Pad", "compat.v1.pad", {"tensor", "paddings"}},
      {"PadV2", "compat.v1.pad", {"tensor", "paddings", "constant_values"}},
      {"Pow", "math.pow", xy},
      {"Prod", "math.reduce_prod", reduced, keep_dims},
      {"Range", "range", {"start", "limit", "delta"}},
      {"Rank", "rank", input},
      {"RealDiv", "math.truediv", xy},
      {"Relu", "nn.relu", features},
      {"Relu6", "nn.relu6", features},
      {"Reshape", "reshape", {"tensor", "shape"}},
      {"Round", "math.round", x},
      {"Rsqrt", "math.rsqrt", x},
      {"Select", "where", {"condition", "x", "y"}},
      {"SelectV2", "where", {"condition", "x", "y"}},
      {"Selu", "nn.selu", features},
      {"Shape", "shape", input, {{"out_type", "out_type"}}},
      {"Sigmoid", "math.sigmoid", x},
      {"Sign", "math.sign", x},
      {"Size", "size", input, {{"out_type", "out_type"}}},
      {"Sin", "math.sin", x},
      {"Slice", "slice", {"input_", "begin", "size"}},
      {"Softmax", "nn.softmax", {"logits"}},
      {"Softplus", "math.softplus", features},
      {"SpaceToDepth", "nn.space_to_depth", {"input"}, {{"block_size", "block_size"}}},
      {"SplitV", "split", {"value", "num_or_size_splits", "axis"}},
      {"Sqrt", "math.sqrt", x},
      {"Square", "math.square", x},
      {"SquaredDifference", "math.squared_difference", xy},
      {"Squeeze", "squeeze", {"input"}, {{"squeeze_dims", "axis"}}},
      {"StopGradient", "stop_gradient", {"input"}},
      {"Sub", "math.subtract", xy},
      {"Sum", "math.reduce_sum", reduced, keep_dims},
      {"Tanh", "math.tanh", x},
      {"Tile", "tile", {"input", "multiples"}},
      {"Transpose", "transpose", {"a", "perm"}},
      {"Unpack", "unstack", {"value"}, {{"axis", "axis"}, {"num", "num"}}},
      {"ZerosLike", "zeros_like", input},
  };
  return table;
}

}  // namespace

const GraphOp* find_graph_op(std::string_view op) {
  const auto found = std::ranges::find(graph_ops(), op, &GraphOp::op);
  return found == graph_ops().end() ? nullptr : &*found;
}

}  // namespace keraunos::keras
