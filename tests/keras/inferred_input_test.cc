#include <gmock/gmock.h>

#include "keraunos/keraunos.hpp"
#include "tests/support/message_of.hpp"

// Sequential models whose file tells no shape of their input: what their weights tell, and what the
// application must. That the results are Keras's is shown by the golden cases h5_unshaped_*.

namespace keraunos {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Loaded {
  std::vector<std::string> axes;  // formulas of the input
  std::vector<std::string> warnings;
};

Loaded load(const std::string& name,
            const std::vector<std::optional<std::int64_t>>& input_shape = {}) {
  Loaded loaded;
  set_log_sink([&](LogLevel, std::string_view line) { loaded.warnings.emplace_back(line); });
  LoadOptions options;
  options.input_shape = input_shape;
  const Model model =
      Model::load(KERAUNOS_SOURCE_DIR "/tests/golden/cases/h5_unshaped_" + name + ".h5", options);
  set_log_sink({});
  for (const Axis& axis : model.inputs().at(0).axes) loaded.axes.push_back(axis.formula);
  return loaded;
}

TEST(InferredInput, HasTheChannelsOfTheFirstKernelAndOpenSizes) {
  const Loaded loaded = load("conv2d");
  EXPECT_THAT(loaded.axes, ElementsAre("batch", "height", "width", "2"));
  EXPECT_THAT(loaded.warnings, IsEmpty());
}

TEST(InferredInput, IsFoundThroughLayersWithoutWeights) {
  EXPECT_THAT(load("pooled_first").axes, ElementsAre("batch", "height", "width", "4"));
  EXPECT_THAT(load("depthwise").axes, ElementsAre("batch", "height", "width", "3"));
  EXPECT_THAT(load("nested").axes, ElementsAre("batch", "steps", "3"));
}

TEST(InferredInput, SolvesASizeBehindFlatten) {
  EXPECT_THAT(load("known_size").axes, ElementsAre("batch", "5", "4"));
}

TEST(InferredInput, HasTheSmallestRankAndNamesTheOthers) {
  const Loaded loaded = load("flatten");
  EXPECT_THAT(loaded.axes, ElementsAre("batch", "10"));
  EXPECT_THAT(loaded.warnings,
              ElementsAre(AllOf(HasSubstr("(None, 10) is taken"), HasSubstr("rank 3, 4, 5 as well"),
                                HasSubstr("LoadOptions::input_shape"))));
}

TEST(InferredInput, HasTheRankAndTheSizesThatTheApplicationTells) {
  const Loaded loaded = load("flatten", {std::nullopt, 2, std::nullopt});
  EXPECT_THAT(loaded.axes, ElementsAre("batch", "2", "5"));
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_THAT(load("flatten", {std::nullopt, std::nullopt, std::nullopt}).axes,
              ElementsAre("batch", "steps", "features"));
}

TEST(InferredInput, IsRefusedWhereTheWeightsDoNotFitWhatIsTold) {
  EXPECT_THAT(message_of([] {
                load("dense", {std::nullopt, 7});
              }),
              AllOf(HasSubstr("layer 'dense"), HasSubstr("7")));
  set_log_sink({});
}

TEST(InferredInput, IsLeftAsideWhereTheFileTellsTheShape) {
  LoadOptions options;
  options.input_shape = {std::nullopt, 99};
  const Model model =
      Model::load(KERAUNOS_SOURCE_DIR "/tests/golden/cases/whole_h5_mlp.h5", options);
  EXPECT_EQ(model.inputs().at(0).axes.at(1).size, 4);
}

TEST(InferredInput, ShowsInSummariesAndPlansWithoutWeights) {
  const std::string path = KERAUNOS_SOURCE_DIR "/tests/golden/cases/h5_unshaped_conv2d.h5";
  const Summary summary = Architecture::load(path).summary();
  EXPECT_THAT(summary.layers.at(0).output_shapes, ElementsAre("(None, None, None, 3)"));
  LoadOptions zeros;
  zeros.zero_weights = true;
  EXPECT_EQ(Model::load(path, zeros).inputs().at(0).axes.at(3).size, 2);
}

}  // namespace
}  // namespace keraunos
