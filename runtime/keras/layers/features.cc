#include <algorithm>

#include "runtime/base/checked.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/categories.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/numbers.hpp"

// RandomFourierFeatures, and DenseFeatures with TensorFlow's feature columns, both of Keras 2.

namespace keraunos::keras {
namespace {

// cos(x @ (kernel / scale) + bias).
std::vector<ValueId> import_random_fourier(LayerCall& call) {
  const Config& config = call.config();
  for (const std::string_view key : {"kernel_initializer", "scale"}) {
    static_cast<void>(config.find(key));
  }
  const ValueId input = call.float_input();
  call.require_rank(input, 2);
  const Shape shape = {call.shape(input)[1], Dim(config.integer("output_dim", 1))};
  const float factor = 1 / call.values_of(call.weight("kernel_scale", {1})).at(0);
  const ValueId unscaled = call.statistic("unscaled_kernel", shape);
  const ValueId bias = call.statistic("bias", {shape[1]});
  std::vector<float> kernel = call.values_of(unscaled);
  for (float& number : kernel) number *= factor;
  const Dims dims = evaluate(call.shape(unscaled), {});
  const ValueId product = call.emit(MatMul{}, {input, call.constant("kernel", dims, kernel), bias});
  return {call.emit(Unary{UnaryFn::cos}, {product})};
}

// Feature columns --------------------------------------------------------------------------------

/// What DenseFeatures makes of one entry of its dict of inputs.
struct Column {
  std::string name;  // columns stand side by side in the order of their names
  std::string key;   // of the input
  std::int64_t count = 1;
  std::vector<float> boundaries;  // none: the numbers themselves
};

Column read_numeric(const file::Json& json) {
  const Config config(json);
  Column column;
  column.key = column.name = config.string_or("key", "");
  if (const auto function = config.find("normalizer_fn")) {
    fail(ErrorCode::unsupported, "key 'normalizer_fn': {} is a function, which is never run",
         function->dump(60));
  }
  const auto shape = config.find("shape");
  const Numbers sizes = shape ? to_numbers(*shape) : Numbers{{1}, {1}};
  constexpr double most = 1 << 24;
  for (const double size : sizes.values) {
    if (!(size >= 1 && size <= most)) {
      fail(ErrorCode::malformed_file, "key 'shape': {} is no shape of a column", shape->dump(60));
    }
    column.count = checked_multiply(column.count, static_cast<std::int64_t>(size));
  }
  return column;
}

Column read_bucketized(const file::Json& json) {
  const Config config(json);
  const auto source = config.find("source_column");
  const auto boundaries = config.find("boundaries");
  if (!source || !source->is_object() || !boundaries || !boundaries->is_array() ||
      source->at("class_name").as_string() != "NumericColumn") {
    fail(ErrorCode::malformed_file,
         "keys 'source_column' and 'boundaries': a numeric column and a list wanted");
  }
  Column column = read_numeric(source->at("config"));
  column.name += "_bucketized";
  column.boundaries = to_numbers(*boundaries).floats();
  if (column.boundaries.empty() ||
      !std::is_sorted(column.boundaries.begin(), column.boundaries.end())) {
    fail(ErrorCode::malformed_file, "key 'boundaries': {} are not ascending numbers",
         boundaries->dump(60));
  }
  return column;
}

Column read_column(const file::Json& entry) {
  const std::string_view class_name = entry.at("class_name").as_string();
  return within([&] { return fmt::format("key 'feature_columns': {}", class_name); },
                [&] {
                  if (class_name == "NumericColumn") return read_numeric(entry.at("config"));
                  if (class_name == "BucketizedColumn") return read_bucketized(entry.at("config"));
                  fail(ErrorCode::unsupported,
                       "this kind of column is not supported; numeric and bucketized columns are");
                });
}

std::vector<Column> read_columns(const Config& config) {
  static_cast<void>(config.find("partitioner"));
  const auto entries = config.find("feature_columns");
  if (!entries || !entries->is_array() || entries->size() == 0) {
    fail(ErrorCode::malformed_file, "key 'feature_columns': missing or empty");
  }
  std::vector<Column> columns;
  for (const file::Json entry : entries->elements()) columns.push_back(read_column(entry));
  std::stable_sort(columns.begin(), columns.end(),
                   [](const Column& a, const Column& b) { return a.name < b.name; });
  return columns;
}

ValueId input_named(const LayerCall& call, const std::string& key) {
  const Argument* const features = call.argument("features", 0);
  if (features != nullptr && features->kind == Argument::Kind::dict) {
    const auto& keys = features->keys;
    const auto found = std::find(keys.begin(), keys.end(), key);
    if (found != keys.end()) {
      const Argument& item = features->items[static_cast<std::size_t>(found - keys.begin())];
      if (item.is_tensor()) return item.value;
    }
  }
  fail(ErrorCode::malformed_file, "called without an input named '{}', which a column wants", key);
}

// (batch, cells): the numbers, or for each a one at the number of boundaries that it reaches.
ValueId emit_column(LayerCall& call, const Column& column) {
  const ValueId input = input_named(call, column.key);
  if (call.dtype(input) == DType::string) {
    fail(ErrorCode::unsupported, "input '{}': a column of numbers is called on strings",
         column.key);
  }
  call.require_least_rank(input, 1);
  const Dim batch = call.shape(input)[0];
  const ValueId value = call.view(call.as_float(input), {batch, Dim(column.count)});
  if (column.boundaries.empty()) return value;
  const auto buckets = static_cast<std::int64_t>(column.boundaries.size()) + 1;
  const ValueId reached = count_reached(call, value, column.boundaries);
  const ValueId marks = one_hot(call, reached, buckets);
  return call.view(call.as_float(marks), {batch, Dim(checked_multiply(column.count, buckets))});
}

std::vector<ValueId> import_dense_features(LayerCall& call) {
  std::vector<ValueId> parts;
  for (const Column& column : read_columns(call.config())) {
    parts.push_back(emit_column(call, column));
  }
  return {parts.size() == 1 ? parts[0] : call.emit(Concat{1}, std::move(parts))};
}

constexpr std::array classes = {
    LayerClass{"RandomFourierFeatures", import_random_fourier},
    LayerClass{"DenseFeatures", import_dense_features, MaskRule::drop, Dtypes::own},
};

}  // namespace

const std::span<const LayerClass> feature_layers = classes;

}  // namespace keraunos::keras
