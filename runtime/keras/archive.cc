#include "runtime/keras/archive.hpp"

#include <charconv>

#include "runtime/base/fail.hpp"
#include "runtime/file/mapped_file.hpp"
#include "runtime/file/zip.hpp"

namespace keraunos::keras {
namespace {

file::Json read_json(const file::ZipArchive& zip, const std::string& name) {
  return within(
      [&] { return name; },
      [&] {
        const file::ZipMember* member = zip.find(name);
        if (member == nullptr) {
          fail(ErrorCode::malformed_file, "not in the archive: this is a zip, but no .keras file");
        }
        const Bytes bytes = zip.read(*member);
        return file::Json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      });
}

KerasVersion read_version(const file::Json& metadata) {
  KerasVersion version;
  version.text = metadata.at("keras_version").as_string();
  const char* const end = version.text.data() + version.text.size();
  const auto major = std::from_chars(version.text.data(), end, version.major);
  if (major.ec == std::errc{} && major.ptr < end) {
    std::from_chars(major.ptr + 1, end, version.minor);
  }
  if (version.major < 3) {
    fail(ErrorCode::unsupported,
         "written by Keras {}; .keras files of Keras 3 are supported: load it in Keras 3 and save "
         "it again",
         version.text);
  }
  return version;
}

std::unique_ptr<WeightSource> open_weights(const file::ZipArchive& zip) {
  const std::string name = "model.weights.h5";
  if (const file::ZipMember* member = zip.find(name)) {
    return within([&] { return name; },
                  [&] { return open_weight_paths(file::H5File(zip.read(*member))); });
  }
  if (zip.find("model.weights.npz") != nullptr) {
    fail(ErrorCode::unsupported,
         "the weights are a pickled model.weights.npz, which holds code: save the model again with "
         "weights in HDF5");
  }
  return no_weights("the file has no model.weights.h5");
}

std::optional<std::string> read_asset(const file::ZipArchive& zip, const std::string& name) {
  const file::ZipMember* const member = zip.find("assets/" + name);
  if (member == nullptr) return std::nullopt;
  return within([&] { return member->name; },
                [&] {
                  const Bytes bytes = zip.read(*member);
                  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                });
}

}  // namespace

Archive open_archive(const std::string& path) {
  const file::ZipArchive zip(file::map_file(path));
  return {read_version(read_json(zip, "metadata.json")), read_json(zip, "config.json"),
          open_weights(zip), [zip](const std::string& name) { return read_asset(zip, name); }};
}

}  // namespace keraunos::keras
