#include "runtime/file/json.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>

#include "tests/file/support.hpp"

namespace keraunos::file {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

std::string error_in(std::string_view text, const JsonLimits& limits = {}) {
  return error_of([&] { Json::parse(text, limits); });
}

TEST(Json, ReadsEachKindOfValue) {
  const Json json = Json::parse(R"({"null": null, "yes": true, "int": -7, "float": 2.5,
                                    "text": "gr\u00f6\u00dfe", "list": [1, 2], "object": {}})");
  EXPECT_TRUE(json.at("null").is_null());
  EXPECT_TRUE(json.at("yes").is_bool());
  EXPECT_TRUE(json.at("yes").as_bool());
  EXPECT_TRUE(json.at("int").is_int());
  EXPECT_EQ(json.at("int").as_int64(), -7);
  EXPECT_EQ(json.at("int").as_double(), -7.0);
  EXPECT_FALSE(json.at("float").is_int());
  EXPECT_TRUE(json.at("float").is_number());
  EXPECT_EQ(json.at("float").as_double(), 2.5);
  EXPECT_EQ(json.at("text").as_string(), "größe");
  EXPECT_EQ(json.at("list").size(), 2U);
  EXPECT_EQ(json.at("list")[1].as_int64(), 2);
  EXPECT_TRUE(json.at("object").is_object());
  EXPECT_EQ(json.size(), 7U);
  EXPECT_FALSE(json.find("absent"));
  EXPECT_FALSE(json.contains("absent"));
}

TEST(Json, NumbersKeepTheirFullPrecision) {
  EXPECT_EQ(Json::parse("9223372036854775807").as_int64(), INT64_MAX);
  EXPECT_EQ(Json::parse("-9223372036854775808").as_int64(), INT64_MIN);
  EXPECT_EQ(Json::parse("0.1").as_double(), 0.1);
  EXPECT_EQ(Json::parse("5e-324").as_double(), 5e-324);
  EXPECT_EQ(Json::parse("1.7976931348623157e308").as_double(), 1.7976931348623157e308);
}

TEST(Json, IntegralFloatsAreIntegers) {
  EXPECT_EQ(Json::parse("3.0").as_int64(), 3);
  EXPECT_EQ(Json::parse("-1e3").as_int64(), -1000);
  EXPECT_FALSE(Json::parse("3.0").is_int());
}

TEST(Json, AcceptsTheBareWordsOfPython) {
  const Json json = Json::parse("[NaN, Infinity, -Infinity]");
  EXPECT_TRUE(std::isnan(json[0].as_double()));
  EXPECT_EQ(json[1].as_double(), INFINITY);
  EXPECT_EQ(json[2].as_double(), -INFINITY);
}

TEST(JsonRefusal, BareWordsInOtherPlaces) {
  for (const char* text : {"NaNNaN", "-NaN", "[1NaN]", "{NaN: 1}", "nan", "Inf", "--Infinity",
                           "[NaN null]", "+Infinity", "Infinity1"}) {
    EXPECT_THAT(error_in(text), HasSubstr("not JSON")) << text;
  }
  // A NaN is read as a word of four letters, which its place in messages does not show.
  EXPECT_THAT(error_in("[NaN, NaN, x]"), HasSubstr("not JSON at byte 11 of 13"));
}

TEST(Json, BareWordsAreToldFromNullsAndStrings) {
  const Json json = Json::parse(R"([null, "NaN \"Infinity", NaN, null, -Infinity, {"n": null}])");
  EXPECT_TRUE(json[0].is_null());
  EXPECT_EQ(json[1].as_string(), "NaN \"Infinity");
  EXPECT_TRUE(std::isnan(json[2].as_double()));
  EXPECT_TRUE(json[3].is_null());
  EXPECT_EQ(json[4].as_double(), -INFINITY);
  EXPECT_TRUE(json[5].at("n").is_null());
}

