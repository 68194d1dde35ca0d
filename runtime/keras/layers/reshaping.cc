#include <optional>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// The batch stays, everything else is multiplied. With channels_first Keras moves the channels
// last before it flattens.
std::vector<ValueId> import_flatten(LayerCall& call) {
  call.require_least_rank(call.input(), 1);
  const ValueId input = call.to_channels_last(call.input());
  const Shape& shape = call.shape(input);
  const Shape rest(shape.begin() + 1, shape.end());
  return {call.emit(View{{shape[0], element_count(rest)}}, {input})};
}

/// What "target_shape" wants of the axes behind the batch.
struct Target {
  Shape shape;
  std::optional<std::size_t> open_axis;  // takes what the others leave
  std::int64_t known = 1;                // the product of the others
};

// Keras writes None as null where it means -1.
Target read_target(const file::Json& sizes) {
  Target target;
  for (const file::Json size : sizes.elements()) {
    if (size.is_null() || size.as_int64() == -1) {
      if (target.open_axis) {
        fail(ErrorCode::malformed_file, "key 'target_shape': {} leaves two sizes open",
             sizes.dump(60));
      }
      target.open_axis = target.shape.size();
      target.shape.emplace_back(1);
    } else {
      target.shape.emplace_back(to_integer(size, 0));
      target.known = *(Dim(target.known) * target.shape.back()).constant();
    }
  }
  if (target.open_axis && target.known == 0) {
    fail(ErrorCode::malformed_file, "key 'target_shape': -1 beside a size of 0");
  }
  return target;
}

std::vector<ValueId> import_reshape(LayerCall& call) {
  const auto sizes = call.config().find("target_shape");
  if (!sizes) fail(ErrorCode::malformed_file, "key 'target_shape': missing");
  call.require_least_rank(call.input(), 1);
  const Shape input = call.shape(call.input());
  const Dim cells = element_count(Shape(input.begin() + 1, input.end()));
  Target target = read_target(*sizes);
  if (const auto count = cells.constant()) {
    if (target.open_axis ? *count % target.known != 0 : *count != target.known) {
      fail(ErrorCode::shape_mismatch, "key 'target_shape': {} cells do not fill {}", *count,
           sizes->dump(60));
    }
  }
  if (target.open_axis) target.shape[*target.open_axis] = floor_div(cells, target.known);
  target.shape.insert(target.shape.begin(), input[0]);
  return {call.emit(View{std::move(target.shape)}, {call.input()})};
}

std::vector<ValueId> import_permute(LayerCall& call) {
  call.require_least_rank(call.input(), 1);
  const std::size_t rank = call.rank(call.input());
  Transpose transpose{{0}};
  for (const std::int64_t dim : call.config().integers("dims", rank - 1, 1)) {
    transpose.permutation.push_back(static_cast<std::size_t>(dim));
  }
  return {call.emit(std::move(transpose), {call.input()})};
}

std::vector<ValueId> import_repeat_vector(LayerCall& call) {
  call.require_rank(call.input(), 2);
  const std::int64_t n = call.config().integer("n", 1);
  const Shape shape = call.shape(call.input());
  const ValueId row = call.view(call.input(), {shape[0], Dim(1), shape[1]});
  return {call.emit(Broadcast{{shape[0], Dim(n), shape[1]}}, {row})};
}

constexpr std::array classes = {
    LayerClass{"Flatten", import_flatten},
    LayerClass{"Reshape", import_reshape},
    LayerClass{"Permute", import_permute},
    LayerClass{"RepeatVector", import_repeat_vector},
};

}  // namespace

const std::span<const LayerClass> reshaping_layers = classes;

}  // namespace keraunos::keras
