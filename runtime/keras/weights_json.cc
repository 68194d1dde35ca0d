#include "runtime/keras/weights_json.hpp"

#include <set>

#include "runtime/base/fail.hpp"
#include "runtime/file/mapped_file.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

constexpr std::size_t max_parts = 10'000;

void add_part(std::set<std::string>& parts, const Json& name) {
  const std::string_view part = name.as_string();
  if (part.empty() || part == "." || part == ".." ||
      part.find_first_of(std::string_view("/\\\0", 3)) != std::string_view::npos) {
    fail(ErrorCode::malformed_file,
         "the part '{}' is no plain file name: parts lie beside the "
         "index",
         file::printable(part));
  }
  parts.emplace(part);
  if (parts.size() > max_parts) {
    fail(ErrorCode::unsupported, "the weights have more than {} parts", max_parts);
  }
}

}  // namespace

std::unique_ptr<WeightSource> open_sharded_weights(const Json& index, const std::string& folder,
                                                   const std::shared_ptr<LoadBudget>& budget) {
  std::set<std::string> parts;
  for (const auto [path, part] : index.at("weight_map").members()) {
    if (part.is_string()) {
      add_part(parts, part);
    } else {
      for (const Json name : part.elements()) add_part(parts, name);
    }
  }
  std::vector<file::H5File> files;
  for (const std::string& part : parts) {
    const std::string path = folder + part;
    files.push_back(within([&] { return fmt::format("part '{}'", file::printable(part)); },
                           [&] {
                             Bytes file = file::map_file(path);
                             budget->add_file(file.size());
                             return file::H5File(std::move(file), budget);
                           }));
  }
  if (files.empty()) return no_weights("the weights' index names no parts");
  return open_weight_paths(std::move(files));
}

}  // namespace keraunos::keras
