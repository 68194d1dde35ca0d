#include <gmock/gmock.h>

#include "runtime/file/hdf5.hpp"
#include "runtime/file/zip.hpp"
#include "tests/file/support.hpp"
#include "tests/file/zip_builder.hpp"

// What a few bytes may make of themselves.

namespace keraunos::file {
namespace {

using testing::bytes_of;
using testing::error_of;
using ::testing::HasSubstr;
using testing::Hdf5Builder;
using testing::zip_of;
using testing::ZipTestMember;

std::string deflated(const std::string& content, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::shared_ptr<LoadBudget> budget_of(std::uint64_t inflated_bytes, std::uint64_t ratio = 0) {
  LoadLimits limits;
  limits.inflated_bytes = inflated_bytes;
  limits.inflate_ratio = ratio;
  return std::make_shared<LoadBudget>(limits);
}

// `size` zeros, deflated; the CRC of what is inside does not matter to what is refused before.
std::string bomb(std::size_t size) {
  ZipTestMember member;
  member.method = member.local_method = 8;
  member.data = deflated(std::string(size, '\0'), -MAX_WBITS);
  member.compressed_size = member.data.size();
  member.size = member.local_size = size;
  return zip_of({member});
}

TEST(InflatedBytes, AreCountedBeforeAZipMemberIsInflated) {
  const auto budget = budget_of(1'000'000);
  const ZipArchive archive(bytes_of(bomb(1'000'001)), budget);
  EXPECT_EQ(error_of([&] { archive.read(archive.members().front()); }),
            "unsupported: zip member 'a': 1000001 bytes of inflated data; the limit is 1000000 "
            "(LoadLimits::inflated_bytes, --limit inflated_bytes=N)");
  EXPECT_EQ(budget->taken(&LoadLimits::inflated_bytes), 0U);
}

TEST(InflatedBytes, MayBeMoreOfLargerFiles) {
  const auto budget = budget_of(1000, 32);
  budget->add_file(100'000);
  budget->take(&LoadLimits::inflated_bytes, 3'200'000);
  EXPECT_THAT(error_of([&] { budget->take(&LoadLimits::inflated_bytes, 1); }),
              HasSubstr("3200001 bytes of inflated data; the limit is 3200000"));
}

TEST(InflatedBytes, OfOneMemberHaveALimitOfTheirOwn) {
  LoadLimits limits;
  limits.member_bytes = 999;
  const ZipArchive archive(bytes_of(bomb(1000)), std::make_shared<LoadBudget>(limits));
  EXPECT_THAT(error_of([&] { archive.read(archive.members().front()); }),
              HasSubstr("1000 inflated bytes of one member; the limit is 999"));
}

// A group of `links` names that all lead to one dataset of `size` zeros, deflated in one chunk of
// `chunk` bytes.
std::string linked(unsigned links, std::uint64_t size, std::uint64_t chunk) {
  Hdf5Builder builder;
  const std::string packed = deflated(std::string(chunk, '\0'), MAX_WBITS);
  const std::uint64_t data = builder.add(packed);
  const std::uint64_t tree = builder.add(testing::chunk_leaf(data, packed.size(), 0));
  const std::uint64_t dataset = builder.add_header({{1, testing::dataspace({size})},
                                                    {3, testing::uint8_type()},
                                                    {8, testing::chunked(tree, {chunk}, 1)},
                                                    {11, testing::filters({1})}});
  std::vector<testing::TestMessage> messages;
  for (unsigned i = 0; i < links; ++i) {
    messages.push_back({6, testing::le(1, 1) + testing::le(0, 1) + testing::le(1, 1) +
                               std::string(1, static_cast<char>('a' + i)) +
                               testing::le(dataset, 8)});
  }
  return builder.finish(builder.add_header(messages));
}

TEST(InflatedBytes, OfADatasetAreThereOnceHoweverManyNamesItHas) {
  const auto budget = budget_of(100'000);
  const H5Group root = H5File(bytes_of(linked(20, 100'000, 100'000)), budget).root();
  std::vector<Bytes> kept;
  for (const std::string& name : root.names()) kept.push_back(root.dataset(name).read());
  ASSERT_EQ(kept.size(), 20U);
  for (const Bytes& bytes : kept) EXPECT_EQ(bytes.data(), kept.front().data());
  EXPECT_EQ(budget->taken(&LoadLimits::inflated_bytes), 100'000U);
  EXPECT_EQ(root.dataset("a").address(), root.dataset("t").address());
}

TEST(InflatedBytes, AreCountedBeforeChunksAreDecoded) {
  const H5Group root = H5File(bytes_of(linked(1, 100'000, 100'000)), budget_of(99'999)).root();
  EXPECT_EQ(error_of([&] { root.dataset("a").read(); }),
            "unsupported: HDF5 dataset '/a': 100000 bytes of inflated data; the limit is 99999 "
            "(LoadLimits::inflated_bytes, --limit inflated_bytes=N)");
}

TEST(InflatedBytes, OfAChunkCountWhereItsDatasetIsSmall) {
  const H5Group root = H5File(bytes_of(linked(1, 10, 100'000)), budget_of(99'999)).root();
  EXPECT_THAT(error_of([&] { root.dataset("a").read(); }),
              HasSubstr("100000 bytes of inflated data; the limit is 99999"));
}

}  // namespace
}  // namespace keraunos::file
