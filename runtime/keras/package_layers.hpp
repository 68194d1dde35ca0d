#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runtime/keras/layer.hpp"

// Layers of other packages than Keras that many files hold. A class is known by its package and its
// name: two packages have an InstanceNormalization, and they do not compute the same.

namespace keraunos::keras {

/// A layer class of another package.
struct PackageClass {
  std::string_view module;   // of Python: "tensorflow_addons", with which those inside it begin
  std::string_view package;  // as registered with Keras: "Addons"; empty where it is not
  LayerClass layer;
  /// The keys of its config beside those of every layer.
  std::vector<std::string_view> keys;
  /// Keras has a class of that name itself since 2.keras_minor; 0: it has none.
  int keras_minor = 0;
};

// The classes of each package, as its file in runtime/keras/packages lists them.
extern const std::span<const PackageClass> addons_classes;
extern const std::span<const PackageClass> autokeras_classes;
extern const std::span<const PackageClass> efficientnet_classes;
extern const std::span<const PackageClass> keras_contrib_classes;
extern const std::span<const PackageClass> tfmot_classes;

/// All of them.
std::span<const PackageClass> package_classes();

/// The class of a Python module ("tensorflow_addons.layers.normalizations"); null where none has
/// it.
const PackageClass* find_package_class(std::string_view module, std::string_view class_name);

/// The class that a file of `version` means which writes `package`, or nothing, and a name; null
/// where none. A name without a package, or with the one that Keras gives to every author
/// ("Custom"), means a class here only where the config has that class's keys and no others.
const PackageClass* recognise_package_class(std::string_view package, std::string_view class_name,
                                            const file::Json& config, const KerasVersion& version);

}  // namespace keraunos::keras
