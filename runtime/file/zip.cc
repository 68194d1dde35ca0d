#include "runtime/file/zip.hpp"

#include <zlib.h>

#include <algorithm>
#include <unordered_set>

#include "runtime/base/checked.hpp"
#include "runtime/file/buffer.hpp"
#include "runtime/file/byte_reader.hpp"
#include "runtime/file/inflate.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file {
namespace {

constexpr std::uint16_t method_stored = 0;
constexpr std::uint16_t method_deflate = 8;

constexpr std::uint16_t flag_encrypted = 1U << 0;
constexpr std::uint16_t flag_data_descriptor = 1U << 3;
constexpr std::uint16_t flag_patch_data = 1U << 5;
constexpr std::uint16_t flag_masked_headers = 1U << 13;

constexpr std::size_t end_size = 22;
constexpr std::size_t zip64_locator_size = 20;
constexpr std::size_t central_entry_size = 46;
constexpr std::uint32_t saturated32 = 0xffffffffU;
constexpr std::uint16_t saturated16 = 0xffffU;

// Where the end-of-central-directory records say that the central directory lies.
struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;  // where the records that follow it begin
};

std::size_t find_end_record(std::span<const std::byte> archive) {
  constexpr std::size_t max_comment = saturated16;
  const std::string_view text = as_text(archive);
  const std::size_t lowest =
      archive.size() > end_size + max_comment ? archive.size() - end_size - max_comment : 0;
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

void refuse_several_disks(std::uint32_t disk, std::uint32_t directory_disk, std::uint64_t here,
                          std::uint64_t total) {
  if (disk == 0 && directory_disk == 0 && here == total) return;
  fail(ErrorCode::unsupported, "the zip archive is split over several disks (this is disk {})",
       disk);
}

Directory read_end_record(std::span<const std::byte> archive, std::size_t at) {
  ByteReader in(archive.subspan(at), "the zip end record");
  in.expect("PK\5\6");
  const std::uint16_t disk = in.u16();
  const std::uint16_t directory_disk = in.u16();
  const std::uint16_t here = in.u16();
  Directory directory;
  directory.entries = in.u16();
  directory.size = in.u32();
  directory.offset = in.u32();
  directory.end = at;
  const bool saturated = disk == saturated16 || directory_disk == saturated16;
  if (!saturated) refuse_several_disks(disk, directory_disk, here, directory.entries);
  return directory;
}

// The zip64 record overrides the saturated fields of the plain one and must agree on the others.
Directory read_zip64_record(std::span<const std::byte> archive, const Directory& plain) {
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
  Directory directory;
  directory.entries = in.u64();
  directory.size = in.u64();
  directory.offset = in.u64();
  directory.end = at;
  refuse_several_disks(disk + record_disk, directory_disk, here, directory.entries);
  const bool agrees =
      (plain.entries == saturated16 || plain.entries == directory.entries) &&
      (plain.size == saturated32 || plain.size == directory.size) &&
      (plain.offset == saturated32 || plain.offset == directory.offset);
  if (!agrees) {
    fail(ErrorCode::malformed_file, "the zip64 end record contradicts the plain end record");
  }
  return directory;
}

Directory find_directory(std::span<const std::byte> archive) {
  const std::size_t at = find_end_record(archive);
  Directory directory = read_end_record(archive, at);
  const bool has_zip64 = at >= zip64_locator_size &&
                         as_text(archive).substr(at - zip64_locator_size, 4) == "PK\6\7";
  if (has_zip64) directory = read_zip64_record(archive, directory);
  if (try_add(directory.offset, directory.size) != directory.end) {
    fail(ErrorCode::malformed_file,
         "the zip central directory (offset {}, {} bytes) does not end where its end record "
         "begins, at byte {}",
         directory.offset, directory.size, directory.end);
  }
  if (directory.entries > directory.size / central_entry_size) {
    fail(ErrorCode::malformed_file,
         "the zip central directory of {} bytes cannot hold the {} members it claims",
         directory.size, directory.entries);
  }
  return directory;
}

// Replaces saturated 32-bit fields by those of the zip64 extra field, which come in this order.
void read_zip64_extra(std::span<const std::byte> extra, ZipMember& member) {
  ByteReader fields(extra, "the zip extra field");
  while (fields.remaining() >= 4) {
    const std::uint16_t id = fields.u16();
    ByteReader field(fields.take(fields.u16()), "the zip64 extra field");
    if (id != 1) continue;
    for (std::uint64_t* value : {&member.size, &member.compressed_size, &member.header_offset}) {
      if (*value == saturated32) *value = field.u64();
    }
    return;
  }
}

void check_name(std::string_view name) {
  const auto refuse = [name](std::string_view reason) {
    fail(ErrorCode::malformed_file, "the zip member name '{}' {}", printable(name), reason);
  };
  if (name.empty()) refuse("is empty");
  if (name.find('\0') != std::string_view::npos) refuse("holds a zero byte");
  if (name.find('\\') != std::string_view::npos) refuse("holds a backslash");
  if (name.front() == '/') refuse("is an absolute path");
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") refuse("leads out of the archive");
    begin = end + 1;
  }
}

