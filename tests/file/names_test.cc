#include <gmock/gmock.h>

#include <array>

#include "keraunos/npz.hpp"
#include "runtime/file/printable.hpp"
#include "tests/file/support.hpp"

// What names may do to those who read them, or unpack an archive.

namespace keraunos::file {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

TEST(Printable, EscapesWhatChangesATerminal) {
  EXPECT_EQ(printable("a\x1b[31m\x7f"), "a\\x1b[31m\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m")
      << "a control sequence of C1";
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "gnp.exe"),
            "\\u202egnp.exe")
      << "from right to left";
  EXPECT_EQ(printable("\xe2\x81\xa6x\xe2\x81\xa9\xd8\x9c\xe2\x80\xa8"),
            "\\u2066x\\u2069\\u061c\\u2028");
  EXPECT_EQ(printable("\x9b"
                      "31m\xff"),
            "\\x9b31m\\xff")
      << "no UTF-8";
  EXPECT_EQ(printable("größe 尺寸 🙂"), "größe 尺寸 🙂");
}

TEST(Printable, CutsAtACharacter) {
  EXPECT_EQ(printable("größe", 3), "gr...");
  EXPECT_EQ(printable("größe", 4), "grö...");
}

TEST(NamesOfArrays, MayNotLeadOutOfTheArchive) {
  const testing::TemporaryFolder folder;
  const auto complaint = [&](const std::string& name) {
    const std::array arrays = {std::pair(name, Tensor(DType::float32, {1}))};
    return error_of([&] { save_npz(folder.path("a.npz"), arrays); });
  };
  EXPECT_EQ(complaint("../a"),
            "invalid_argument: the name of the array '../a' leads out of the archive, which no "
            "name in a .npz may");
  EXPECT_THAT(complaint("/a"), HasSubstr("the array '/a' is an absolute path"));
  EXPECT_THAT(complaint("a\\b"), HasSubstr("the array 'a\\b' holds a backslash"));
  EXPECT_THAT(complaint(std::string("a\0b", 3)),
              HasSubstr("the array 'a\\x00b' holds a zero byte"));
  EXPECT_THAT(complaint(""), HasSubstr("the array '' is empty"));
  EXPECT_EQ(complaint("encoder/dense"), "nothing");
}

}  // namespace
}  // namespace keraunos::file
