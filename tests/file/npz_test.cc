#include "keraunos/npz.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "runtime/file/json.hpp"
#include "runtime/file/npy.hpp"
#include "runtime/file/zip.hpp"
#include "tests/file/hdf5_builder.hpp"
#include "tests/file/support.hpp"
#include "tests/file/zip_builder.hpp"

namespace keraunos {
namespace {

using file::Json;
using file::testing::bytes_of;
using file::testing::data_path;
using file::testing::error_of;
using file::testing::le;
using file::testing::read_data;
using file::testing::TemporaryFolder;
using ::testing::HasSubstr;

std::string hex_of(const Tensor& tensor) {
  const std::span bytes(static_cast<const std::uint8_t*>(tensor.data()), tensor.bytes());
  std::string hex;
  for (const std::uint8_t byte : bytes) hex += fmt::format("{:02x}", byte);
  return hex;
}

class NpzGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(NpzGolden, ReadsWhatNumpyWrote) {
  const Json expected = Json::parse(read_data("expected_arrays.json"));
  const NamedTensors arrays = load_npz(data_path(GetParam()));
  ASSERT_EQ(arrays.size(), expected.size());
  for (const auto& [name, tensor] : arrays) {
    SCOPED_TRACE(name);
    const Json entry = expected.at(name);
    Dims dims;
    for (const Json size : entry.at("shape").elements()) dims.push_back(size.as_int64());
    EXPECT_EQ(tensor.dims(), dims);
    EXPECT_EQ(to_string(tensor.dtype()), entry.at("dtype").as_string());
    EXPECT_EQ(hex_of(tensor), entry.at("hex").as_string());
  }
}

INSTANTIATE_TEST_SUITE_P(Files, NpzGolden,
                         ::testing::Values("arrays.npz", "arrays_compressed.npz"));

TEST(Npy, ReadsEachFormatVersion) {
  for (int version = 1; version <= 3; ++version) {
    const Tensor tensor = load_npy(data_path(fmt::format("version_{}.npy", version)));
    EXPECT_EQ(tensor.dims(), (Dims{2, 3}));
    EXPECT_EQ(tensor.as<float>()[1], static_cast<float>(version) + 7);
  }
}

TEST(Npz, EitherKindOfFileIsToldByItsContent) {
  const NamedTensors one = load_arrays(data_path("version_1.npy"));
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].first, "");
  EXPECT_EQ(one[0].second.dims(), (Dims{2, 3}));
  EXPECT_GT(load_arrays(data_path("arrays.npz")).size(), 10U);
  EXPECT_EQ(error_of([] { load_arrays(data_path("small_latest.h5")); }),
            "malformed_file: " + data_path("small_latest.h5") + ": neither a .npy nor a .npz file");
}

TEST(Npz, SavedArraysAreReadBack) {
  const TemporaryFolder folder;
  NamedTensors arrays;
  std::uint8_t next = 0;
  for (std::size_t i = 0; i < dtype_count; ++i) {
    const auto dtype = static_cast<DType>(i);
    if (dtype == DType::bfloat16 || dtype == DType::string) continue;
    Tensor tensor(dtype, {2, 3});
    const std::span bytes(static_cast<std::uint8_t*>(tensor.data()), tensor.bytes());
    for (std::uint8_t& byte : bytes) byte = dtype == DType::boolean ? next++ & 1 : next++;
    arrays.emplace_back(std::string(to_string(dtype)), std::move(tensor));
  }
  arrays.emplace_back("scalar/größe", Tensor(DType::float32, {}));
  arrays.emplace_back("empty", Tensor(DType::int64, {0, 5}));
  save_npz(folder.path("saved.npz"), arrays);
  const NamedTensors loaded = load_npz(folder.path("saved.npz"));
  ASSERT_EQ(loaded.size(), arrays.size());
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    SCOPED_TRACE(arrays[i].first);
    EXPECT_EQ(loaded[i].first, arrays[i].first);
    EXPECT_EQ(loaded[i].second.dtype(), arrays[i].second.dtype());
    EXPECT_EQ(loaded[i].second.dims(), arrays[i].second.dims());
    EXPECT_EQ(hex_of(loaded[i].second), hex_of(arrays[i].second));
  }
}

