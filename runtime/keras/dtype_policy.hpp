#pragma once

#include <string>

#include "keraunos/dtype.hpp"
#include "runtime/keras/config.hpp"

namespace keraunos::keras {

/// What a layer's config says under "dtype": the dtype it computes in and gives out, and how its
/// weights are quantised.
struct DTypePolicy {
  DType compute = DType::float32;
  std::string quantization;  // "int8", "int4", "float8", "gptq", "awq", or empty
};

/// Throws Error(unsupported) for a policy that is not known. Policies: a dtype's name,
/// "mixed_float16", "mixed_bfloat16", "int8_from_...", or an object of Keras 3 (DTypePolicy,
/// QuantizedDTypePolicy, ...) or Keras 2 (Policy) with such a name.
DTypePolicy dtype_policy(const Config& config);

}  // namespace keraunos::keras
