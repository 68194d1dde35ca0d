#include "runtime/keras/foreign_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "runtime/file/printable.hpp"

namespace keraunos::keras {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t looked_at = 4096;  // bytes at the beginning that are searched

// Files by their first bytes --------------------------------------------------------------------

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lowered;
}

bool is_html(std::string_view text) {
  const std::string start = lower(text.substr(0, 512));
  const std::size_t first = start.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == std::string::npos) return false;
  const std::string_view rest = std::string_view(start).substr(first);
  return rest.starts_with("<!doctype html") || rest.starts_with("<html") ||
         (rest.starts_with("<?xml") && contains(rest, "<html"));
}

// Protocols 2 to 5 begin with a byte 0x80; protocol 0 names a module and a class.
bool is_pickle(std::string_view text) {
  const bool binary = text.size() > 2 && text[0] == '\x80' && text[1] >= 2 && text[1] <= 5;
  return binary || text.starts_with("ccopy_reg\n") || text.starts_with("c__main__\n") ||
         text.starts_with("ckeras");
}

// ModelProto: ir_version, then the producer's name, the graph or the operator sets.
bool is_onnx(std::string_view text) {
  return text.size() > 4 && text[0] == '\x08' && text[1] >= 2 && text[1] <= 32 &&
         contains("\x12\x3a\x42"sv, text.substr(2, 1));
}

// SavedModel: its schema version, which is 1, then a MetaGraphDef.
bool is_saved_model(std::string_view text) { return text.starts_with("\x08\x01\x12"sv); }

// GraphDef: a list of nodes, each with a name and an operation.
bool is_frozen_graph(std::string_view text) {
  return text.starts_with("\x0a") && contains(text, "Placeholder"sv);
}

bool is_yaml(std::string_view text) {
  return contains(text, "class_name: Sequential") || contains(text, "class_name: Functional") ||
         contains(text, "class_name: Model");
}

// The list of checkpoints, or a table whose first entry says that there is one shard.
bool is_checkpoint(std::string_view text) {
  return text.starts_with("model_checkpoint_path:") ||
         contains(text.substr(0, 16), "\x08\x01\x1a\x02\x08\x01"sv);
}

// A length of eight bytes, then JSON.
bool is_safetensors(std::string_view text) {
  return text.size() > 10 && text.substr(5, 5) == "\0\0\0{\""sv;
}

constexpr auto starts_with_any = [](std::string_view text, auto... signatures) {
  return (text.starts_with(signatures) || ...);
};

struct ForeignFile {
  bool (*matches)(std::string_view text);
  std::string_view what;
};

// The first that matches counts.
constexpr std::array foreign_files = {
    ForeignFile{is_html,
                "this is an HTML page, not a model: a download gave the page about the file, or an "
                "error; download the file itself (on GitHub its 'raw' address)"},
    ForeignFile{is_pickle,
                "this is a Python pickle, which holds code: load it in Python and save the model "
                "with model.save('model.keras')"},
    ForeignFile{[](std::string_view text) { return text.substr(0, 8).ends_with("TFL3"); },
                "this is a TensorFlow Lite model, in which Keras's layers are gone: take the "
                "Keras model that it was converted from"},
    ForeignFile{is_onnx,
                "this is an ONNX model, in which Keras's layers are gone: take the Keras model "
                "that it was converted from"},
    ForeignFile{is_saved_model,
                "this is the saved_model.pb of a TensorFlow SavedModel, which holds a program of "
                "TensorFlow's: load it in Python and save the model as a .keras file"},
    ForeignFile{is_frozen_graph,
                "this is a frozen graph of TensorFlow, in which Keras's layers are gone: take the "
                "Keras model that it was made from"},
    ForeignFile{is_yaml,
                "this is a model in YAML, as Keras wrote it until 2.5, without weights: load it in "
                "Python and save it with its weights as a .keras file, or its model.to_json()"},
    ForeignFile{is_checkpoint,
                "this is a part of a TensorFlow checkpoint, which holds weights without a model: "
                "build the model in Python, call model.load_weights on it, and save it as a .keras "
                "file"},
    ForeignFile{[](std::string_view text) { return text.starts_with("\x93NUMPY"); },
                "this is a numpy array, not a model"},
    ForeignFile{is_safetensors,
                "these are weights in safetensors, without a model: load them in Python and save "
                "the model as a .keras file"},
    ForeignFile{[](std::string_view text) { return text.starts_with("GGUF"); },
                "this is a GGUF model of llama.cpp, not one of Keras"},
    ForeignFile{[](std::string_view text) {
                  return starts_with_any(text, "\x1f\x8b"sv, "BZh"sv,
                                         "\xFD"
                                         "7zXZ"sv,
                                         "7z\xBC\xAF"sv, "Rar!"sv, "\x28\xB5\x2F\xFD"sv) ||
                         text.substr(0, 262).ends_with("ustar");
                },
                "this is a compressed archive (gzip, bzip2, xz, zstd, 7z, rar or tar): unpack it "
                "first"},
    ForeignFile{
        [](std::string_view text) { return text.starts_with("\x00\x05\x16\x07"sv); },
        "this is a companion file of macOS ('._' before the name), not the model beside it"},
    ForeignFile{[](std::string_view text) {
                  return starts_with_any(text, "\x89PNG"sv, "\xFF\xD8\xFF"sv, "GIF8"sv, "%PDF"sv);
                },
                "this is a picture or a PDF, not a model"},
};

