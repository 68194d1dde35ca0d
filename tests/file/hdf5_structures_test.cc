#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <thread>

#include "runtime/file/hdf5.hpp"
#include "runtime/file/hdf5_image.hpp"
#include "tests/file/hdf5_builder.hpp"
#include "tests/file/support.hpp"

// Refusals inside the checksummed structures of new files: bytes of files from h5py are changed,
// and the checksums put right again.

namespace keraunos::file {
namespace {

using testing::bytes_of;
using testing::error_of;
using ::testing::HasSubstr;
using testing::Hdf5Builder;
using testing::le;
using testing::read_data;

std::uint64_t number_at(const std::string& file, std::size_t at, unsigned bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, file.data() + at, bytes);
  return value;
}

void put(std::string& file, std::size_t at, const std::string& bytes) {
  file.replace(at, bytes.size(), bytes);
}

// Changes bytes of the structure of `size` bytes at `begin`.
void patch(std::string& file, std::size_t begin, std::size_t size, std::size_t offset,
           const std::string& bytes) {
  put(file, begin + offset, bytes);
  const std::string_view content(file.data() + begin, size - 4);
  put(file, begin + size - 4, le(hdf5::metadata_checksum(std::as_bytes(std::span(content))), 4));
}

// The same in every structure with that signature.
std::string patched(std::string file, const std::string& signature, std::size_t size,
                    std::size_t offset, const std::string& bytes) {
  for (std::size_t at = file.find(signature); at != std::string::npos;
       at = file.find(signature, at + 1)) {
    patch(file, at, size, offset, bytes);
  }
  return file;
}

constexpr std::size_t tree_header_size = 38;
constexpr std::size_t heap_header_size = 146;
constexpr std::size_t fixed_array_size = 28;
constexpr std::size_t extensible_array_size = 72;

std::string error_of_group(const std::string& file, const std::string& name) {
  return error_of([&] { H5File(bytes_of(file)).root().group(name); });
}

TEST(Hdf5Structures, TreeHeaders) {
  const auto error_with = [](std::size_t offset, const std::string& bytes) {
    const std::string file = read_data("many_latest.h5");
    return error_of_group(patched(file, "BTHD", tree_header_size, offset, bytes), "group_20");
  };
  EXPECT_THAT(error_with(4, le(1, 1)),
              HasSubstr("an HDF5 version 2 B-tree of version 1 is not supported"));
  EXPECT_THAT(error_with(5, le(8, 1)),
              HasSubstr("an HDF5 version 2 B-tree is of type 8, 5 wanted"));
  EXPECT_THAT(error_with(6, le(8, 4)),
              HasSubstr("an HDF5 version 2 B-tree has nodes of 8 bytes for records of 11"));
  EXPECT_THAT(error_with(10, le(0, 2)), HasSubstr("an HDF5 version 2 B-tree has empty records"));
  EXPECT_THAT(error_with(6, le(12, 4) + le(1, 2) + le(1, 2)),
              HasSubstr("an HDF5 version 2 B-tree has nodes of 12 bytes, too few for a child"));
  EXPECT_THAT(error_with(12, le(65, 2)),
              HasSubstr("an HDF5 version 2 B-tree is 65 levels deep; the limit is 64"));
  EXPECT_THAT(error_with(24, le(65535, 2)),
              HasSubstr("an HDF5 version 2 B-tree node claims 65535 records; 45 fit"));
}

TEST(Hdf5Structures, HeapHeaders) {
  const auto error_with = [](std::size_t offset, const std::string& bytes,
                             const std::string& group) {
    const std::string file = read_data("many_latest.h5");
    return error_of_group(patched(file, "FRHP", heap_header_size, offset, bytes), group);
  };
  EXPECT_THAT(error_with(4, le(1, 1), "group_20"),
              HasSubstr("an HDF5 fractal heap of version 1 is not supported"));
  EXPECT_THAT(error_with(7, le(1, 2), "group_20"),
              HasSubstr("an HDF5 fractal heap with filters is not supported"));
  EXPECT_THAT(error_with(110, le(3, 2), "group_20"),
              HasSubstr("an HDF5 fractal heap has impossible sizes"));
  EXPECT_THAT(error_with(132, le(Hdf5Builder::undefined, 8), "group_20"),
              HasSubstr("an HDF5 fractal heap has no root block"));
  EXPECT_THAT(error_with(140, le(1, 2), "group_600"),
              HasSubstr("an HDF5 fractal heap has no block that holds offset "));
}

// Changes the first record of the root node of the first tree of that type and size.
std::string with_root_record(std::string file, unsigned type, std::uint64_t records,
                             std::size_t node_size, std::size_t offset, const std::string& bytes) {
  std::size_t at = file.find("BTHD");
  while (number_at(file, at + 5, 1) != type || number_at(file, at + 24, 2) != records) {
    at = file.find("BTHD", at + 1);
  }
  patch(file, number_at(file, at + 16, 8), node_size, 6 + offset, bytes);
  return file;
}

TEST(Hdf5Structures, HeapIds) {
  const auto error_with = [](const std::string& id) {
    constexpr std::size_t node_size = 6 + 20 * 11 + 4;
    const std::string file = read_data("many_latest.h5");
    return error_of_group(with_root_record(file, 5, 20, node_size, 4, id), "group_20");
  };
  EXPECT_THAT(error_with(le(0x40, 1)), HasSubstr("an HDF5 heap ID has version 1"));
  EXPECT_THAT(error_with(le(0x30, 1)), HasSubstr("an HDF5 heap ID is of the unknown kind 3"));
  EXPECT_THAT(error_with(le(0x10, 1)),
              HasSubstr("an HDF5 fractal heap lacks a huge object that its index names"));
  EXPECT_THAT(error_with(le(0, 1) + le(0, 4) + le(0xffff, 2)),
              HasSubstr("an HDF5 fractal heap: 65535 bytes at offset 0 leave their block"));
}

TEST(Hdf5Structures, SharedAttributesInHeaps) {
  std::string file = read_data("tracked_order.h5");
  constexpr std::size_t records = 22;
  constexpr std::size_t node_size = 6 + records * 17 + 4;
  file = with_root_record(file, 8, records, node_size, 8, le(2, 1));
  EXPECT_THAT(error_of_group(file, "attributes"),
              HasSubstr("shared HDF5 attributes are not supported"));
}

std::string error_of_array(const std::string& signature, std::size_t size, std::size_t offset,
                           const std::string& bytes, const std::string& name) {
  const std::string file = patched(read_data("chunk_indexes.h5"), signature, size, offset, bytes);
  return error_of([&] { H5File(bytes_of(file)).root().dataset("indexes/" + name).read(); });
}

TEST(Hdf5Structures, ExtensibleArrays) {
  const auto error_with = [](std::size_t offset, std::uint64_t value) {
    return error_of_array("EAHD", extensible_array_size, offset, le(value, 1),
                          "extensible_array_plain");
  };
  EXPECT_THAT(error_with(4, 1),
              HasSubstr("an HDF5 extensible array of version 1 is not supported"));
  EXPECT_THAT(error_with(5, 1), HasSubstr("an HDF5 extensible array is of class 1, 0 wanted"));
  EXPECT_THAT(error_with(9, 3), HasSubstr("an HDF5 extensible array has impossible sizes"));
  EXPECT_THAT(error_with(11, 33), HasSubstr("an HDF5 extensible array has pages of 2^33"));
  EXPECT_THAT(error_with(11, 0),
              HasSubstr("an HDF5 extensible array with pages in its first blocks"));
}

TEST(Hdf5Structures, FixedArrays) {
  const auto error_with = [](std::size_t offset, const std::string& bytes) {
    return error_of_array("FAHD", fixed_array_size, offset, bytes, "fixed_array_plain");
  };
  EXPECT_THAT(error_with(7, le(33, 1)), HasSubstr("an HDF5 fixed array has pages of 2^33"));
  EXPECT_THAT(error_with(7, le(20, 1) + le(1 << 20, 8)),
              HasSubstr("an HDF5 fixed array visits more bytes than the file has"));
  EXPECT_THAT(error_with(7, le(10, 1) + le(24, 8)),
              HasSubstr("the checksum of an HDF5 fixed array is "));
}

std::string with_checksum(const std::string& structure) {
  return structure + le(hdf5::metadata_checksum(std::as_bytes(std::span(structure))), 4);
}

TEST(Hdf5Structures, ElementsOfArrays) {
  Hdf5Builder builder;
  const auto block = builder.add(with_checksum("FADB" + le(0, 2) + le(0, 8) + le(0, 9)));
  const auto array = builder.add(
      with_checksum("FAHD" + le(0, 2) + le(9, 1) + le(10, 1) + le(1, 8) + le(block, 8)));
  const std::string layout = le(4, 1) + le(2, 1) + le(0, 1) + le(2, 1) + le(1, 1) + le(4, 1) +
                             le(1, 1) + le(3, 1) + le(10, 1) + le(array, 8);
  const auto object =
      builder.add_header({{1, testing::dataspace({4})}, {3, testing::uint8_type()}, {8, layout}});
  const std::string file = builder.finish_with(object);
  EXPECT_THAT(error_of([&] { H5File(bytes_of(file)).root().dataset("x").read(); }),
              HasSubstr("an HDF5 fixed array has elements of 9 bytes"));
}

TEST(Hdf5Structures, SymbolTableEntriesWithoutAddress) {
  std::string file = read_data("small_earliest.h5");
  put(file, file.find("SNOD") + 8 + 8, le(Hdf5Builder::undefined, 8));
  EXPECT_EQ(error_of_group(file, "layers"), "malformed_file: the HDF5 link 'layers' leads nowhere");
}

TEST(Hdf5, ManyThreadsMayReadOneFile) {
  const H5File file(bytes_of(read_data("latest.h5")));
  const auto read = [&file](std::vector<std::string>& strings, Bytes& elements) {
    const H5Group root = file.root();
    for (int i = 0; i < 20; ++i) {
      strings = root.dataset("strings/many").read_strings();
      elements = root.dataset("chunked/shuffle").read();
    }
  };
  std::vector<std::string> strings[3];
  Bytes elements[3];
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back(read, std::ref(strings[i]), std::ref(elements[i]));
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 1; i < 3; ++i) {
    EXPECT_EQ(strings[i], strings[0]);
    EXPECT_EQ(testing::text_of(elements[i].span), testing::text_of(elements[0].span));
  }
}

}  // namespace
}  // namespace keraunos::file
