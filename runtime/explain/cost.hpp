#pragma once

#include <cstdint>
#include <optional>

#include "runtime/explain/subject.hpp"

namespace keraunos {

/// What a layer takes at sizes that are known: the bytes of its outputs and its multiply-adds
/// (convolutions, matrix products and recurrent products; everything else counts as none).
struct Cost {
  std::int64_t bytes = 0;
  std::int64_t multiply_adds = 0;
};

/// Nothing where a size is not known, or where the numbers leave 63 bits.
std::optional<Cost> cost_of(const Subject& subject, const keras::LayerRecord& layer,
                            const Sizes& sizes);

}  // namespace keraunos
