#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/file/hdf5_image.hpp"
#include "runtime/file/hdf5_layout.hpp"
#include "runtime/file/hdf5_types.hpp"

namespace keraunos::file::hdf5 {

/// The chunks that cover a dataset without empty dimensions, numbered row-major from 0.
class ChunkGrid {
 public:
  ChunkGrid(const Dataspace& space, const Layout& layout);

  std::size_t rank() const { return counts_.size(); }
  std::uint64_t chunks() const;  ///< that cover the dataset

  /// The number of the chunk at these coordinates (in chunks); nothing outside of the dataset.
  std::optional<std::uint64_t> number(std::span<const std::uint64_t> coordinates) const;

  /// The inverse.
  std::vector<std::uint64_t> coordinates(std::uint64_t number) const;

  /// The same for the numbers that chunk arrays use, which count the chunks of the dataset at its
  /// maximum size, the axis that may grow without limit first.
  std::optional<std::uint64_t> number_in_array(std::uint64_t index) const;

 private:
  std::vector<std::uint64_t> counts_;      // chunks along each axis
  std::vector<std::uint64_t> max_counts_;  // the same at the maximum size; 1 where unlimited
  std::size_t first_axis_ = 0;
};

struct StoredChunk {
  std::uint64_t number = 0;
  std::uint64_t address = 0;
  std::uint64_t size = 0;         ///< as stored, after the filters
  std::uint32_t filter_mask = 0;  ///< bit i: filter i was skipped
};

/// All chunks that the file holds of a chunked dataset, by whichever index it uses.
std::vector<StoredChunk> list_chunks(const Image& image, const ChunkGrid& grid,
                                     const Layout& layout, bool filtered);

/// Collects the elements of chunk arrays.
class ChunkCollector {
 public:
  ChunkCollector(const Image& image, const ChunkGrid& grid, std::uint64_t chunk_bytes,
                 bool filtered, std::vector<StoredChunk>& chunks)
      : image_(image),
        grid_(grid),
        chunk_bytes_(chunk_bytes),
        filtered_(filtered),
        chunks_(chunks) {}

  /// 0 in the headers of arrays of plain chunks, 1 in those of filtered ones.
  std::uint8_t array_class() const { return filtered_ ? 1 : 0; }

  /// Consumes `count` elements of `element_size` bytes each, the first of which is element `index`.
  void add_elements(ByteReader& in, std::uint64_t index, std::uint64_t count,
                    unsigned element_size);

 private:
  const Image& image_;
  const ChunkGrid& grid_;
  std::uint64_t chunk_bytes_;
  bool filtered_;
  std::vector<StoredChunk>& chunks_;
};

void read_fixed_array(const Image& image, std::uint64_t address, Budget& budget,
                      ChunkCollector& chunks);
void read_extensible_array(const Image& image, std::uint64_t address, Budget& budget,
                           ChunkCollector& chunks);

}  // namespace keraunos::file::hdf5
