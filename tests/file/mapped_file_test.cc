#include "runtime/file/mapped_file.hpp"

#include <gtest/gtest.h>

#include "tests/file/support.hpp"

namespace keraunos::file {
namespace {

using testing::error_of;
using testing::TemporaryFolder;
using testing::text_of;

TEST(MappedFile, HoldsTheBytesAfterTheFileIsGone) {
  const TemporaryFolder folder;
  const std::string path = folder.write("file", "content");
  const Bytes bytes = map_file(path);
  std::filesystem::remove(path);
  EXPECT_EQ(text_of(bytes.span), "content");
}

TEST(MappedFile, NamesThePathAndTheReason) {
  const TemporaryFolder folder;
  const auto error_at = [](const std::string& path) { return error_of([&] { map_file(path); }); };
  EXPECT_EQ(
      error_at(folder.path("absent")),
      "file_not_readable: cannot read '" + folder.path("absent") + "': No such file or directory");
  EXPECT_EQ(error_at(folder.path("")),
            "file_not_readable: cannot read '" + folder.path("") + "': it is a directory");
  EXPECT_EQ(error_at("/dev/null"),
            "file_not_readable: cannot read '/dev/null': it is not a regular file");
  EXPECT_EQ(error_at(folder.write("empty", "")),
            "file_not_readable: cannot read '" + folder.path("empty") +
                "': the file is empty: a download or a copy of it did not finish");
}

}  // namespace
}  // namespace keraunos::file
