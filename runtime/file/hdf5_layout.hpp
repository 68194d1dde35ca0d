#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/file/byte_reader.hpp"
#include "runtime/file/hdf5_image.hpp"

namespace keraunos::file::hdf5 {

/// By what the chunks of a dataset are found.
enum class ChunkIndexKind {
  old_tree,          ///< version 1 B-tree
  single,            ///< there is one chunk
  implicit,          ///< all chunks lie one behind the other
  fixed_array,       ///< no dimension is unlimited
  extensible_array,  ///< one is
  tree,              ///< several are: version 2 B-tree
};

/// Where the elements of a dataset lie.
struct Layout {
  enum class Kind { compact, contiguous, chunked };

  Kind kind = Kind::contiguous;
  std::span<const std::byte> compact;    ///< the elements themselves
  std::optional<std::uint64_t> address;  ///< of the elements or of the chunk index
  std::uint64_t size = 0;                ///< of contiguous elements

  std::vector<std::uint64_t> chunk_dims;  ///< in elements, all at least 1
  std::uint64_t chunk_bytes = 0;          ///< of one chunk before its filters
  ChunkIndexKind index = ChunkIndexKind::old_tree;
  bool plain_edge_chunks = false;  ///< chunks that cross the edge bypass the filters
  std::uint64_t single_size = 0;   ///< stored bytes of a single filtered chunk
  std::uint32_t single_filter_mask = 0;
};

Layout parse_layout(const Image& image, ByteReader in, std::size_t element_size);

/// One step of the pipeline that encodes chunks.
struct Filter {
  enum class Id : std::uint16_t { deflate = 1, shuffle = 2, fletcher32 = 3 };

  Id id{};
};

/// In the order in which they were applied when writing.
using Filters = std::vector<Filter>;

/// Throws Error unsupported, with its name, for any other filter.
Filters parse_filters(ByteReader in);

}  // namespace keraunos::file::hdf5
