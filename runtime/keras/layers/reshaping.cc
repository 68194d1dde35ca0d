#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// The batch stays, everything else is multiplied. With channels_first Keras moves the channels
// last before it flattens.
std::vector<ValueId> import_flatten(LayerCall& call) {
  const ValueId input = call.to_channels_last(call.input());
  const Shape& shape = call.shape(input);
  const Shape rest(shape.begin() + 1, shape.end());
  return {call.emit(View{{shape[0], element_count(rest)}}, {input})};
}

std::vector<ValueId> import_reshape(LayerCall& call) {
  const auto target = call.config().find("target_shape");
  if (!target) fail(ErrorCode::malformed_file, "key 'target_shape': missing");
  const Shape input = call.shape(call.input());
  Shape shape = {input[0]};
  std::size_t open_axis = 0;
  std::int64_t known = 1;
  for (const file::Json size : target->elements()) {
    // Keras writes None as null where it means -1.
    if (size.is_null() || size.as_int64() == -1) {
      if (open_axis != 0) {
        fail(ErrorCode::malformed_file, "key 'target_shape': {} leaves two sizes open",
             target->dump(60));
      }
      open_axis = shape.size();
      shape.emplace_back(1);
    } else {
      shape.emplace_back(to_integer(size, 0));
      known = *(Dim(known) * shape.back()).constant();
    }
  }
  if (open_axis != 0) {
    const Shape rest(input.begin() + 1, input.end());
    if (known == 0) fail(ErrorCode::malformed_file, "key 'target_shape': -1 beside a size of 0");
    shape[open_axis] = floor_div(element_count(rest), known);
  }
  return {call.emit(View{std::move(shape)}, {call.input()})};
}

std::vector<ValueId> import_permute(LayerCall& call) {
  const std::size_t rank = call.rank(call.input());
  Transpose transpose{{0}};
  for (const std::int64_t dim : call.config().integers("dims", rank - 1, 1)) {
    transpose.permutation.push_back(static_cast<std::size_t>(dim));
  }
  return {call.emit(std::move(transpose), {call.input()})};
}

PadAmounts to_amounts(const file::Json& json) {
  if (!json.is_array()) return {to_integer(json, 0), to_integer(json, 0)};
  if (json.size() != 2) {
    fail(ErrorCode::malformed_file, "key 'padding': {} is no pair", json.dump(60));
  }
  return {to_integer(json[0], 0), to_integer(json[1], 0)};
}

std::vector<ValueId> import_zero_padding2d(LayerCall& call) {
  call.require_rank(call.input(), 4);
  std::vector<PadAmounts> amounts(4);
  const std::size_t first = call.channels_first() ? 2 : 1;
  const auto padding = call.config().find("padding");
  if (padding && padding->is_array() && padding->size() != 2) {
    fail(ErrorCode::malformed_file, "key 'padding': {} does not hold height and width",
         padding->dump(60));
  }
  for (std::size_t i = 0; i < 2; ++i) {
    amounts[first + i] = !padding              ? PadAmounts{1, 1}
                         : padding->is_array() ? to_amounts((*padding)[i])
                                               : to_amounts(*padding);
  }
  return {call.emit(Pad{std::move(amounts), 0}, {call.input()})};
}

constexpr std::array classes = {
    LayerClass{"Flatten", import_flatten},
    LayerClass{"Reshape", import_reshape},
    LayerClass{"Permute", import_permute},
    LayerClass{"ZeroPadding2D", import_zero_padding2d},
};

}  // namespace

const std::span<const LayerClass> reshaping_layers = classes;

}  // namespace keraunos::keras
