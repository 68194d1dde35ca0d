#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/windows.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/images.hpp"

// Patches of images: cut out, and put together again.

namespace keraunos::keras {
namespace {

constexpr std::int64_t most_cells = 1024;  // of a patch: each is a slice of its own

// Per axis of an image: windows that slide along it.
std::vector<Window> patch_windows(const LayerCall& call, std::string_view size_key,
                                  std::string_view stride_key, std::string_view dilation_key,
                                  Padding padding) {
  const auto sizes = call.config().integers(size_key, 2, 1);
  const auto strides =
      call.config().find(stride_key) ? call.config().integers(stride_key, 2, 1) : sizes;
  const auto dilations = call.config().find(dilation_key)
                             ? call.config().integers(dilation_key, 2, 1)
                             : std::vector<std::int64_t>{1, 1};
  if (sizes[0] > most_cells || sizes[1] > most_cells / sizes[0]) {
    fail(ErrorCode::unsupported, "patches of {} x {} cells are not supported", sizes[0], sizes[1]);
  }
  std::vector<Window> windows;
  for (std::size_t i = 0; i < 2; ++i) {
    windows.push_back({sizes[i], strides[i], dilations[i], padding, 0, 0});
  }
  return windows;
}

// The cells that each place of the windows (axes `first` and `first`+1) takes, patch by patch.
std::vector<ValueId> patch_cells(LayerCall& call, ValueId value, std::size_t first,
                                 const std::vector<Window>& windows) {
  const Shape shape = call.shape(value);
  const Dim rows = output_size(windows[0], shape[first]);
  const Dim columns = output_size(windows[1], shape[first + 1]);
  std::vector<ValueId> cells;
  for (std::int64_t i = 0; i < windows[0].size; ++i) {
    const ValueId row =
        slice(call, value, first, Dim(i * windows[0].dilation), rows, windows[0].stride);
    for (std::int64_t j = 0; j < windows[1].size; ++j) {
      cells.push_back(
          slice(call, row, first + 1, Dim(j * windows[1].dilation), columns, windows[1].stride));
    }
  }
  return cells;
}

// With padding "same" the padding depends on the image's size, unless windows move by one cell.
ValueId padded_for(LayerCall& call, ValueId value, std::vector<Window>& windows) {
  Pad pad{std::vector<PadAmounts>(4), 0};
  for (std::size_t i = 0; i < 2; ++i) {
    if (windows[i].padding != Padding::same) return value;
    const Dim size = call.shape(value)[i + 1];
    pad.amounts[i + 1] = pad_amounts(windows[i], windows[i].stride == 1
                                                     ? size.constant().value_or(1)
                                                     : known_size(size, "the padding of patches"));
    windows[i].padding = Padding::explicit_;
  }
  return call.emit(std::move(pad), {value});
}

std::vector<ValueId> import_extract_patches(LayerCall& call) {
  Images images(call);
  const auto size = call.config().find("size");
  if (size && size->is_array() && size->size() == 3) {
    fail(ErrorCode::unsupported, "key 'size': patches of three axes are not supported");
  }
  auto windows = patch_windows(call, "size", "strides", "dilation_rate",
                               padding_of(call.config(), {"valid", "same"}));
  const ValueId value = padded_for(call, images.value, windows);
  return images.result(call, concat(call, patch_cells(call, value, 1, windows), 3));
}

std::vector<std::int64_t> borders_option(const LayerCall& call) {
  if (!call.config().find("padding")) return {0, 0};
  return call.config().integers("padding", 2, 0);
}

// (batch, channels, height, width) to (batch, channels*cells of a patch, patches).
std::vector<ValueId> import_unfold(LayerCall& call) {
  ValueId x = as_stored(call, first_operand(call));
  call.require_rank(x, 4);
  auto windows = patch_windows(call, "kernel_size", "stride", "dilation", Padding::explicit_);
  const auto borders = borders_option(call);
  Pad pad{std::vector<PadAmounts>(4), 0};
  for (std::size_t i = 0; i < 2; ++i) pad.amounts[i + 2] = {borders[i], borders[i]};
  if (borders[0] + borders[1] > 0) x = call.emit(std::move(pad), {x});
  const ValueId cells = stack(call, patch_cells(call, x, 2, windows), 2);
  const Shape shape = call.shape(cells);  // (batch, channels, cells, rows, columns)
  return {call.view(cells, {shape[0], shape[1] * shape[2], shape[3] * shape[4]})};
}

// How many patches lie in the output, along each side; `windows` get the cells that they cut.
struct Patches {
  std::int64_t rows;
  std::int64_t columns;

