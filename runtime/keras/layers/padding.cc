#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// Both sides of one axis: a pair, or one number for both.
PadAmounts to_amounts(const file::Json& json, std::string_view key) {
  if (!json.is_array()) return {to_integer(json, 0), to_integer(json, 0)};
  if (json.size() != 2) {
    fail(ErrorCode::malformed_file, "key '{}': {} is no pair", key, json.dump(60));
  }
  return {to_integer(json[0], 0), to_integer(json[1], 0)};
}

// What `key` says for each spatial axis: one number for all sides, or one number or pair per axis.
// With one axis, a list is its pair.
std::vector<PadAmounts> spatial_amounts(const Config& config, std::string_view key,
                                        std::size_t spatial_rank, std::int64_t fallback) {
  const auto amounts = config.find(key);
  if (!amounts) return std::vector<PadAmounts>(spatial_rank, {fallback, fallback});
  if (!amounts->is_array() || spatial_rank == 1) {
    return std::vector<PadAmounts>(spatial_rank, to_amounts(*amounts, key));
  }
  if (amounts->size() != spatial_rank) {
    fail(ErrorCode::malformed_file, "key '{}': {} does not hold {} axes", key, amounts->dump(60),
         spatial_rank);
  }
  std::vector<PadAmounts> result;
  for (const file::Json axis : amounts->elements()) result.push_back(to_amounts(axis, key));
  return result;
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_zero_padding(LayerCall& call) {
  call.require_rank(call.input(), spatial_rank + 2);
  const auto spatial = spatial_amounts(call.config(), "padding", spatial_rank, 1);
  std::vector<PadAmounts> amounts(spatial_rank + 2);
  std::copy(spatial.begin(), spatial.end(), amounts.begin() + (call.channels_first() ? 2 : 1));
  return {call.emit(Pad{std::move(amounts), 0}, {call.input()})};
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_cropping(LayerCall& call) {
  call.require_rank(call.input(), spatial_rank + 2);
  // Keras's default for images is to crop nothing.
  const auto spatial =
      spatial_amounts(call.config(), "cropping", spatial_rank, spatial_rank == 2 ? 0 : 1);
  const Shape& input = call.shape(call.input());
  const std::size_t first = call.channels_first() ? 2 : 1;
  Slice slice{Shape(input.size(), Dim(0)), input, std::vector<std::int64_t>(input.size(), 1)};
  for (std::size_t i = 0; i < spatial_rank; ++i) {
    const auto [before, after] = spatial[i];
    Dim& size = slice.sizes[first + i];
    slice.starts[first + i] = Dim(before);
    size = size - Dim(before) - Dim(after);
    if (const auto left = size.constant(); left && *left < 1) {
      fail(ErrorCode::shape_mismatch, "cropping {} and {} cells leaves nothing of axis {} of {}",
           before, after, first + i, to_keras_string(input));
    }
  }
  return {call.emit(std::move(slice), {call.input()})};
}

constexpr std::array classes = {
    LayerClass{"ZeroPadding1D", import_zero_padding<1>},
    LayerClass{"ZeroPadding2D", import_zero_padding<2>},
    LayerClass{"ZeroPadding3D", import_zero_padding<3>},
    LayerClass{"Cropping1D", import_cropping<1>},
    LayerClass{"Cropping2D", import_cropping<2>},
    LayerClass{"Cropping3D", import_cropping<3>},
};

}  // namespace

const std::span<const LayerClass> padding_layers = classes;

}  // namespace keraunos::keras