TEST(Npz, BFloat16IsSavedAsFloat32) {
  const TemporaryFolder folder;
  NamedTensors arrays;
  arrays.emplace_back("x", Tensor(DType::bfloat16, {2}));
  arrays[0].second.as<std::uint16_t>()[1] = 0x3fc0;
  save_npz(folder.path("saved.npz"), arrays);
  const NamedTensors loaded = load_npz(folder.path("saved.npz"));
  EXPECT_EQ(loaded[0].second.dtype(), DType::float32);
  EXPECT_EQ(loaded[0].second.as<float>()[1], 1.5F);
}

TEST(Npz, SavedElementsAreAligned) {
  const std::string header = file::npy_header(DType::float32, Dims{1, 28, 28, 1});
  EXPECT_EQ(header.size() % 64, 0U);
  EXPECT_EQ(header.back(), '\n');
}

TEST(NpyRefusal, DtypesThatNumpyLacks) {
  EXPECT_EQ(error_of([] { file::npy_header(DType::bfloat16, {}); }),
            "invalid_argument: numpy has no code for bfloat16");
}

TEST(Npz, AFileAppearsCompleteOrNotAtAll) {
  const TemporaryFolder folder;
  const std::string path = folder.write("saved.npz", "old content");
  NamedTensors arrays;
  arrays.emplace_back("good", Tensor(DType::float32, {3}));
  arrays.emplace_back("bad", Tensor());
  EXPECT_EQ(error_of([&] { save_npz(path, arrays); }),
            "invalid_argument: the array 'bad' was never given a shape");
  EXPECT_EQ(file::testing::text_of(file::map_file(path).span), "old content");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path("")),
                          std::filesystem::directory_iterator()),
            1);
}

TEST(NpzRefusal, PathsThatCannotBeWritten) {
  const TemporaryFolder folder;
  const std::string path = folder.path("absent/saved.npz");
  EXPECT_EQ(error_of([&] { save_npz(path, {}); }),
            "file_not_readable: cannot create '" + path + "': No such file or directory");
  std::filesystem::create_directory(folder.path("taken"));
  EXPECT_EQ(error_of([&] { save_npz(folder.path("taken"), {}); }),
            "file_not_readable: cannot create '" + folder.path("taken") + "': Is a directory");
}

TEST(NpzRefusal, NamesThatCannotBeWritten) {
  const TemporaryFolder folder;
  NamedTensors arrays;
  arrays.emplace_back("x", Tensor(DType::float32, {}));
  arrays.emplace_back("x", Tensor(DType::float32, {}));
  EXPECT_EQ(error_of([&] { save_npz(folder.path("a"), arrays); }),
            "invalid_argument: two arrays are named 'x'");
  arrays.pop_back();
  arrays[0].first = std::string(70000, 'x');
  EXPECT_EQ(error_of([&] { save_npz(folder.path("a"), arrays); }),
            "invalid_argument: a name of 70004 bytes does not fit a zip archive");
}

TEST(NpzRefusal, MembersThatAreNoArrays) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.npz", file::testing::zip_of({{}}));
  EXPECT_EQ(error_of([&] { load_npz(path); }),
            "unsupported: " + path + ": 'a' in the archive is not an array: its name lacks '.npy'");
}

TEST(NpyRefusal, KindsOfElements) {
  const auto error_of_file = [](const std::string& name) {
    const std::string path = data_path("refused_" + name + ".npy");
    const std::string error = error_of([&] { load_npy(path); });
    EXPECT_THAT(error, HasSubstr("unsupported: " + path + ": "));
    return error;
  };
  EXPECT_THAT(error_of_file("objects"),
              HasSubstr("arrays of pickled Python objects (descr '|O') are not supported"));
  EXPECT_THAT(error_of_file("structured"),
              HasSubstr("structured arrays (descr is a list of fields) are not supported"));
  EXPECT_THAT(error_of_file("complex"), HasSubstr("arrays of complex numbers (descr '<c8')"));
  EXPECT_THAT(error_of_file("dates"), HasSubstr("arrays of dates"));
  EXPECT_THAT(error_of_file("spans"), HasSubstr("arrays of time spans"));
  EXPECT_THAT(error_of_file("void"), HasSubstr("arrays of raw or structured bytes (descr '|V3')"));
}

