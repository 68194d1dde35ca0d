#pragma once

#include "kernels/cuda/own/float_element.hpp"

namespace keraunos::cuda {

/// Four floats side by side in memory, moved as one: what begins at a multiple of four elements of
/// a tensor. A GPU reads 16 bytes in the time of four.
template <typename Element>
struct alignas(4 * sizeof(Element)) Pack4 {
  static constexpr std::int64_t size = 4;
  Element elements[4];
};

/// Four float32 to compute with.
struct Float4 {
  float lanes[4] = {};

  template <typename Element>
  KERAUNOS_DEVICE static Float4 load(const Element* data) {
    const Pack4<Element> pack = *reinterpret_cast<const Pack4<Element>*>(data);
    return {{to_float(pack.elements[0]), to_float(pack.elements[1]), to_float(pack.elements[2]),
             to_float(pack.elements[3])}};
  }

  template <typename Element>
  KERAUNOS_DEVICE void store(Element* data) const {
    Pack4<Element> pack;
    for (int lane = 0; lane < 4; ++lane) pack.elements[lane] = from_float<Element>(lanes[lane]);
    *reinterpret_cast<Pack4<Element>*>(data) = pack;
  }

  template <typename Function>
  KERAUNOS_DEVICE void each(const Function& function) {
    for (int lane = 0; lane < 4; ++lane) lanes[lane] = function(lanes[lane], lane);
  }
};

}  // namespace keraunos::cuda