void check_flags(std::uint16_t flags) {
  if (flags & (flag_encrypted | flag_masked_headers)) {
    fail(ErrorCode::unsupported, "the member is encrypted");
  }
  if (flags & flag_patch_data) fail(ErrorCode::unsupported, "the member is compressed patch data");
}

void check_method_and_sizes(const ZipMember& member) {
  if (member.method == method_stored) {
    if (member.size != member.compressed_size) {
      fail(ErrorCode::malformed_file, "a stored member of {} bytes cannot hold {}",
           member.compressed_size, member.size);
    }
    return;
  }
  if (member.method != method_deflate) {
    fail(ErrorCode::unsupported,
         "compression method {} is not supported: only 0 (stored) and 8 (deflate) are",
         member.method);
  }
  if (member.size / max_deflate_ratio > member.compressed_size) {
    fail(ErrorCode::malformed_file,
         "{} deflated bytes cannot inflate to {}: deflate expands at most {} times",
         member.compressed_size, member.size, max_deflate_ratio);
  }
  if (member.size > ZipArchive::max_inflated_bytes) {
    fail(ErrorCode::unsupported, "inflates to {} bytes; the limit is {}", member.size,
         ZipArchive::max_inflated_bytes);
  }
}

// What the local header may repeat of the central directory.
struct CentralEntry {
  ZipMember member;
  std::uint16_t flags = 0;
};

CentralEntry read_central_entry(ByteReader& in) {
  in.expect("PK\1\2");
  in.skip(1);  // version of the writer
  const std::uint8_t made_by = in.u8();
  in.skip(2);  // version needed
  CentralEntry entry;
  ZipMember& member = entry.member;
  entry.flags = in.u16();
  member.method = in.u16();
  in.skip(4);  // time, date
  member.crc32 = in.u32();
  member.compressed_size = in.u32();
  member.size = in.u32();
  const std::uint16_t name_length = in.u16();
  const std::uint16_t extra_length = in.u16();
  const std::uint16_t comment_length = in.u16();
  const std::uint16_t disk = in.u16();
  in.skip(2);  // internal attributes
  const std::uint32_t attributes = in.u32();
  member.header_offset = in.u32();
  member.name = in.text(name_length);
  read_zip64_extra(in.take(extra_length), member);
  in.skip(comment_length);

  check_name(member.name);
  if (disk != 0 && disk != saturated16) refuse_several_disks(disk, 0, 0, 0);
  constexpr std::uint8_t unix_system = 3;
  if (made_by == unix_system && (attributes >> 16 & 0170000U) == 0120000U) {
    fail(ErrorCode::unsupported, "the zip member '{}' is a symbolic link",
         printable(member.name));
  }
  return entry;
}

[[noreturn]] void contradiction(std::string_view field, std::uint64_t local,
                                std::uint64_t central) {
  fail(ErrorCode::malformed_file,
       "the local header contradicts the central directory: {} {} against {}", field, local,
       central);
}

