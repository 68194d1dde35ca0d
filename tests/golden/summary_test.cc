#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "keraunos/keraunos.hpp"
#include "keraunos/npz.hpp"
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
  std::optional<Json> wanted;
};

void PrintTo(const SummaryCase& it, std::ostream* out) { *out << it.name; }

std::vector<SummaryCase> load_cases() {
  const Json summaries = read_json(cases_dir + "summaries.json");
  const Json index = read_json(cases_dir + "index.json");
  std::vector<SummaryCase> cases;
  for (const Json entry : index.elements()) {
    const std::string name(entry.at("name").as_string());
    const auto file = entry.find("file");
    const auto weights = entry.find("weights");
    cases.push_back({name, cases_dir + (file ? std::string(file->as_string()) : name + ".keras"),
                     weights ? cases_dir + std::string(weights->as_string()) : "",
                     summaries.find(name)});
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

// "dense Dense [", 4)"] 20 20", a line for each layer, those of nested models indented.
void list_wanted(const Json& rows, std::string indent, std::vector<std::string>& lines) {
  for (const Json row : rows.elements()) {
    const std::int64_t parameters = row[3].as_int64();
    const std::int64_t trainable = row.size() > 4 ? row[4].as_int64() : parameters;
    lines.push_back(fmt::format("{}{} {} {} {} {}", indent, row[0].as_string(), row[1].as_string(),
                                shapes_of(row), parameters, trainable));
    if (row.size() > 5) list_wanted(row[5], indent + "  ", lines);
  }
}

void list_told(const std::vector<LayerSummary>& rows, std::string indent,
               std::vector<std::string>& lines) {
  for (const LayerSummary& row : rows) {
    std::vector<std::string> shapes;
    for (const std::string& shape : row.output_shapes) shapes.push_back(without_batch(shape));
    lines.push_back(fmt::format("{}{} {} {} {} {}", indent, row.name, row.class_name, shapes,
                                row.parameters, row.trainable_parameters));
    list_told(row.nested, indent + "  ", lines);
  }
}

// Where Keraunos tells other layers than the model that Keras described, on purpose.
const std::map<std::string, std::string> other_layers = {
    {"whole_h5_fixed_dropout", "edited: the file has another class"},
    {"h5_contrib_normalizations", "edited: the file has keras-contrib's classes"},
    {"tf_nodes", "edited: nodes of TensorFlow 2.0 stand for its functions"},
    {"tf_nodes_of_cells", "edited: nodes of TensorFlow 2.0 stand for its functions"},
    {"tf_nodes_of_sizes", "edited: nodes of TensorFlow 2.0 stand for its functions"},
    {"whole_h5_cudnn_gru", "edited: the file has another class"},
    {"whole_h5_cudnn_lstm", "edited: the file has another class"},
    {"cudnn_gru", "edited: the file has another class"},
    {"cudnn_lstm", "edited: the file has another class, with more biases"},
    {"keras1_nested", "edited: the file has another class"},
    {"names_with_slashes", "edited: the file has other names"},
    {"int4_packed_by_rows", "edited: the kernel is packed along the other axis"},
    {"multi_gpu_in_json", "the copies for several GPUs are one model"},
    {"multi_gpu_of_functional", "the copies for several GPUs are one model"},
    {"multi_gpu_of_sequential", "the copies for several GPUs are one model"},
};

// Where Keras's table has another shape than its layers give when they run, or leaves a size open
// that follows from the others: here names, classes and parameters are compared alone.
const std::string of_einsum = "Keras leaves open what the equation keeps";
const std::string of_batch = "Keras's table counts the batch twice";
const std::string of_ranks = "Keras's table has the shape of a lower rank";
const std::string of_scores = "Keras's table has the scores of queries among themselves";
const std::map<std::string, std::string> other_shapes = {
    {"dense_glu", "Keras does not know that glu halves the units"},
    {"activation_glu", "Keras does not know that glu halves the units"},
    {"activation_glu_none", "Keras does not know that glu halves the units"},
    {"activation_glu_rank4", "Keras does not know that glu halves the units"},
    {"augmentations", "RandomCrop of a smaller image resizes it, whatever Keras says"},
    {"augmentations_uint8", "RandomCrop of a smaller image resizes it, whatever Keras says"},
    {"category_encoding_rank3", of_ranks},
    {"string_lookup_rank3", of_ranks},
    {"hashing", of_ranks},
    {"hashing_int", of_ranks},
    {"text_vectorization", "Keras's table keeps the axis of one text"},
    {"text_vectorization_adapted_tf_idf", "Keras's table keeps the axis of one text"},
    {"text_vectorization_whole", "the longest text is known"},
    {"einsum_dense_capitals", of_einsum},
    {"einsum_dense_ellipsis_rank4", "Keras's table has the axes in another order"},
    {"einsum_dense_heads", of_einsum},
    {"einsum_dense_join_heads", of_einsum},
    {"einsum_dense_kernel_permuted", of_einsum},
    {"einsum_dense_kernel_transposed", of_einsum},
    {"einsum_dense_output_permuted", of_einsum},
    {"einsum_dense_sequence", of_einsum},
    {"h5_augmentation", "at inference the layers keep the sizes, which Keras leaves open"},
    {"h5_random_height_and_width",
     "at inference the layers keep the sizes, which Keras leaves open"},
    {"heads_keras_masks_scores", of_scores},
    {"heads_rank4_scores", of_scores},
    {"heads_scores", of_scores},
    {"mel_spectrogram_channels", "Keras's table leaves the channels out"},
    {"ops_adaptive_pools", of_batch},
    {"tf_image_places", "TensorFlow leaves the sides open after a turn"},
    {"tf_size_slices", "TensorFlow leaves sizes open that are known"},
};

std::string without_shapes(const std::string& line) {
  return line.substr(0, line.find('[')) + line.substr(line.rfind(']') + 1);
}

std::vector<std::string> formulas_of_outputs(const Model& model) {
  std::vector<std::string> formulas;
  for (const TensorInfo& output : model.outputs()) {
    for (const Axis& axis : output.axes) formulas.push_back(axis.formula);
    formulas.emplace_back(to_string(output.dtype));
  }
  return formulas;
}

class GoldenSummary : public testing::TestWithParam<SummaryCase> {};

TEST_P(GoldenSummary, IsKerass) {
  if (!GetParam().wanted) FAIL() << "no summary: make_golden.py --summaries " << GetParam().name;
  const auto known = other_layers.find(GetParam().name);
  if (known != other_layers.end()) GTEST_SKIP() << known->second;
  const Summary told = Architecture::load(GetParam().file, GetParam().weights).summary();
  const Json& wanted = *GetParam().wanted;
  EXPECT_EQ(told.trainable_parameters, wanted[0].as_int64());
  EXPECT_EQ(told.non_trainable_parameters, wanted[1].as_int64());
  std::vector<std::string> wanted_lines;
  std::vector<std::string> told_lines;
  list_wanted(wanted[2], "", wanted_lines);
  list_told(told.layers, "", told_lines);
  if (other_shapes.contains(GetParam().name)) {
    for (auto* lines : {&wanted_lines, &told_lines}) {
      std::transform(lines->begin(), lines->end(), lines->begin(), without_shapes);
    }
  }
  std::sort(wanted_lines.begin(), wanted_lines.end());
  std::sort(told_lines.begin(), told_lines.end());
  EXPECT_EQ(told_lines, wanted_lines);
}

std::vector<Dims> inputs_of_first_run(const std::string& name) {
  std::map<std::size_t, Dims> shapes;
  const std::string prefix = "r0.input_";
  for (const auto& [key, tensor] : load_npz(cases_dir + name + ".npz")) {
    if (key.starts_with(prefix)) shapes[std::stoul(key.substr(prefix.size()))] = tensor.dims();
  }
  std::vector<Dims> ordered;
  for (const auto& [position, dims] : shapes) ordered.push_back(dims);
  return ordered;
}

TEST_P(GoldenSummary, IsPlannedWithoutWeights) {
  LoadOptions options;
  options.weights = GetParam().weights;
  const Model whole = Model::load(GetParam().file, options);
  options.zero_weights = true;
  const Model zeros = Model::load(GetParam().file, options);
  EXPECT_EQ(formulas_of_outputs(zeros), formulas_of_outputs(whole));
  SessionOptions on_cpu;
  on_cpu.device = Device::cpu;
  EXPECT_FALSE(Session(zeros, on_cpu).plan(inputs_of_first_run(GetParam().name)).steps.empty());
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
