#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace keraunos {

/// A path of the running test's own, so that tests may run at once.
inline std::string temporary_path(const std::string& name) {
  const ::testing::TestInfo& test = *::testing::UnitTest::GetInstance()->current_test_info();
  std::string file =
      std::string("keraunos_") + test.test_suite_name() + "_" + test.name() + "_" + name;
  std::replace(file.begin(), file.end(), '/', '_');  // of parametrised tests
  return ::testing::TempDir() + file;
}

}  // namespace keraunos
