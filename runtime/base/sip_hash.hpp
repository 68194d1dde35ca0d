#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace keraunos {

/// SipHash-2-4 of Aumasson and Bernstein (2012): a hash that nobody can predict without the key.
std::uint64_t sip_hash(const std::array<std::uint64_t, 2>& key, std::string_view bytes);

}  // namespace keraunos
