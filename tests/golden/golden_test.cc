#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "keraunos/keraunos.hpp"
#include "runtime/file/json.hpp"

// Every case that real Keras made (make_golden.py), run on the CPU: each file holds a model, inputs
// r0.input_0, r0.input_1, ... and the outputs that Keras gave, r0.output_0, ...

namespace keraunos {
namespace {

const std::string cases_dir = KERAUNOS_SOURCE_DIR "/tests/golden/cases/";

std::string read_text(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string text_or(const file::Json& object, const char* key, const std::string& fallback) {
  const auto found = object.find(key);
  return found ? std::string(found->as_string()) : fallback;
}

Model load_model(const std::string& file, const std::string& weights) {
  LoadOptions options;
  if (!weights.empty()) options.weights = cases_dir + weights;
  return Model::load(cases_dir + file, options);
}

struct GoldenCase {
  std::string name;
  std::string file;
  std::string weights;  // or empty
  double rtol = 1e-5;
  double atol = 1e-5;
};

void PrintTo(const GoldenCase& it, std::ostream* out) { *out << it.name; }

std::vector<GoldenCase> load_index() {
  std::vector<GoldenCase> cases;
  for (const file::Json entry : file::Json::parse(read_text(cases_dir + "index.json")).elements()) {
    GoldenCase it{.name = std::string(entry.at("name").as_string()), .file = {}, .weights = {}};
    it.file = text_or(entry, "file", it.name + ".keras");
    it.weights = text_or(entry, "weights", "");
    if (const auto rtol = entry.find("rtol")) it.rtol = rtol->as_double();
    if (const auto atol = entry.find("atol")) it.atol = atol->as_double();
    cases.push_back(it);
  }
  return cases;
}

// The tensors of one run, "r0.input_0" and so on, in order; empty where there is no such run.
std::vector<const Tensor*> select(const NamedTensors& arrays, int run, const std::string& kind) {
  std::vector<const Tensor*> found;
  for (std::size_t i = 0;; ++i) {
    const std::string name = "r" + std::to_string(run) + "." + kind + "_" + std::to_string(i);
    const Tensor* tensor = nullptr;
    for (const auto& [key, value] : arrays) {
      if (key == name) tensor = &value;
    }
    if (tensor == nullptr) return found;
    found.push_back(tensor);
  }
}

bool strings_equal(const Tensor& actual, const Tensor& expected) {
  const auto a = actual.as<StringElement>();
  const auto b = expected.as<StringElement>();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.view() == y.view(); });
}

// The largest |a - b| / (atol + rtol * |b|); above 1 is a failure. Equal NaNs and infinities fit.
double worst_error(const Tensor& actual, const Tensor& expected, const GoldenCase& it) {
  if (expected.dtype() == DType::string) return strings_equal(actual, expected) ? 0 : INFINITY;
  const Tensor a = actual.cast(DType::float64);
  const Tensor b = expected.cast(DType::float64);
  double worst = 0;
  for (std::size_t i = 0; i < a.as<double>().size(); ++i) {
    const double x = a.as<double>()[i];
    const double y = b.as<double>()[i];
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double error = std::abs(x - y) / (it.atol + it.rtol * std::abs(y));
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  }
  return worst;
}

void expect_equals_keras(const GoldenCase& it, Kernels kernels) {
  const NamedTensors arrays = load_npz(cases_dir + it.name + ".npz");
  Session session(load_model(it.file, it.weights), {.device = Device::cpu, .kernels = kernels});

  int runs = 0;
  for (auto inputs = select(arrays, runs, "input"); !inputs.empty();
       inputs = select(arrays, ++runs, "input")) {
    SCOPED_TRACE("run " + std::to_string(runs));
    std::vector<TensorView> views;
    for (const Tensor* input : inputs) views.push_back(input->view());
    const std::vector<Tensor> outputs = session.run(views);
    const auto expected = select(arrays, runs, "output");
    ASSERT_EQ(outputs.size(), expected.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      ASSERT_EQ(outputs[i].dims(), expected[i]->dims()) << "output " << i;
      ASSERT_EQ(outputs[i].dtype(), expected[i]->dtype()) << "output " << i;
      EXPECT_LE(worst_error(outputs[i], *expected[i], it), 1)
          << "output " << i << ", in units of " << it.atol << " + " << it.rtol << " * |expected|";
    }
  }
  EXPECT_GE(runs, 1);
}

class Golden : public testing::TestWithParam<GoldenCase> {};

TEST_P(Golden, EqualsKeras) { expect_equals_keras(GetParam(), Kernels::fastest); }

TEST_P(Golden, EqualsKerasOnReferenceKernels) {
  expect_equals_keras(GetParam(), Kernels::reference);
}

INSTANTIATE_TEST_SUITE_P(Keras, Golden, testing::ValuesIn(load_index()),
                         [](const auto& test) { return test.param.name; });

struct RefusedCase {
  std::string name;
  std::string file;
  std::string weights;
  std::vector<std::string> words;
};

void PrintTo(const RefusedCase& it, std::ostream* out) { *out << it.name; }

std::vector<RefusedCase> load_refused() {
  std::vector<RefusedCase> cases;
  const auto index = file::Json::parse(read_text(cases_dir + "refused/index.json"));
  for (const auto [name, entry] : index.members()) {
    RefusedCase it{.name = std::string(name), .file = {}, .weights = {}, .words = {}};
    it.file = "refused/" + (entry.is_object() ? text_or(entry, "file", "") : it.name + ".keras");
    if (entry.is_object() && entry.contains("weights")) {
      it.weights = "refused/" + text_or(entry, "weights", "");
    }
    const file::Json words = entry.is_object() ? entry.at("words") : entry;
    for (const file::Json word : words.elements()) it.words.emplace_back(word.as_string());
    cases.push_back(it);
  }
  return cases;
}

class Refused : public testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, NamesTheReason) {
  try {
    load_model(GetParam().file, GetParam().weights);
    FAIL() << "the model was accepted";
  } catch (const Error& error) {
    for (const std::string& word : GetParam().words) {
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos)
          << "'" << word << "' is not in: " << error.what();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Keras, Refused, testing::ValuesIn(load_refused()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace keraunos
