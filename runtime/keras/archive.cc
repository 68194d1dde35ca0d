#include "runtime/keras/archive.hpp"

#include <charconv>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "runtime/base/fail.hpp"
#include "runtime/file/hdf5.hpp"
#include "runtime/file/mapped_file.hpp"
#include "runtime/keras/legacy_config.hpp"
#include "runtime/keras/legacy_h5.hpp"
#include "runtime/keras/members.hpp"
#include "runtime/keras/weights_json.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The signature stands at 0, or behind a block of the user's whose size is a power of two.
bool is_hdf5(const Bytes& file) {
  constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  const std::string_view text = text_of(file);
  if (text.starts_with(signature)) return true;
  if (text.starts_with("PK")) return false;  // a zip may well have HDF5 inside
  for (std::size_t at = 512; at + signature.size() <= text.size(); at *= 2) {
    if (text.substr(at, signature.size()) == signature) return true;
  }
  return false;
}

bool is_json(const Bytes& file) {
  std::string_view text = text_of(file);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

// Keras's own members -----------------------------------------------------------------------------

Json read_json(const Members& members, const std::string& name) {
  return within([&] { return name; },
                [&] {
                  const auto bytes = members.read(name);
                  if (!bytes)
                    fail(ErrorCode::malformed_file, "not in the archive: this is no .keras file");
                  return Json::parse(text_of(*bytes));
                });
}

std::unique_ptr<WeightSource> open_weights(const Members& members) {
  const std::string name = "model.weights.h5";
  if (const auto bytes = members.read(name)) {
    return within([&] { return name; }, [&] { return open_weight_paths({file::H5File(*bytes)}); });
  }
  if (members.read("model.weights.npz")) {
    fail(ErrorCode::unsupported,
         "the weights are a pickled model.weights.npz, which holds code: save the model again with "
         "weights in HDF5");
  }
  return no_weights("the file has no model.weights.h5");
}

Archive open_members(const std::shared_ptr<const Members>& members) {
  KerasVersion version =
      parse_version(read_json(*members, "metadata.json").at("keras_version").as_string());
  Json config = read_json(*members, "config.json");
  if (version.major < 3) {
    config = within([] { return std::string("config.json"); },
                    [&] { return modern_config(config, version); });
  }
  const auto asset = [members](const std::string& name) {
    return members->read_text("assets/" + name);
  };
  return {std::move(version), std::move(config), open_weights(*members), asset, "config.json"};
}

Archive open_directory(const std::string& path) {
  const auto has = [&](const char* name) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::path(path) / name, ignored);
  };
  if (!has("config.json") && (has("saved_model.pb") || has("keras_metadata.pb"))) {
    fail(ErrorCode::unsupported,
         "this is a TensorFlow SavedModel, which holds a program of TensorFlow's: save the model "
         "as a .keras file");
  }
  return open_members(open_folder(path));
}

// Models in JSON ----------------------------------------------------------------------------------

Archive open_json(const Bytes& file) {
  const Json config = Json::parse(text_of(file));
  if (config.contains("weight_map")) {
    fail(ErrorCode::unsupported,
         "this is the index of a model's weights: load the model's JSON, and this as its weights");
  }
  const auto written = config.find("keras_version");
  KerasVersion version = {1, 0, "1"};
  if (written && written->is_string()) {
    version = parse_version(written->as_string());
  } else if (config.contains("module")) {
    version = {3, 0, "3"};
  }
  const Json modern = version.major < 3 ? modern_config(config, version) : config;
  return {std::move(version), modern,
          no_weights("the model is JSON, which has no weights: load it together with them"),
          no_assets, "the model's JSON"};
}

std::unique_ptr<WeightSource> open_weights_file(const std::string& path, const Json& config) {
  const Bytes file = file::map_file(path);
  if (is_hdf5(file)) return open_h5_weights(file::H5File(file), config);
  if (is_json(file)) {
    const std::size_t slash = path.rfind('/');
    return open_sharded_weights(Json::parse(text_of(file)),
                                slash == std::string::npos ? "" : path.substr(0, slash + 1));
  }
  fail(ErrorCode::unsupported,
       "these are no weights in HDF5 (.weights.h5, .h5) and no index of such files (.weights.json)"
       "{}",
       text_of(file).starts_with("PK") ? ": npz files and whole .keras files are not supported here"
                                       : "");
}

Archive open_model(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return open_directory(path);
  const Bytes file = file::map_file(path);
  if (is_hdf5(file)) return open_legacy_h5(file::H5File(file));
  if (is_json(file)) return open_json(file);
  return open_members(open_zip(file));
}

}  // namespace

std::optional<std::string> no_assets(const std::string&) { return std::nullopt; }

KerasVersion parse_version(std::string_view text) {
  KerasVersion version;
  version.text = text;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec == std::errc{} && major.ptr < end) {
    std::from_chars(major.ptr + 1, end, version.minor);
  }
  return version;
}

Archive open_archive(const std::string& path, const std::string& weights) {
  Archive archive = open_model(path);
  if (!weights.empty()) {
    archive.weights =
        within([&] { return weights; }, [&] { return open_weights_file(weights, archive.config); });
  }
  return archive;
}

}  // namespace keraunos::keras
