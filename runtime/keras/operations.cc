#include "runtime/keras/operations/families.hpp"

namespace keraunos::keras {

std::span<const LayerClass> operation_classes() {
  static const std::vector<LayerClass> all = [] {
    std::vector<LayerClass> classes;
    for (const auto& family :
         {elementwise_operations, arithmetic_operations, bit_operations,
          comparison_operations,  activation_operations, reduction_operations,
          statistics_operations,  ordering_operations,   shape_operations,
          joining_operations,     indexing_operations,   slicing_operations,
          size_operations,        matrix_operations,     linear_algebra_operations,
          neural_operations,      window_operations,     image_operations,
          patch_operations,       filter_operations,     transform_operations,
          spectrum_operations,    scattering_operations, creation_operations,
          space_operations,       loss_operations,       small_matrix_operations}) {
      classes.insert(classes.end(), family.begin(), family.end());
    }
    return classes;
  }();
  return all;
}

}  // namespace keraunos::keras
