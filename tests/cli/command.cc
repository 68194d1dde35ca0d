#include "tests/cli/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace keraunos::test {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string quoted(const std::string& argument) {
  std::string text = "'";
  for (const char c : argument) {
    if (c == '\'')
      text += R"('\'')";
    else
      text += c;
  }
  return text + "'";
}

}  // namespace

Finished run_command(const std::vector<std::string>& arguments, const Surroundings& surroundings) {
  const TemporaryFolder folder;
  const std::string out = surroundings.out.empty() ? folder.file("out") : surroundings.out;
  std::string line = surroundings.environment + " " + quoted(KERAUNOS_COMMAND);
  for (const std::string& argument : arguments) line += " " + quoted(argument);
  line += " >" + out + " 2>" + folder.file("err") + " </dev/null";

  const int status = std::system(line.c_str());
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          .out = surroundings.out.empty() ? contents(out) : "",
          .err = contents(folder.file("err"))};
}

std::string golden(const std::string& name) {
  return KERAUNOS_SOURCE_DIR "/tests/golden/cases/" + name;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "keraunos-cli-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void expect_error(const Finished& finished, const std::vector<std::string>& words) {
  EXPECT_EQ(finished.exit_code, 1) << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err, testing::StartsWith("error: "));
  EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  EXPECT_TRUE(finished.err.ends_with('\n'));
  for (const std::string& word : words) EXPECT_THAT(finished.err, testing::HasSubstr(word));
}

}  // namespace keraunos::test
