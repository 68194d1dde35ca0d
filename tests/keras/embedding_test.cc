#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keraunos/error.hpp"
#include "keraunos/session.hpp"

namespace keraunos {
namespace {

const std::string cases_dir = KERAUNOS_SOURCE_DIR "/tests/golden/cases/";

// The message of the Error that a table of 7 rows throws for five words, one of them `row`.
std::string refusal(Session& session, std::int32_t row) {
  Tensor words(DType::int32, {1, 5});
  for (std::int32_t& word : words.as<std::int32_t>()) word = 1;
  words.as<std::int32_t>()[3] = row;
  const std::vector<TensorView> inputs = {std::as_const(words).view()};
  try {
    session.run(inputs);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Embedding, RefusesRowsThatItDoesNotHave) {
  Session session(Model::load(cases_dir + "embedding.keras"), {.device = Device::cpu});
  EXPECT_EQ(refusal(session, 6), "");
  for (const std::int32_t row : {7, 1'000'000'000, -8}) {
    const std::string message = refusal(session, row);
    EXPECT_THAT(message, testing::HasSubstr("(Embedding)"));
    EXPECT_THAT(message, testing::HasSubstr(std::to_string(row)));
    EXPECT_THAT(message, testing::HasSubstr("7 cells"));
  }
  EXPECT_EQ(refusal(session, 6), "");
}

}  // namespace
}  // namespace keraunos
