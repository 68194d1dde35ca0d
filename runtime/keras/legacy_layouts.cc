#include "runtime/keras/legacy_layouts.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "runtime/base/checked.hpp"
#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

using Weights = std::vector<StoredWeight>;

Tensor floats_of(const StoredWeight& weight) {
  const Bytes bytes = weight.read();
  Tensor tensor(weight.dtype, weight.dims);
  if (bytes.size() > 0) std::memcpy(tensor.data(), bytes.data(), bytes.size());
  return tensor.cast(DType::float32);
}

// A weight of `dims` that `fill` computes from others when it is read.
template <typename Fill>
StoredWeight derived(Weights sources, Dims dims, Fill fill) {
  std::string id = "from";
  for (const StoredWeight& source : sources) id += " " + source.id;
  const auto read = [sources, dims, fill]() -> Bytes {
    std::vector<Tensor> tensors;
    for (const StoredWeight& source : sources) tensors.push_back(floats_of(source));
    const auto result = std::make_shared<Tensor>(DType::float32, dims);
    fill(tensors, result->as<float>());
    return {{static_cast<const std::byte*>(result->data()), result->bytes()}, result};
  };
  return {std::move(id), DType::float32, dims, read};
}

// Axes in another order, those of `flipped` (of the result) backwards.
StoredWeight permuted(const StoredWeight& source, std::vector<std::size_t> axes,
                      std::vector<bool> flipped) {
  Dims dims;
  for (const std::size_t axis : axes) dims.push_back(source.dims[axis]);
  const Dims from = source.dims;
  const auto fill = [axes, flipped, dims, from](const std::vector<Tensor>& in,
                                                std::span<float> out) {
    Dims strides(from.size(), 1);
    for (std::size_t axis = from.size(); axis-- > 1;)
      strides[axis - 1] = strides[axis] * from[axis];
    const auto cells = in[0].as<float>();
    for (std::size_t cell = 0; cell < out.size(); ++cell) {
      auto rest = static_cast<std::int64_t>(cell);
      std::int64_t offset = 0;
      for (std::size_t axis = dims.size(); axis-- > 0;) {
        std::int64_t at = rest % dims[axis];
        rest /= dims[axis];
        if (flipped[axis]) at = dims[axis] - 1 - at;
        offset += at * strides[axes[axis]];
      }
      out[cell] = cells[static_cast<std::size_t>(offset)];
    }
  };
  return derived({source}, dims, fill);
}

StoredWeight with_dims(StoredWeight weight, Dims dims) {
  weight.dims = std::move(dims);
  return weight;
}

// Side by side along the last axis.
StoredWeight joined(const Weights& sources) {
  Dims dims = sources[0].dims;
  if (dims.empty()) fail(ErrorCode::malformed_file, "the weight of a gate is a scalar");
  dims.back() = 0;
  for (const StoredWeight& source : sources) {
    if (source.dims.size() != dims.size() ||
        !std::equal(dims.begin(), dims.end() - 1, source.dims.begin())) {
      fail(ErrorCode::shape_mismatch, "the gates have weights of different shapes");
    }
    dims.back() = checked_add(dims.back(), source.dims.back());
  }
  const auto fill = [](const std::vector<Tensor>& in, std::span<float> out) {
    std::size_t at = 0;
    const std::size_t rows =
        in[0].dims().back() == 0 ? 0 : static_cast<std::size_t>(in[0].size() / in[0].dims().back());
    for (std::size_t row = 0; row < rows; ++row) {
      for (const Tensor& part : in) {
        const auto width = static_cast<std::size_t>(part.dims().back());
        std::copy_n(part.as<float>().begin() + static_cast<std::ptrdiff_t>(row * width), width,
                    out.begin() + static_cast<std::ptrdiff_t>(at));
        at += width;
      }
    }
  };
  return derived(sources, dims, fill);
}

// Recurrent layers --------------------------------------------------------------------------------

// Keras 1 keeps a kernel, a recurrent kernel and a bias for each gate; `order` says which gates
// come when in Keras 3.
void join_gates(LegacyVariables& variables, const std::vector<std::size_t>& order) {
  LegacyVariables result;
  constexpr std::array names = {"kernel", "recurrent_kernel", "bias"};
  for (std::size_t kind = 0; kind < 3; ++kind) {
    Weights gates;
    for (const std::size_t gate : order) gates.push_back(variables[gate * 3 + kind].weight);
    result.push_back({variables[kind].scopes, names[kind], joined(gates), false});
  }
  variables = std::move(result);
}

