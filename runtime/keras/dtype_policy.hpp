#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "keraunos/dtype.hpp"
#include "runtime/keras/config.hpp"

namespace keraunos::keras {

/// The dtype that a config means by `name`: Keras's own names, and those that numpy and TensorFlow
/// give the same ("float", "double", "half", "int"), as older files write them.
std::optional<DType> dtype_in_config(std::string_view name);

/// What a layer's config says under "dtype": the dtype it computes in and gives out, and how its
/// weights are quantised.
struct DTypePolicy {
  DType compute = DType::float32;
  std::string quantization;  // "int8", "int4/128", "float8", "gptq/4/128", ..., or empty

  friend bool operator==(const DTypePolicy&, const DTypePolicy&) = default;
};

/// Throws Error(unsupported) for a policy that is not known. Policies: a dtype's name,
/// "mixed_float16", "mixed_bfloat16", "int8_from_...", or an object of Keras 3 (DTypePolicy,
/// QuantizedDTypePolicy, ...) or Keras 2 (Policy) with such a name. A DTypePolicyMap has policies
/// by the paths of layers: `path` is that of the one that asks ("attention/query").
DTypePolicy dtype_policy(const Config& config, std::string_view path = {});

/// The dtype of a layer's variables: float32 for the mixed policies, and integers where the layer
/// has an integer dtype.
DType variable_dtype(const Config& config);

}  // namespace keraunos::keras
