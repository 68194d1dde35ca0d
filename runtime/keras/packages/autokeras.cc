#include <array>

#include "runtime/base/fail.hpp"
#include "runtime/keras/package_layers.hpp"

// AutoKeras, and the dropout of the efficientnet package: classes that their authors registered
// without a package, as "Custom>...".

namespace keraunos::keras {
namespace {

ValueId to_numbers(LayerCall& call, ValueId value) {
  if (call.dtype(value) == DType::string) {
    fail(ErrorCode::unsupported, "called on strings, which are not read as numbers");
  }
  return call.as_float(value);
}

std::vector<ValueId> import_cast(LayerCall& call) { return {to_numbers(call, call.input())}; }

std::vector<ValueId> import_expand(LayerCall& call) {
  Shape shape = call.shape(call.input());
  shape.emplace_back(1);
  return {call.view(call.input(), shape)};
}

// Columns of numbers, in which what is missing counts as zero. The tokens of the other columns are
// in no file: AutoKeras keeps them in tables that only a SavedModel has.
std::vector<ValueId> import_multi_category_encoding(LayerCall& call) {
  const auto encoding = call.config().find("encoding");
  if (!encoding || !encoding->is_array()) {
    fail(ErrorCode::malformed_file, "key 'encoding': missing, or no list");
  }
  for (const file::Json column : encoding->elements()) {
    if (column.as_string() == "none" || column.as_string() == "one-hot") continue;
    fail(ErrorCode::unsupported,
         "key 'encoding': a column of '{}' is not supported, as its tokens are not in the file; "
         "columns of 'none' are",
         column.as_string());
  }
  const ValueId value = to_numbers(call, call.input());
  call.require_rank(value, 2);
  if (call.shape(value)[1] != Dim(static_cast<std::int64_t>(encoding->size()))) {
    fail(ErrorCode::shape_mismatch, "key 'encoding': {} columns, but the input is {}",
         encoding->size(), to_keras_string(call.shape(value)));
  }
  const ValueId missing = call.emit(Unary{UnaryFn::is_nan}, {value});
  return {call.emit(Select{}, {missing, call.scalar(0), value})};
}

std::vector<ValueId> import_fixed_dropout(LayerCall& call) {
  for (const std::string_view key : {"rate", "noise_shape"}) {
    static_cast<void>(call.config().find(key));
  }
  return {call.input()};
}

const std::array classes = {
    PackageClass{
        "autokeras", "Custom", {"CastToFloat32", import_cast, MaskRule::drop, Dtypes::own}, {}},
    PackageClass{
        "autokeras", "Custom", {"ExpandLastDim", import_expand, MaskRule::drop, Dtypes::own}, {}},
    PackageClass{
        "autokeras",
        "Custom",
        {"MultiCategoryEncoding", import_multi_category_encoding, MaskRule::drop, Dtypes::own},
        {"encoding"}},
};

const std::array dropouts = {
    PackageClass{"efficientnet",
                 "Custom",
                 {"FixedDropout", import_fixed_dropout, MaskRule::pass},
                 {"rate", "noise_shape", "seed"}},
};

}  // namespace

const std::span<const PackageClass> autokeras_classes = classes;
const std::span<const PackageClass> efficientnet_classes = dropouts;

}  // namespace keraunos::keras