std::vector<std::string> texts_of(const Tensor& tensor) {
  std::vector<std::string> texts;
  for (const StringElement& element : tensor.as<StringElement>()) {
    texts.emplace_back(element.view());
  }
  return texts;
}

TEST(Npz, StringsAreReadBack) {
  const TemporaryFolder folder;
  const std::vector<std::string_view> texts = {"red", "", "grün", "日本", "a longer text", "z"};
  NamedTensors arrays;
  arrays.emplace_back("texts", Tensor::of_strings({2, 3}, texts));
  arrays.emplace_back("none", Tensor(DType::string, {0, 4}));
  arrays.emplace_back("empty", Tensor(DType::string, {2}));
  save_npz(folder.path("saved.npz"), arrays);
  const NamedTensors loaded = load_npz(folder.path("saved.npz"));
  ASSERT_EQ(loaded.size(), 3U);
  EXPECT_EQ(loaded[0].second.dtype(), DType::string);
  EXPECT_EQ(loaded[0].second.dims(), (Dims{2, 3}));
  EXPECT_EQ(texts_of(loaded[0].second), std::vector<std::string>(texts.begin(), texts.end()));
  EXPECT_EQ(loaded[1].second.dims(), (Dims{0, 4}));
  EXPECT_EQ(texts_of(loaded[2].second), std::vector<std::string>(2));
}

TEST(Npz, BytesThatAreNoTextAreNotSaved) {
  const TemporaryFolder folder;
  const std::vector<std::string_view> texts = {"\xff"};
  NamedTensors arrays;
  arrays.emplace_back("texts", Tensor::of_strings({1}, texts));
  EXPECT_THAT(error_of([&] { save_npz(folder.path("saved.npz"), arrays); }),
              HasSubstr("a string is not UTF-8"));
}

Tensor npy_of(const std::string& descr, const std::string& shape, const std::string& elements,
              bool fortran_order = false) {
  const std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}}}",
                                         descr, fortran_order ? "True" : "False", shape);
  const std::string file = "\x93NUMPY" + le(1, 2) + le(header.size(), 2) + header + elements;
  return file::parse_npy(bytes_of(file).span);
}

TEST(Npy, StringsOfEveryKindAreRead) {
  using ::testing::ElementsAre;
  EXPECT_THAT(texts_of(load_npy(data_path("strings_unicode.npy"))), ElementsAre("a"));
  EXPECT_THAT(texts_of(load_npy(data_path("strings_bytes.npy"))), ElementsAre("a"));
  EXPECT_THAT(texts_of(npy_of("<U2", "(2,)", le('a', 4) + le(0, 4) + le(0xe9, 4) + le(0x1f600, 4))),
              ElementsAre("a", "é😀"));
  const std::string big_endian("\0\0\0a", 4);
  EXPECT_THAT(texts_of(npy_of(">U1", "(1,)", big_endian)), ElementsAre("a"));
  EXPECT_THAT(texts_of(npy_of("|S2", "(2, 2)", std::string("a\0b\0c\0d\0", 8), true)),
              ElementsAre("a", "c", "b", "d"));
  EXPECT_EQ(npy_of("<U0", "(0,)", "").dims(), (Dims{0}));
}

TEST(NpyRefusal, Strings) {
  EXPECT_THAT(error_of([] { npy_of("<U0", "(99999999999,)", ""); }), HasSubstr("of no size"));
  EXPECT_THAT(error_of([] { npy_of("<U1", "(1,)", le(0xd800, 4)); }), HasSubstr("no character"));
  EXPECT_THAT(error_of([] { npy_of("<U1", "(1,)", le(0x110000, 4)); }), HasSubstr("no character"));
  EXPECT_THAT(error_of([] { npy_of("<U1", "(2,)", "abcd"); }), HasSubstr("4 bytes follow"));
  EXPECT_THAT(error_of([] { npy_of("<U99999999999", "(1,)", "abcd"); }),
              HasSubstr("of an unknown kind"));
}

std::string error_of_npy(const std::string& header, const std::string& elements = "") {
  const std::string file = "\x93NUMPY" + le(1, 2) + le(header.size(), 2) + header + elements;
  return error_of([&] { file::parse_npy(bytes_of(file).span); });
}

