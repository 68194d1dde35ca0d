#include "runtime/file/hdf5_filters.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/base/checked.hpp"
#include "runtime/file/buffer.hpp"
#include "runtime/file/byte_reader.hpp"
#include "runtime/file/inflate.hpp"

namespace keraunos::file::hdf5 {
namespace {

constexpr std::size_t fletcher32_size = 4;

Bytes undo_deflate(const Bytes& in, std::uint64_t size) {
  if (size / max_deflate_ratio > in.size()) {
    fail(
        ErrorCode::malformed_file,
        "an HDF5 chunk of {} deflated bytes cannot inflate to {}: deflate expands at most {} times",
        in.size(), size, max_deflate_ratio);
  }
  Buffer out(static_cast<std::size_t>(size));
  inflate(in.span, out.span(), DeflateFormat::zlib);
  return out.bytes();
}

// Shuffling puts the first bytes of all elements first, then the second bytes, and so on. Bytes
// behind the last whole element stay where they are.
Bytes undo_shuffle(const Bytes& in, std::size_t element_size) {
  if (element_size < 2) return in;
  Buffer out(in.size());
  const std::size_t count = in.size() / element_size;
  for (std::size_t byte = 0; byte < element_size; ++byte) {
    const std::byte* const from = in.data() + byte * count;
    std::byte* const to = out.data() + byte;
    for (std::size_t i = 0; i < count; ++i) to[i * element_size] = from[i];
  }
  const auto rest = in.span.subspan(count * element_size);
  std::ranges::copy(rest, out.span().last(rest.size()).begin());
  return out.bytes();
}

// Fletcher's checksum over big-endian 16-bit words, an odd last byte filled up with zero.
std::uint32_t fletcher32(std::span<const std::byte> bytes) {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    const auto first = std::to_integer<unsigned>(bytes[at]);
    const auto second = at + 1 < bytes.size() ? std::to_integer<unsigned>(bytes[at + 1]) : 0U;
    low = (low + (first << 8 | second)) % 0xffffU;
    high = (high + low) % 0xffffU;
  }
  return static_cast<std::uint32_t>(high << 16 | low);
}

// HDF5 reduces by folding, which leaves 0xffff where the remainder is 0.
std::uint32_t canonical(std::uint32_t checksum) {
  const std::uint32_t low = checksum & 0xffffU;
  const std::uint32_t high = checksum >> 16;
  return (high == 0xffffU ? 0 : high) << 16 | (low == 0xffffU ? 0 : low);
}

Bytes undo_fletcher32(const Bytes& in) {
  if (in.size() < fletcher32_size) {
    fail(ErrorCode::malformed_file, "an HDF5 chunk of {} bytes has no fletcher32 checksum",
         in.size());
  }
  const auto content = in.span.first(in.size() - fletcher32_size);
  ByteReader tail(in.span.last(fletcher32_size), "a fletcher32 checksum");
  const std::uint32_t stored = canonical(tail.u32());
  const std::uint32_t computed = fletcher32(content);
  if (stored != computed) {
    fail(ErrorCode::malformed_file,
         "the fletcher32 checksum of an HDF5 chunk is {:08x}, the file promises {:08x}", computed,
         stored);
  }
  return {content, in.owner};
}

}  // namespace

Bytes decode_chunk(const Bytes& stored, const Filters& filters, std::uint32_t skipped,
                   std::uint64_t chunk_bytes, std::size_t element_size) {
  const auto applies = [&](std::size_t i) { return i >= 32 || (skipped >> i & 1U) == 0; };
  // How many bytes went into each filter when writing, where that is known beforehand.
  std::vector<std::optional<std::uint64_t>> sizes;
  std::optional<std::uint64_t> size = chunk_bytes;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    sizes.push_back(size);
    if (!applies(i)) continue;
    if (filters[i].id == Filter::Id::deflate) size.reset();
    if (filters[i].id == Filter::Id::fletcher32 && size) {
      size = checked_add<std::uint64_t>(*size, fletcher32_size);
    }
  }
  Bytes bytes = stored;
  for (std::size_t i = filters.size(); i-- > 0;) {
    if (!applies(i)) continue;
    switch (filters[i].id) {
      case Filter::Id::shuffle: bytes = undo_shuffle(bytes, element_size); break;
      case Filter::Id::fletcher32: bytes = undo_fletcher32(bytes); break;
      case Filter::Id::deflate:
        if (!sizes[i]) {
          fail(ErrorCode::unsupported, "HDF5 chunks that are deflated twice are not supported");
        }
        bytes = undo_deflate(bytes, *sizes[i]);
        break;
    }
  }
  if (bytes.size() != chunk_bytes) {
    fail(ErrorCode::malformed_file, "an HDF5 chunk has {} bytes, {} wanted", bytes.size(),
         chunk_bytes);
  }
  return bytes;
}

}  // namespace keraunos::file::hdf5
