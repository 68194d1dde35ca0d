#pragma once

#include <string>

#include "kernels/reference/element_types.hpp"

namespace keraunos::reference {

/// Yes where a reduction has a meaning for a dtype.
inline Verdict can_reduce(ReduceFn fn, DType dtype) {
  if (!is_computed(dtype)) return computed_dtype(dtype);
  const bool logical = fn == ReduceFn::any || fn == ReduceFn::all;
  const bool extreme = fn == ReduceFn::max || fn == ReduceFn::min;
  const bool fits = dtype == DType::boolean   ? logical || extreme
                    : dtype == DType::float32 ? !logical
                                              : !logical && fn != ReduceFn::mean;
  return fits ? Verdict::yes()
              : Verdict::no("has no " + std::string(to_string(fn)) + " of " +
                            std::string(to_string(dtype)));
}

/// The same of running sums and products.
inline Verdict can_scan(DType dtype) {
  return dtype == DType::boolean ? Verdict::no("computes numbers only") : computed_dtype(dtype);
}

}  // namespace keraunos::reference
