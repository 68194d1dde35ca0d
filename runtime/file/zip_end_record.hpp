#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace keraunos::file {

inline constexpr std::size_t zip_central_entry_size = 46;  ///< without name, extra and comment

/// Values of narrow fields that say: the number stands in a zip64 record.
inline constexpr std::uint32_t zip_saturated32 = 0xffffffffU;
inline constexpr std::uint16_t zip_saturated16 = 0xffffU;

/// Where the central directory lies. It was checked to lie inside the archive.
struct ZipDirectoryExtent {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;  ///< where the records that follow it begin
  /// Bytes in front of the archive, from which its own offsets count: a self-extracting program.
  std::uint64_t prefix = 0;
};

/// Reads the records at the end of the archive, with those of zip64 where there are any.
ZipDirectoryExtent find_zip_directory(std::span<const std::byte> archive);

/// Throws Error unsupported unless all numbers belong to an archive of one disk.
void refuse_several_disks(std::uint32_t disk, std::uint32_t directory_disk, std::uint64_t here,
                          std::uint64_t total);

}  // namespace keraunos::file
