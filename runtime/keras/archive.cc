#include "runtime/keras/archive.hpp"

#include <charconv>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "runtime/base/fail.hpp"
#include "runtime/file/hdf5.hpp"
#include "runtime/file/mapped_file.hpp"
#include "runtime/keras/config_text.hpp"
#include "runtime/keras/foreign_files.hpp"
#include "runtime/keras/json_model.hpp"
#include "runtime/keras/legacy_config.hpp"
#include "runtime/keras/legacy_h5.hpp"
#include "runtime/keras/members.hpp"
#include "runtime/keras/weights_json.hpp"

namespace keraunos::keras {
namespace {

using file::Json;
using Budget = std::shared_ptr<LoadBudget>;

Bytes map_counted(const std::string& path, const Budget& budget) {
  Bytes file = file::map_file(path);
  budget->add_file(file.size());
  return file;
}

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

// Keras's own members -----------------------------------------------------------------------------

Json read_json(const Members& members, const std::string& name, const Budget& budget) {
  return within([&] { return name; },
                [&] {
                  const auto bytes = members.read(name, &LoadLimits::config_bytes);
                  if (!bytes)
                    fail(ErrorCode::malformed_file, "not in the archive: this is no .keras file");
                  return parse_config_text(text_of(*bytes), *budget);
                });
}

std::unique_ptr<WeightSource> open_weights(const Members& members, const Budget& budget) {
  const std::string name = "model.weights.h5";
  if (const auto bytes = members.read(name)) {
    return within([&] { return name; },
                  [&] { return open_weight_paths({file::H5File(*bytes, budget)}); });
  }
  if (members.read("model.weights.npz")) {
    fail(ErrorCode::unsupported,
         "the weights are a pickled model.weights.npz, which holds code: save the model again with "
         "weights in HDF5");
  }
  return no_weights("the file has no model.weights.h5");
}

using Describe = std::optional<std::string> (*)(const std::vector<std::string>& names);

Archive open_members(const std::shared_ptr<const Members>& members, Describe describe_foreign,
                     const Budget& budget) {
  if (!members->read("metadata.json", &LoadLimits::config_bytes)) {
    if (const auto what = describe_foreign(members->names()))
      fail(ErrorCode::unsupported, "{}", *what);
  }
  KerasVersion version =
      parse_version(read_json(*members, "metadata.json", budget).at("keras_version").as_string());
  Json config = read_json(*members, "config.json", budget);
  if (version.major < 3) {
    config = within([] { return std::string("config.json"); },
                    [&] { return modern_config(config, version); });
  }
  const auto asset = [members](const std::string& name) {
    return members->read_text("assets/" + name);
  };
  return {std::move(version), std::move(config), open_weights(*members, budget), asset,
          "config.json"};
}

// ------------------------------------------------------------------------------------------------

std::unique_ptr<WeightSource> open_weights_file(const std::string& path, const Json& config,
                                                const Budget& budget) {
  const Bytes file = map_counted(path, budget);
  if (is_hdf5(file)) return open_h5_weights(file::H5File(file, budget), config);
  if (is_json(text_of(file))) {
    const std::size_t slash = path.rfind('/');
    return open_sharded_weights(parse_config_text(text_of(file), *budget),
                                slash == std::string::npos ? "" : path.substr(0, slash + 1),
                                budget);
  }
  if (const auto what = describe_foreign_file(file)) fail(ErrorCode::unsupported, "{}", *what);
  fail(ErrorCode::unsupported,
       "these are no weights in HDF5 (.weights.h5, .h5) and no index of such files (.weights.json)"
       "{}",
       text_of(file).starts_with("PK") ? ": npz files and whole .keras files are not supported here"
                                       : "");
}

Archive open_model(const std::string& path, const Budget& budget) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return open_members(open_folder(path, budget), describe_foreign_folder, budget);
  }
  const Bytes file = map_counted(path, budget);
  if (is_hdf5(file)) return open_legacy_h5(file::H5File(file, budget), *budget);
  if (is_json(text_of(file))) return open_json_model(text_of(file), *budget);
  if (!text_of(file).starts_with("PK")) {
    if (const auto what = describe_foreign_file(file)) fail(ErrorCode::unsupported, "{}", *what);
  }
  return open_members(open_zip(file, budget), describe_foreign_archive, budget);
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

Archive open_archive(const std::string& path, const std::string& weights,
                     const LoadLimits& limits) {
  const auto budget = std::make_shared<LoadBudget>(limits);
  Archive archive = open_model(path, budget);
  archive.budget = budget;
  if (!weights.empty()) {
    archive.weights = within([&] { return weights; },
                             [&] { return open_weights_file(weights, archive.config, budget); });
  }
  return archive;
}

}  // namespace keraunos::keras
