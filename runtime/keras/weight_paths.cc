#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include "runtime/base/fail.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {
namespace {

// What the sublayers of Keras 2 are called instead.
constexpr std::array old_parts = {
    std::pair<std::string_view, std::string_view>{"query_dense", "_query_dense"},
    std::pair<std::string_view, std::string_view>{"key_dense", "_key_dense"},
    std::pair<std::string_view, std::string_view>{"value_dense", "_value_dense"},
    std::pair<std::string_view, std::string_view>{"output_dense", "_output_dense"},
};

constexpr std::string_view variables = "/vars";
constexpr char windows_separator = '\\';

struct Numbered {
  std::string_view name;
  std::uint32_t number = 0;  // of "dense": 0
};

// "dense_12" is dense number 12.
Numbered split_number(std::string_view name) {
  const std::size_t mark = name.rfind('_');
  if (mark == std::string_view::npos) return {name};
  const std::string_view digits = name.substr(mark + 1);
  Numbered split{name.substr(0, mark)};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), split.number);
  return error == std::errc{} && end == digits.data() + digits.size() ? split : Numbered{name};
}

class WeightPaths final : public WeightSource {
 public:
  explicit WeightPaths(std::vector<file::H5File> files) : files_(std::move(files)) {
    for (std::size_t i = 0; i < files_.size(); ++i) read_windows_names(i);
  }

  std::optional<StoredWeight> find(const WeightPlace& place, std::size_t index,
                                   std::string_view name, const Shape&) override {
    if (auto found = find_at(place.path, fmt::format("{}", index))) return found;
    // A few layers store what they have by name.
    if (auto found = find_at(place.path, name)) return found;
    for (const auto& [modern, old] : old_parts) {
      if (!place.path.ends_with(fmt::format("/{}", modern))) continue;
      const auto end = place.path.size() - modern.size();
      return find_at(place.path.substr(0, end) + std::string(old), fmt::format("{}", index));
    }
    return std::nullopt;
  }

  std::string describe(const WeightPlace& place, std::size_t index) const override {
    return fmt::format("{}/vars/{}", place.path, index);
  }

  std::optional<Dims> pass_over(const WeightPlace& place, std::size_t index,
                                std::string_view name) override {
    const auto found = find(place, index, name, {});
    return found ? std::optional(found->dims) : std::nullopt;
  }

  // Of the groups that were looked into, as Keras does: others hold what inference has no use for,
  // such as the states of seed generators and of the optimizer.
  void refuse_unused() const override {
    std::vector<std::string> unused;
    for (const auto& [place, group] : groups_) {
      const auto& [file, path] = place;
      if (!group || !path.ends_with(variables)) continue;
      for (const std::string& member : group->names()) {
        if (taken_.contains({file, path, member})) continue;
        unused.push_back(fmt::format("{}/{}", path, member));
      }
    }
    refuse_unused_weights(unused);
  }

  std::string locate(const std::string& path, const std::string& layer_name) override {
    const std::size_t slash = path.rfind('/');
    const std::string container = path.substr(0, slash);
    const auto& path_of = layers_of(container);
    const auto found = path_of.find(layer_name);
    if (found != path_of.end()) return found->second;
    return slash == std::string::npos ? path : locate_doubled(container, path.substr(slash + 1));
  }

