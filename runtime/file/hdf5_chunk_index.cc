#include "runtime/file/hdf5_chunk_index.hpp"

#include "runtime/base/checked.hpp"
#include "runtime/file/hdf5_btree.hpp"

namespace keraunos::file::hdf5 {
namespace {

std::uint64_t divide_up(std::uint64_t size, std::uint64_t by) {
  return size / by + (size % by != 0 ? 1 : 0);
}

// The keys of the old B-tree give the offset of a chunk in elements, and one of 0 for the bytes.
void list_old_tree(const Image& image, const ChunkGrid& grid, const Layout& layout, Budget& budget,
                   std::vector<StoredChunk>& chunks) {
  const std::size_t rank = grid.rank();
  const auto visit = [&](std::span<const std::byte> key, std::uint64_t child) {
    ByteReader in(key, "the key of an HDF5 chunk");
    StoredChunk chunk;
    chunk.address = child;
    chunk.size = in.u32();
    chunk.filter_mask = in.u32();
    std::vector<std::uint64_t> coordinates(rank);
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::uint64_t offset = in.u64();
      const std::uint64_t side = layout.chunk_dims[axis];
      if (offset % side != 0) {
        fail(ErrorCode::malformed_file, "an HDF5 chunk begins at {}, which is no multiple of {}",
             offset, side);
      }
      coordinates[axis] = offset / side;
    }
    const auto number = grid.number(coordinates);
    if (!number) return;
    chunk.number = *number;
    chunks.push_back(chunk);
  };
  const std::size_t key_size = 4 + 4 + 8 * (rank + 1);
  visit_old_tree(image, *layout.address, OldTreeKind::chunks, key_size, budget, visit);
}

void list_tree(const Image& image, const ChunkGrid& grid, const Layout& layout, bool filtered,
               Budget& budget, std::vector<StoredChunk>& chunks) {
  const auto visit = [&](std::span<const std::byte> record) {
    ByteReader in(record, "the record of an HDF5 chunk");
    StoredChunk chunk;
    chunk.address = image.read_defined_address(in);
    chunk.size = layout.chunk_bytes;
    if (filtered) {
      const std::size_t others = in.position() + 4 + 8 * grid.rank();
      if (record.size() <= others || record.size() - others > 8) {
        fail(ErrorCode::malformed_file, "{} has {} bytes", in.what(), record.size());
      }
      chunk.size = in.uint(static_cast<unsigned>(record.size() - others));
      chunk.filter_mask = in.u32();
    }
    std::vector<std::uint64_t> coordinates(grid.rank());
    for (std::uint64_t& coordinate : coordinates) coordinate = in.u64();
    const auto number = grid.number(coordinates);
    if (!number) return;
    chunk.number = *number;
    chunks.push_back(chunk);
  };
  const TreeKind kind = filtered ? TreeKind::filtered_chunks : TreeKind::chunks;
  visit_tree(image, *layout.address, kind, budget, visit);
}

// The chunks of the dataset at its maximum size, one behind the other.
void list_implicit(const Image& image, const ChunkGrid& grid, const Layout& layout,
                   std::vector<StoredChunk>& chunks) {
  const std::uint64_t covered = grid.chunks();
  image.at(*layout.address, checked_multiply(covered, layout.chunk_bytes), "an HDF5 dataset");
  for (std::uint64_t index = 0, found = 0; found < covered; ++index) {
    const std::uint64_t offset = checked_multiply(index, layout.chunk_bytes);
    const std::uint64_t address = checked_add(*layout.address, offset);
    image.at(address, layout.chunk_bytes, "an HDF5 chunk");
    const auto number = grid.number_in_array(index);
    if (!number) continue;
    chunks.push_back({*number, address, layout.chunk_bytes, 0});
    ++found;
  }
}

}  // namespace

