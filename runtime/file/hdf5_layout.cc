#include "runtime/file/hdf5_layout.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/base/checked.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file::hdf5 {
namespace {

// The sizes of a chunk are followed by that of an element.
void read_chunk_dims(ByteReader& in, unsigned rank_and_one, unsigned width,
                     std::size_t element_size, Layout& layout) {
  if (rank_and_one < 2 || rank_and_one > max_rank + 1) {
    fail(ErrorCode::malformed_file, "HDF5 chunks of {} dimensions",
         static_cast<int>(rank_and_one) - 1);
  }
  layout.chunk_bytes = element_size;
  for (unsigned i = 0; i + 1 < rank_and_one; ++i) {
    const std::uint64_t size = in.uint(width);
    if (size == 0) fail(ErrorCode::malformed_file, "an HDF5 chunk has a side of 0 elements");
    layout.chunk_dims.push_back(size);
    layout.chunk_bytes = checked_multiply(layout.chunk_bytes, size);
  }
  const std::uint64_t stated_size = in.uint(width);
  if (stated_size != element_size) {
    fail(ErrorCode::malformed_file, "HDF5 chunks of {}-byte elements for a type of {} bytes",
         stated_size, element_size);
  }
}

void read_new_chunk_index(const Image& image, ByteReader& in, std::uint8_t flags, Layout& layout) {
  constexpr std::uint8_t single_is_filtered = 1U << 1;
  const std::uint8_t kind = in.u8();
  switch (kind) {
    case 1:
      layout.index = ChunkIndexKind::single;
      layout.single_size = layout.chunk_bytes;
      if (flags & single_is_filtered) {
        layout.single_size = image.read_length(in);
        layout.single_filter_mask = in.u32();
      }
      break;
    case 2: layout.index = ChunkIndexKind::implicit; break;
    // The creation parameters are repeated in the headers of these structures.
    case 3: layout.index = ChunkIndexKind::fixed_array, in.skip(1); break;
    case 4: layout.index = ChunkIndexKind::extensible_array, in.skip(5); break;
    case 5: layout.index = ChunkIndexKind::tree, in.skip(6); break;
    default: fail(ErrorCode::unsupported, "HDF5 chunk index type {} is not supported", kind);
  }
}

void read_chunked(const Image& image, ByteReader& in, std::uint8_t version,
                  std::size_t element_size, Layout& layout) {
  if (version == 3) {
    const unsigned rank_and_one = in.u8();
    layout.address = image.read_address(in);
    read_chunk_dims(in, rank_and_one, 4, element_size, layout);
    return;
  }
  const std::uint8_t flags = in.u8();
  layout.plain_edge_chunks = (flags & 1U) != 0;
  const unsigned rank_and_one = in.u8();
  const unsigned width = in.u8();
  if (width < 1 || width > 8) {
    fail(ErrorCode::malformed_file, "HDF5 chunk sizes of {} bytes each", width);
  }
  read_chunk_dims(in, rank_and_one, width, element_size, layout);
  read_new_chunk_index(image, in, flags, layout);
  layout.address = image.read_address(in);
}

std::string filter_name(std::uint16_t id, std::string_view stored_name) {
  static constexpr std::pair<std::uint16_t, std::string_view> known[] = {
      {4, "szip"},      {5, "nbit"},    {6, "scaleoffset"},    {32000, "lzf"},
      {32001, "blosc"}, {32004, "lz4"}, {32008, "bitshuffle"}, {32015, "zstd"},
  };
  for (const auto& [known_id, name] : known) {
    if (known_id == id) return std::string(name);
  }
  return printable(stored_name.substr(0, stored_name.find('\0')));
}

}  // namespace

Layout parse_layout(const Image& image, ByteReader in, std::size_t element_size) {
  const std::uint8_t version = in.u8();
  if (version != 3 && version != 4) {
    fail(ErrorCode::unsupported, "HDF5 data layout version {} is not supported: only 3 and 4 are",
         version);
  }
  Layout layout;
  const std::uint8_t kind = in.u8();
  switch (kind) {
    case 0:
      layout.kind = Layout::Kind::compact;
      layout.compact = in.take(in.u16());
      return layout;
    case 1:
      layout.address = image.read_address(in);
      layout.size = image.read_length(in);
      return layout;
    case 2:
      layout.kind = Layout::Kind::chunked;
      read_chunked(image, in, version, element_size, layout);
      return layout;
    case 3:
      fail(ErrorCode::unsupported,
           "virtual datasets, whose elements lie in other datasets, are not supported");
    default: fail(ErrorCode::malformed_file, "unknown HDF5 data layout class {}", kind);
  }
}

Filters parse_filters(ByteReader in) {
  const std::uint8_t version = in.u8();
  if (version != 1 && version != 2) {
    fail(ErrorCode::unsupported, "HDF5 filter pipeline version {} is not supported", version);
  }
  const unsigned count = in.u8();
  if (version == 1) in.skip(6);
  Filters filters;
  for (unsigned i = 0; i < count; ++i) {
    const std::uint16_t id = in.u16();
    // Version 2 leaves out the names of HDF5's own filters.
    const std::uint16_t name_length = version == 1 || id >= 256 ? in.u16() : std::uint16_t{0};
    in.skip(2);  // flags
    const std::uint16_t parameters = in.u16();
    const std::string_view name = in.text(name_length);
    if (version == 1) in.skip((8 - name_length % 8) % 8);
    in.skip(std::uint64_t{4} * parameters);
    if (version == 1 && parameters % 2 == 1) in.skip(4);
    if (id < 1 || id > 3) {
      fail(ErrorCode::unsupported,
           "the HDF5 filter {} '{}' is not supported: only deflate (gzip), shuffle and fletcher32 "
           "are",
           id, filter_name(id, name));
    }
    filters.push_back({static_cast<Filter::Id>(id)});
  }
  return filters;
}

}  // namespace keraunos::file::hdf5
