#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/base/load_budget.hpp"

namespace keraunos::file {

/// One file inside an archive. The sizes were checked against the archive when it was opened.
struct ZipMember {
  std::string name;
  std::uint16_t method = 0;           ///< 0: stored, 8: deflated
  std::uint32_t crc32 = 0;            ///< of the content
  std::uint64_t compressed_size = 0;  ///< bytes in the archive
  std::uint64_t size = 0;             ///< bytes of the content
  std::uint64_t header_offset = 0;    ///< of the local header in the archive
  std::uint64_t data_offset = 0;      ///< of the compressed bytes in the archive
};

/// A read-only zip archive (zip64 included) with stored and deflated members.
///
/// Refused with an Error that names the cause: encryption, other compression methods, archives of
/// several disks, names that repeat or lead out of the archive, symbolic links, members that
/// overlap, local headers that contradict the central directory, and sizes past the end.
///
/// Immutable: any number of threads may read.
class ZipArchive {
 public:
  /// Stored members up to this size have their CRC checked by `read`. Larger ones do not: that
  /// would cost a pass over weights which are otherwise never touched at load. See `verify`.
  static constexpr std::uint64_t max_checked_stored_bytes = std::uint64_t{1} << 20;

  /// What `read` inflates is taken from `budget` before there is memory for it. Without one, each
  /// member alone must be within the default of LoadLimits::member_bytes.
  explicit ZipArchive(Bytes archive, std::shared_ptr<LoadBudget> budget = nullptr);

  /// In the order of the central directory. Directories are listed too, as names ending in '/'.
  const std::vector<ZipMember>& members() const { return members_; }

  /// The member of that exact name, or null.
  const ZipMember* find(std::string_view name) const;

  /// The content: a stored member is returned in place, sharing the archive's owner, a deflated
  /// one in a buffer of its own.
  Bytes read(const ZipMember& member) const;

  /// Reads the member and compares its CRC-32, whatever its size.
  void verify(const ZipMember& member) const;

 private:
  Bytes content(const ZipMember& member) const;

  Bytes archive_;
  std::shared_ptr<LoadBudget> budget_;
  std::vector<ZipMember> members_;
};

}  // namespace keraunos::file
