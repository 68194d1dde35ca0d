#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/file/zip.hpp"
#include "runtime/file/zip_end_record.hpp"

namespace keraunos::file {

/// Compression methods of zip members.
inline constexpr std::uint16_t zip_stored = 0;
inline constexpr std::uint16_t zip_deflated = 8;

/// Why a member may not have this name ("leads out of the archive"); empty where it may.
std::string_view problem_with_zip_name(std::string_view name);

/// Finds and checks everything that an archive says about its members, as ZipArchive promises.
/// `archive` starts where the archive's own offsets count from.
std::vector<ZipMember> read_zip_directory(std::span<const std::byte> archive,
                                          const ZipDirectoryExtent& directory);

}  // namespace keraunos::file
