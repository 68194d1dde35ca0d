#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "runtime/file/hdf5.hpp"
#include "tests/file/hdf5_builder.hpp"
#include "tests/file/support.hpp"

namespace keraunos::file {
namespace {

using testing::bytes_of;
using testing::chunk_leaf;
using testing::chunked;
using testing::compact;
using testing::contiguous;
using testing::dataspace;
using testing::error_of;
using testing::filters;
using testing::float32_type;
using ::testing::HasSubstr;
using testing::Hdf5Builder;
using testing::le;
using testing::read_data;
using ::testing::StartsWith;
using testing::string_type;
using testing::TestMessage;
using testing::uint8_type;
using testing::variable_string_type;

// What a reader complains of who opens everything and reads the dataset at `path`.
std::string error_at(const std::string& file, const std::string& path) {
  return error_of([&] {
    const H5Dataset dataset = H5File(bytes_of(file)).root().dataset(path);
    dataset.dims();
    if (dataset.is_string()) {
      dataset.read_strings();
    } else {
      dataset.read();
    }
  });
}

std::string error_in(const std::string& file) { return error_at(file, "x"); }

std::string dataset_file(std::vector<TestMessage> messages) {
  Hdf5Builder builder;
  return builder.finish_with(builder.add_header(messages));
}

struct Refusal {
  const char* name;
  const char* message;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

class RefusedByName : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedByName, InOldAndNewFiles) {
  for (const char* version : {"refused_earliest.h5", "refused_latest.h5"}) {
    const std::string error = error_at(read_data(version), GetParam().name);
    EXPECT_THAT(error, StartsWith("unsupported: ")) << version;
    EXPECT_THAT(error, HasSubstr(GetParam().message)) << version;
    EXPECT_THAT(error, HasSubstr(std::string("'/") + GetParam().name + "'")) << version;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Hdf5, RefusedByName,
    ::testing::Values(
        Refusal{"soft", "'/soft' is a soft link to '/target': such links are not followed"},
        Refusal{"outer", "'/outer' is an external link to 'other.h5:/target': other files are not"},
        Refusal{"storage", "external storage is not supported: other files are not read"},
        Refusal{"virtual", "virtual datasets, whose elements lie in other datasets, are not"},
        Refusal{"lzf", "the HDF5 filter 32000 'lzf' is not supported: only deflate (gzip)"},
        Refusal{"scaleoffset", "the HDF5 filter 6 'scaleoffset' is not supported"},
        Refusal{"compound", "holds a compound type, not numbers of a known type"},
        Refusal{"array", "holds an array type, not numbers"},
        Refusal{"sequences", "holds variable-length sequences, not numbers"},
        Refusal{"reference", "holds references, not numbers"},
        Refusal{"colours", "holds an enumeration, not numbers"},
        Refusal{"committed", "shared header messages (committed datatypes) are not supported"},
        Refusal{"null", "has no shape (null dataspace)"},
        Refusal{"wide_float", "holds floats of 80 bits in 16 bytes, not numbers"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Hdf5Refusal, UserDefinedLinks) {
  Hdf5Builder builder;
  const auto root =
      builder.add_header({{6, le(1, 1) + le(8, 1) + le(70, 1) + le(1, 1) + "x" + le(0, 2)}});
  EXPECT_EQ(error_in(builder.finish(root)),
            "unsupported: '/x' is a user-defined link: such links are not followed");
}

TEST(Hdf5Refusal, DatasetsThatStoredBytesCannotGive) {
  for (const char* version : {"refused_earliest.h5", "refused_latest.h5"}) {
    for (const char* name : {"not_written", "chunks_not_written"}) {
      EXPECT_THAT(error_at(read_data(version), name),
                  HasSubstr("the dataset declares 4000000 bytes, but the 0 bytes stored can give "
                            "at most 1048576"));
    }
  }
}

TEST(Hdf5Refusal, WrongKindsOfObjects) {
  const H5Group root = H5File(bytes_of(read_data("small_earliest.h5"))).root();
  EXPECT_EQ(error_of([&] { root.group("layers/conv"); }),
            "malformed_file: there is no HDF5 group '/layers/conv': '/layers' holds no 'conv', "
            "only: dense");
  EXPECT_EQ(error_of([&] { root.dataset("layers/dense/vars/0/more"); }),
            "malformed_file: there is no HDF5 dataset '/layers/dense/vars/0/more': "
            "'/layers/dense/vars/0' is no group");
  EXPECT_EQ(error_of([&] { root.dataset("layers"); }),
            "malformed_file: the HDF5 object '/layers' is no dataset");
  EXPECT_EQ(error_of([&] { root.group("layers/dense/vars/0"); }),
            "malformed_file: the HDF5 object '/layers/dense/vars/0' is no group");
  EXPECT_EQ(error_of([&] { root.dataset("layers/dense/vars/names").read(); }),
            "unsupported: the HDF5 dataset '/layers/dense/vars/names' holds variable-length "
            "strings, not numbers of a known type");
  EXPECT_EQ(error_of([&] { root.dataset("layers/dense/vars/0").read_strings(); }),
            "unsupported: HDF5 dataset '/layers/dense/vars/0': strings wanted, found floats of 32 "
            "bits in 4 bytes");
}

TEST(Hdf5Refusal, WrongKindsOfAttributes) {
  const H5Group group = H5File(bytes_of(read_data("earliest.h5"))).root().group("attributes");
  EXPECT_EQ(error_of([&] { group.strings_attribute("absent"); }),
            "malformed_file: attribute 'absent' of HDF5 object '/attributes': there is no such "
            "attribute");
  EXPECT_EQ(error_of([&] { group.string_attribute("number"); }),
            "unsupported: attribute 'number' of HDF5 object '/attributes': strings wanted, found "
            "signed integers of 64 bits in 8 bytes");
  EXPECT_EQ(error_of([&] { group.string_attribute("fixed_names"); }),
            "malformed_file: attribute 'fixed_names' of HDF5 object '/attributes': one string "
            "wanted, found 2");
}

TEST(Hdf5Refusal, FilesThatAreNoHdf5) {
  EXPECT_EQ(error_in("PK\3\4 and so on"),
            "malformed_file: not an HDF5 file: no signature in 14 bytes");
  EXPECT_EQ(error_in(""), "malformed_file: not an HDF5 file: no signature in 0 bytes");
}

TEST(Hdf5Refusal, Superblocks) {
  const std::string file = read_data("small_earliest.h5");
  std::string changed = file;
  changed[8] = 4;
  EXPECT_EQ(error_in(changed),
            "unsupported: HDF5 superblock version 4 is not supported: only 0 to 3 are");
  changed = file;
  changed[13] = 3;
  EXPECT_EQ(error_in(changed),
            "malformed_file: HDF5 offsets of 3 and lengths of 8 bytes: 2, 4 or 8 wanted");
  EXPECT_EQ(error_in(file.substr(0, file.size() - 1)),
            fmt::format("malformed_file: the HDF5 file is truncated: {} bytes promised, {} found",
                        file.size(), file.size() - 1));
  changed = read_data("small_latest.h5");
  changed[20] = 1;
  EXPECT_THAT(error_in(changed), HasSubstr("the checksum of the HDF5 superblock is "));
}

TEST(Hdf5Refusal, ChecksumsOfObjectHeaders) {
  std::string file = read_data("small_latest.h5");
  file[file.find("OHDR") + 20] ^= 1;
  EXPECT_THAT(error_in(file), HasSubstr("the checksum of the HDF5 object header is "));
}

TEST(Hdf5Refusal, ObjectHeaders) {
  Hdf5Builder builder;
  EXPECT_EQ(error_in(builder.finish_with(builder.add("OHDR" + le(7, 8)))),
            "unsupported: HDF5 object '/x': HDF5 object header version 7 is not supported");
  const auto unknown = builder.add(le(9, 16));
  EXPECT_EQ(error_in(builder.finish_with(unknown)),
            fmt::format("malformed_file: HDF5 object '/x': no HDF5 object header at address {}: "
                        "version 9 found",
                        unknown));
  EXPECT_THAT(error_in(dataset_file({{0x30, "", 0x80}})),
              HasSubstr("the HDF5 object header needs message type 48, which is unknown"));
  EXPECT_EQ(error_in(dataset_file({{0x30, ""}})),
            "malformed_file: the HDF5 object '/x' is no dataset");
}

TEST(Hdf5Refusal, ObjectHeadersThatContinueInCircles) {
  Hdf5Builder builder;
  const std::uint64_t messages = builder.next_address() + 16;
  const auto object = builder.add_header({{0x10, le(messages, 8) + le(24, 8)}});
  EXPECT_EQ(error_in(builder.finish_with(object)),
            "malformed_file: HDF5 object '/x': the HDF5 object header visits more bytes than the "
            "file has: a loop or overlap");
}

TEST(Hdf5Refusal, GroupTreesThatRunInCircles) {
  Hdf5Builder builder;
  const auto heap = builder.add("HEAP" + le(0, 4) + le(0, 8) + le(0, 8) + le(0, 8));
  const std::uint64_t self = builder.next_address();
  const auto tree =
      builder.add("TREE" + le(0, 1) + le(1, 1) + le(1, 2) + le(0, 16) + le(0, 8) + le(self, 8));
  const auto root = builder.add_header({{0x11, le(tree, 8) + le(heap, 8)}});
  EXPECT_EQ(error_in(builder.finish(root)),
            "malformed_file: an HDF5 B-tree node is of level 1, 0 wanted");
}

TEST(Hdf5Refusal, GroupTrees) {
  const std::string file = read_data("small_earliest.h5");
  std::string changed = file;
  changed[file.find("TREE")] = 'X';
  EXPECT_THAT(error_in(changed),
              HasSubstr("an HDF5 B-tree node has no 'TREE' signature at byte 0"));
  changed = file;
  changed[file.find("TREE") + 4] = 1;
  EXPECT_THAT(error_in(changed), HasSubstr("an HDF5 B-tree node is of type 1, 0 wanted"));
  changed = file;
  changed[file.find("SNOD") + 8] = 127;  // offset of the first name
  EXPECT_THAT(error_in(changed), HasSubstr("an HDF5 local heap of 88 bytes has no name at offset"));
}

TEST(Hdf5Refusal, LinksThatLeadNowhereOrRepeat) {
  Hdf5Builder builder;
  const std::string link = le(1, 1) + le(0, 1) + le(1, 1) + "x" + le(0, 8);
  EXPECT_EQ(error_in(builder.finish(builder.add_header({{6, link}, {6, link}}))),
            "malformed_file: the HDF5 group has two links named 'x'");
  EXPECT_THAT(error_in(builder.finish_with(1 << 20)),
              HasSubstr("the HDF5 object header (4 bytes at address 1048576) leaves the file of"));
  EXPECT_THAT(error_in(builder.finish_with(Hdf5Builder::undefined)),
              HasSubstr("an HDF5 link message holds an undefined address"));
  EXPECT_THAT(error_in(builder.finish(builder.add_header({{6, le(2, 1) + le(0, 9)}}))),
              HasSubstr("HDF5 link message version 2 is not supported"));
}

TEST(Hdf5Refusal, Dataspaces) {
  const auto error_of_space = [](const std::string& space) {
    return error_in(dataset_file({{1, space}, {3, float32_type()}, {8, compact("")}}));
  };
  EXPECT_THAT(error_of_space(le(3, 8)), HasSubstr("HDF5 dataspace version 3 is not supported"));
  EXPECT_THAT(error_of_space(le(1, 1) + le(33, 1) + le(0, 400)),
              HasSubstr("an HDF5 dataspace has 33 dimensions; the limit is 32"));
  EXPECT_THAT(error_of_space(dataspace({Hdf5Builder::undefined})),
              HasSubstr("an HDF5 dimension of 18446744073709551615 does not fit 63 bits"));
  const std::uint64_t large = std::uint64_t{1} << 40;
  EXPECT_THAT(error_of_space(dataspace({large, large})),
              HasSubstr("shape (1099511627776, 1099511627776) has more than 2^63 elements"));
  EXPECT_THAT(error_of_space(dataspace({std::uint64_t{1} << 62})),
              HasSubstr("4611686018427387904 * 4 overflows 64 bits"));
}

TEST(Hdf5Refusal, Datatypes) {
  const auto error_of_type = [](const std::string& type) {
    return error_in(dataset_file({{1, dataspace({1})}, {3, type}, {8, compact("abcd")}}));
  };
  EXPECT_THAT(error_of_type(le(0x90, 1) + le(0, 3) + le(4, 4)),
              HasSubstr("HDF5 datatype version 9 is not supported"));
  EXPECT_THAT(error_of_type(le(0x10, 1) + le(0, 3) + le(0, 4)),
              HasSubstr("an HDF5 datatype has elements of 0 bytes"));
  EXPECT_THAT(error_of_type(le(0x10, 1) + le(0, 3) + le(4, 4) + le(0, 2) + le(20, 2)),
              HasSubstr("holds unsigned integers of 20 bits in 4 bytes"));
  EXPECT_THAT(error_of_type(le(0x10, 1) + le(0, 3) + le(3, 4) + le(0, 2) + le(24, 2)),
              HasSubstr("holds unsigned integers of 24 bits in 3 bytes"));
  EXPECT_THAT(error_of_type(string_type(1, 3)),
              HasSubstr("an HDF5 string type has the unknown padding 3"));
  EXPECT_THAT(error_of_type(le(0x1d, 1) + le(0, 3) + le(4, 4)),
              HasSubstr("holds the unknown HDF5 type class 13"));
  EXPECT_THAT(error_of_type(le(0x12, 1) + le(0, 3) + le(4, 4)), HasSubstr("holds a time type"));
  EXPECT_THAT(error_of_type(le(0x14, 1) + le(0, 3) + le(4, 4)), HasSubstr("holds bit fields"));
}

TEST(Hdf5Refusal, MissingParts) {
  EXPECT_THAT(error_in(dataset_file({{8, compact("")}})),
              HasSubstr("the extent of an HDF5 dataset is missing"));
  EXPECT_THAT(error_in(dataset_file({{1, dataspace({1})}, {8, compact("")}})),
              HasSubstr("the type of an HDF5 dataset is missing"));
}

TEST(Hdf5Refusal, Layouts) {
  const auto error_of_layout = [](const std::string& layout) {
    return error_in(dataset_file({{1, dataspace({3})}, {3, float32_type()}, {8, layout}}));
  };
  EXPECT_THAT(error_of_layout(le(2, 20)),
              HasSubstr("HDF5 data layout version 2 is not supported: only 3 and 4 are"));
  EXPECT_THAT(error_of_layout(le(3, 1) + le(7, 1)), HasSubstr("unknown HDF5 data layout class 7"));
  EXPECT_THAT(error_of_layout(compact("12345678")),
              HasSubstr("the dataset has 8 bytes, shape (3,) wants 12"));
  EXPECT_THAT(error_of_layout(contiguous(0, 11)),
              HasSubstr("the dataset has 11 bytes, shape (3,) wants 12"));
  EXPECT_THAT(error_of_layout(contiguous(1 << 20, 12)),
              HasSubstr("the dataset (12 bytes at address 1048576) leaves the file of"));
  EXPECT_THAT(error_of_layout(contiguous(Hdf5Builder::undefined - 1, 12)),
              HasSubstr("leaves the file of"));
  EXPECT_THAT(error_of_layout(chunked(0, {0}, 4)),
              HasSubstr("an HDF5 chunk has a side of 0 elements"));
  EXPECT_THAT(error_of_layout(chunked(0, {2}, 8)),
              HasSubstr("HDF5 chunks of 8-byte elements for a type of 4 bytes"));
  EXPECT_THAT(error_of_layout(chunked(0, {2, 2}, 4)),
              HasSubstr("HDF5 chunks of 2 dimensions for a dataset of 1"));
  EXPECT_THAT(error_of_layout(chunked(0, {}, 4)), HasSubstr("HDF5 chunks of 0 dimensions"));
  const std::string version_4 = le(4, 1) + le(2, 1) + le(0, 1) + le(2, 1);
  EXPECT_THAT(error_of_layout(version_4 + le(9, 1)), HasSubstr("HDF5 chunk sizes of 9 bytes each"));
  EXPECT_THAT(error_of_layout(version_4 + le(1, 1) + le(2, 1) + le(4, 1) + le(6, 1)),
              HasSubstr("HDF5 chunk index type 6 is not supported"));
}

TEST(Hdf5Refusal, FillValues) {
  const auto error_of_fill = [](const std::string& fill) {
    return error_in(dataset_file(
        {{1, dataspace({3})}, {3, float32_type()}, {8, contiguous(0, 12)}, {5, fill}}));
  };
  EXPECT_THAT(error_of_fill(le(4, 8)), HasSubstr("HDF5 fill value version 4 is not supported"));
  EXPECT_THAT(error_of_fill(le(3, 1) + le(0x20, 1) + le(3, 4) + "abc"),
              HasSubstr("an HDF5 fill value of 3 bytes for elements of 4"));
}

// A one-dimensional dataset of 10 bytes in chunks of 10, of which one is stored.
std::string chunk_file(const std::string& stored, const std::string& pipeline,
                       std::uint64_t offset = 0, std::uint64_t size = 10) {
  Hdf5Builder builder;
  const auto chunk = builder.add(stored);
  const auto tree = builder.add(chunk_leaf(chunk, stored.size(), offset));
  const auto object = builder.add_header(
      {{1, dataspace({size})}, {3, uint8_type()}, {8, chunked(tree, {size}, 1)}, {11, pipeline}});
  return builder.finish_with(object);
}

std::string deflated(const std::string& content) {
  std::string out(compressBound(content.size()), '\0');
  uLongf size = out.size();
  compress(reinterpret_cast<Bytef*>(out.data()), &size,
           reinterpret_cast<const Bytef*>(content.data()), content.size());
  out.resize(size);
  return out;
}

TEST(Hdf5Refusal, Chunks) {
  EXPECT_EQ(error_in(chunk_file("0123456789", filters({}))), "nothing");
  EXPECT_THAT(error_in(chunk_file("012345678", filters({}))),
              HasSubstr("an HDF5 chunk has 9 bytes, 10 wanted"));
  EXPECT_THAT(error_in(chunk_file("0123456789", filters({}), 3)),
              HasSubstr("an HDF5 chunk begins at 3, which is no multiple of 10"));
  EXPECT_THAT(error_in(chunk_file("0123456789", filters({}), 0, 2000000)),
              HasSubstr("the dataset declares 2000000 bytes, but the 10 bytes stored can give at "
                        "most 1048586"));
}

TEST(Hdf5Refusal, Filters) {
  EXPECT_EQ(error_in(chunk_file(deflated("0123456789"), filters({1}))), "nothing");
  EXPECT_THAT(error_in(chunk_file("0123456789", le(3, 8))),
              HasSubstr("HDF5 filter pipeline version 3 is not supported"));
  EXPECT_THAT(error_in(chunk_file("0123456789", filters({4}))),
              HasSubstr("the HDF5 filter 4 'szip' is not supported"));
  EXPECT_THAT(error_in(chunk_file("0123456789", filters({1}))),
              HasSubstr("the deflated data is damaged: incorrect header check"));
  EXPECT_THAT(error_in(chunk_file(deflated("012345678"), filters({1}))),
              HasSubstr("the deflated data holds 9 bytes, 10 were promised"));
  EXPECT_THAT(error_in(chunk_file(deflated("0123456789A"), filters({1}))),
              HasSubstr("the deflated data holds more than the 10 bytes promised"));
  EXPECT_THAT(error_in(chunk_file(deflated("0123456789").substr(0, 9), filters({1}))),
              HasSubstr("the deflated data ends early: 10 bytes promised, "));
  EXPECT_THAT(error_in(chunk_file("0123456789", filters({1}), 0, 1000000)),
              HasSubstr("an HDF5 chunk of 10 deflated bytes cannot inflate to 1000000: deflate "
                        "expands at most 1032 times"));
  EXPECT_THAT(error_in(chunk_file(deflated(deflated("0123456789")), filters({1, 1}))),
              HasSubstr("HDF5 chunks that are deflated twice are not supported"));
  EXPECT_THAT(error_in(chunk_file("0123456789....", filters({3}))),
              HasSubstr("the fletcher32 checksum of an HDF5 chunk is "));
  EXPECT_THAT(error_in(chunk_file("012", filters({3}))),
              HasSubstr("an HDF5 chunk of 3 bytes has no fletcher32 checksum"));
}

TEST(Hdf5Refusal, StringsThatTheHeapDoesNotHold) {
  const auto error_of_reference = [](std::uint64_t length, std::uint64_t index, unsigned count) {
    Hdf5Builder builder;
    const auto heap = builder.add("GCOL" + le(1, 4) + le(48, 8) + le(1, 2) + le(0, 6) + le(8, 8) +
                                  "12345678" + le(0, 8));
    std::string references;
    for (unsigned i = 0; i < count; ++i) references += le(length, 4) + le(heap, 8) + le(index, 4);
    const auto object = builder.add_header(
        {{1, dataspace({count})}, {3, variable_string_type()}, {8, compact(references)}});
    return error_in(builder.finish_with(object));
  };
  EXPECT_EQ(error_of_reference(8, 1, 1), "nothing");
  EXPECT_THAT(error_of_reference(9, 1, 1), HasSubstr("has no object 1 of 9 bytes"));
  EXPECT_THAT(error_of_reference(8, 2, 1), HasSubstr("has no object 2 of 8 bytes"));
  EXPECT_EQ(error_of_reference(8, 1, 30), "nothing");
}

TEST(Hdf5Refusal, ManyReferencesToOneLongString) {
  Hdf5Builder builder;
  const std::string text(1000, 'x');
  const auto heap =
      builder.add("GCOL" + le(1, 4) + le(1032, 8) + le(1, 2) + le(0, 6) + le(1000, 8) + text);
  std::string references;
  for (int i = 0; i < 100; ++i) references += le(1000, 4) + le(heap, 8) + le(1, 4);
  const auto object = builder.add_header(
      {{1, dataspace({100})}, {3, variable_string_type()}, {8, compact(references)}});
  EXPECT_THAT(error_in(builder.finish_with(object)),
              HasSubstr("a list of HDF5 strings visits more bytes than the file has"));
}

TEST(Hdf5Refusal, Attributes) {
  const auto error_of_attribute = [](const std::vector<TestMessage>& messages) {
    Hdf5Builder builder;
    const std::string file = builder.finish(builder.add_header(messages));
    return error_of([&] { H5File(bytes_of(file)).root().strings_attribute("a"); });
  };
  const TestMessage group{10, le(0, 2)};
  const auto attribute = [](unsigned version, unsigned flags, const std::string& space) {
    return TestMessage{12, le(version, 1) + le(flags, 1) + le(2, 2) + le(8, 2) +
                               le(space.size(), 2) + le(0, version == 3 ? 1 : 0) + "a" + le(0, 1) +
                               string_type(1, 0) + space + "z"};
  };
  EXPECT_EQ(error_of_attribute({group, attribute(3, 0, dataspace({1}))}), "nothing");
  EXPECT_THAT(error_of_attribute({group, attribute(4, 0, dataspace({1}))}),
              HasSubstr("an HDF5 attribute of version 4 is not supported"));
  EXPECT_THAT(error_of_attribute({group, attribute(3, 1, dataspace({1}))}),
              HasSubstr("committed (shared) types are not supported"));
  EXPECT_THAT(error_of_attribute({group, attribute(3, 0, dataspace({2}))}),
              HasSubstr("2 strings of 1 bytes do not fit the 1 bytes stored"));
  EXPECT_THAT(
      error_of_attribute({group, attribute(3, 0, dataspace({1})), attribute(3, 0, dataspace({1}))}),
      HasSubstr("the HDF5 object has two attributes named 'a'"));
}

TEST(Hdf5Refusal, RootsThatAreNoGroups) {
  Hdf5Builder builder;
  const auto root = builder.add_header({{1, dataspace({1})}, {3, uint8_type()}, {8, compact("a")}});
  EXPECT_EQ(error_in(builder.finish(root)), "malformed_file: the HDF5 root is no group");
}

}  // namespace
}  // namespace keraunos::file
