#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "keraunos/explain.hpp"
#include "keraunos/log.hpp"
#include "keraunos/session.hpp"
#include "keraunos/shape_error.hpp"

// What people ask about Flatten, Dense and None, one question a test. The models are those of
// make_models.py; their shapes and parameters are Keras's.

namespace keraunos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string path_of(const std::string& file) {
  return std::string(KERAUNOS_SOURCE_DIR) + "/tests/explain/models/" + file;
}

Architecture open(const std::string& name) { return Architecture::load(path_of(name + ".keras")); }

std::vector<std::string> output_shapes(const std::string& name) {
  std::vector<std::string> shapes;
  for (const LayerSummary& layer : open(name).summary().layers) {
    shapes.push_back(layer.output_shapes.at(0));
  }
  return shapes;
}

std::vector<std::int64_t> parameters(const std::string& name) {
  std::vector<std::int64_t> counts;
  for (const LayerSummary& layer : open(name).summary().layers) {
    counts.push_back(layer.parameters);
  }
  return counts;
}

LayerExplanation layer_of(const Explanation& explanation, const std::string& name) {
  for (const LayerExplanation& layer : explanation.layers) {
    if (layer.name == name) return layer;
  }
  ADD_FAILURE() << "no layer " << name;
  return {};
}

std::string sentence(const Explanation& explanation, const std::string& name) {
  return layer_of(explanation, name).sentence;
}

// The finding of that id; an empty one where there is none.
Finding finding(const Explanation& explanation, const std::string& id) {
  for (const Finding& it : explanation.findings) {
    if (it.id == id) return it;
  }
  return {};
}

bool has(const Explanation& explanation, const std::string& id) {
  return !finding(explanation, id).id.empty();
}

// 1. Why is the output shape of Flatten (None, None)? -------------------------------------------

TEST(Questions, FixedSidesGive5408) {
  EXPECT_THAT(output_shapes("flatten_5408"), ElementsAre("(None, 26, 26, 32)", "(None, 13, 13, 32)",
                                                         "(None, 5408)", "(None, 10)"));
  EXPECT_THAT(parameters("flatten_5408"), ElementsAre(320, 0, 0, 54090));
  const Explanation told = open("flatten_5408").explain();
  EXPECT_THAT(sentence(told, "conv2d"), HasSubstr("3×3 window, valid padding: 28 → 26"));
  EXPECT_THAT(sentence(told, "max_pooling2d"), HasSubstr("pool 2×2, stride 2: 26 → 13"));
  EXPECT_THAT(sentence(told, "flatten"),
              HasSubstr("Flatten keeps the batch and multiplies 13·13·32 = 5408"));
  EXPECT_TRUE(told.fitting.any);
  EXPECT_THAT(told.unknown, IsEmpty());
  EXPECT_THAT(finding(told, "flatten_dense_share").sentence, HasSubstr("54090 of 54410"));
  EXPECT_THAT(finding(told, "flatten_dense_share").fix, HasSubstr("330 parameters"));
}

TEST(Questions, OpenSidesGiveNoneNoneAndTheFormula) {
  const Architecture model = open("flatten_ends_open");
  const Summary summary = model.summary();
  EXPECT_EQ(summary.layers.back().output_shapes[0], "(None, None)");
  EXPECT_EQ(summary.layers.back().formulas[0], "(batch, ((height-2)//2)*((width-2)//2)*32)");
  const Explanation told = model.explain();
  ASSERT_EQ(told.unknown.size(), 2U);
  EXPECT_EQ(told.unknown[0].symbol, "height");
  EXPECT_EQ(told.unknown[0].input, "image");
  EXPECT_EQ(told.unknown[1].axis, 2U);
  const Finding open_size = finding(told, "flatten_of_unknown");
  EXPECT_EQ(open_size.layer, "flatten");
  EXPECT_THAT(open_size.sentence, HasSubstr("height (axis 1 of input 'image')"));
  EXPECT_THAT(open_size.fix, HasSubstr("GlobalAveragePooling2D"));
  EXPECT_TRUE(told.fitting.all_from_smallest);
  EXPECT_THAT(told.fitting.examples, ElementsAre(ElementsAre(Dims{1, 4, 4, 1})));
}

