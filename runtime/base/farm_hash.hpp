#pragma once

#include <cstdint>
#include <string_view>

namespace keraunos {

/// FarmHash's Fingerprint64: the same number for the same bytes, always and everywhere.
std::uint64_t farm_fingerprint(std::string_view bytes);

/// One fingerprint of two, as TensorFlow combines them.
std::uint64_t combine_fingerprints(std::uint64_t first, std::uint64_t second);

}  // namespace keraunos