std::string error_of_shape(const std::string& shape, const std::string& elements = "") {
  return error_of_npy("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + "}", elements);
}

TEST(Npy, HeadersMayBeWrittenInManyWays) {
  EXPECT_EQ(error_of_npy("{\"shape\":(2,3),'fortran_order':True,'descr':'<u2'}", "123456789012"),
            "nothing");
  EXPECT_EQ(error_of_shape("( 2 , )", "12"), "nothing");
  EXPECT_EQ(error_of_shape("(2)", "12"), "nothing");
  EXPECT_EQ(error_of_shape("()", "1"), "nothing");
}

TEST(NpyRefusal, Headers) {
  EXPECT_THAT(error_of_npy("{'descr': '|u1', 'shape': ()}"),
              HasSubstr("'descr', 'fortran_order' and 'shape' wanted"));
  EXPECT_THAT(error_of_npy("{'descr': '|u1', 'descr': '|u1'}"),
              HasSubstr("the .npy header is damaged at character 24"));
  EXPECT_THAT(error_of_npy("{'other': 1}"),
              HasSubstr("'descr', 'fortran_order' and 'shape' wanted"));
  EXPECT_THAT(error_of_npy("{'fortran_order': 1}"), HasSubstr("True or False wanted"));
  EXPECT_THAT(error_of_npy("{'descr"), HasSubstr("a closing quote wanted"));
  EXPECT_THAT(error_of_npy("{'descr' '|u1'}"), HasSubstr("':' wanted"));
  EXPECT_THAT(error_of_npy("{'descr': 'u'}"),
              HasSubstr("arrays of elements of an unknown kind (descr 'u') are not supported"));
  EXPECT_THAT(error_of_npy("{'descr': '<q9'}"), HasSubstr("elements of an unknown kind"));
  EXPECT_THAT(error_of_shape("()} x", "1"), HasSubstr("the end wanted"));
  EXPECT_THAT(error_of_shape("(-1,)"), HasSubstr("a size that fits 63 bits wanted"));
  EXPECT_THAT(error_of_shape("(99999999999999999999,)"),
              HasSubstr("a size that fits 63 bits wanted"));
  EXPECT_THAT(error_of_shape("(1 1)"), HasSubstr("')' wanted"));
  std::string sizes = "(";
  for (int i = 0; i < 65; ++i) sizes += "1,";
  EXPECT_THAT(error_of_shape(sizes + ")"), HasSubstr("at most 64 dimensions wanted"));
}

TEST(NpyRefusal, ShapesThatTheBytesDoNotFill) {
  EXPECT_EQ(error_of_shape("(2, 3)", "12345"),
            "malformed_file: the header promises 6 elements of 1 bytes, shape (2, 3), but 5 bytes "
            "follow");
  EXPECT_THAT(error_of_shape("(2, 3)", "1234567"), HasSubstr("but 7 bytes follow"));
  EXPECT_THAT(error_of_shape("(4611686018427387904,)"), HasSubstr("but 0 bytes follow"));
  EXPECT_THAT(error_of_shape("(4611686018427387904, 4611686018427387904)"),
              HasSubstr("has more than 2^63 elements"));
}

TEST(NpyRefusal, FilesThatAreNoNpy) {
  EXPECT_THAT(error_of([] { file::parse_npy(bytes_of("PK\3\4..").span); }),
              HasSubstr("not a .npy file: its signature is missing"));
  EXPECT_THAT(error_of([] { file::parse_npy(bytes_of("\x93NUMPY\4").span); }),
              HasSubstr("the .npy file ends early: 1 bytes wanted at byte 7, 0 left"));
  EXPECT_THAT(error_of([] { file::parse_npy(bytes_of("\x93NUMPY\4" + le(0, 9)).span); }),
              HasSubstr(".npy format version 4 is not supported: only 1 to 3 are"));
}

TEST(Npy, BooleansAreOnlyZeroOrOne) {
  const std::string header = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}";
  const std::string file = "\x93NUMPY" + le(1, 2) + le(header.size(), 2) + header + le(0xff0200, 3);
  const Tensor tensor = file::parse_npy(bytes_of(file).span);
  EXPECT_EQ(hex_of(tensor), "000101");
}

}  // namespace
}  // namespace keraunos
