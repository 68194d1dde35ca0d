#include <gtest/gtest.h>
#include <zlib.h>

#include "runtime/file/hdf5.hpp"
#include "runtime/file/json.hpp"
#include "tests/file/support.hpp"

// Every file was written by h5py, which also told what it reads from it (data/make_data.py).

namespace keraunos::file {
namespace {

using testing::bytes_of;
using testing::data_path;
using testing::read_data;

std::uint32_t crc_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string hex_of(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const std::byte byte : bytes) {
    hex += digits[std::to_integer<std::size_t>(byte >> 4)];
    hex += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return hex;
}

void expect_strings(const std::vector<std::string>& found, const Json& expected) {
  if (expected.is_array()) {
    std::vector<std::string> strings;
    for (const Json text : expected.elements()) strings.emplace_back(text.as_string());
    EXPECT_EQ(found, strings);
    return;
  }
  std::string joined;
  for (const std::string& text : found) joined += (joined.empty() ? "" : "\n") + text;
  EXPECT_EQ(static_cast<std::int64_t>(found.size()), expected.at("count").as_int64());
  EXPECT_EQ(crc_of(std::as_bytes(std::span(joined))), expected.at("crc32").as_int64());
}

void expect_dataset(const H5Dataset& dataset, const Json& expected) {
  Dims dims;
  for (const Json size : expected.at("shape").elements()) dims.push_back(size.as_int64());
  EXPECT_EQ(dataset.dims(), dims);
  if (const auto strings = expected.find("strings")) {
    EXPECT_TRUE(dataset.is_string());
    expect_strings(dataset.read_strings(), *strings);
    return;
  }
  const std::string dtype(expected.at("dtype").as_string());
  EXPECT_EQ(dataset.is_opaque() ? "opaque" : std::string(to_string(dataset.dtype())), dtype);
  const Bytes elements = dataset.read();
  EXPECT_EQ(static_cast<std::int64_t>(elements.size()), expected.at("size").as_int64());
  if (const auto hex = expected.find("hex")) {
    EXPECT_EQ(hex_of(elements.span), hex->as_string());
  }
  EXPECT_EQ(crc_of(elements.span), expected.at("crc32").as_int64());
}

void expect_attributes(const H5Object& object, const Json& expected) {
  for (const auto& [name, value] : expected.members()) {
    SCOPED_TRACE(std::string(name));
    EXPECT_TRUE(object.has_attribute(name));
    expect_strings(object.strings_attribute(name), value);
  }
}

class Hdf5Golden : public ::testing::TestWithParam<const char*> {};

TEST_P(Hdf5Golden, ReadsWhatH5pyReads) {
  const Json all = Json::parse(read_data("expected.json"));
  const H5File file(bytes_of(read_data(std::string(GetParam()) + ".h5")));
  ASSERT_GT(all.at(GetParam()).size(), 1U);
  for (const auto& [path, expected] : all.at(GetParam()).members()) {
    SCOPED_TRACE(std::string(path));
    if (expected.contains("names")) {
      const H5Group group = file.root().group(path);
      EXPECT_EQ(group.path(), path);
      expect_strings(group.names(), expected.at("names"));
      expect_attributes(group, expected.at("attributes"));
    } else {
      const H5Dataset dataset = file.root().dataset(path);
      EXPECT_EQ(dataset.path(), path);
      expect_dataset(dataset, expected);
      expect_attributes(dataset, expected.at("attributes"));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Hdf5Golden,
                         ::testing::Values("earliest", "v108", "latest", "chunk_indexes",
                                           "many_earliest", "many_latest", "tracked_order",
                                           "user_block", "small_earliest", "small_latest"),
                         [](const auto& test) { return std::string(test.param); });

TEST(Hdf5, ContiguousElementsAreReadInPlace) {
  const Bytes file = map_file(data_path("earliest.h5"));
  const Bytes elements = H5File(file).root().dataset("plain/little_f4").read();
  EXPECT_GE(elements.data(), file.data());
  EXPECT_LE(elements.data() + elements.size(), file.data() + file.size());
  EXPECT_EQ(elements.owner, file.owner);
}

TEST(Hdf5, ElementsOutliveTheFileObject) {
  Bytes elements;
  {
    elements = H5File(bytes_of(read_data("earliest.h5"))).root().dataset("plain/little_u1").read();
  }
  EXPECT_EQ(elements.span[1], std::byte{11});
}

TEST(Hdf5, AddressesCountFromWhereTheSuperblockIsFound) {
  const H5File file(bytes_of(std::string(512, 'x') + read_data("small_earliest.h5")));
  EXPECT_EQ(file.root().dataset("layers/dense/vars/names").read_strings(),
            (std::vector<std::string>{"a", "bc"}));
}

TEST(Hdf5, QuestionsAboutPaths) {
  const H5Group root = H5File(bytes_of(read_data("small_latest.h5"))).root();
  EXPECT_TRUE(root.has("layers/dense/vars/0"));
  EXPECT_TRUE(root.has("//layers//dense/"));
  EXPECT_FALSE(root.has("layers/conv"));
  EXPECT_FALSE(root.has("layers/dense/vars/0/below_a_dataset"));
  EXPECT_TRUE(root.is_group("layers/dense"));
  EXPECT_FALSE(root.is_dataset("layers/dense"));
  EXPECT_TRUE(root.is_dataset("layers/dense/vars/0"));
  EXPECT_FALSE(root.is_group("layers/dense/vars/0"));
  EXPECT_EQ(root.group("layers").dataset("dense/vars/0").path(), "/layers/dense/vars/0");
}

TEST(Hdf5, AttributeNamesAreSorted) {
  const H5Group root = H5File(bytes_of(read_data("earliest.h5"))).root();
  const std::vector<std::string> names = root.group("attributes").attribute_names();
  EXPECT_EQ(names,
            (std::vector<std::string>{"bytes", "empty_text", "fixed", "fixed_names", "matrix",
                                      "names", "no_names", "null", "number", "text"}));
  EXPECT_FALSE(root.has_attribute("absent"));
  EXPECT_EQ(root.string_attribute("absent"), std::nullopt);
  EXPECT_EQ(root.string_attribute("keras_version"), "3.15.1");
  EXPECT_EQ(root.group("attributes").string_attribute("empty_text"), "");
}

}  // namespace
}  // namespace keraunos::file
