#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "keraunos/model.hpp"

// docs/keras-coverage.md says what the library's own tables say.

namespace keraunos {
namespace {

// The classes whose row in the section under `heading` says "yes".
std::set<std::string> classes_on_page(const std::string& heading) {
  std::ifstream page(KERAUNOS_SOURCE_DIR "/docs/keras-coverage.md");
  std::set<std::string> names;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) inside = line == "## " + heading;
    const std::size_t end = line.find(" | yes |");
    if (inside && end != std::string::npos) names.insert(line.substr(2, end - 2));
  }
  return names;
}

std::set<std::string> set_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

TEST(KerasCoverage, PageListsTheLayersThatRun) {
  std::set<std::string> layers = set_of(supported_layers());
  layers.insert("InputLayer");
  EXPECT_EQ(classes_on_page("Layers"), layers);
}

TEST(KerasCoverage, PageListsTheOperationsThatRun) {
  EXPECT_EQ(classes_on_page("Operations on Keras tensors"), set_of(supported_operations()));
}

}  // namespace
}  // namespace keraunos
