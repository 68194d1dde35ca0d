#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/base/checked.hpp"
#include "runtime/file/buffer.hpp"
#include "runtime/file/hdf5_chunk_index.hpp"
#include "runtime/file/hdf5_filters.hpp"
#include "runtime/file/hdf5_object.hpp"
#include "runtime/file/inflate.hpp"

namespace keraunos::file::hdf5 {
namespace {

// Elements that were never written have the fill value; a small file may declare this many bytes
// of them.
constexpr std::uint64_t max_fill_bytes = std::uint64_t{1} << 20;

// Memory for a dataset, once it is known that the stored bytes can account for it.
Buffer allocate(std::uint64_t size, std::uint64_t stored, std::uint64_t ratio) {
  const std::uint64_t limit =
      try_multiply(stored, ratio).value_or(UINT64_MAX - max_fill_bytes) + max_fill_bytes;
  if (size > limit) {
    fail(ErrorCode::malformed_file,
         "the dataset declares {} bytes, but the {} bytes stored can give at most {}", size, stored,
         limit);
  }
  return Buffer(static_cast<std::size_t>(size));
}

void fill(std::span<std::byte> elements, std::span<const std::byte> value) {
  if (value.empty()) {
    std::ranges::fill(elements, std::byte{0});
    return;
  }
  for (std::size_t at = 0; at < elements.size(); at += value.size()) {
    std::ranges::copy(value, elements.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

// Copies the part of a chunk that lies inside the dataset.
class ChunkPlacer {
 public:
  ChunkPlacer(const DatasetInfo& dataset, std::span<std::byte> elements)
      : dims_(dataset.space.dims),
        chunk_dims_(dataset.layout.chunk_dims),
        element_size_(dataset.type.size),
        elements_(elements) {}

  void place(std::span<const std::uint64_t> coordinates, std::span<const std::byte> chunk) {
    const std::size_t last = dims_.size() - 1;
    PerAxis extent{};  // of the part inside
    std::uint64_t rows = 1;
    for (std::size_t axis = 0; axis <= last; ++axis) {
      extent[axis] = std::min(chunk_dims_[axis], dim(axis) - coordinates[axis] * chunk_dims_[axis]);
      if (axis < last) rows *= extent[axis];
    }
    PerAxis index{};  // of a row inside the chunk
    for (std::uint64_t row = 0; row < rows; ++row) {
      copy_row(coordinates, index, chunk, extent[last] * element_size_);
      for (std::size_t axis = last; axis-- > 0;) {
        if (++index[axis] < extent[axis]) break;
        index[axis] = 0;
      }
    }
  }

  bool crosses_edge(std::span<const std::uint64_t> coordinates) const {
    for (std::size_t axis = 0; axis < dims_.size(); ++axis) {
      if (dim(axis) - coordinates[axis] * chunk_dims_[axis] < chunk_dims_[axis]) return true;
    }
    return false;
  }

 private:
  using PerAxis = std::array<std::uint64_t, max_rank>;

  std::uint64_t dim(std::size_t axis) const { return static_cast<std::uint64_t>(dims_[axis]); }

  void copy_row(std::span<const std::uint64_t> coordinates, const PerAxis& index,
                std::span<const std::byte> chunk, std::uint64_t bytes) {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    for (std::size_t axis = 0; axis < dims_.size(); ++axis) {
      from = from * chunk_dims_[axis] + index[axis];
      to = to * dim(axis) + coordinates[axis] * chunk_dims_[axis] + index[axis];
    }
    std::memcpy(elements_.data() + to * element_size_, chunk.data() + from * element_size_, bytes);
  }

  const Dims& dims_;
  const std::vector<std::uint64_t>& chunk_dims_;
  std::size_t element_size_;
  std::span<std::byte> elements_;
};

// What the filters of all chunks give. A chunk may be far larger than the dataset that it is in.
std::uint64_t filtered_bytes(const DatasetInfo& dataset, std::uint64_t chunks) {
  if (dataset.filters.empty()) return 0;
  return checked_multiply(chunks, dataset.layout.chunk_bytes);
}

void take_from_budget(const Image& image, std::uint64_t bytes) {
  if (image.budget() == nullptr) return;
  image.budget()->require(&LoadLimits::member_bytes, bytes);
  image.budget()->take(&LoadLimits::inflated_bytes, bytes);
}

Bytes read_chunked(const Image& image, const DatasetInfo& dataset, std::uint64_t size) {
  const Layout& layout = dataset.layout;
  const ChunkGrid grid(dataset.space, layout);
  const auto chunks = list_chunks(image, grid, layout, !dataset.filters.empty());

  Budget budget(image);
  std::uint64_t stored = 0;
  for (const StoredChunk& chunk : chunks) {
    budget.spend(chunk.size, "an HDF5 dataset");
    stored += chunk.size;
  }
  const bool deflated = std::ranges::any_of(
      dataset.filters, [](const Filter& filter) { return filter.id == Filter::Id::deflate; });
  take_from_budget(image, std::max(size, filtered_bytes(dataset, chunks.size())));
  Buffer buffer = allocate(size, stored, deflated ? max_deflate_ratio : 1);
  fill(buffer.span(), dataset.fill_value);
  ChunkPlacer placer(dataset, buffer.span());
  for (const StoredChunk& chunk : chunks) {
    const auto coordinates = grid.coordinates(chunk.number);
    const bool plain = layout.plain_edge_chunks && placer.crosses_edge(coordinates);
    const Bytes bytes{image.at(chunk.address, chunk.size, "an HDF5 chunk"), image.bytes().owner};
    placer.place(coordinates, decode_chunk(bytes, plain ? Filters{} : dataset.filters,
                                           chunk.filter_mask, layout.chunk_bytes, dataset.type.size)
                                  .span);
  }
  return buffer.bytes();
}

Bytes read_contiguous(const Image& image, const DatasetInfo& dataset, std::uint64_t size) {
  if (!dataset.layout.address) {
    Buffer buffer = allocate(size, 0, 1);
    fill(buffer.span(), dataset.fill_value);
    return buffer.bytes();
  }
  if (dataset.layout.size < size) {
    fail(ErrorCode::malformed_file, "the dataset has {} bytes, shape {} wants {}",
         dataset.layout.size, to_string(dataset.space.dims), size);
  }
  return {image.at(*dataset.layout.address, size, "the dataset"), image.bytes().owner};
}

}  // namespace

Bytes read_elements(const Image& image, const DatasetInfo& dataset) {
  const auto size = checked_multiply<std::uint64_t>(dataset.space.count(), dataset.type.size);
  if (size == 0) return {};
  switch (dataset.layout.kind) {
    case Layout::Kind::chunked: return read_chunked(image, dataset, size);
    case Layout::Kind::contiguous: return read_contiguous(image, dataset, size);
    case Layout::Kind::compact: break;
  }
  if (dataset.layout.compact.size() < size) {
    fail(ErrorCode::malformed_file, "the dataset has {} bytes, shape {} wants {}",
         dataset.layout.compact.size(), to_string(dataset.space.dims), size);
  }
  return {dataset.layout.compact.first(static_cast<std::size_t>(size)), image.bytes().owner};
}

}  // namespace keraunos::file::hdf5
