#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "keraunos/error.hpp"
#include "keraunos/tensor.hpp"
#include "runtime/base/utf8.hpp"

namespace keraunos {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts_of(const Tensor& tensor) {
  std::vector<std::string> texts;
  for (const StringElement& element : tensor.as<StringElement>()) {
    texts.emplace_back(element.view());
  }
  return texts;
}

TEST(StringTensor, IsEmptyStringsWhenNew) {
  EXPECT_THAT(texts_of(Tensor(DType::string, {2})), ElementsAre("", ""));
}

TEST(StringTensor, CopiesWhatItIsGiven) {
  std::string text = "grün";
  const std::array<std::string_view, 2> values = {text, std::string_view("a\0b", 3)};
  const Tensor tensor = Tensor::of_strings({1, 2}, values);
  text = "overwritten";
  EXPECT_THAT(texts_of(tensor), ElementsAre("grün", std::string("a\0b", 3)));
  EXPECT_THROW(Tensor::of_strings({3}, values), Error);
}

TEST(StringTensor, ClonesAndCastsOutliveTheOriginal) {
  Tensor clone;
  Tensor cast;
  {
    const std::array<std::string_view, 1> values = {"a text that is too long to be stored inline"};
    const Tensor original = Tensor::of_strings({1}, values);
    clone = original.clone();
    cast = original.cast(DType::string);
  }
  EXPECT_THAT(texts_of(clone), ElementsAre("a text that is too long to be stored inline"));
  EXPECT_THAT(texts_of(cast), texts_of(clone));
}

TEST(StringTensor, TakesOverTheBytesOfOthers) {
  Tensor tensor(DType::string, {2});
  {
    const std::string text = "somebody else's text";
    tensor.as<StringElement>()[1] = {text.data(), text.size()};
    tensor.own_strings();
  }
  EXPECT_THAT(texts_of(tensor), ElementsAre("", "somebody else's text"));
}

TEST(StringTensor, IsNoNumber) {
  EXPECT_THROW(Tensor(DType::string, {1}).cast(DType::float32), Error);
  EXPECT_THROW(Tensor(DType::float32, {1}).cast(DType::string), Error);
}

TEST(Utf8, BrokenBytesAreReplacedAsInIcu) {
  std::string text;
  for (std::string_view rest = "a\xff\xe2\x82z\xf0\x9f\x98q\xed\xa0\x80\xc0\x80é"; !rest.empty();) {
    const DecodedCharacter character = decode_utf8(rest);
    append_utf8(character.is_valid ? character.point : '?', text);
    rest.remove_prefix(character.size);
  }
  EXPECT_EQ(text, "a??z?q?????é");
}

}  // namespace
}  // namespace keraunos