TEST(Json, LongNumbersOfEveryKind) {
  const std::string zeros(100'000, '0');
  const std::string nines(100'000, '9');
  EXPECT_EQ(Json::parse("0." + zeros).as_double(), 0.0);
  EXPECT_EQ(Json::parse("0." + zeros + "1").as_double(), 0.0);
  EXPECT_EQ(Json::parse("0." + zeros + "1e100001").as_double(), 1.0);
  EXPECT_EQ(Json::parse("0." + nines).as_double(), 1.0);
  EXPECT_EQ(Json::parse("1." + zeros + "1").as_double(), 1.0);
  EXPECT_EQ(Json::parse("1e-" + nines).as_double(), 0.0);
  EXPECT_EQ(Json::parse("1e" + zeros + "1").as_double(), 10.0);
  EXPECT_EQ(Json::parse("1" + std::string(30, '0')).as_double(), 1e30);
  EXPECT_THAT(error_in(nines), HasSubstr("number overflow"));
  EXPECT_THAT(error_in("-1e" + nines), HasSubstr("number overflow"));
  EXPECT_THAT(error_in(zeros), HasSubstr("not JSON at byte 1"));
}

TEST(Json, DoublesAreThoseOfStrtod) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    for (const int digits : {6, 15, 17, 40}) {
      const std::string text = fmt::format("{:.{}e}", number, digits);
      const double wanted = std::strtod(text.c_str(), nullptr);
      if (!std::isfinite(wanted)) continue;
      ASSERT_EQ(Json::parse(text).as_double(), wanted) << text;
    }
  }
}

TEST(Json, TheLastOfRepeatedKeysCounts) {
  EXPECT_EQ(Json::parse(R"({"a": 1, "b": 2, "a": 3})").at("a").as_int64(), 3);
}

TEST(Json, IteratesInFileOrder) {
  std::string text;
  for (const auto& [name, value] : Json::parse(R"({"b": [1, 2], "a": 3})").members()) {
    text += std::string(name) + "=" + value.dump() + ";";
  }
  for (const Json element : Json::parse("[4, \"x\"]").elements()) text += element.dump();
  EXPECT_EQ(text, "b=[1,2];a=3;4\"x\"");
}

TEST(Json, ViewsKeepTheDocumentAlive) {
  const Json inner = Json::parse(R"({"a": {"b": "text"}})").at("a").at("b");
  EXPECT_EQ(inner.as_string(), "text");
}

TEST(Json, StringsMayHoldZeros) {
  EXPECT_EQ(Json::parse(R"("a\u0000b")").as_string(), std::string_view("a\0b", 3));
}

TEST(Json, DumpsCompactText) {
  const std::string text =
      R"({"a":[1,-2.5,[],{}],"b":{"c":null,"d":true,"e":false},"f":"q\"\\\n\t\u0001"})";
  EXPECT_EQ(Json::parse(text).dump(), text);
  EXPECT_EQ(Json::parse("[NaN,Infinity,-Infinity,18446744073709551615]").dump(),
            "[NaN,Infinity,-Infinity,18446744073709551615]");
}

TEST(Json, DumpsAreCutBetweenCharacters) {
  EXPECT_EQ(Json::parse("[1,2,3,4,5]").dump(4), "[1,2...");
  EXPECT_EQ(Json::parse("\"ööö\"").dump(4), "\"ö...");
  EXPECT_EQ(Json::parse("[1]").dump(3), "[1]");
}

TEST(Json, DeepDocumentsAreDumpedWithoutRecursion) {
  const std::size_t depth = 200000;
  const std::string text = std::string(depth, '[') + std::string(depth, ']');
  EXPECT_EQ(Json::parse(text, {.max_depth = depth}).dump(2 * depth), text);
}

TEST(JsonRefusal, TextThatIsNoJson) {
  EXPECT_EQ(error_in("{\"a\": }"),
            "malformed_file: not JSON at byte 6 of 7: unexpected '}'; expected '[', '{', or a "
            "literal. Near: {\"a\": }");
  EXPECT_THAT(error_in(""), HasSubstr("not JSON at byte 0 of 0: unexpected end of input"));
  EXPECT_THAT(error_in("[1, 2"), HasSubstr("unexpected end of input; expected ']'"));
  EXPECT_THAT(error_in("1 2"), HasSubstr("unexpected number literal; expected end of input"));
  EXPECT_THAT(error_in("[1] // comment"), HasSubstr("not JSON at byte 4 of 14: invalid literal"));
  EXPECT_THAT(error_in("[1,]"), HasSubstr("not JSON at byte 3 of 4: unexpected ']'"));
  EXPECT_THAT(error_in("\"\xff\""), HasSubstr("ill-formed UTF-8 byte"));
  EXPECT_THAT(error_in("\"\\ud800\""), HasSubstr("surrogate U+D800..U+DBFF must be followed by"));
  EXPECT_THAT(error_in("1e999"), HasSubstr("number overflow parsing '1e999'"));
  EXPECT_THAT(error_in(std::string_view("[1]\0", 4)),
              HasSubstr("not JSON: a zero byte at byte 3 of 4"));
}

