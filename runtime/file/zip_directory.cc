#include "runtime/file/zip_directory.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

#include "runtime/base/checked.hpp"
#include "runtime/file/byte_reader.hpp"
#include "runtime/file/inflate.hpp"
#include "runtime/file/printable.hpp"
#include "runtime/file/zip_end_record.hpp"

namespace keraunos::file {
namespace {

constexpr std::uint16_t flag_encrypted = 1U << 0;
constexpr std::uint16_t flag_data_descriptor = 1U << 3;
constexpr std::uint16_t flag_patch_data = 1U << 5;
constexpr std::uint16_t flag_masked_headers = 1U << 13;

// Replaces saturated 32-bit fields by those of the zip64 extra field, which come in this order.
void read_zip64_extra(std::span<const std::byte> extra, ZipMember& member) {
  ByteReader fields(extra, "the zip extra field");
  while (fields.remaining() >= 4) {
    const std::uint16_t id = fields.u16();
    ByteReader field(fields.take(fields.u16()), "the zip64 extra field");
    if (id != 1) continue;
    for (std::uint64_t* value : {&member.size, &member.compressed_size, &member.header_offset}) {
      if (*value == zip_saturated32) *value = field.u64();
    }
    return;
  }
}

void check_name(std::string_view name) {
  if (const std::string_view problem = problem_with_zip_name(name); !problem.empty()) {
    fail(ErrorCode::malformed_file, "the zip member name '{}' {}", printable(name), problem);
  }
}

void check_flags(std::uint16_t flags) {
  if (flags & (flag_encrypted | flag_masked_headers)) {
    fail(ErrorCode::unsupported, "the member is encrypted");
  }
  if (flags & flag_patch_data) fail(ErrorCode::unsupported, "the member is compressed patch data");
}

void check_method_and_sizes(const ZipMember& member) {
  if (member.method == zip_stored) {
    if (member.size != member.compressed_size) {
      fail(ErrorCode::malformed_file, "a stored member of {} bytes cannot hold {}",
           member.compressed_size, member.size);
    }
    return;
  }
  if (member.method != zip_deflated) {
    fail(ErrorCode::unsupported,
         "compression method {} is not supported: only 0 (stored) and 8 (deflate) are",
         member.method);
  }
  if (member.size / max_deflate_ratio > member.compressed_size) {
    fail(ErrorCode::malformed_file,
         "{} deflated bytes cannot inflate to {}: deflate expands at most {} times",
         member.compressed_size, member.size, max_deflate_ratio);
  }
}

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
  if (disk != 0 && disk != zip_saturated16) refuse_several_disks(disk, 0, 0, 0);
  constexpr std::uint8_t unix_system = 3;
  if (made_by == unix_system && (attributes >> 16 & 0170000U) == 0120000U) {
    fail(ErrorCode::unsupported, "the zip member '{}' is a symbolic link", printable(member.name));
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
void read_local_header(std::span<const std::byte> archive, ZipMember& member) {
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

}  // namespace

std::string_view problem_with_zip_name(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.find('\0') != std::string_view::npos) return "holds a zero byte";
  if (name.find('\\') != std::string_view::npos) return "holds a backslash";
  if (name.front() == '/') return "is an absolute path";
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.substr(begin, end - begin) == "..") return "leads out of the archive";
    begin = end + 1;
  }
  return {};
}

std::vector<ZipMember> read_zip_directory(std::span<const std::byte> archive,
                                          const ZipDirectoryExtent& directory) {
  ByteReader in(archive.subspan(static_cast<std::size_t>(directory.offset),
                                static_cast<std::size_t>(directory.size)),
                "the zip central directory");
  std::vector<ZipMember> members;
  members.reserve(static_cast<std::size_t>(directory.entries));
  std::unordered_set<std::string> names;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    CentralEntry entry = read_central_entry(in);
    within([&] { return fmt::format("zip member '{}'", printable(entry.member.name)); },
           [&] {
             check_flags(entry.flags);
             check_method_and_sizes(entry.member);
             read_local_header(archive, entry.member);
             if (!names.insert(entry.member.name).second) {
               fail(ErrorCode::malformed_file, "the name appears twice in the archive");
             }
           });
    members.push_back(std::move(entry.member));
  }
  refuse_overlaps(members, directory.offset);
  return members;
}

}  // namespace keraunos::file