// cuDNN stores the kernels of each gate transposed, the input's without saying so in its shape.
void from_cudnn(LegacyVariables& variables, std::int64_t gates) {
  const StoredWeight kernel = variables[0].weight;
  const StoredWeight recurrent = variables[1].weight;
  const StoredWeight bias = variables[2].weight;
  const std::int64_t units = recurrent.dims[0];
  const auto transpose = [units, gates](std::int64_t rows) {
    return [units, gates, rows](const std::vector<Tensor>& in, std::span<float> out) {
      const auto cells = in[0].as<float>();
      for (std::int64_t gate = 0; gate < gates; ++gate) {
        for (std::int64_t row = 0; row < rows; ++row) {
          for (std::int64_t column = 0; column < units; ++column) {
            const std::int64_t flat = column * rows + row;  // in the gate's stored matrix
            const std::int64_t from = flat / units * gates * units + gate * units + flat % units;
            const std::int64_t to = row * gates * units + gate * units + column;
            out[static_cast<std::size_t>(to)] = cells[static_cast<std::size_t>(from)];
          }
        }
      }
    };
  };
  variables[0].weight = derived({kernel}, kernel.dims, transpose(kernel.dims[0]));
  variables[1].weight = derived({recurrent}, recurrent.dims, transpose(units));
  if (gates == 3) {
    variables[2].weight = with_dims(bias, {2, 3 * units});
    return;
  }
  const auto add_halves = [](const std::vector<Tensor>& in, std::span<float> out) {
    const auto halves = in[0].as<float>();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = halves[i] + halves[out.size() + i];
  };
  variables[2].weight = derived({bias}, {4 * units}, add_halves);
}

void convert_recurrent(LegacyVariables& variables, std::int64_t gates) {
  if (gates == 4 && variables.size() == 12) return join_gates(variables, {0, 2, 1, 3});
  if (gates == 3 && variables.size() == 9) return join_gates(variables, {0, 1, 2});
  if (variables.size() != 3) return;
  const Dims& kernel = variables[0].weight.dims;
  const Dims& recurrent = variables[1].weight.dims;
  const Dims& bias = variables[2].weight.dims;
  if (kernel.size() != 2 || recurrent.size() != 2 || bias.size() != 1) return;
  constexpr std::int64_t most_units = std::int64_t{1} << 31;
  const std::int64_t units = recurrent[0];
  if (units < 1 || units > most_units) return;
  const bool fits = kernel[1] == gates * units && recurrent[1] == gates * units;
  if (fits && bias[0] == 2 * gates * units) from_cudnn(variables, gates);
}

// Convolutions ------------------------------------------------------------------------------------

bool is_convolution(std::string_view class_name) {
  constexpr std::array classes = {std::string_view("Conv1D"), std::string_view("Conv2D"),
                                  std::string_view("Conv3D"), std::string_view("Conv2DTranspose"),
                                  std::string_view("ConvLSTM2D")};
  return std::find(classes.begin(), classes.end(), class_name) != classes.end();
}

void reorder(StoredWeight& weight, const std::vector<std::size_t>& axes) {
  weight = permuted(weight, axes, std::vector<bool>(axes.size(), false));
}

// Keras 1: one-dimensional kernels have a second axis of 1, and kernels for channels_first are
// (filters, channels, rows, columns).
void convert_keras1_convolution(StoredWeight& kernel, std::string_view class_name,
                                bool channels_first) {
  const Dims& dims = kernel.dims;
  if (class_name == "Conv1D" && dims.size() == 4) {
    if (dims[1] != 1 && dims[3] == 1) reorder(kernel, {2, 3, 1, 0});
    if (kernel.dims[1] == 1) {
      kernel = with_dims(kernel, {kernel.dims[0], kernel.dims[2], kernel.dims[3]});
    }
  } else if (class_name == "Conv2D" && channels_first && dims.size() == 4) {
    reorder(kernel, {2, 3, 1, 0});
  } else if (class_name == "Conv2DTranspose" && dims.size() == 4) {
    reorder(kernel, channels_first ? std::vector<std::size_t>{2, 3, 0, 1}
                                   : std::vector<std::size_t>{0, 1, 3, 2});
  } else if (class_name == "Conv3D" && channels_first && dims.size() == 5) {
    reorder(kernel, {2, 3, 4, 1, 0});
  }
}

// Theano convolves where the others correlate.
void flip_spatial(StoredWeight& kernel) {
  const std::size_t rank = kernel.dims.size();
  if (rank < 3) return;
  std::vector<std::size_t> axes(rank);
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  std::vector<bool> flipped(rank, true);
  flipped[rank - 1] = flipped[rank - 2] = false;
  kernel = permuted(kernel, axes, flipped);
}

}  // namespace

void convert_layout(LegacyVariables& variables, std::string_view class_name, bool channels_first,
                    const LegacyOrigin& origin) {
  if (class_name == "LSTM") return convert_recurrent(variables, 4);
  if (class_name == "GRU") return convert_recurrent(variables, 3);
  if (!is_convolution(class_name) || variables.empty()) return;
  if (class_name == "ConvLSTM2D" && variables.size() == 12) join_gates(variables, {0, 2, 1, 3});
  if (origin.version.major < 2) {
    convert_keras1_convolution(variables[0].weight, class_name, channels_first);
  }
  if (origin.backend == "theano") {
    flip_spatial(variables[0].weight);
    if (class_name == "ConvLSTM2D" && variables.size() > 1) flip_spatial(variables[1].weight);
  }
}

}  // namespace keraunos::keras
