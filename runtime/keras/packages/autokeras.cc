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
