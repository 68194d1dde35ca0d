#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <span>

#include "keraunos/keraunos.hpp"
#include "runtime/file/zip_writer.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/temporary_path.hpp"

// What people take for models: the refusal says what it is and what to do.

namespace keraunos {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

std::string file_of(const std::string& content, const std::string& name) {
  const std::string path = temporary_path(name);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string message_about(const std::string& path) {
  return message_of([&] { Model::load(path); });
}

struct Foreign {
  std::string name;
  std::string content;
  std::string words;
};

class ForeignFile : public ::testing::TestWithParam<Foreign> {};

TEST_P(ForeignFile, IsNamedWithAWayOut) {
  EXPECT_THAT(message_about(file_of(GetParam().content, "model.keras")),
              HasSubstr(GetParam().words));
}

const Foreign foreign_files[] = {
    {"LfsPointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00ff\nsize 31254440\n",
     "this is a Git LFS pointer, not the model: the file of 31254440 bytes that it stands for was "
     "not fetched; run 'git lfs pull'"},
    {"LfsPointerCut", "version https://git-lfs.github.com/spec/v1\noid sha", "of unknown bytes"},
    {"HtmlPage", "\n<!DOCTYPE html><html><body>Not Found</body></html>", "this is an HTML page"},
    {"Xhtml", "<?xml version=\"1.0\"?><html>", "this is an HTML page"},
    {"Pickle", "\x80\x04\x95\x0a\0\0\0\0\0\0\0}\x94s."s, "this is a Python pickle"},
    {"OldPickle", "ccopy_reg\n_reconstructor\np0\n", "this is a Python pickle"},
    {"TfLite", "\x1c\0\0\0TFL3\x14\0"s, "this is a TensorFlow Lite model"},
    {"Onnx", "\x08\x0e\x12\x07tf2onnx:3\x0a\x0c"s, "this is an ONNX model"},
    {"OnnxOfNobody", "\x08\x0e:3\x0a\x0c\x0a\x01x"s, "this is an ONNX model"},
    {"SavedModel", "\x08\x01\x12\x9c\xd8\x01\x0a\x9b"s,
     "saved_model.pb of a TensorFlow SavedModel"},
    {"FrozenGraph", "\x0a;\x0a\x01x\x12\x0bPlaceholder*\x0b"s, "this is a frozen graph"},
    {"Yaml", "backend: tensorflow\nclass_name: Sequential\nconfig:\n", "this is a model in YAML"},
    {"Checkpoint", "model_checkpoint_path: \"w\"\n", "this is a part of a TensorFlow checkpoint"},
    {"CheckpointIndex", "\0\0\x06\x08\x01\x1a\x02\x08\x01\0\x1c\x0e_CHECK"s,
     "this is a part of a TensorFlow checkpoint"},
    {"Numpy", "\x93NUMPY\x01\0"s, "this is a numpy array, not a model"},
    {"Safetensors", "8\0\0\0\0\0\0\0{\"a\":{}}"s, "these are weights in safetensors"},
    {"Gguf", "GGUF\x03\0\0\0"s, "this is a GGUF model"},
    {"Gzip", "\x1f\x8b\x08\0"s, "this is a compressed archive"},
    {"Tar", std::string(257, 'a') + "ustar", "this is a compressed archive"},
    {"MacCompanion", "\0\x05\x16\x07\0\x02"s, "this is a companion file of macOS"},
    {"Picture", "\x89PNG\r\n\x1a\n\0"s, "this is a picture or a PDF"},
    {"Text", "import keras\n",
     "this is a text, neither a model nor weights; it begins with: import keras"},
    {"Bytes", "\x01\x02\x03\x04"s, "zip"},
    {"OtherJson", R"({"accuracy": [0.5]})",
     R"(this JSON is no model of Keras, which has the keys class_name and config: {"accuracy")"},
    {"TensorFlowJsGraph", R"({"format": "graph-model", "modelTopology": {"node": []}})",
     "this is a graph model of TensorFlow.js"},
    {"JsonInAString", R"("{\"a\": 1}")", "this JSON is no model of Keras"},
    {"ListInAString", R"("{")", "not JSON"},
};

INSTANTIATE_TEST_SUITE_P(Files, ForeignFile, ::testing::ValuesIn(foreign_files),
                         [](const auto& test) { return test.param.name; });

std::string zip_of(const std::vector<std::string>& names) {
  const std::string path = temporary_path("model.keras");
  file::ZipWriter zip(path);
  for (const std::string& name : names) {
    const std::span<const std::byte> content = std::as_bytes(std::span(name));
    zip.add(name, {&content, 1});
  }
  zip.finish();
  return path;
}

TEST(ForeignArchive, IsToldByItsNames) {
  const auto message = [](const std::vector<std::string>& names) {
    return message_about(zip_of(names));
  };
  EXPECT_THAT(message({"archive/data.pkl", "archive/data/0"}), HasSubstr("PyTorch"));
  EXPECT_THAT(message({"model/saved_model.pb"}), HasSubstr("this is a TensorFlow SavedModel"));
  EXPECT_THAT(message({"[Content_Types].xml"}), HasSubstr("Microsoft Office"));
  EXPECT_THAT(message({"arr_0.npy"}), HasSubstr("these are numpy arrays (.npz)"));
  EXPECT_THAT(message({"w.index", "w.data-00000-of-00001"}), HasSubstr("TensorFlow checkpoint"));
  EXPECT_THAT(message({"m/config.json", "m/metadata.json"}),
              HasSubstr("the members lie in a folder 'm' of the archive"));
  EXPECT_THAT(message({"best.h5"}), HasSubstr("this archive holds 'best.h5': unpack it"));
  EXPECT_THAT(message({"other"}), HasSubstr("metadata.json: not in the archive"));
}

TEST(ForeignFolder, IsToldByItsNames) {
  const std::filesystem::path folder = temporary_path("folder");
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "model.h5") << "x";
  EXPECT_THAT(message_about(folder), HasSubstr("this is a folder; open the file 'model.h5' in it"));
  std::ofstream(folder / "w.index") << "x";
  EXPECT_THAT(message_about(folder), HasSubstr("this is a TensorFlow checkpoint"));
}

TEST(ForeignHdf5, IsToldByWhatItHolds) {
  EXPECT_THAT(message_about(KERAUNOS_SOURCE_DIR "/tests/file/data/earliest.h5"),
              HasSubstr("this HDF5 file is of something else than Keras: it has neither a "
                        "model_config nor the weights of layers; it holds attributes, chunked"));
}

// Layers of the two forms in which people have a model's JSON besides to_json().
constexpr const char* dense = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "Dense", "config": {"name": "score", "units": 2, "activation": "softmax",
     "use_bias": true, "batch_input_shape": [null, 3], "dtype": "float32"}}]}})";

