#include "runtime/file/zip_writer.hpp"

#include <zlib.h>

#include <algorithm>

#include "runtime/base/fail.hpp"

namespace keraunos::file {
namespace {

constexpr std::uint64_t saturated32 = 0xffffffffU;
constexpr std::uint64_t saturated16 = 0xffffU;
constexpr std::uint64_t version_zip64 = 45;
constexpr std::uint64_t flag_utf8_name = 1U << 11;
constexpr std::uint64_t dos_date_1980 = 1U << 5 | 1U;  // the earliest; archives are reproducible

void append(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xffU);
}

// The fields that local and central headers share, from "version needed" to the extra field's size.
void append_common(std::string& out, std::uint64_t crc, std::uint64_t size, bool zip64,
                   std::size_t name_length, std::size_t extra_length) {
  append(out, zip64 ? version_zip64 : 20, 2);
  append(out, flag_utf8_name, 2);
  append(out, 0, 2);  // stored
  append(out, 0, 2);  // time
  append(out, dos_date_1980, 2);
  append(out, crc, 4);
  append(out, zip64 ? saturated32 : size, 4);
  append(out, zip64 ? saturated32 : size, 4);
  append(out, name_length, 2);
  append(out, extra_length, 2);
}

}  // namespace

void ZipWriter::add(const std::string& name, std::span<const std::span<const std::byte>> parts) {
  if (name.size() > saturated16) {
    fail(ErrorCode::invalid_argument, "a name of {} bytes does not fit a zip archive", name.size());
  }
  Entry entry{name, 0, 0, file_.position()};
  uLong crc = 0;
  for (const auto& part : parts) {
    crc = ::crc32_z(crc, reinterpret_cast<const Bytef*>(part.data()), part.size());
    entry.size += part.size();
  }
  entry.crc32 = static_cast<std::uint32_t>(crc);
  const bool zip64 = entry.size >= saturated32;

  std::string header = "PK\3\4";
  append_common(header, entry.crc32, entry.size, zip64, name.size(), zip64 ? 20 : 0);
  header += name;
  if (zip64) {
    append(header, 1, 2);
    append(header, 16, 2);
    append(header, entry.size, 8);
    append(header, entry.size, 8);
  }
  file_.write(header);
  for (const auto& part : parts) file_.write(part);
  entries_.push_back(std::move(entry));
}

void ZipWriter::finish() {
  const std::uint64_t offset = file_.position();
  for (const Entry& entry : entries_) {
    const bool zip64 = entry.size >= saturated32 || entry.offset >= saturated32;
    std::string header = "PK\1\2";
    append(header, version_zip64, 2);
    append_common(header, entry.crc32, entry.size, zip64, entry.name.size(), zip64 ? 28 : 0);
    append(header, 0, 2 + 2 + 2 + 4);  // comment, disk, attributes
    append(header, zip64 ? saturated32 : entry.offset, 4);
    header += entry.name;
    if (zip64) {
      append(header, 1, 2);
      append(header, 24, 2);
      append(header, entry.size, 8);
      append(header, entry.size, 8);
      append(header, entry.offset, 8);
    }
    file_.write(header);
  }
  const std::uint64_t end = file_.position();
  const std::uint64_t size = end - offset;
  const std::uint64_t count = entries_.size();
  std::string tail;
  if (count >= saturated16 || size >= saturated32 || offset >= saturated32) {
    tail += "PK\6\6";
    append(tail, 44, 8);
    append(tail, version_zip64, 2);
    append(tail, version_zip64, 2);
    append(tail, 0, 8);  // disks
    for (const std::uint64_t value : {count, count, size, offset}) append(tail, value, 8);
    tail += "PK\6\7";
    append(tail, 0, 4);
    append(tail, end, 8);
    append(tail, 1, 4);
  }
  tail += "PK\5\6";
  append(tail, 0, 4);  // disks
  append(tail, std::min(count, saturated16), 2);
  append(tail, std::min(count, saturated16), 2);
  append(tail, std::min(size, saturated32), 4);
  append(tail, std::min(offset, saturated32), 4);
  append(tail, 0, 2);  // comment
  file_.write(tail);
  file_.commit();
}

}  // namespace keraunos::file
