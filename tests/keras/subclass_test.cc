#include <gmock/gmock.h>

#include "keraunos/keraunos.hpp"

// Models of a class of the author's own: what is said of them.

namespace keraunos {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> warnings_of_loading(const std::string& name) {
  std::vector<std::string> lines;
  set_log_sink([&](LogLevel, std::string_view line) { lines.emplace_back(line); });
  Model::load(KERAUNOS_SOURCE_DIR "/tests/golden/cases/" + name);
  set_log_sink({});
  return lines;
}

TEST(Subclass, IsNamedInOneWarning) {
  EXPECT_THAT(warnings_of_loading("subclass_functional.keras"),
              ElementsAre(HasSubstr("of the author's own class 'StepModel'")));
}

TEST(Subclass, IsNamedOnceHoweverOftenItIsNested) {
  EXPECT_THAT(warnings_of_loading("subclass_nested.keras"),
              ElementsAre(HasSubstr("'StepModel'"), HasSubstr("'StepStack'")));
}

}  // namespace
}  // namespace keraunos
