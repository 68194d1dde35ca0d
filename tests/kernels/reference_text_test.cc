#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "keraunos/error.hpp"
#include "runtime/ops/lookup.hpp"
#include "runtime/ops/vectorize_text.hpp"

namespace keraunos {
namespace {

using ::testing::ElementsAre;

constexpr UnknownTokens refused = {0, 0, true, std::nullopt};

TEST(Vocabulary, NumbersTokensInOrder) {
  const Vocabulary words({"z", "a", "m"}, 2, UnknownTokens{1, 1, true, std::nullopt});
  EXPECT_EQ(words.number_of("z"), 2);
  EXPECT_EQ(words.number_of("a"), 3);
  EXPECT_EQ(words.number_of("m"), 4);
  EXPECT_EQ(words.number_of("other"), 1);
  EXPECT_EQ(words.number_of(""), 1);
}

TEST(Vocabulary, UnknownIntegersGoByTheirRemainder) {
  const Vocabulary numbers(std::vector<std::int64_t>{7}, 4,
                           UnknownTokens{1, 3, false, std::nullopt});
  EXPECT_EQ(numbers.number_of(std::int64_t{7}), 4);
  EXPECT_EQ(numbers.number_of(std::int64_t{5}), 3);
  EXPECT_EQ(numbers.number_of(std::int64_t{-1}), 3);
  EXPECT_EQ(numbers.number_of(std::numeric_limits<std::int64_t>::min()), 2);
}

TEST(Vocabulary, MaskedTokensHaveTheNumberOfTheMask) {
  Vocabulary words({"a"}, 1, UnknownTokens{0, 1, true, std::nullopt});
  words.set_mask(std::string("a"), 9);
  EXPECT_EQ(words.number_of("a"), 9);
}

TEST(Vocabulary, RefusesRepeatedAndUnknownTokens) {
  EXPECT_THROW(Vocabulary({"a", "b", "a"}, 0, refused), Error);
  const Vocabulary words({"a"}, 0, refused);
  EXPECT_EQ(words.number_of("a"), 0);
  EXPECT_THROW(words.number_of("b"), Error);
}

std::vector<std::string> tokens_of(const VectorizeText& op, std::string_view text) {
  Tokenizer tokenizer(op);
  tokenizer.start_row();
  tokenizer.add(text);
  std::vector<std::string> tokens;
  tokenizer.for_each([&](std::string_view token) { tokens.emplace_back(token); });
  return tokens;
}

TEST(Tokenizer, SplitsAtAnyRunOfWhitespace) {
  EXPECT_THAT(tokens_of({}, "  a \t\nbc\v\f\rd "), ElementsAre("a", "bc", "d"));
  EXPECT_THAT(tokens_of({}, " \n"), ElementsAre());
}

TEST(Tokenizer, StandardizesAsciiOnly) {
  VectorizeText op;
  op.lower = op.strip_punctuation = true;
  EXPECT_THAT(tokens_of(op, "It's É!, [X]"), ElementsAre("its", "É", "x"));
}

TEST(Tokenizer, SplitsCharacters) {
  VectorizeText op;
  op.split = TextSplit::character;
  EXPECT_THAT(tokens_of(op, "aé\xff"), ElementsAre("a", "é", "\xef\xbf\xbd"));
}

TEST(Tokenizer, JoinsNgramsLengthByLength) {
  VectorizeText op;
  op.ngrams = {2, 1, 9};
  EXPECT_THAT(tokens_of(op, "a b c"), ElementsAre("a b", "b c", "a", "b", "c"));
}

}  // namespace
}  // namespace keraunos
