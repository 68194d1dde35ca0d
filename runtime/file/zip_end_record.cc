#include "runtime/file/zip_end_record.hpp"

#include <string_view>

#include "runtime/base/checked.hpp"
#include "runtime/file/byte_reader.hpp"

namespace keraunos::file {
namespace {

constexpr std::size_t end_size = 22;
constexpr std::size_t zip64_locator_size = 20;

std::size_t find_end_record(std::span<const std::byte> archive) {
  constexpr std::size_t max_comment = zip_saturated16;
  const std::string_view text = as_text(archive);
  const std::size_t lowest =
      archive.size() > end_size + max_comment ? archive.size() - end_size - max_comment : 0;
  // From the back: a comment may hold anything, another archive included.
  for (std::size_t at = archive.size() < end_size ? 0 : archive.size() - end_size + 1;
       at-- > lowest;) {
    if (text.substr(at, 4) != "PK\5\6") continue;
    ByteReader comment(archive.subspan(at + 20), "the zip end record");
    if (comment.u16() == comment.remaining()) return at;
  }
  fail(ErrorCode::malformed_file,
       "not a zip archive: no end-of-central-directory record in {} bytes (truncated?)",
       archive.size());
}

ZipDirectoryExtent read_end_record(std::span<const std::byte> archive, std::size_t at) {
  ByteReader in(archive.subspan(at), "the zip end record");
  in.expect("PK\5\6");
  const std::uint16_t disk = in.u16();
  const std::uint16_t directory_disk = in.u16();
  const std::uint16_t here = in.u16();
  ZipDirectoryExtent directory;
  directory.entries = in.u16();
  directory.size = in.u32();
  directory.offset = in.u32();
  directory.end = at;
  const bool saturated = disk == zip_saturated16 || directory_disk == zip_saturated16;
  if (!saturated) refuse_several_disks(disk, directory_disk, here, directory.entries);
  return directory;
}

// The zip64 record overrides the saturated fields of the plain one and must agree on the others.
ZipDirectoryExtent read_zip64_record(std::span<const std::byte> archive,
                                     const ZipDirectoryExtent& plain) {
  ByteReader locator(archive.subspan(plain.end - zip64_locator_size), "the zip64 locator");
  locator.expect("PK\6\7");
  const std::uint32_t record_disk = locator.u32();
  const std::uint64_t at = locator.u64();
  if (at > plain.end - zip64_locator_size) {
    fail(ErrorCode::malformed_file, "the zip64 end record lies at byte {}, past its locator", at);
  }
  ByteReader in(archive.subspan(static_cast<std::size_t>(at)), "the zip64 end record");
  in.expect("PK\6\6");
  in.skip(8 + 2 + 2);  // size of this record, versions
  const std::uint32_t disk = in.u32();
  const std::uint32_t directory_disk = in.u32();
  const std::uint64_t here = in.u64();
  ZipDirectoryExtent directory;
  directory.entries = in.u64();
  directory.size = in.u64();
  directory.offset = in.u64();
  directory.end = at;
  refuse_several_disks(disk | record_disk, directory_disk, here, directory.entries);
  const bool agrees = (plain.entries == zip_saturated16 || plain.entries == directory.entries) &&
                      (plain.size == zip_saturated32 || plain.size == directory.size) &&
                      (plain.offset == zip_saturated32 || plain.offset == directory.offset);
  if (!agrees) {
    fail(ErrorCode::malformed_file, "the zip64 end record contradicts the plain end record");
  }
  return directory;
}

}  // namespace

void refuse_several_disks(std::uint32_t disk, std::uint32_t directory_disk, std::uint64_t here,
                          std::uint64_t total) {
  if (disk == 0 && directory_disk == 0 && here == total) return;
  fail(ErrorCode::unsupported, "the zip archive is split over several disks (this is disk {})",
       disk);
}

ZipDirectoryExtent find_zip_directory(std::span<const std::byte> archive) {
  const std::size_t at = find_end_record(archive);
  ZipDirectoryExtent directory = read_end_record(archive, at);
  const bool has_zip64 =
      at >= zip64_locator_size && as_text(archive).substr(at - zip64_locator_size, 4) == "PK\6\7";
  if (has_zip64) directory = read_zip64_record(archive, directory);
  const auto directory_end = try_add(directory.offset, directory.size);
  if (!directory_end || *directory_end > directory.end) {
    fail(ErrorCode::malformed_file,
         "the zip central directory (offset {}, {} bytes) does not end where its end record "
         "begins, at byte {}",
         directory.offset, directory.size, directory.end);
  }
  directory.prefix = directory.end - *directory_end;
  if (directory.entries > directory.size / zip_central_entry_size) {
    fail(ErrorCode::malformed_file,
         "the zip central directory of {} bytes cannot hold the {} members it claims",
         directory.size, directory.entries);
  }
  return directory;
}

}  // namespace keraunos::file
