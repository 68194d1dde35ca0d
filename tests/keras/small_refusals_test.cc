#include <gmock/gmock.h>

#include <fstream>

#include "keraunos/keraunos.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/model_json.hpp"
#include "tests/support/temporary_path.hpp"

// Refusals of one layer or operation in a model of nothing else, written by hand: Keras would not
// have made them.

namespace keraunos {
namespace {

using namespace model_json;
using ::testing::HasSubstr;

struct Refusal {
  std::string name;
  std::string input;       // its shape
  std::string class_name;  // of keras.ops; of another module where `module` says so
  std::string config;      // members behind the name
  std::string args;        // of the call; the input where empty
  std::string kwargs;
  std::string words;
  std::string module = "\"keras.src.ops.numpy\"";
  std::string dtype = "float32";
};

std::string message_about(const Refusal& refusal) {
  const std::string x =
      layer("InputLayer", "x", {},
            fmt::format(R"(, "dtype": "{}", "batch_shape": {})", refusal.dtype, refusal.input));
  const std::string shape = fmt::format(
      R"({{"module": "keras.src.ops.numpy", "class_name": "Shape", "registered_name": "Shape",
          "name": "sizes", "config": {{"name": "sizes"}},
          "inbound_nodes": [{{"args": [{}], "kwargs": {{}}}}]}})",
      tensor("x"));
  const std::string refused = fmt::format(
      R"({{"module": {}, "class_name": "{}", "registered_name": "{}", "name": "it",
          "config": {{"name": "it"{}}}, "inbound_nodes": [{{"args": [{}], "kwargs": {{{}}}}}]}})",
      refusal.module, refusal.class_name, refusal.class_name, refusal.config,
      refusal.args.empty() ? tensor("x") : refusal.args, refusal.kwargs);
  const std::string path = temporary_path("model.json");
  std::ofstream(path) << functional("m", {x, shape, refused}, "x", "it");
  LoadOptions options;
  options.zero_weights = true;
  return message_of([&] { Model::load(path, options); });
}

const std::string numeric = R"({"class_name": "NumericColumn", "config": {"key": "x", "shape": [1],
    "default_value": null, "dtype": "float32", "normalizer_fn": null}})";
const std::string bucketized =
    R"({"class_name": "BucketizedColumn", "config": {"source_column": )" + numeric +
    R"(, "boundaries": [2.0, 1.0]}})";
const std::string layers = "\"keras.layers\"";

const Refusal refusals[] = {
    {"ResizeOfThreeSizes", "[null, 8, 8, 3]", "Resize", R"(, "size": [1, 2, 3])", "", "",
     "key 'size': 3 numbers, 2 wanted"},
    {"ScatterBelowNothing", "[null, 4]", "Scatter", R"(, "shape": [-3, 4])",
     tensor("x") + ", " + tensor("x"), "", "key 'shape': a size of -3"},
    {"ReshapeToNone", "[null, 4]", "Reshape", R"(, "newshape": [null, 2])", "", "",
     "'newshape' holds None: an open axis, whose size Keras did not record and needs to run; -1, "
     "or "
     "the size itself, says what is meant"},
    {"SizesNestedTooDeep", "[null, 4]", "Reshape", R"(, "newshape": [[[[[[2]]]]]])", "", "",
     "'newshape' is nested too deep"},
    {"SizesOfADict", "[null, 4]", "BroadcastTo", "", "", R"("shape": {"a": )" + tensor("x") + "}",
     "'shape' is a dict with tensors; sizes are supported"},
    {"SizeOfTwoNumbers", "[null, 4]", "Eye", R"(, "num_rows": [2, 3])", "", "",
     "'num_rows' has 2 numbers, 1 wanted"},
    {"EnsuredRank", "[null, 4]", "EnsureShape", R"(, "shape": [null])", "", "",
     "'shape' has not the rank of (None, 4)"},
    {"EnsuredSize", "[null, 1]", "EnsureShape", R"(, "shape": [null, 3])", "", "",
     "(None, 1) is not the shape that is ensured: [null,3]"},
    {"RangeToNoNumber", "[null, 4]", "Range", "", "NaN", "",
     "'limit' is no number that a range can be counted with"},
    {"RangeToData", "[null, 4]", "Range", "", "", "",
     "'limit' is computed from more than the shapes of tensors: how long the range is depends on "
     "data, which is not supported"},
    {"RangeInNoSteps", "[null, 4]", "Range", "", "1, 5, 0", "", "a range in steps of 0"},
    {"MaskOfAnyLength", "[null]", "SequenceMask", "", "", "",
     "called without 'maxlen': the largest of the lengths decides the shape then, which depends on "
     "data and is not supported"},
    {"IndexOfSeveral", "[null, 4]", "GetItem", "", tensor("x") + ", " + tensor("sizes"), "",
     "a list as an index is not supported"},
    {"SliceOfUnevenBounds", "[null, 4]", "StridedSlice", R"(, "begin": [0], "end": [1, 2])", "", "",
     "begin, end and strides have 1, 2 and 1 numbers"},
    {"BucketsNotAscending", "[null, 1]", "DenseFeatures",
     R"(, "partitioner": null, "feature_columns": [)" + bucketized + "]",
     R"({"x": )" + tensor("x") + "}", "", "key 'boundaries': [2.0,1.0] are not ascending numbers",
     layers},
    {"ColumnOfStrings", "[null, 1]", "DenseFeatures",
     R"(, "partitioner": null, "feature_columns": [)" + numeric + "]",
     R"({"x": )" + tensor("x") + "}", "", "input 'x': a column of numbers is called on strings",
     layers, "string"},
    {"LocalWindowsTooMany", "[null, 100000, 1]", "LocallyConnected1D",
     R"(, "filters": 1, "kernel_size": [1000], "strides": [1], "padding": "valid",
        "data_format": "channels_last", "activation": "linear", "use_bias": true,
        "implementation": 1)",
     "", "", "windows of 99001000 cells in all are not supported; up to 16777216 are", layers},
    {"EncodingOfNoList", "[null, 4]", "MultiCategoryEncoding", R"(, "encoding": 3)", "", "",
     "key 'encoding': missing, or no list", "\"autokeras\""},
    {"EncodingOfOtherColumns", "[null, 4]", "MultiCategoryEncoding", R"(, "encoding": ["none"])",
     "", "", "key 'encoding': 1 columns, but the input is (None, 4)", "\"autokeras\""},
    {"AxisOfTheBatch", "[null, 4]", "InstanceNormalization",
     R"(, "axis": 0, "epsilon": 0.001, "center": true, "scale": true)", "", "",
     "key 'axis': 0 is the batch", "\"keras_contrib.layers.normalization.instancenormalization\""},
};

class SmallRefusal : public ::testing::TestWithParam<Refusal> {};

TEST_P(SmallRefusal, SaysWhy) {
  EXPECT_THAT(message_about(GetParam()), HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(All, SmallRefusal, ::testing::ValuesIn(refusals),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace keraunos