TEST(JsonRefusal, DepthAndSize) {
  const std::string deep = std::string(1001, '[') + std::string(1001, ']');
  EXPECT_EQ(error_in(deep),
            "malformed_file: the JSON text nests deeper than 1000 levels at byte 1000");
  EXPECT_EQ(error_in(deep.substr(1, 2000)), "nothing");
  EXPECT_THAT(error_in(R"({"a":{"a":{}}})", {.max_depth = 2}),
              HasSubstr("nests deeper than 2 levels"));
  EXPECT_EQ(error_in("[1, 2, 3]", {.max_nodes = 3}),
            "malformed_file: the JSON text has more than 3 values and names");
  EXPECT_EQ(error_in("[NaN, NaN, NaN]", {.max_nodes = 2}),
            "malformed_file: the JSON text has more than 2 values and names");
  EXPECT_EQ(error_in("[1, 2]", {.max_nodes = 3}), "nothing");
  EXPECT_EQ(error_in("[NaN, [[]]]", {.max_depth = 2}),
            "malformed_file: the JSON text nests deeper than 2 levels at byte 7");
  EXPECT_EQ(error_in("[1, 2]", {.max_bytes = 5}),
            "malformed_file: the JSON text has 6 bytes; the limit is 5");
}

TEST(JsonRefusal, TypesSayWhatWasFound) {
  const Json json = Json::parse(R"({"text": "x", "half": 0.5, "list": [1]})");
  const auto error_of_access = [](auto access) { return error_of(access); };
  EXPECT_EQ(error_of_access([&] { json.at("text").as_int64(); }),
            "malformed_file: an integer wanted, found \"x\"");
  EXPECT_EQ(error_of_access([&] { json.at("half").as_int64(); }),
            "malformed_file: an integer wanted, found 0.5");
  EXPECT_EQ(error_of_access([&] { Json::parse("1e30").as_int64(); }),
            "malformed_file: an integer wanted, found 1e+30");
  EXPECT_EQ(error_of_access([&] { Json::parse("NaN").as_int64(); }),
            "malformed_file: an integer wanted, found NaN");
  EXPECT_EQ(error_of_access([&] { json.at("text").as_double(); }),
            "malformed_file: a number wanted, found \"x\"");
  EXPECT_EQ(error_of_access([&] { json.at("list").as_string(); }),
            "malformed_file: a string wanted, found [1]");
  EXPECT_EQ(error_of_access([&] { json.at("list").as_bool(); }),
            "malformed_file: true or false wanted, found [1]");
  EXPECT_EQ(error_of_access([&] { json.at("text").size(); }),
            "malformed_file: an array or an object wanted, found \"x\"");
  EXPECT_EQ(error_of_access([&] { json.at("text").elements(); }),
            "malformed_file: an array wanted, found \"x\"");
  EXPECT_EQ(error_of_access([&] { json.at("list").members(); }),
            "malformed_file: an object wanted, found [1]");
  EXPECT_EQ(error_of_access([&] { json.at("list").find("a"); }),
            "malformed_file: an object wanted, found [1]");
  EXPECT_EQ(error_of_access([&] { json[0]; }),
            "malformed_file: an array wanted, found {\"text\":\"x\",\"half\":0.5,\"list\":[1]}");
  EXPECT_EQ(error_of_access([&] { json.at("list")[1]; }),
            "malformed_file: an array of more than 1 elements wanted, found [1]");
  EXPECT_EQ(error_of_access([&] { json.at("units"); }),
            "malformed_file: there is no key 'units'; there is: text, half, list");
  EXPECT_EQ(error_of_access([&] { Json::parse("{}").at("units"); }),
            "malformed_file: there is no key 'units'; there is: nothing");
}

}  // namespace
}  // namespace keraunos::file
