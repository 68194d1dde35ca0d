#include "runtime/file/zip.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/file/support.hpp"
#include "tests/file/zip_builder.hpp"

namespace keraunos::file {
namespace {

using testing::bytes_of;
using testing::error_of;
using ::testing::HasSubstr;
using testing::le;
using testing::read_data;
using testing::text_of;
using testing::zip_of;
using testing::ZipTestMember;

// What a reader complains of who opens the archive and reads every member.
std::string error_in(const std::string& file) {
  return error_of([&] {
    const ZipArchive archive(bytes_of(file));
    for (const ZipMember& member : archive.members()) archive.read(member);
  });
}

std::string error_in(const ZipTestMember& member) { return error_in(zip_of({member})); }

class ZipGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(ZipGolden, ReadsWhatPythonWrote) {
  const ZipArchive archive(bytes_of(read_data(std::string(GetParam()) + ".zip")));
  ASSERT_EQ(archive.members().size(), 3U);
  EXPECT_EQ(text_of(archive.read(*archive.find("a.txt")).span), "first");
  std::string second;
  for (int i = 0; i < 100; ++i) second += "second";
  EXPECT_EQ(text_of(archive.read(*archive.find("folder/b.txt")).span), second);
  EXPECT_EQ(archive.read(*archive.find("c")).size(), 0U);
  EXPECT_EQ(archive.find("b.txt"), nullptr);
  for (const ZipMember& member : archive.members()) archive.verify(member);
}

INSTANTIATE_TEST_SUITE_P(Files, ZipGolden,
                         ::testing::Values("stored", "deflated", "zip64", "streamed"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Zip, StoredMembersAreReadInPlace) {
  const Bytes file = bytes_of(read_data("stored.zip"));
  const ZipArchive archive(file);
  const ZipMember& member = archive.members().front();
  const Bytes content = archive.read(member);
  EXPECT_EQ(content.data(), file.data() + member.data_offset);
  EXPECT_EQ(content.owner, file.owner);
}

TEST(Zip, AnArchiveMayBeEmpty) { EXPECT_TRUE(ZipArchive(bytes_of(zip_of({}))).members().empty()); }

TEST(Zip, LargeStoredMembersAreOnlyVerifiedOnRequest) {
  ZipTestMember large;
  large.data = std::string(ZipArchive::max_checked_stored_bytes + 1, 'x');
  large.size = large.compressed_size = large.local_size = large.data.size();
  std::string file = zip_of({large});
  file[100] = 'y';
  const ZipArchive archive(bytes_of(file));
  const ZipMember& member = archive.members().front();
  EXPECT_EQ(archive.read(member).size(), large.size);
  EXPECT_THAT(error_of([&] { archive.verify(member); }),
              HasSubstr("zip member 'a': the CRC-32 is "));
}

TEST(ZipRefusal, FilesThatAreNoZip) {
  EXPECT_EQ(error_in("\x89HDF"),
            "malformed_file: not a zip archive: no end-of-central-directory record in 4 bytes "
            "(truncated?)");
  EXPECT_THAT(error_in(std::string(100000, '\0')), HasSubstr("not a zip archive"));
  const std::string file = read_data("stored.zip");
  EXPECT_THAT(error_in(file.substr(0, file.size() - 1)), HasSubstr("(truncated?)"));
}

TEST(ZipRefusal, Encryption) {
  ZipTestMember member;
  member.flags = 1;
  EXPECT_EQ(error_in(member), "unsupported: zip member 'a': the member is encrypted");
  member.flags = 1 << 5;
  EXPECT_EQ(error_in(member), "unsupported: zip member 'a': the member is compressed patch data");
}

TEST(ZipRefusal, OtherMethods) {
  EXPECT_EQ(error_in(read_data("bzip2.zip")),
            "unsupported: zip member 'a.txt': compression method 12 is not supported: only 0 "
            "(stored) and 8 (deflate) are");
}

TEST(ZipRefusal, SeveralDisks) {
  ZipTestMember member;
  member.disk = 1;
  EXPECT_EQ(error_in(member),
            "unsupported: the zip archive is split over several disks (this is disk 1)");
  std::string file = read_data("stored.zip");
  file[file.size() - 18] = 2;
  EXPECT_THAT(error_in(file), HasSubstr("split over several disks (this is disk 2)"));
}

TEST(ZipRefusal, Names) {
  const auto error_of_name = [](const std::string& name) {
    ZipTestMember member;
    member.name = member.local_name = name;
    return error_in(member);
  };
  EXPECT_EQ(error_of_name("a/..b/c"), "nothing");
  EXPECT_EQ(error_of_name(""), "malformed_file: the zip member name '' is empty");
  EXPECT_EQ(error_of_name("/a"), "malformed_file: the zip member name '/a' is an absolute path");
  EXPECT_EQ(error_of_name("a/../b"),
            "malformed_file: the zip member name 'a/../b' leads out of the archive");
  EXPECT_EQ(error_of_name("a/.."),
            "malformed_file: the zip member name 'a/..' leads out of the archive");
  EXPECT_EQ(error_of_name("a\\b"), "malformed_file: the zip member name 'a\\b' holds a backslash");
  EXPECT_THAT(error_of_name(std::string("a\0b", 3)), HasSubstr("'a\\x00b' holds a zero byte"));
}

TEST(ZipRefusal, NamesThatRepeat) {
  EXPECT_EQ(error_in(zip_of({{}, {}})),
            "malformed_file: zip member 'a': the name appears twice in the archive");
}

TEST(ZipRefusal, SymbolicLinks) {
  ZipTestMember member;
  member.attributes = std::uint64_t{0120777} << 16;
  EXPECT_EQ(error_in(member), "unsupported: the zip member 'a' is a symbolic link");
}

TEST(ZipRefusal, MembersThatOverlap) {
  ZipTestMember second;
  second.name = second.local_name = "b";
  second.offset_change = -(30 + 1 + 4);
  second.local_name = "a";
  EXPECT_THAT(error_in(zip_of({{}, second})), HasSubstr("another name"));
  ZipTestMember first;
  first.data = "da" + zip_of({{}});
  first.size = first.compressed_size = first.local_size = first.data.size();
  ZipTestMember inner;
  inner.name = inner.local_name = "b";
  EXPECT_EQ(error_in(zip_of({first, inner})), "nothing");
  first.size = first.compressed_size = first.local_size = first.data.size() + 10;
  EXPECT_EQ(error_in(zip_of({first, inner})),
            fmt::format("malformed_file: the zip member 'a' ({} bytes at byte 31) overlaps 'b'",
                        first.size));
  EXPECT_EQ(error_in(zip_of({first})),
            fmt::format("malformed_file: the zip member 'a' ({} bytes at byte 31) overlaps the "
                        "central directory",
                        first.size));
}

TEST(ZipRefusal, LocalHeadersThatContradictTheDirectory) {
  ZipTestMember member;
  member.local_size = 5;
  EXPECT_EQ(error_in(member),
            "malformed_file: zip member 'a': the local header contradicts the central directory: "
            "size 5 against 4");
  member = {};
  member.local_method = 8;
  EXPECT_THAT(error_in(member), HasSubstr("central directory: method 8 against 0"));
  member = {};
  member.local_crc_change = 1;
  EXPECT_THAT(error_in(member), HasSubstr("central directory: CRC "));
  member = {};
  member.local_name = "b";
  EXPECT_THAT(error_in(member), HasSubstr("central directory: another name"));
  member = {};
  member.offset_change = 1000000;
  EXPECT_THAT(error_in(member), HasSubstr("the local header lies at byte 1000000, past the end"));
}

TEST(ZipRefusal, Sizes) {
  ZipTestMember member;
  member.size = member.local_size = 5;
  EXPECT_THAT(error_in(member), HasSubstr("a stored member of 4 bytes cannot hold 5"));
  member.method = member.local_method = 8;
  member.size = member.local_size = 10000;
  EXPECT_THAT(error_in(member),
              HasSubstr("4 deflated bytes cannot inflate to 10000: deflate expands at most 1032"));
}

TEST(ZipRefusal, DamagedContent) {
  std::string file = zip_of({{}});
  file[32] = 'X';
  EXPECT_THAT(error_in(file), HasSubstr("zip member 'a': the CRC-32 is "));
  file = read_data("deflated.zip");
  file[file.find("folder/b.txt") + 12] ^= 4;
  EXPECT_THAT(error_in(file), HasSubstr("zip member 'folder/b.txt': the deflated data "));
}

TEST(ZipRefusal, DirectoriesThatCannotBe) {
  std::string file = zip_of({{}});
  const std::size_t end = file.size() - 22;
  std::string changed = file;
  changed[end + 8] = changed[end + 10] = 9;
  EXPECT_THAT(
      error_in(changed),
      HasSubstr("the zip central directory of 47 bytes cannot hold the 9 members it claims"));
  changed = file;
  changed[end + 16] = 36;
  EXPECT_THAT(error_in(changed), HasSubstr("the zip central directory (offset 36, 47 bytes) does "
                                           "not end where its end record begins, at byte 82"));
  // A directory that ends early means that the archive has something in front, 34 bytes here.
  changed = file;
  changed[end + 16] = 1;
  EXPECT_THAT(error_in(changed), HasSubstr("the zip local header has no"));
}

TEST(ZipRefusal, Zip64RecordsThatLie) {
  const auto with_zip64 = [](std::uint64_t record, std::uint64_t entries) {
    std::string file = zip_of({{}});
    const std::string end = file.substr(file.size() - 22);
    file.resize(file.size() - 22);
    const std::uint64_t at = file.size();
    file += "PK\6\6" + le(44, 8) + le(45, 4) + le(0, 8) + le(entries, 8) + le(entries, 8) +
            le(47, 8) + le(at - 47, 8);
    file += "PK\6\7" + le(0, 4) + le(at + record, 8) + le(1, 4) + end;
    return error_in(file);
  };
  EXPECT_EQ(with_zip64(0, 1), "nothing");
  EXPECT_THAT(with_zip64(1000, 1), HasSubstr("the zip64 end record lies at byte 1082, past its"));
  EXPECT_THAT(with_zip64(0, 2), HasSubstr("the zip64 end record contradicts the plain end record"));
}

}  // namespace
}  // namespace keraunos::file
