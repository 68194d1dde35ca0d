#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"

// Moving blocks of cells between places and the batch.

namespace keraunos::keras {
namespace {

struct Block {
  std::vector<std::int64_t> sizes;
  std::vector<PadAmounts> borders;

  Block(const LayerCall& call, std::string_view borders_name) {
    sizes = integers_parameter(call, "block_shape");
    const auto listed = constant_parameter(call, borders_name);
    if (!listed || listed->size() != sizes.size()) {
      fail(ErrorCode::malformed_file, "called with {} that is no pair for each axis of the block",
           borders_name);
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (sizes[i] < 1) fail(ErrorCode::malformed_file, "a block of {} cells", sizes[i]);
      borders.push_back({to_integer((*listed)[i][0], 0), to_integer((*listed)[i][1], 0)});
    }
  }
};

// (batch, n*block..., rest...) to (block... * batch, n..., rest...)
std::vector<ValueId> import_space_to_batch(LayerCall& call) {
  ValueId value = as_stored(call, operand(call, "", 0));
  const Block block(call, "paddings");
  const std::size_t axes = block.sizes.size();
  call.require_least_rank(value, axes + 1);
  Pad pad{std::vector<PadAmounts>(call.rank(value)), 0};
  std::ranges::copy(block.borders, pad.amounts.begin() + 1);
  value = call.emit(std::move(pad), {value});
  const Shape shape = call.shape(value);
  Shape split = {shape[0]};
  Shape result = {shape[0]};
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < axes; ++i) {
    const Dim places = floor_div(shape[i + 1], block.sizes[i]);
    split.insert(split.end(), {places, Dim(block.sizes[i])});
    result[0] = result[0] * Dim(block.sizes[i]);
    result.push_back(places);
    order.push_back(2 * i + 2);
  }
  order.push_back(0);
  for (std::size_t i = 0; i < axes; ++i) order.push_back(2 * i + 1);
  for (std::size_t i = axes + 1; i < shape.size(); ++i) {
    order.push_back(i + axes);
    split.push_back(shape[i]);
    result.push_back(shape[i]);
  }
  return {call.view(transpose(call, call.view(value, std::move(split)), std::move(order)),
                    std::move(result))};
}

// The way back.
std::vector<ValueId> import_batch_to_space(LayerCall& call) {
  ValueId value = as_stored(call, operand(call, "", 0));
  const Block block(call, "crops");
  const std::size_t axes = block.sizes.size();
  call.require_least_rank(value, axes + 1);
  const Shape shape = call.shape(value);
  std::int64_t cells = 1;
  for (const std::int64_t size : block.sizes) cells *= size;
  Shape split;
  Shape result = {floor_div(shape[0], cells)};
  std::vector<std::size_t> order = {axes};
  for (const std::int64_t size : block.sizes) split.emplace_back(size);
  split.push_back(result[0]);
  for (std::size_t i = 0; i < axes; ++i) {
    split.push_back(shape[i + 1]);
    result.push_back(shape[i + 1] * Dim(block.sizes[i]));
    order.insert(order.end(), {axes + 1 + i, i});
  }
  for (std::size_t i = axes + 1; i < shape.size(); ++i) {
    order.push_back(i + axes);
    split.push_back(shape[i]);
    result.push_back(shape[i]);
  }
  value = call.view(transpose(call, call.view(value, std::move(split)), std::move(order)), result);
  for (std::size_t i = 0; i < axes; ++i) {
    const PadAmounts& cut = block.borders[i];
    value = slice(call, value, i + 1, Dim(cut.before), result[i + 1] - Dim(cut.before + cut.after));
  }
  return {value};
}

constexpr std::array functions = {
    LayerClass{"space_to_batch_nd", import_space_to_batch},
    LayerClass{"batch_to_space_nd", import_batch_to_space},
    LayerClass{"batch_to_space", import_batch_to_space},
};

}  // namespace

const std::span<const LayerClass> tf_block_functions = functions;

}  // namespace keraunos::keras