// "version https://git-lfs...\noid sha256:...\nsize 31254440\n"
std::optional<std::string> describe_lfs_pointer(std::string_view text) {
  if (!text.starts_with("version https://git-lfs.github.com/spec/")) return std::nullopt;
  std::string_view size;
  if (const std::size_t at = text.find("\nsize "); at != std::string_view::npos) {
    size = text.substr(at + 6);
    size = size.substr(0, size.find_first_not_of("0123456789"));
  }
  return fmt::format(
      "this is a Git LFS pointer, not the model: the file of {} bytes that it stands for was not "
      "fetched; run 'git lfs pull' in the repository",
      size.empty() || size.size() > 20 ? "unknown" : size);
}

bool is_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
  });
}

// Archives and folders by the names inside them ---------------------------------------------------

struct ForeignNames {
  bool (*matches)(std::string_view name);
  std::string_view what;
};

constexpr std::array foreign_names = {
    ForeignNames{[](std::string_view name) { return name.ends_with("data.pkl"); },
                 "these are pickled weights of PyTorch: only models of Keras can be run"},
    ForeignNames{[](std::string_view name) {
                   return name.ends_with("saved_model.pb") || name.ends_with("keras_metadata.pb");
                 },
                 "this is a TensorFlow SavedModel, which holds a program of TensorFlow's: load it "
                 "in Python and save the model as a .keras file"},
    ForeignNames{[](std::string_view name) { return name.ends_with("[Content_Types].xml"); },
                 "this is a document of Microsoft Office, not a model"},
    ForeignNames{[](std::string_view name) { return name.ends_with(".npy"); },
                 "these are numpy arrays (.npz), without a model"},
    ForeignNames{[](std::string_view name) {
                   return name.ends_with(".index") || contains(name, ".data-00000-of-");
                 },
                 "this is a TensorFlow checkpoint, which holds weights without a model: build the "
                 "model in Python, call model.load_weights on it, and save it as a .keras file"},
};

// The name of a member that could be a model itself.
const std::string* find_model(const std::vector<std::string>& names) {
  const auto found = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with(".keras") || name.ends_with(".h5") || name.ends_with(".hdf5") ||
           name.ends_with("model.json");
  });
  return found == names.end() ? nullptr : &*found;
}

std::optional<std::string> describe_names(const std::vector<std::string>& names) {
  for (const ForeignNames& foreign : foreign_names) {
    if (std::any_of(names.begin(), names.end(), foreign.matches)) return std::string(foreign.what);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> describe_foreign_file(const Bytes& file) {
  const std::string_view text =
      std::string_view(reinterpret_cast<const char*>(file.data()), file.size())
          .substr(0, looked_at);
  if (auto pointer = describe_lfs_pointer(text)) return pointer;
  for (const ForeignFile& foreign : foreign_files) {
    if (foreign.matches(text)) return std::string(foreign.what);
  }
  if (is_text(text)) {
    return fmt::format("this is a text, neither a model nor weights; it begins with: {}",
                       file::printable(text.substr(0, 40)));
  }
  return std::nullopt;
}

std::optional<std::string> describe_foreign_archive(const std::vector<std::string>& names) {
  const auto nested = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with("/config.json");
  });
  if (nested != names.end() && contains(*nested, "/")) {
    return fmt::format(
        "the members lie in a folder '{}' of the archive: zip what is in the folder, not the "
        "folder, or unpack it and open the folder",
        file::printable(nested->substr(0, nested->rfind('/'))));
  }
  if (const std::string* const model = find_model(names)) {
    return fmt::format("this archive holds '{}': unpack it and open that", file::printable(*model));
  }
  return describe_names(names);
}

std::optional<std::string> describe_foreign_folder(const std::vector<std::string>& names) {
  if (auto what = describe_names(names)) return what;
  if (const std::string* const model = find_model(names)) {
    return fmt::format("this is a folder; open the file '{}' in it", file::printable(*model));
  }
  return std::nullopt;
}

}  // namespace keraunos::keras
