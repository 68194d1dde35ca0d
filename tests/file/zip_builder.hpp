#pragma once

#include <zlib.h>

#include <string>
#include <vector>

#include "tests/file/hdf5_builder.hpp"

namespace keraunos::file::testing {

/// The fields of one member of a hand-made zip archive, each free to lie.
struct ZipTestMember {
  std::string name = "a";
  std::string data = "data";
  std::uint64_t method = 0;
  std::uint64_t flags = 0;
  std::uint64_t size = 4;
  std::uint64_t compressed_size = 4;
  std::uint64_t disk = 0;
  std::uint64_t attributes = 0;
  std::string extra;
  std::string local_name = name;
  std::uint64_t local_size = size;
  std::uint64_t local_method = method;
  std::uint64_t local_crc_change = 0;
  std::int64_t offset_change = 0;
};

inline std::string zip_of(const std::vector<ZipTestMember>& members) {
  std::string file;
  std::string directory;
  for (const ZipTestMember& member : members) {
    const auto crc = ::crc32(0, reinterpret_cast<const Bytef*>(member.data.data()),
                             static_cast<uInt>(member.data.size()));
    const std::uint64_t offset = file.size() + static_cast<std::uint64_t>(member.offset_change);
    file += "PK\3\4" + le(20, 2) + le(member.flags, 2) + le(member.local_method, 2) + le(0, 4) +
            le(crc + member.local_crc_change, 4) + le(member.compressed_size, 4) +
            le(member.local_size, 4) + le(member.local_name.size(), 2) + le(0, 2) +
            member.local_name + member.data;
    directory += "PK\1\2" + le(20, 1) + le(3, 1) + le(20, 2) + le(member.flags, 2) +
                 le(member.method, 2) + le(0, 4) + le(crc, 4) + le(member.compressed_size, 4) +
                 le(member.size, 4) + le(member.name.size(), 2) + le(member.extra.size(), 2) +
                 le(0, 2) + le(member.disk, 2) + le(0, 2) + le(member.attributes, 4) +
                 le(offset, 4) + member.name + member.extra;
  }
  return file + directory + "PK\5\6" + le(0, 4) + le(members.size(), 2) + le(members.size(), 2) +
         le(directory.size(), 4) + le(file.size(), 4) + le(0, 2);
}

}  // namespace keraunos::file::testing