TEST(Questions, WeightsOfOneSizeFitSizesWithTheSameNumberOfCells) {
  const Explanation told = open("flatten_open").explain();
  ASSERT_FALSE(told.demands.empty());
  EXPECT_FALSE(told.fitting.any);
  EXPECT_FALSE(told.fitting.all_from_smallest);
  ASSERT_GE(told.fitting.examples.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {  // 28 or 29 on each side
    const Dims& dims = told.fitting.examples[i].at(0);
    EXPECT_TRUE((dims[1] == 28 || dims[1] == 29) && (dims[2] == 28 || dims[2] == 29));
  }
  for (const auto& example : told.fitting.examples) {
    EXPECT_EQ(((example[0][1] - 2) / 2) * ((example[0][2] - 2) / 2), 169);
  }
}

TEST(Questions, SizesThatDoNotFitAreAConflictAtTheDense) {
  const Explanation told = open("flatten_open").explain({{1, 30, 30, 1}});
  const Finding conflict = finding(told, "size_conflict");
  EXPECT_EQ(conflict.severity, Severity::error);
  EXPECT_EQ(conflict.layer, "dense");
  EXPECT_THAT(conflict.sentence, HasSubstr("wanted 338, got 392"));
  EXPECT_THAT(conflict.fix, HasSubstr("1x29x29x1"));
  EXPECT_EQ(layer_of(told, "pool").outputs[0], "(1, 14, 14, 2)");
  EXPECT_FALSE(has(open("flatten_open").explain({{1, 28, 28, 1}}), "size_conflict"));
}

TEST(Questions, RunTimeErrorsCarryTheSameFacts) {
  Session session(Model::load(path_of("flatten_open.keras")), {.device = Device::cpu});
  const std::vector<Dims> sizes = {{1, 30, 30, 1}};
  try {
    session.output_dims(sizes);
    FAIL();
  } catch (const ShapeError& error) {
    const ShapeFacts& facts = error.facts();
    EXPECT_EQ(facts.cause, "size_conflict");
    EXPECT_EQ(facts.layer, "layer 'dense' (Dense)");
    EXPECT_EQ(facts.wanted, "338");
    EXPECT_EQ(facts.got, 392);
    EXPECT_EQ(facts.formula, "((height-2)//2)*((width-2)//2)*2");
    ASSERT_FALSE(facts.suggestions.empty());
    EXPECT_EQ(facts.suggestions[0][0], (Dims{1, 29, 29, 1}));
  }
}

TEST(Questions, ResizingMakesTheSidesKnown) {
  EXPECT_THAT(output_shapes("resizing_front"),
              ElementsAre("(None, 64, 64, 3)", "(None, 62, 62, 4)", "(None, 15376)", "(None, 2)"));
  const Explanation told = open("resizing_front").explain();
  EXPECT_THAT(sentence(told, "resizing"), HasSubstr("from here height and width are known"));
  EXPECT_FALSE(has(told, "flatten_of_unknown"));
}

TEST(Questions, DenseOnNoneIsWhatKerasRefuses) {
  const Explanation told = Architecture::load(path_of("flatten_open.json")).explain();
  const Finding refused = finding(told, "dense_on_unknown");
  EXPECT_EQ(refused.layer, "dense");
  EXPECT_THAT(refused.sentence, HasSubstr("Keras refuses to build it"));
  EXPECT_THAT(refused.fix, HasSubstr("Resizing"));
  EXPECT_EQ(layer_of(told, "dense").outputs[0], "(None, 10)");
}

// 2. Why does Flatten fail? ----------------------------------------------------------------------

TEST(Questions, AnImageWithoutItsBatchAxis) {
  const Explanation told = open("flatten_5408").explain({{28, 28, 1}});
  EXPECT_EQ(told.findings.at(0).id, "batch_axis_missing");
  EXPECT_THAT(told.findings[0].sentence, HasSubstr("the batch axis seems to be missing"));
  EXPECT_TRUE(has(open("channels_rgb").explain({{32, 32, 3}}), "batch_axis_missing"));
}

TEST(Questions, WrongChannels) {
  const Architecture rgb = open("channels_rgb");
  EXPECT_TRUE(has(rgb.explain({{1, 3, 32, 32}}), "channels_first_data"));
  const Finding grey = finding(rgb.explain({{1, 32, 32, 1}}), "channel_count");
  EXPECT_THAT(grey.sentence, HasSubstr("axis 3 must be 3"));
  EXPECT_THAT(grey.fix, HasSubstr("grey to RGB"));
}

TEST(Questions, PaddingThatChangedAfterTheWeightsWereMade) {
  const Explanation told = open("padding_changed").explain();
  const Finding conflict = finding(told, "weights_conflict");
  EXPECT_EQ(conflict.layer, "dense");
  EXPECT_THAT(conflict.sentence, HasSubstr("14·14·2 = 392"));
  EXPECT_THAT(conflict.fix, HasSubstr("padding='valid' in 'conv'"));
}

TEST(Questions, AMaskEndsAtAnLstmThatGivesItsLastState) {
  EXPECT_THAT(output_shapes("mask_lstm_last"),
              ElementsAre("(None, 5, 1)", "(None, 64)", "(None, 64)", "(None, 10)"));
  const Explanation told = open("mask_lstm_last").explain();
  EXPECT_THAT(sentence(told, "masking"), HasSubstr("a mask says which steps are padding"));
  EXPECT_THAT(sentence(told, "lstm"), HasSubstr("the mask ends here"));
  EXPECT_TRUE(has(told, "flatten_of_flat"));
  EXPECT_FALSE(has(told, "mask_before_flatten"));
}

TEST(Questions, AMaskEndsAtFlatten) {
  const Explanation told = open("mask_lstm_sequences").explain();
  EXPECT_EQ(finding(told, "mask_before_flatten").layer, "flatten");
  EXPECT_EQ(layer_of(told, "flatten").outputs[0], "(None, 20)");
}

TEST(Questions, SequencesOfOpenLengthIntoFlatten) {
  const Explanation told = open("lstm_open_steps").explain();
  const Finding open_size = finding(told, "sequence_into_flatten");
  EXPECT_THAT(open_size.sentence, HasSubstr("steps (axis 1 of input 'series')"));
  EXPECT_THAT(open_size.fix, HasSubstr("return_sequences=False"));
}

TEST(Questions, FlattenOfFlatDoesNothing) {
  const Explanation told = open("flatten_of_flat").explain();
  EXPECT_EQ(finding(told, "flatten_of_flat").fix, "it can go");
  EXPECT_THAT(sentence(told, "flatten"), HasSubstr("changes nothing and can go"));
}

// 3. What is Flatten for, when Dense is already "fully connected"? -------------------------------

TEST(Questions, DenseWorksOnTheLastAxis) {
  EXPECT_THAT(output_shapes("dense_flatten_dense"),
              ElementsAre("(None, 3, 16)", "(None, 48)", "(None, 4)"));
  EXPECT_THAT(parameters("dense_flatten_dense"), ElementsAre(48, 0, 196));
  const Summary summary = open("dense_flatten_dense").summary();
  EXPECT_EQ(summary.trainable_parameters, 244);
  EXPECT_EQ(summary.non_trainable_parameters, 0);
  const Explanation told = open("dense_flatten_dense").explain();
  EXPECT_THAT(sentence(told, "dense"),
              HasSubstr("Dense works on the last axis only: (None, 3, 2) → (None, 3, 16)"));
  EXPECT_FALSE(has(told, "dense_on_map"));
}

TEST(Questions, WithoutFlattenTheOutputHasAResultForEachPosition) {
  EXPECT_THAT(output_shapes("dense_dense"), ElementsAre("(None, 3, 16)", "(None, 3, 4)"));
  EXPECT_THAT(parameters("dense_dense"), ElementsAre(48, 68));
  const Explanation told = open("dense_dense").explain({{1, 3, 2}});
  EXPECT_EQ(layer_of(told, "dense_1").outputs[0], "(1, 3, 4)");
  EXPECT_EQ(finding(told, "dense_on_map").severity, Severity::hint);
}

TEST(Questions, ADenseHeadIsFoundBehindLayersThatDoNothing) {
  EXPECT_EQ(finding(open("dropout_last").explain(), "dense_on_map").layer, "dense");
}

TEST(Questions, FlattenFirstLetsEveryNeuronSeeAll) {
  EXPECT_THAT(parameters("flatten_first"), ElementsAre(0, 112));
  EXPECT_THAT(sentence(open("flatten_first").explain(), "dense"),
              HasSubstr("each of the 16 neurons sees all 6 numbers"));
  EXPECT_THAT(sentence(open("pixels").explain(), "dense"),
              HasSubstr("the same 16 neurons at each of the 5 positions see 3 numbers"));
}

// 4. Why is the output size of my model unexpected? ----------------------------------------------

TEST(Questions, FlattenForgotten) {
  EXPECT_EQ(output_shapes("flatten_forgotten").back(), "(None, 5, 5, 10)");
  const Finding forgotten = finding(open("flatten_forgotten").explain(), "dense_on_map");
  EXPECT_EQ(forgotten.severity, Severity::warning);
  EXPECT_THAT(forgotten.sentence, HasSubstr("5·5 = 25 positions"));
  EXPECT_THAT(forgotten.fix, HasSubstr("5·5·64 = 1600 numbers, output (None, 10)"));
  EXPECT_EQ(output_shapes("one_cell_left").back(), "(None, 1, 1, 5)");
  EXPECT_TRUE(has(open("one_cell_left").explain(), "dense_on_map"));
  EXPECT_EQ(output_shapes("flatten_remembered").back(), "(None, 10)");
  EXPECT_FALSE(has(open("flatten_remembered").explain(), "dense_on_map"));
}

TEST(Questions, SameKeepsTheSizeAtStrideOneOnly) {
  EXPECT_THAT(output_shapes("same_strides"),
              ElementsAre("(None, 32, 32, 4)", "(None, 16, 16, 64)", "(None, 16384)", "(None, 1)"));
  EXPECT_THAT(output_shapes("valid_strides"),
              ElementsAre("(None, 31, 31, 4)", "(None, 15, 15, 64)", "(None, 14400)", "(None, 1)"));
  const Explanation told = open("valid_strides").explain();
  EXPECT_THAT(sentence(told, "conv2d"), HasSubstr("64 → 31"));
  EXPECT_EQ(layer_of(told, "conv2d").windows.at(0).dropped, 1);
  EXPECT_THAT(sentence(told, "conv2d"), HasSubstr("is dropped"));
}

// 5. What does it cost? --------------------------------------------------------------------------

TEST(Questions, MostParametersSitBehindFlatten) {
  const Finding share = finding(open("expensive_flatten").explain(), "flatten_dense_share");
  EXPECT_EQ(share.layer, "dense");
  EXPECT_THAT(share.sentence, HasSubstr("32·32·16 = 16384"));
  EXPECT_THAT(share.fix, HasSubstr("GlobalAveragePooling2D instead of Flatten gives 16 numbers, "
                                   "and the Dense 68 parameters"));
}

// Others -----------------------------------------------------------------------------------------

TEST(Explain, ARecordedBatchIsAHint) {
  EXPECT_THAT(finding(open("batch_recorded").explain(), "batch_hard_coded").sentence,
              HasSubstr("a batch of 32"));
}

TEST(Explain, SizesThatEatTheMap) {
  const Explanation told = open("fully_open").explain({{1, 5, 5, 3}});
  EXPECT_EQ(told.findings.at(0).id, "map_eaten");
  EXPECT_THAT(told.fitting.rule, HasSubstr("8x8 and every larger size"));
}

TEST(Explain, NestedModelsAreToldLayerByLayer) {
  const Explanation told = open("nested").explain();
  EXPECT_EQ(layer_of(told, "encoder/flatten").depth, 1U);
  EXPECT_THAT(sentence(told, "encoder/flatten"), HasSubstr("6·6·2 = 72"));
  const Summary summary = open("nested").summary();
  EXPECT_EQ(summary.layers.at(1).nested.size(), 2U);
  EXPECT_EQ(summary.layers[1].parameters, 20);
}

TEST(Explain, GoesOnPastLayersThatNobodyKnows) {
  for (const char* file : {"unknown_layer.keras", "unknown_layer.json"}) {
    const Explanation told = Architecture::load(path_of(file)).explain();
    EXPECT_EQ(layer_of(told, "mystery").outputs[0], "unknown");
    EXPECT_THAT(sentence(told, "mystery"), HasSubstr("unknown from here"));
    EXPECT_EQ(finding(told, "unknown_layer").layer, "mystery");
    // What Keras recorded of the layer behind it tells the shape again.
    EXPECT_EQ(layer_of(told, "after").outputs[0], "(None, 5, 5, 3)");
    EXPECT_THAT(sentence(told, "flatten"), HasSubstr("5·5·3 = 75"));
  }
}

// Keras's counts; what a quantised layer stores is known without the file that stores it.
TEST(Explain, SaysThatKerasRefusesALayerTooOnlyWhereItDoes) {
  const auto fix_of = [](const std::string& refused) {
    const std::string path = KERAUNOS_SOURCE_DIR "/tests/golden/cases/refused/" + refused;
    return finding(Architecture::load(path).explain(), "layer_fails").fix;
  };
  EXPECT_THAT(fix_of("rnn_state_misshapen.keras"), HasSubstr("Keras refuses these shapes too"));
  EXPECT_THAT(fix_of("options_spectral_of_nothing.keras"),
              HasSubstr("the file is not right about this layer"));
}

TEST(Explain, TellsWhatALoadWarnsOfAndLogsNothing) {
  std::vector<std::string> logged;
  set_log_sink([&](LogLevel, std::string_view line) { logged.emplace_back(line); });
  const std::string path = KERAUNOS_SOURCE_DIR "/tests/golden/cases/h5_attention_of_vectors.h5";
  const Finding warned = finding(Architecture::load(path).explain(), "layer_runs_but");
  EXPECT_THAT(logged, IsEmpty());
  Model::load(path);
  set_log_sink({});
  EXPECT_EQ(warned.severity, Severity::warning);
  EXPECT_THAT(warned.sentence, HasSubstr("Keras attends over the batch"));
  EXPECT_THAT(logged, testing::Contains(HasSubstr("Keras attends over the batch")));
}

TEST(Explain, CountsQuantisedWeightsThatAreNotThere) {
  for (const char* file : {"quantized.keras", "quantized.json"}) {
    const Summary summary = Architecture::load(path_of(file)).summary();
    std::vector<std::int64_t> counts;
    for (const LayerSummary& layer : summary.layers) counts.push_back(layer.parameters);
    EXPECT_THAT(counts, ElementsAre(0, 168, 62, 33)) << file;
    EXPECT_EQ(summary.trainable_parameters, 9) << file;
  }
}

TEST(Explain, SummaryOfSizesTellsMemoryAndWork) {
  const Summary summary = open("flatten_5408").summary({{2, 28, 28, 1}});
  EXPECT_TRUE(summary.has_sizes);
  EXPECT_EQ(summary.layers.at(0).sizes.at(0), (Dims{2, 26, 26, 32}));
  EXPECT_EQ(summary.layers[0].bytes, 2 * 26 * 26 * 32 * 4);
  EXPECT_EQ(summary.layers[0].multiply_adds, 2 * 26 * 26 * 32 * 9);
  EXPECT_EQ(summary.layers[3].multiply_adds, 2 * 5408 * 10);
}

TEST(Explain, WrongRanksAreRefusedWithTheShapesThatAreWanted) {
  try {
    open("flatten_5408").explain({{5}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr("(batch, 28, 28, 1)"));
  }
  EXPECT_THROW(open("flatten_5408").explain({{1, 28, 28, 1}, {1}}), Error);
}

TEST(Explain, ALoadedModelTellsTheSameAsItsArchitecture) {
  const Model model = Model::load(path_of("flatten_open.keras"));
  EXPECT_EQ(to_json(model.explain()), to_json(open("flatten_open").explain()));
  EXPECT_EQ(to_json(model.summary()), to_json(open("flatten_open").summary()));
}

TEST(Explain, ThePageHoldsItsDataAndNothingFromOutside) {
  const std::string page = to_html(open("flatten_open").explain(), {{1, 28, 28, 1}});
  EXPECT_THAT(page, HasSubstr("((height-2)//2)*((width-2)//2)*2"));
  EXPECT_THAT(page, Not(HasSubstr("/*DATA*/")));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_EQ(page.find("https://"), std::string::npos);
}

}  // namespace
}  // namespace keraunos
