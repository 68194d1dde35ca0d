#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace keraunos::test {

struct Finished {
  int exit_code = 0;
  std::string out;
  std::string err;
};

struct Surroundings {
  std::string environment = {};  // "NAME=value", as a shell takes it
  std::string out = {};          // where stdout goes instead of Finished::out
};

/// Runs the keraunos command with these arguments and waits for it.
Finished run_command(const std::vector<std::string>& arguments,
                     const Surroundings& surroundings = {});

/// A file of tests/golden/cases.
std::string golden(const std::string& name);

/// A folder of its own for one test, removed with it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Passes where the command failed as promised: exit code 1, nothing on stdout, and on stderr one
/// line "error: ..." that holds all of `words`.
void expect_error(const Finished& finished, const std::vector<std::string>& words);

}  // namespace keraunos::test
