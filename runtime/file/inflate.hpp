#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace keraunos::file {

enum class DeflateFormat { raw, zlib };

/// Deflate never expands its input more than this many times.
inline constexpr std::uint64_t max_deflate_ratio = 1032;

/// Inflates `compressed` into exactly `content`. Throws Error malformed_file when the stream is
/// damaged, ends early, or holds another number of bytes.
void inflate(std::span<const std::byte> compressed, std::span<std::byte> content,
             DeflateFormat format);

}  // namespace keraunos::file
