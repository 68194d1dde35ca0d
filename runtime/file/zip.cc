#include "runtime/file/zip.hpp"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "runtime/base/fail.hpp"
#include "runtime/file/buffer.hpp"
#include "runtime/file/inflate.hpp"
#include "runtime/file/printable.hpp"
#include "runtime/file/zip_directory.hpp"

namespace keraunos::file {
namespace {

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

std::string member_place(std::string_view name) {
  return fmt::format("zip member '{}'", printable(name));
}

}  // namespace

ZipArchive::ZipArchive(Bytes archive, std::shared_ptr<LoadBudget> budget)
    : archive_(std::move(archive)), budget_(std::move(budget)) {
  const ZipDirectoryExtent directory = find_zip_directory(archive_.span);
  archive_.span = archive_.span.subspan(static_cast<std::size_t>(directory.prefix));
  members_ = read_zip_directory(archive_.span, directory);
}

const ZipMember* ZipArchive::find(std::string_view name) const {
  const auto found = std::ranges::find(members_, name, &ZipMember::name);
  return found == members_.end() ? nullptr : &*found;
}

Bytes ZipArchive::content(const ZipMember& member) const {
  const auto stored = archive_.span.subspan(static_cast<std::size_t>(member.data_offset),
                                            static_cast<std::size_t>(member.compressed_size));
  if (member.method == zip_stored) return {stored, archive_.owner};
  if (budget_) {
    budget_->require(&LoadLimits::member_bytes, member.size);
    budget_->take(&LoadLimits::inflated_bytes, member.size);
  } else {
    LoadBudget().require(&LoadLimits::member_bytes, member.size);
  }
  Buffer buffer(static_cast<std::size_t>(member.size));
  inflate(stored, buffer.span(), DeflateFormat::raw);
  return buffer.bytes();
}

Bytes ZipArchive::read(const ZipMember& member) const {
  return within([&] { return member_place(member.name); },
                [&] {
                  Bytes bytes = content(member);
                  if (member.method == zip_deflated || bytes.size() <= max_checked_stored_bytes) {
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
