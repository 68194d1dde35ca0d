#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// Repeats every cell of the spatial axes: each of them is split into its cells and an axis of 1,
// which is repeated, and joined again.
ValueId repeat_cells(LayerCall& call, ValueId input, const std::vector<std::int64_t>& sizes) {
  const Shape shape = call.shape(input);
  const std::size_t first = call.channels_first() ? 2 : 1;
  Shape split;
  Shape repeated;
  Shape joined;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    split.push_back(shape[axis]);
    repeated.push_back(shape[axis]);
    joined.push_back(shape[axis]);
    if (axis < first || axis >= first + sizes.size()) continue;
    const Dim size(sizes[axis - first]);
    split.emplace_back(1);
    repeated.push_back(size);
    joined.back() = joined.back() * size;
  }
  const ValueId cells = call.view(input, std::move(split));
  return call.view(call.emit(Broadcast{std::move(repeated)}, {cells}), std::move(joined));
}

std::vector<std::int64_t> sizes_of(const Config& config, std::size_t spatial_rank) {
  if (config.find("size")) return config.integers("size", spatial_rank, 1);
  return std::vector<std::int64_t>(spatial_rank, 2);
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_upsampling(LayerCall& call) {
  call.require_rank(call.input(), spatial_rank + 2);
  return {repeat_cells(call, call.input(), sizes_of(call.config(), spatial_rank))};
}

Interpolation interpolation_named(std::string_view name) {
  if (name == "bilinear") return Interpolation::bilinear;
  if (name == "bicubic") return Interpolation::bicubic;
  return name == "lanczos3" ? Interpolation::lanczos3 : Interpolation::lanczos5;
}

std::vector<ValueId> import_upsampling2d(LayerCall& call) {
  const std::string interpolation = call.config().choice(
      "interpolation", {"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"});
  if (interpolation == "nearest") return import_upsampling<2>(call);
  call.require_rank(call.input(), 4);
  if (const DType dtype = call.dtype(call.input()); !is_floating(dtype)) {
    fail(ErrorCode::unsupported, "{} interpolation of {} images is not supported", interpolation,
         to_string(dtype));
  }
  const ValueId input = call.to_channels_last(call.float_input());
  const auto sizes = sizes_of(call.config(), 2);
  Resize resize;
  resize.height = call.shape(input)[1] * Dim(sizes[0]);
  resize.width = call.shape(input)[2] * Dim(sizes[1]);
  resize.interpolation = interpolation_named(interpolation);
  return {call.from_channels_last(call.emit(resize, {input}))};
}

constexpr std::array classes = {
    LayerClass{"UpSampling1D", import_upsampling<1>},
    LayerClass{"UpSampling2D", import_upsampling2d},
    LayerClass{"UpSampling3D", import_upsampling<3>},
};

}  // namespace

const std::span<const LayerClass> upsampling_layers = classes;

}  // namespace keraunos::keras
