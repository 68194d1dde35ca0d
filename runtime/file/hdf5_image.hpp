#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "runtime/base/bytes.hpp"
#include "runtime/base/load_budget.hpp"
#include "runtime/file/byte_reader.hpp"
#include "runtime/file/hdf5_decoded.hpp"

// Inside the HDF5 reader. "Address" is HDF5's word for an offset from the base address; an address
// of all ones is undefined: nothing is stored.

namespace keraunos::file::hdf5 {

/// The most dimensions that HDF5 allows.
inline constexpr unsigned max_rank = 32;

/// The bytes of a file from its base address on, and the two widths in which it writes numbers.
/// Immutable, but for what is remembered of datasets.
class Image {
 public:
  /// Finds and reads the superblock.
  explicit Image(Bytes file, std::shared_ptr<LoadBudget> budget = nullptr);

  const Bytes& bytes() const { return bytes_; }
  /// What decoded datasets are taken from; null where nobody counts.
  LoadBudget* budget() const { return budget_.get(); }
  DecodedDatasets& decoded() const { return decoded_; }
  unsigned offset_size() const { return offset_size_; }
  unsigned length_size() const { return length_size_; }
  std::uint64_t root_address() const { return root_address_; }

  /// `size` bytes at an address; Error malformed_file where they leave the file.
  std::span<const std::byte> at(std::uint64_t address, std::uint64_t size,
                                std::string_view what) const;

  /// A reader from an address to the end of the file.
  ByteReader reader(std::uint64_t address, std::string_view what) const;

  /// Read an address (nothing where it is undefined) or a length at the cursor.
  std::optional<std::uint64_t> read_address(ByteReader& in) const;
  std::uint64_t read_defined_address(ByteReader& in) const;
  std::uint64_t read_length(ByteReader& in) const { return in.uint(length_size_); }
  std::uint64_t unlimited_length() const { return ~std::uint64_t{0} >> (64 - 8 * length_size_); }
  void skip_lengths(ByteReader& in, unsigned count) const {
    in.skip(std::uint64_t{count} * length_size_);
  }

 private:
  void read_old_superblock(ByteReader& in, std::uint8_t version);
  void read_new_superblock(ByteReader& in);
  void set_widths(unsigned offset_size, unsigned length_size);
  void check_end(std::uint64_t declared_base, std::uint64_t declared_end) const;

  Bytes bytes_;
  std::shared_ptr<LoadBudget> budget_;
  mutable DecodedDatasets decoded_;
  unsigned offset_size_ = 8;
  unsigned length_size_ = 8;
  std::uint64_t root_address_ = 0;
};

/// Bounds a walk through linked structures by the size of the file. No byte belongs to two
/// structures, so a walk that reads more bytes than the file has runs in circles.
class Budget {
 public:
  explicit Budget(const Image& image) : left_(image.bytes().size()) {}

  void spend(std::uint64_t bytes, std::string_view what) {
    if (bytes > left_) {
      fail(ErrorCode::malformed_file, "{} visits more bytes than the file has: a loop or overlap",
           what);
    }
    left_ -= bytes;
  }

 private:
  std::uint64_t left_;
};

/// Bob Jenkins' lookup3 hash, which HDF5 uses as the checksum of its metadata.
std::uint32_t metadata_checksum(std::span<const std::byte> bytes);

/// Compares the last four bytes of a structure with the checksum of those before, and returns them.
std::span<const std::byte> without_checksum(std::span<const std::byte> structure,
                                            std::string_view what);

}  // namespace keraunos::file::hdf5