// Finds where the data begin, and checks what the local header repeats.
void read_local_header(std::span<const std::byte> archive, CentralEntry& entry) {
  ZipMember& member = entry.member;
  if (member.header_offset > archive.size()) {
    fail(ErrorCode::malformed_file, "the local header lies at byte {}, past the end of {} bytes",
         member.header_offset, archive.size());
  }
  ByteReader in(archive.subspan(static_cast<std::size_t>(member.header_offset)),
                "the zip local header");
  in.expect("PK\3\4");
  in.skip(2);  // version needed
  const std::uint16_t flags = in.u16();
  check_flags(flags);
  const std::uint16_t method = in.u16();
  if (method != member.method) contradiction("method", method, member.method);
  in.skip(4);  // time, date
  ZipMember local;
  local.crc32 = in.u32();
  local.compressed_size = in.u32();
  local.size = in.u32();
  const std::uint16_t name_length = in.u16();
  const std::uint16_t extra_length = in.u16();
  if (in.text(name_length) != member.name) {
    fail(ErrorCode::malformed_file,
         "the local header contradicts the central directory: another name");
  }
  read_zip64_extra(in.take(extra_length), local);
  member.data_offset = member.header_offset + in.position();
  if (flags & flag_data_descriptor) return;  // the numbers follow the data
  if (local.size != member.size) contradiction("size", local.size, member.size);
  if (local.crc32 != member.crc32) contradiction("CRC", local.crc32, member.crc32);
  if (local.compressed_size != member.compressed_size) {
    contradiction("compressed size", local.compressed_size, member.compressed_size);
  }
}

void refuse_overlaps(const std::vector<ZipMember>& members, std::uint64_t directory_offset) {
  std::vector<const ZipMember*> by_offset;
  for (const ZipMember& member : members) by_offset.push_back(&member);
  std::ranges::sort(by_offset, {}, &ZipMember::header_offset);
  for (std::size_t i = 0; i < by_offset.size(); ++i) {
    const ZipMember& member = *by_offset[i];
    const bool last = i + 1 == by_offset.size();
    const std::uint64_t limit = last ? directory_offset : by_offset[i + 1]->header_offset;
    const auto end = try_add(member.data_offset, member.compressed_size);
    if (end && *end <= limit) continue;
    fail(ErrorCode::malformed_file, "the zip member '{}' ({} bytes at byte {}) overlaps {}",
         printable(member.name), member.compressed_size, member.data_offset,
         last ? "the central directory" : fmt::format("'{}'", printable(by_offset[i + 1]->name)));
  }
}

std::uint32_t crc_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

void check_crc(const ZipMember& member, std::span<const std::byte> content) {
  const std::uint32_t crc = crc_of(content);
  if (crc == member.crc32) return;
  fail(ErrorCode::malformed_file, "the CRC-32 is {:08x}, the archive promises {:08x}: damaged data",
       crc, member.crc32);
}

std::string member_place(std::string_view name) { return fmt::format("zip member '{}'", printable(name)); }

}  // namespace

ZipArchive::ZipArchive(Bytes archive) : archive_(std::move(archive)) {
  const Directory directory = find_directory(archive_.span);
  ByteReader in(archive_.span.subspan(static_cast<std::size_t>(directory.offset),
                                      static_cast<std::size_t>(directory.size)),
                "the zip central directory");
  members_.reserve(static_cast<std::size_t>(directory.entries));
  std::unordered_set<std::string> names;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    CentralEntry entry = read_central_entry(in);
    within([&] { return member_place(entry.member.name); },
           [&] {
             check_flags(entry.flags);
             check_method_and_sizes(entry.member);
             read_local_header(archive_.span, entry);
             if (!names.insert(entry.member.name).second) {
               fail(ErrorCode::malformed_file, "the name appears twice in the archive");
             }
           });
    members_.push_back(std::move(entry.member));
  }
  refuse_overlaps(members_, directory.offset);
}

const ZipMember* ZipArchive::find(std::string_view name) const {
  const auto found = std::ranges::find(members_, name, &ZipMember::name);
  return found == members_.end() ? nullptr : &*found;
}

Bytes ZipArchive::content(const ZipMember& member) const {
  const auto stored = archive_.span.subspan(static_cast<std::size_t>(member.data_offset),
                                            static_cast<std::size_t>(member.compressed_size));
  if (member.method == method_stored) return {stored, archive_.owner};
  Buffer buffer(static_cast<std::size_t>(member.size));
  inflate(stored, buffer.span(), DeflateFormat::raw);
  return buffer.bytes();
}

Bytes ZipArchive::read(const ZipMember& member) const {
  return within([&] { return member_place(member.name); },
                [&] {
                  Bytes bytes = content(member);
                  if (member.method == method_deflate || bytes.size() <= max_checked_stored_bytes) {
                    check_crc(member, bytes.span);
                  }
                  return bytes;
                });
}

void ZipArchive::verify(const ZipMember& member) const {
  within([&] { return member_place(member.name); },
         [&] { check_crc(member, content(member).span); });
}

}  // namespace keraunos::file
