#pragma once

#include <cstdint>
#include <string>

#include "runtime/shape/dim.hpp"

// The one place for the arithmetic of sliding windows.

namespace keraunos {

enum class Padding {
  explicit_,  ///< pad_before and pad_after cells; Keras's "valid" is both zero
  same,       ///< output = ceil(input / stride); the odd cell of padding goes to the end
  causal,     ///< (size-1)*dilation cells before, none after
};

/// A window that slides along one axis.
struct Window {
  std::int64_t size = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  Padding padding = Padding::explicit_;
  std::int64_t pad_before = 0;  // only read with explicit_
  std::int64_t pad_after = 0;

  /// Cells from the first to the last one that the window touches.
  std::int64_t extent() const { return (size - 1) * dilation + 1; }

  friend bool operator==(const Window&, const Window&) = default;
};

struct PadAmounts {
  std::int64_t before = 0;
  std::int64_t after = 0;
};

/// Padding around an axis of `input` cells. For "same":
///   total = max((ceil(n/s)-1)*s + extent - n, 0), before = floor(total/2).
PadAmounts pad_amounts(const Window& window, std::int64_t input);

/// Positions that the window takes. With explicit padding:
///   floor((n + pad_before + pad_after - extent) / s) + 1.
Dim output_size(const Window& window, const Dim& input);

/// "3x valid", "2/2 same": for messages and plan listings.
std::string to_string(const Window& window);

}  // namespace keraunos