ChunkGrid::ChunkGrid(const Dataspace& space, const Layout& layout) {
  const std::size_t rank = space.dims.size();
  if (layout.chunk_dims.size() != rank) {
    fail(ErrorCode::malformed_file, "HDF5 chunks of {} dimensions for a dataset of {}",
         layout.chunk_dims.size(), rank);
  }
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::uint64_t side = layout.chunk_dims[axis];
    counts_.push_back(divide_up(static_cast<std::uint64_t>(space.dims[axis]), side));
    const std::uint64_t max_size = space.max_dims[axis];
    const bool unlimited = max_size == Dataspace::unlimited;
    if (unlimited) first_axis_ = axis;
    max_counts_.push_back(unlimited || max_size == 0 ? 1 : divide_up(max_size, side));
  }
}

std::uint64_t ChunkGrid::chunks() const {
  std::uint64_t total = 1;
  for (const std::uint64_t count : counts_) total *= count;  // at most the number of elements
  return total;
}

std::optional<std::uint64_t> ChunkGrid::number(std::span<const std::uint64_t> coordinates) const {
  std::uint64_t number = 0;
  for (std::size_t axis = 0; axis < rank(); ++axis) {
    if (coordinates[axis] >= counts_[axis]) return std::nullopt;
    number = number * counts_[axis] + coordinates[axis];
  }
  return number;
}

std::vector<std::uint64_t> ChunkGrid::coordinates(std::uint64_t number) const {
  std::vector<std::uint64_t> coordinates(rank());
  for (std::size_t axis = rank(); axis-- > 0;) {
    coordinates[axis] = number % counts_[axis];
    number /= counts_[axis];
  }
  return coordinates;
}

std::optional<std::uint64_t> ChunkGrid::number_in_array(std::uint64_t index) const {
  std::vector<std::uint64_t> coordinates(rank());
  for (std::size_t axis = rank(); axis-- > 0;) {
    if (axis == first_axis_) continue;
    coordinates[axis] = index % max_counts_[axis];
    index /= max_counts_[axis];
  }
  coordinates[first_axis_] = index;
  return number(coordinates);
}

void ChunkCollector::add_elements(ByteReader& in, std::uint64_t index, std::uint64_t count,
                                  unsigned element_size) {
  const unsigned others = image_.offset_size() + (filtered_ ? 4U : 0U);
  const unsigned size_bytes = element_size > others ? element_size - others : 0;
  if (filtered_ ? size_bytes < 1 || size_bytes > 8 : element_size != others) {
    fail(ErrorCode::malformed_file, "{} has elements of {} bytes", in.what(), element_size);
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    StoredChunk chunk;
    const auto address = image_.read_address(in);
    chunk.size = filtered_ ? in.uint(size_bytes) : chunk_bytes_;
    if (filtered_) chunk.filter_mask = in.u32();
    const auto number = grid_.number_in_array(index + i);
    if (!address || !number) continue;
    chunk.address = *address;
    chunk.number = *number;
    chunks_.push_back(chunk);
  }
}

std::vector<StoredChunk> list_chunks(const Image& image, const ChunkGrid& grid,
                                     const Layout& layout, bool filtered) {
  std::vector<StoredChunk> chunks;
  if (!layout.address) return chunks;
  Budget budget(image);
  ChunkCollector collector(image, grid, layout.chunk_bytes, filtered, chunks);
  switch (layout.index) {
    case ChunkIndexKind::old_tree: list_old_tree(image, grid, layout, budget, chunks); break;
    case ChunkIndexKind::tree: list_tree(image, grid, layout, filtered, budget, chunks); break;
    case ChunkIndexKind::implicit: list_implicit(image, grid, layout, chunks); break;
    case ChunkIndexKind::fixed_array:
      read_fixed_array(image, *layout.address, budget, collector);
      break;
    case ChunkIndexKind::extensible_array:
      read_extensible_array(image, *layout.address, budget, collector);
      break;
    case ChunkIndexKind::single:
      chunks.push_back({0, *layout.address, layout.single_size, layout.single_filter_mask});
      break;
  }
  return chunks;
}

}  // namespace keraunos::file::hdf5
