#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "keraunos/keraunos.hpp"
#include "runtime/file/json.hpp"

// What summary and explain tell of the golden cases, against what Keras's own model.summary() told
// (summaries.py).

namespace keraunos {
namespace {

using file::Json;

const std::string cases_dir = KERAUNOS_SOURCE_DIR "/tests/golden/cases/";

Json read_json(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return Json::parse(text.str());
}

struct SummaryCase {
  std::string name;
  std::string file;
  std::string weights;  // or empty
  Json wanted;
};

void PrintTo(const SummaryCase& it, std::ostream* out) { *out << it.name; }

std::vector<SummaryCase> load_cases() {
  const Json summaries = read_json(cases_dir + "summaries.json");
  const Json index = read_json(cases_dir + "index.json");
  std::vector<SummaryCase> cases;
  for (const Json entry : index.elements()) {
    const std::string name(entry.at("name").as_string());
    const auto wanted = summaries.find(name);
    if (!wanted) continue;
    const auto file = entry.find("file");
    const auto weights = entry.find("weights");
    cases.push_back({name, cases_dir + (file ? std::string(file->as_string()) : name + ".keras"),
                     weights ? cases_dir + std::string(weights->as_string()) : "", *wanted});
  }
  return cases;
}

// As Keras prints a shape, without the batch: a recorded one is never kept.
std::string without_batch(const std::string& shape) {
  const std::size_t comma = shape.find(',');
  return comma == std::string::npos ? shape : shape.substr(comma);
}

std::vector<std::string> shapes_of(const Json& row) {
  std::vector<std::string> shapes;
  if (row[2].is_string()) return {without_batch(std::string(row[2].as_string()))};
  for (const Json shape : row[2].elements()) {
    shapes.push_back(without_batch(std::string(shape.as_string())));
  }
  return shapes;
}

// Keras has one class for all functions of TensorFlow; here it is the operation that they become.
std::string_view class_of(std::string_view name, std::string_view class_name) {
  return name.starts_with("tf.") ? "function" : class_name;
}

// "dense Dense [", 4)"] 20 20", a line for each layer, those of nested models indented.
void list_wanted(const Json& rows, std::string indent, std::vector<std::string>& lines) {
  for (const Json row : rows.elements()) {
    const std::int64_t parameters = row[3].as_int64();
    const std::int64_t trainable = row.size() > 4 ? row[4].as_int64() : parameters;
    lines.push_back(fmt::format("{}{} {} {} {} {}", indent, row[0].as_string(),
                                class_of(row[0].as_string(), row[1].as_string()), shapes_of(row),
                                parameters, trainable));
    if (row.size() > 5) list_wanted(row[5], indent + "  ", lines);
  }
}

void list_told(const std::vector<LayerSummary>& rows, std::string indent,
               std::vector<std::string>& lines) {
  for (const LayerSummary& row : rows) {
    std::vector<std::string> shapes;
    for (const std::string& shape : row.output_shapes) shapes.push_back(without_batch(shape));
    lines.push_back(fmt::format("{}{} {} {} {} {}", indent, row.name,
                                class_of(row.name, row.class_name), shapes, row.parameters,
                                row.trainable_parameters));
    list_told(row.nested, indent + "  ", lines);
  }
}

// Where Keraunos tells something else on purpose, or not yet Keras's number.
const std::map<std::string, std::string> known_differences = {
    {"augmentations_uint8", "RandomCrop of a smaller image resizes it, whatever Keras says"},
    {"dense_glu", "Keras does not know that glu halves the units"},
    {"tf_size_pooling", "a function that becomes two operations has a row for each"},
    {"tf_nodes_of_cells", "a function that becomes two operations has a row for each"},
    {"whole_h5_fixed_dropout", "edited: the file has another class"},
    {"cudnn_gru", "edited: the file has another class"},
    {"cudnn_lstm", "edited: the file has another class, with more biases"},
    {"keras1_nested", "edited: the file has another class"},
    {"h5_random_height_and_width",
     "at inference they change nothing; Keras leaves their sizes open"},
    {"int4_packed_by_rows", "edited: the kernel is packed along the other axis"},
    {"int4_blocks_untied_reversible", "the kernel of the way back is counted when it is used"},
    {"int4_by_row_untied_reversible", "the kernel of the way back is counted when it is used"},
    {"int4_inputs_untied_reversible", "the kernel of the way back is counted when it is used"},
    {"int4_untied_reversible", "the kernel of the way back is counted when it is used"},
    {"int8_untied_reversible", "the kernel of the way back is counted when it is used"},
    {"int8_weights_only_untied_reversible",
     "the kernel of the way back is counted when it is used"},
};

class GoldenSummary : public testing::TestWithParam<SummaryCase> {};

TEST_P(GoldenSummary, IsKerass) {
  const auto known = known_differences.find(GetParam().name);
  if (known != known_differences.end()) GTEST_SKIP() << known->second;
  const Summary told = Architecture::load(GetParam().file, GetParam().weights).summary();
  const Json& wanted = GetParam().wanted;
  EXPECT_EQ(told.trainable_parameters, wanted[0].as_int64());
  EXPECT_EQ(told.non_trainable_parameters, wanted[1].as_int64());
  std::vector<std::string> wanted_lines;
  std::vector<std::string> told_lines;
  list_wanted(wanted[2], "", wanted_lines);
  list_told(told.layers, "", told_lines);
  std::sort(wanted_lines.begin(), wanted_lines.end());
  std::sort(told_lines.begin(), told_lines.end());
  EXPECT_EQ(told_lines, wanted_lines);
}

TEST_P(GoldenSummary, FindsNoErrorWhereKerasRuns) {
  const Explanation told = Architecture::load(GetParam().file, GetParam().weights).explain();
  for (const Finding& finding : told.findings) {
    EXPECT_NE(finding.severity, Severity::error) << finding.layer << ": " << finding.sentence;
  }
}

INSTANTIATE_TEST_SUITE_P(Keras, GoldenSummary, testing::ValuesIn(load_cases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace keraunos
