#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "runtime/file/zip.hpp"
#include "runtime/file/zip_end_record.hpp"

namespace keraunos::file {

/// Compression methods of zip members.
inline constexpr std::uint16_t zip_stored = 0;
inline constexpr std::uint16_t zip_deflated = 8;

/// Finds and checks everything that an archive says about its members, as ZipArchive promises.
/// `archive` starts where the archive's own offsets count from.
std::vector<ZipMember> read_zip_directory(std::span<const std::byte> archive,
                                          const ZipDirectoryExtent& directory);

}  // namespace keraunos::file