TEST(ModelJson, OfTensorFlowJsIsExplainedAndSaysWhereItsWeightsAre) {
  for (const std::string& topology :
       {dense + ""s, R"({"keras_version": "tfjs-layers 1.3.1", "model_config": )"s + dense + "}"}) {
    const std::string path = file_of(
        R"({"format": "layers-model", "weightsManifest": [], "modelTopology": )" + topology + "}",
        "model.json");
    EXPECT_EQ(Architecture::load(path).summary().layers.back().output_shapes.at(0), "(None, 2)");
    EXPECT_THAT(message_about(path), HasSubstr("--output_format keras model.json model.h5"));
  }
}

TEST(ModelJson, MayBeWrittenAsAStringAndBeginWithAByteOrderMark) {
  std::string quoted = "\"";
  for (const char* c = dense; *c != '\0'; ++c) {
    if (*c == '"') quoted += '\\';
    if (*c != '\n') quoted += *c;
  }
  for (const std::string& text : {quoted + "\"", "\xEF\xBB\xBF"s + dense}) {
    LoadOptions zeros;
    zeros.zero_weights = true;
    EXPECT_EQ(Model::load(file_of(text, "model.json"), zeros).outputs().size(), 1U);
  }
}

}  // namespace
}  // namespace keraunos
