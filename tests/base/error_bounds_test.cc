#include <gmock/gmock.h>

#include "keraunos/error.hpp"
#include "runtime/base/utf8.hpp"

namespace keraunos {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(Shortened, KeepsBothEndsAndWholeCharacters) {
  EXPECT_EQ(shortened("0123456789", 10), "0123456789");
  EXPECT_EQ(shortened("0123456789", 4), "01...89");
  EXPECT_EQ(shortened("ööööö", 6), "ö...ö") << "two bytes each";
}

TEST(ErrorBounds, ShortenPlacesAndMessages) {
  const std::string name(2'000'000, 'n');
  const Error error(ErrorCode::unsupported, "no " + name, {"layer '" + name + "'"});
  EXPECT_LT(std::string(error.what()).size(), 20'000U);
  EXPECT_LT(error.context().front().size(), 1100U);
  EXPECT_THAT(error.what(), HasSubstr("nnn'"));
}

TEST(ErrorBounds, LeaveOutTheMiddleOfALongChain) {
  Error error(ErrorCode::unsupported, "unknown", {"innermost"});
  for (int i = 0; i < 400; ++i) error = error.within("level " + std::to_string(i));
  EXPECT_THAT(error.context(), SizeIs(24));
  EXPECT_EQ(error.context().front(), "level 399");
  EXPECT_EQ(error.context()[12], "...");
  EXPECT_EQ(error.context().back(), "innermost");
}

}  // namespace
}  // namespace keraunos
