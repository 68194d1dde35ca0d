#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/dtype_policy.hpp"
#include "runtime/keras/layers/categories.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/numbers.hpp"

namespace keraunos::keras {
namespace {

template <typename Work>
auto at_key(std::string_view key, Work&& work) {
  return within([&] { return fmt::format("key '{}'", key); }, std::forward<Work>(work));
}

Numbers numbers(const Config& config, std::string_view key, double fallback) {
  const auto found = config.find(key);
  if (!found) return {{}, {fallback}};
  return at_key(key, [&] { return to_numbers(*found); });
}

// x * scale + offset; arrays are aligned at their last axes.
std::vector<ValueId> import_rescaling(LayerCall& call) {
  const ValueId input = call.float_input();
  Numbers scale = numbers(call.config(), "scale", 1);
  Numbers offset = numbers(call.config(), "offset", 0);
  const std::size_t rank = std::max(scale.dims.size(), offset.dims.size());
  if (scale.is_scalar() && offset.is_scalar() && rank <= call.rank(input)) {
    return {call.emit(Unary{UnaryFn::linear, scale.floats().front(), offset.floats().front()},
                      {input})};
  }
  if (rank != 1) {
    const ValueId scaled =
        call.binary(BinaryFn::multiply, input, call.constant("scale", scale.dims, scale.floats()));
    return {
        call.binary(BinaryFn::add, scaled, call.constant("offset", offset.dims, offset.floats()))};
  }
  const std::size_t count = std::max(scale.values.size(), offset.values.size());
  if (scale.is_scalar()) scale.values.assign(count, scale.values[0]);
  if (offset.is_scalar()) offset.values.assign(count, offset.values[0]);
  if (scale.values.size() != offset.values.size()) {
    fail(ErrorCode::malformed_file, "{} scales, but {} offsets", scale.values.size(),
         offset.values.size());
  }
  return {call.emit(Affine{call.rank(input) - 1}, {input, call.constant("scale", scale.floats()),
                                                   call.constant("offset", offset.floats())})};
}

// Normalization ----------------------------------------------------------------------------------

/// The axes that have statistics of their own, ascending.
std::vector<std::size_t> kept_axes(const Config& config, std::size_t rank) {
  const auto found = config.find("axis");
  if (!found) return {};  // Keras always writes it: null or an empty list for "all together"
  return at_key("axis", [&] {
    std::vector<std::size_t> axes;
    if (!found->is_array()) return std::vector{normalize_axis(found->as_int64(), rank)};
    for (const file::Json axis : found->elements()) {
      axes.push_back(normalize_axis(axis.as_int64(), rank));
    }
    std::sort(axes.begin(), axes.end());
    if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
      fail(ErrorCode::malformed_file, "{} names an axis twice", found->dump(60));
    }
    return axes;
  });
}

struct Statistics {
  Dims dims;  // as many as the input has, 1 where all cells of an axis share one
  std::vector<float> mean;
  std::vector<float> deviation;
};

// Dims of numbers that are aligned at the last kept axes.
Dims aligned(const Dims& dims, const std::vector<std::size_t>& axes, std::size_t rank) {
  if (dims.size() > axes.size()) {
    fail(ErrorCode::malformed_file, "a mean of shape {} for {} axes", keraunos::to_string(dims),
         axes.size());
  }
  Dims result(rank, 1);
  for (std::size_t i = 1; i <= dims.size(); ++i) {
    result[axes[axes.size() - i]] = dims[dims.size() - i];
  }
  return result;
}

Statistics read_statistics(LayerCall& call, const Shape& input) {
  const std::vector<std::size_t> axes = kept_axes(call.config(), input.size());
  Statistics statistics;
  std::vector<float> variance;
  const auto mean = call.config().find("mean");
  const auto given_variance = call.config().find("variance");
  if (mean && given_variance) {
    const Numbers means = at_key("mean", [&] { return to_numbers(*mean); });
    const Numbers variances = at_key("variance", [&] { return to_numbers(*given_variance); });
    if (means.dims != variances.dims) {
      fail(ErrorCode::malformed_file, "a mean of shape {}, but a variance of shape {}",
           keraunos::to_string(means.dims), keraunos::to_string(variances.dims));
    }
    statistics.dims = aligned(means.dims, axes, input.size());
    statistics.mean = means.floats();
    variance = variances.floats();
  } else {
    Shape shape;
    for (const std::size_t axis : axes) shape.push_back(input[axis]);
    const ValueId weight = call.statistic("mean", shape);
    statistics.mean = call.values_of(weight);
    variance = call.values_of(call.statistic("variance", shape));
    call.stored_statistic("count", {});
    statistics.dims = aligned(evaluate(call.shape(weight), {}), axes, input.size());
  }
  constexpr float epsilon = 1e-7F;
  for (const float value : variance) {
    statistics.deviation.push_back(std::max(std::sqrt(value), epsilon));
  }
  return statistics;
}

// x * scale + shift with the statistics' shape. Kept apart from a following multiplication: where
// the mean dwarfs the deviation, x/deviation - mean/deviation would lose what x - mean keeps.
ValueId scale_and_shift(LayerCall& call, ValueId value, const Dims& dims,
                        const std::vector<float>& scale, const std::vector<float>& shift) {
  if (scale.size() == 1) {
    return call.emit(Unary{UnaryFn::linear, scale.front(), shift.front()}, {value});
  }
  const auto axis = std::find_if(dims.begin(), dims.end(), [](auto size) { return size != 1; });
  if (*axis == static_cast<std::int64_t>(scale.size())) {
    return call.emit(Affine{static_cast<std::size_t>(axis - dims.begin())},
                     {value, call.constant("scale", scale), call.constant("shift", shift)});
  }
  const ValueId scaled =
      call.binary(BinaryFn::multiply, value, call.constant("scale", dims, scale));
  return call.binary(BinaryFn::add, scaled, call.constant("shift", dims, shift));
}

std::vector<ValueId> import_normalization(LayerCall& call) {
  const ValueId input = call.float_input();
  const Statistics statistics = read_statistics(call, call.shape(input));
  const std::size_t count = statistics.mean.size();
  if (call.config().flag_or("invert", false)) {
    return {scale_and_shift(call, input, statistics.dims, statistics.deviation, statistics.mean)};
  }
  std::vector<float> minus_mean(count);
  std::vector<float> reciprocal(count);
  for (std::size_t i = 0; i < count; ++i) {
    minus_mean[i] = -statistics.mean[i];
    reciprocal[i] = 1 / statistics.deviation[i];
  }
  const ValueId centred =
      scale_and_shift(call, input, statistics.dims, std::vector<float>(count, 1.0F), minus_mean);
  return {
      scale_and_shift(call, centred, statistics.dims, reciprocal, std::vector<float>(count, 0.0F))};
}

// Categories -------------------------------------------------------------------------------------

std::vector<ValueId> import_discretization(LayerCall& call) {
  const Config& config = call.config();
  for (const std::string_view key : {"num_bins", "epsilon"}) static_cast<void>(config.find(key));
  const auto found = config.find("bin_boundaries");
  if (!found || !found->is_array() || found->size() == 0) {
    fail(ErrorCode::unsupported,
         "key 'bin_boundaries': none: adapt the layer, or give it boundaries, before saving");
  }
  const std::vector<float> boundaries = numbers(config, "bin_boundaries", 0).floats();
  if (boundaries.size() != found->size() || !std::is_sorted(boundaries.begin(), boundaries.end())) {
    fail(ErrorCode::malformed_file, "key 'bin_boundaries': {} are not ascending numbers",
         found->dump(60));
  }
  const std::string mode = output_mode(config, {"int", "one_hot", "multi_hot", "count"});

  const ValueId bins = count_reached(call, call.float_input(), boundaries);
  const DType dtype = call.version().major < 3 ? keras2_category_dtype(config, mode)
                      : mode == "int"          ? DType::int32
                                               : dtype_policy(config).compute;
  return {encode_categories(call, bins,
                            {mode, static_cast<std::int64_t>(boundaries.size()) + 1, dtype})};
}

std::vector<ValueId> import_category_encoding(LayerCall& call) {
  const Config& config = call.config();
  const std::string mode = output_mode(config, {"multi_hot", "one_hot", "count"});
  const std::int64_t depth = config.integer("num_tokens", 1);
  const auto weights = call.tensor_argument("count_weights", 1);
  if (weights && mode != "count") {
    fail(ErrorCode::unsupported, "called with count_weights, but output_mode is '{}'", mode);
  }
  return {encode_categories(call, call.input(), {mode, depth, variable_dtype(config)}, weights)};
}

// ------------------------------------------------------------------------------------------------

std::vector<ValueId> import_pipeline(LayerCall& call) {
  const auto layers = call.config().find("layers");
  if (!layers) fail(ErrorCode::malformed_file, "key 'layers': missing");
  PathCounter paths("layers");
  std::vector<ValueId> values = {call.input()};
  for (const file::Json layer : layers->elements()) {
    const std::string attribute = paths.next(layer.at("class_name").as_string());
    CallArguments arguments;
    arguments.positional = {values.size() == 1 ? Argument::tensor(values[0])
                                               : Argument::list(values)};
    values = call.call_layer(layer, attribute, std::move(arguments));
  }
  return values;
}

constexpr std::array classes = {
    LayerClass{"Rescaling", import_rescaling, MaskRule::pass},
    LayerClass{"Normalization", import_normalization, MaskRule::pass},
    LayerClass{"Discretization", import_discretization, MaskRule::drop, Dtypes::own},
    LayerClass{"CategoryEncoding", import_category_encoding, MaskRule::drop, Dtypes::own},
    LayerClass{"Pipeline", import_pipeline, MaskRule::own, Dtypes::own},
};

}  // namespace

const std::span<const LayerClass> numerical_preprocessing_layers = classes;

}  // namespace keraunos::keras