 private:
  std::optional<StoredWeight> find_at(const std::string& path, std::string_view member) {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const std::string place = fmt::format("{}{}", path, variables);
      const auto& group = group_at(i, place);
      if (!group || !group->is_dataset(member)) continue;
      taken_.emplace(i, place, member);
      const file::H5Dataset dataset = group->dataset(member);
      StoredWeight weight = stored_weight(dataset);
      weight.id = fmt::format("{}:{}", i, dataset.address());
      return weight;
    }
    return std::nullopt;
  }

  // The group at `path` of a file, if it is there. Each is read once: a search from the root would
  // read the links of all layers again for every layer.
  const std::optional<file::H5Group>& group_at(std::size_t file, const std::string& path) {
    const auto [found, is_new] = groups_.try_emplace({file, path});
    std::optional<file::H5Group>& group = found->second;
    if (!is_new) return group;
    if (path.empty()) {
      group = files_[file].root();
      return group;
    }
    const std::size_t slash = path.rfind('/');
    const auto& parent = group_at(file, slash == std::string::npos ? "" : path.substr(0, slash));
    const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
    if (parent && parent->is_group(name)) group = parent->group(name);
    return group;
  }

  // On Windows Keras 2.12 to 2.15 joined the parts of a path by backslashes, so that each is one
  // name in the root: "layers\\dense" is the group at "layers/dense".
  void read_windows_names(std::size_t file) {
    const file::H5Group root = files_[file].root();
    for (const std::string& name : root.names()) {
      if (name.find(windows_separator) == std::string::npos || !root.is_group(name)) continue;
      std::string path = name;
      std::replace(path.begin(), path.end(), windows_separator, '/');
      windows_members_[path.substr(0, path.rfind('/'))].push_back(path.substr(path.rfind('/') + 1));
      groups_[{file, std::move(path)}] = root.group(name);
    }
  }

  // What the group at `path` of the first file holds.
  std::vector<std::string> members_of(const std::string& path) {
    std::vector<std::string> members;
    if (const auto& group = group_at(0, path)) members = group->names();
    if (const auto found = windows_members_.find(path); found != windows_members_.end()) {
      members.insert(members.end(), found->second.begin(), found->second.end());
    }
    return members;
  }

  // Paths of the layers in a container by the names that the file records (since Keras 3.6).
  const std::map<std::string, std::string>& layers_of(const std::string& container) {
    const auto [found, is_new] = containers_.try_emplace(container);
    auto& path_of = found->second;
    if (!is_new) return path_of;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const auto& group = group_at(i, container);
      if (!group) continue;
      for (const std::string& member : group->names()) {
        const auto& vars = group_at(i, fmt::format("{}/{}{}", container, member, variables));
        if (!vars) continue;
        if (auto name = vars->string_attribute("name")) {
          path_of.emplace(std::move(*name), fmt::format("{}/{}", container, member));
        }
      }
    }
    return path_of;
  }

  // Keras 2.12 to 2.14 store a model's layers in "_layer_checkpoint_dependencies", where a layer
  // with weights counts twice: dense, dense_2, dense_4. So the n-th path of a class that Keras 3
  // counts is the n-th that is there.
  std::string locate_doubled(const std::string& container, const std::string& counted) {
    const std::size_t slash = container.rfind('/');
    const std::string prefix =
        slash == std::string::npos ? std::string() : container.substr(0, slash + 1);
    const std::string doubled = prefix + "_layer_checkpoint_dependencies";
    const auto [found, is_new] = doubled_.try_emplace(doubled);
    if (is_new) {
      for (const std::string& member : members_of(doubled)) {
        const auto [name, number] = split_number(member);
        found->second[std::string(name)].push_back(number);
      }
      for (auto& [name, numbers] : found->second) std::sort(numbers.begin(), numbers.end());
    }
    const auto [name, number] = split_number(counted);
    const auto numbers = found->second.find(std::string(name));
    if (numbers == found->second.end() || number >= numbers->second.size()) {
      return fmt::format("{}/{}", container, counted);
    }
    const std::uint32_t there = numbers->second[number];
    return there == 0 ? fmt::format("{}/{}", doubled, name)
                      : fmt::format("{}/{}_{}", doubled, name, there);
  }

  std::vector<file::H5File> files_;
  std::map<std::pair<std::size_t, std::string>, std::optional<file::H5Group>> groups_;
  std::set<std::tuple<std::size_t, std::string, std::string>> taken_;  // file, group, dataset
  std::map<std::string, std::map<std::string, std::string>> containers_;
  std::map<std::string, std::map<std::string, std::vector<std::uint32_t>>> doubled_;
  std::map<std::string, std::vector<std::string>> windows_members_;
};

}  // namespace

bool holds_weight_paths(const file::H5File& file) {
  const auto names = file.root().names();
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    const std::string first = name.substr(0, name.find(windows_separator));
    return first == "layers" || first == "_layer_checkpoint_dependencies";
  });
}

std::unique_ptr<WeightSource> open_weight_paths(std::vector<file::H5File> files) {
  return std::make_unique<WeightPaths>(std::move(files));
}

}  // namespace keraunos::keras
