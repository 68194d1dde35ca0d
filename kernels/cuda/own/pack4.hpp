#pragma once

#include "kernels/cuda/own/float_element.hpp"

namespace keraunos::cuda {

/// Elements side by side in memory, moved as one: what begins at a multiple of `width` elements of
/// a tensor.
template <typename Element, int width>
struct alignas(width * sizeof(Element)) Pack {
  static constexpr std::int64_t size = width;
  Element elements[width];
};

/// `width` float32 to compute with.
template <int width>
struct Floats {
  float lanes[width] = {};

  template <typename Element>
  KERAUNOS_DEVICE static Floats load(const Element* data) {
    const auto pack = *reinterpret_cast<const Pack<Element, width>*>(data);
    Floats values;
    for (int lane = 0; lane < width; ++lane) values.lanes[lane] = to_float(pack.elements[lane]);
    return values;
  }

  template <typename Element>
  KERAUNOS_DEVICE void store(Element* data) const {
    Pack<Element, width> pack;
    for (int lane = 0; lane < width; ++lane) pack.elements[lane] = from_float<Element>(lanes[lane]);
    *reinterpret_cast<Pack<Element, width>*>(data) = pack;
  }

  template <typename Function>
  KERAUNOS_DEVICE void each(const Function& function) {
    for (int lane = 0; lane < width; ++lane) lanes[lane] = function(lanes[lane], lane);
  }
};

/// Four, which is what kernels move where they can: a GPU reads 16 bytes in the time of four.
template <typename Element>
using Pack4 = Pack<Element, 4>;
using Float4 = Floats<4>;

}  // namespace keraunos::cuda
