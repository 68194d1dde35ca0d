#include "runtime/keras/package_layers.hpp"

#include <algorithm>
#include <array>

#include "runtime/keras/legacy_classes.hpp"

namespace keraunos::keras {
namespace {

// Of every author who registers a class without naming a package.
constexpr std::string_view anyones = "Custom";

constexpr std::array layer_keys = {
    std::string_view("name"),        std::string_view("trainable"),
    std::string_view("dtype"),       std::string_view("batch_input_shape"),
    std::string_view("input_dtype"), std::string_view("dynamic"),
};

bool is_one_of(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool writes(const PackageClass& known, const file::Json& config) {
  if (!config.is_object()) return false;
  for (const std::string_view key : known.keys) {
    if (!config.contains(key)) return false;
  }
  for (const auto [key, value] : config.members()) {
    if (!is_one_of(known.keys, key) && !is_one_of(layer_keys, key) && !is_dead_key(key)) {
      return false;
    }
  }
  return true;
}

bool is_older(const KerasVersion& version, int minor) {
  return version.major < 2 || (version.major == 2 && version.minor < minor);
}

bool is_meant(const PackageClass& known, std::string_view package, const file::Json& config,
              const KerasVersion& version) {
  if (package == anyones) return known.package == anyones && writes(known, config);
  if (!package.empty()) return known.package == package;
  const bool kerass = known.keras_minor > 0 && !is_older(version, known.keras_minor);
  return !kerass && !known.keys.empty() && writes(known, config);
}

}  // namespace

std::span<const PackageClass> package_classes() {
  static const std::vector<PackageClass> all = [] {
    std::vector<PackageClass> classes;
    for (const auto& package : {addons_classes, keras_contrib_classes, autokeras_classes,
                                efficientnet_classes, tfmot_classes}) {
      classes.insert(classes.end(), package.begin(), package.end());
    }
    return classes;
  }();
  return all;
}

const PackageClass* find_package_class(std::string_view module, std::string_view class_name) {
  const std::string_view root = module.substr(0, module.find('.'));
  const auto classes = package_classes();
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const PackageClass& it) {
    return it.module == root && it.layer.name == class_name;
  });
  return found == classes.end() ? nullptr : &*found;
}

const PackageClass* recognise_package_class(std::string_view package, std::string_view class_name,
                                            const file::Json& config, const KerasVersion& version) {
  const auto classes = package_classes();
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const PackageClass& it) {
    return it.layer.name == class_name && is_meant(it, package, config, version);
  });
  return found == classes.end() ? nullptr : &*found;
}

}  // namespace keraunos::keras
