#include <algorithm>
#include <bit>

#include "runtime/file/hdf5_btree.hpp"
#include "runtime/file/hdf5_heap.hpp"

namespace keraunos::file::hdf5 {
namespace {

constexpr std::string_view what = "an HDF5 fractal heap";

unsigned log2(std::uint64_t power_of_two) {
  return static_cast<unsigned>(std::countr_zero(power_of_two));
}

}  // namespace

FractalHeap::FractalHeap(const Image& image, std::uint64_t address, Budget& budget)
    : image_(image) {
  ByteReader in = image.reader(address, what);
  read_header(in);
  without_checksum(image.at(address, in.position() + 4, what), what);
  if (huge_tree_) read_huge_objects(*huge_tree_, budget);
}

void FractalHeap::read_header(ByteReader& in) {
  in.expect("FRHP");
  const std::uint8_t version = in.u8();
  if (version != 0)
    fail(ErrorCode::unsupported, "{} of version {} is not supported", what, version);
  in.skip(2);  // length of heap IDs
  const std::uint16_t filter_bytes = in.u16();
  if (filter_bytes != 0) fail(ErrorCode::unsupported, "{} with filters is not supported", what);
  in.skip(1);  // flags
  const std::uint32_t max_managed = in.u32();
  image_.read_length(in);  // next huge ID
  huge_tree_ = image_.read_address(in);
  image_.read_length(in);      // free space
  image_.read_address(in);     // free space manager
  image_.skip_lengths(in, 8);  // statistics
  width_ = in.u16();
  first_size_ = image_.read_length(in);
  const std::uint64_t max_direct = image_.read_length(in);
  const std::uint16_t max_heap_bits = in.u16();
  in.skip(2);  // rows at the start
  root_ = image_.read_address(in);
  root_rows_ = in.u16();

  constexpr std::uint64_t direct_limit = std::uint64_t{1} << 31;
  if (!std::has_single_bit(width_) || !std::has_single_bit(first_size_) ||
      !std::has_single_bit(max_direct) || max_direct < first_size_ || max_direct > direct_limit ||
      max_heap_bits == 0 || max_heap_bits > 64 || max_managed == 0) {
    fail(ErrorCode::malformed_file, "{} has impossible sizes", what);
  }
  max_direct_rows_ = log2(max_direct) - log2(first_size_) + 2;
  offset_bytes_ = (max_heap_bits + 7U) / 8;
  length_bytes_ = std::min((log2(max_direct) + 7U) / 8,
                           static_cast<unsigned>(std::bit_width(max_managed) + 7) / 8);
}

void FractalHeap::read_huge_objects(std::uint64_t tree, Budget& budget) {
  visit_tree(image_, tree, TreeKind::huge_objects, budget, [&](std::span<const std::byte> record) {
    ByteReader in(record, "a huge object of an HDF5 fractal heap");
    Extent extent{};
    extent.address = image_.read_defined_address(in);
    extent.size = image_.read_length(in);
    huge_objects_.try_emplace(image_.read_length(in), extent);
  });
}

std::span<const std::byte> FractalHeap::object(std::span<const std::byte> id) const {
  ByteReader in(id, "an HDF5 heap ID");
  const std::uint8_t head = in.u8();
  const unsigned version = head >> 6;
  const unsigned kind = head >> 4 & 3U;
  if (version != 0) fail(ErrorCode::malformed_file, "an HDF5 heap ID has version {}", version);
  if (kind == 0) {
    const std::uint64_t offset = in.uint(offset_bytes_);
    return managed_object(offset, in.uint(length_bytes_));
  }
  if (kind == 1) {
    const auto bytes = static_cast<unsigned>(std::min<std::size_t>(in.remaining(), 8));
    const auto found = huge_objects_.find(in.uint(bytes));
    if (found == huge_objects_.end()) {
      fail(ErrorCode::malformed_file, "{} lacks a huge object that its index names", what);
    }
    return image_.at(found->second.address, found->second.size, what);
  }
  if (kind == 2) return in.take((head & 0xfU) + 1U);  // small enough to stand in the ID itself
  fail(ErrorCode::malformed_file, "an HDF5 heap ID is of the unknown kind {}", kind);
}

// Rows 0 and 1 hold blocks of the first size, and each further row blocks of twice the size before.
// Blocks above the largest direct size are indirect: tables of the same form, with fewer rows.
FractalHeap::Block FractalHeap::find_block(std::uint64_t offset) const {
  if (!root_) fail(ErrorCode::malformed_file, "{} has no root block", what);
  if (root_rows_ == 0) return {*root_, 0, first_size_};
  const unsigned first_row_bits = log2(first_size_ * width_);
  std::uint64_t table = *root_;
  std::uint64_t table_offset = 0;
  unsigned rows = root_rows_;
  while (true) {
    const std::uint64_t relative = offset - table_offset;
    const auto row = static_cast<unsigned>(std::bit_width(relative >> first_row_bits));
    if (row >= rows) {
      fail(ErrorCode::malformed_file, "{} has no block that holds offset {}", what, offset);
    }
    const unsigned doublings = row == 0 ? 0 : row - 1;
    const std::uint64_t size = first_size_ << doublings;
    const std::uint64_t row_offset = row == 0 ? 0 : (first_size_ * width_) << doublings;
    const std::uint64_t column = (relative - row_offset) / size;
    ByteReader in = image_.reader(table, what);
    in.expect("FHIB");
    in.skip(1 + image_.offset_size() + offset_bytes_);  // version, heap header, own offset
    in.skip((row * width_ + column) * image_.offset_size());
    const std::uint64_t child = image_.read_defined_address(in);
    table_offset += row_offset + column * size;
    if (row < max_direct_rows_) return {child, table_offset, size};
    table = child;
    const unsigned width_bits = log2(width_);
    rows = row > width_bits ? row - width_bits : 0;
  }
}

std::span<const std::byte> FractalHeap::managed_object(std::uint64_t offset,
                                                       std::uint64_t size) const {
  const Block block = find_block(offset);
  const auto bytes = image_.at(block.address, block.size, what);
  ByteReader in(bytes, what);
  in.expect("FHDB");
  const std::uint64_t begin = offset - block.offset;
  if (begin > block.size || size > block.size - begin) {
    fail(ErrorCode::malformed_file, "{}: {} bytes at offset {} leave their block", what, size,
         offset);
  }
  return bytes.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size));
}

}  // namespace keraunos::file::hdf5
