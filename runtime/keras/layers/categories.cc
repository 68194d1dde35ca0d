#include "runtime/keras/layers/categories.hpp"

#include <numeric>

#include "runtime/base/fail.hpp"
#include "runtime/keras/dtype_policy.hpp"

namespace keraunos::keras {
namespace {

// 0, 1, ..., depth-1.
ValueId counting(LayerCall& call, std::int64_t depth, DType dtype) {
  Tensor tensor(DType::int64, {depth});
  std::iota(tensor.as<std::int64_t>().begin(), tensor.as<std::int64_t>().end(), 0);
  return call.environment().graph.add_constant(make_constant("categories", tensor.cast(dtype)));
}

// Keras collects along axis 1, which is the only one beside the batch up to rank 2.
std::size_t sample_axis(LayerCall& call, ValueId numbers) { return call.rank(numbers) > 1 ? 1 : 0; }

}  // namespace

void require_depth(std::int64_t depth) {
  constexpr std::int64_t most = std::int64_t{1} << 24;
  if (depth > most) {
    fail(ErrorCode::unsupported, "{} categories; at most {} are supported", depth, most);
  }
}

ValueId one_hot(LayerCall& call, ValueId numbers, std::int64_t depth) {
  require_depth(depth);
  const bool wide = call.dtype(numbers) != DType::int32;
  numbers = call.cast(numbers, wide ? DType::int64 : DType::int32);
  Shape shape = call.shape(numbers);
  shape.emplace_back(1);
  return call.binary(BinaryFn::equal, call.view(numbers, shape),
                     counting(call, depth, call.dtype(numbers)));
}

ValueId count_reached(LayerCall& call, ValueId numbers, const std::vector<float>& boundaries) {
  Shape shape = call.shape(numbers);
  shape.emplace_back(1);
  const ValueId below = call.binary(BinaryFn::less, call.view(numbers, shape),
                                    call.constant("boundaries", boundaries));
  const ValueId reached = call.cast(call.emit(Unary{UnaryFn::logical_not}, {below}), DType::int32);
  return call.emit(Reduce{ReduceFn::sum, {shape.size() - 1}}, {reached});
}

std::string output_mode(const Config& config, const std::vector<std::string_view>& allowed) {
  config.refuse_if_set("sparse");
  const std::string name = config.string_or("output_mode", allowed.front());
  if (name == "binary") return "multi_hot";
  if (name == "tf-idf") return "tf_idf";
  return config.choice("output_mode", allowed);
}

DType keras2_category_dtype(const Config& config, const std::string& mode) {
  const DType dtype = variable_dtype(config);
  return mode == "int" && is_floating(dtype) ? DType::int64 : dtype;
}

ValueId encode_categories(LayerCall& call, ValueId numbers, const CategoryEncoding& encoding,
                          std::optional<ValueId> weights) {
  if (encoding.mode == "int") return call.cast(numbers, encoding.dtype);
  const Shape shape = call.shape(numbers);
  if (encoding.mode == "one_hot") {
    const bool column = shape.size() > 1 && shape.back() == Dim(1);
    if (column) numbers = call.view(numbers, Shape(shape.begin(), shape.end() - 1));
    return call.cast(one_hot(call, numbers, encoding.depth), encoding.dtype);
  }
  const std::size_t axis = sample_axis(call, numbers);
  const ValueId marks = one_hot(call, numbers, encoding.depth);
  if (encoding.mode == "multi_hot") {
    return call.cast(call.emit(Reduce{ReduceFn::any, {axis}}, {marks}), encoding.dtype);
  }
  if (!weights) {
    const ValueId counts =
        call.emit(Reduce{ReduceFn::sum, {axis}}, {call.cast(marks, DType::int32)});
    return call.cast(counts, encoding.dtype);
  }
  Shape weight_shape = call.shape(*weights);
  weight_shape.emplace_back(1);
  const ValueId weighted = call.binary(BinaryFn::multiply, call.as_float(marks),
                                       call.view(call.as_float(*weights), weight_shape));
  return call.emit(Reduce{ReduceFn::sum, {axis}}, {weighted});
}

}  // namespace keraunos::keras