  Patches(std::vector<Window>& windows, const std::vector<std::int64_t>& outputs,
          const std::vector<std::int64_t>& borders)
      : rows(count(windows[0], outputs[0], borders[0])),
        columns(count(windows[1], outputs[1], borders[1])) {}

 private:
  static std::int64_t count(Window& window, std::int64_t output, std::int64_t border) {
    const std::int64_t room = output + 2 * border - window.extent();
    if (room < 0) {
      fail(ErrorCode::shape_mismatch,
           "a patch of {} cells does not fit {} cells with borders of {}", window.extent(), output,
           border);
    }
    window.pad_before = border;
    window.pad_after = border - room % window.stride;
    return room / window.stride + 1;
  }
};

// A matrix of ones on the diagonal as the kernel (rows, columns, 1, cells) of a convolution.
ValueId places_kernel(LayerCall& call, const std::vector<Window>& windows) {
  const std::int64_t cells = windows[0].size * windows[1].size;
  std::vector<float> ones(static_cast<std::size_t>(cells * cells), 0);
  for (std::int64_t i = 0; i < cells; ++i) ones[static_cast<std::size_t>(i * cells + i)] = 1;
  return call.constant("places", {windows[0].size, windows[1].size, 1, cells}, ones);
}

// The sum of patches, each at its place: (batch, channels*cells of a patch, patches) to (batch,
// channels, height, width). A transposed convolution puts cell i of a patch where row i of its
// kernel has a 1.
std::vector<ValueId> import_fold(LayerCall& call) {
  const Operand operand = first_operand(call);
  if (!is_floating(operand.type.dtype)) {
    fail(ErrorCode::unsupported, "called on {}; floats are supported",
         to_string(operand.type.dtype));
  }
  const ValueId x = as_computed(call, operand, operand.type.dtype);
  call.require_rank(x, 3);
  auto windows = patch_windows(call, "kernel_size", "stride", "dilation", Padding::explicit_);
  const auto outputs = call.config().integers("output_size", 2, 1);
  const auto borders = borders_option(call);
  const Patches patches(windows, outputs, borders);
  const Shape shape = call.shape(x);
  const std::int64_t cells = windows[0].size * windows[1].size;
  const std::int64_t depth = known_size(shape[1], "the second axis");
  if (depth % cells != 0) {
    fail(ErrorCode::shape_mismatch, "{} has not patches of {} cells on its second axis",
         to_keras_string(shape), cells);
  }
  const Dim channels(depth / cells);
  const ValueId split =
      call.view(x, {shape[0] * channels, Dim(cells), Dim(patches.rows), Dim(patches.columns)});
  const ValueId sums = call.emit(ConvTranspose{windows, {}}, {transpose(call, split, {0, 2, 3, 1}),
                                                              places_kernel(call, windows)});
  return {call.cast(call.view(sums, {shape[0], channels, Dim(outputs[0]), Dim(outputs[1])}),
                    operand.type.dtype)};
}

constexpr std::array classes = {
    LayerClass{"ExtractPatches", import_extract_patches},
    LayerClass{"Unfold", import_unfold},
    LayerClass{"Fold", import_fold},
};

}  // namespace

const std::span<const LayerClass> patch_operations = classes;

}  // namespace keraunos::keras
