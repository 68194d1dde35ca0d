#include "runtime/keras/operations/families.hpp"

namespace keraunos::keras {

std::span<const LayerClass> operation_classes() {
  static const std::vector<LayerClass> all = [] {
    std::vector<LayerClass> classes;
    for (const auto& family : {elementwise_operations}) {
      classes.insert(classes.end(), family.begin(), family.end());
    }
    return classes;
  }();
  return all;
}

}  // namespace keraunos::keras
