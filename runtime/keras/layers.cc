#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/base/fail.hpp"
#include "runtime/keras/custom_layer.hpp"
#include "runtime/keras/functions/functions.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/nearest_names.hpp"
#include "runtime/keras/package_layers.hpp"
#include "runtime/keras/refused_operations.hpp"

namespace keraunos::keras {
namespace {

// Classes that can only run by executing what the file's author wrote, and what to do instead.
constexpr std::array code_classes = {
    std::pair<std::string_view, std::string_view>{
        "TFSMLayer", "holds a TensorFlow program: rebuild it from layers of Keras's own"},
    std::pair<std::string_view, std::string_view>{"TorchModuleWrapper",
                                                  "holds a pickled module, which is never run"},
    std::pair<std::string_view, std::string_view>{"JaxLayer", "holds JAX code, which is never run"},
    std::pair<std::string_view, std::string_view>{"FlaxLayer",
                                                  "holds Flax code, which is never run"},
    std::pair<std::string_view, std::string_view>{"ContrastLimitedAdaptiveHistogramEqualization",
                                                  "is not supported"},
};

// Nothing in older files tells an author's class from one of Keras's but its name.
[[noreturn]] void refuse_foreign_class(const std::string& written, std::string_view class_name) {
  std::vector<std::string> names;
  for (const LayerClass& known : layer_classes()) names.emplace_back(known.name);
  fail(ErrorCode::unsupported,
       "class {} is not one of Keras's layers: its code is not in the file (an application can "
       "bring it: register_custom_layer){}",
       written, did_you_mean(class_name, names));
}

}  // namespace

std::span<const LayerClass> layer_classes() {
  static const std::vector<LayerClass> all = [] {
    std::vector<LayerClass> classes;
    for (const auto& family : {core_layers,
                               convolution_layers,
                               transposed_convolution_layers,
                               locally_connected_layers,
                               pooling_layers,
                               normalization_layers,
                               activation_layers,
                               reshaping_layers,
                               padding_layers,
                               upsampling_layers,
                               merging_layers,
                               joining_layers,
                               regularization_layers,
                               masking_layers,
                               recurrent_layers,
                               wrapper_layers,
                               einsum_layers,
                               embedding_layers,
                               attention_layers,
                               multi_head_attention_layers,
                               image_preprocessing_layers,
                               numerical_preprocessing_layers,
                               spectrogram_layers,
                               lookup_layers,
                               lambda_layers,
                               feature_layers,
                               gating_layers,
                               hashing_layers}) {
      classes.insert(classes.end(), family.begin(), family.end());
    }
    return classes;
  }();
  return all;
}

const LayerClass& find_layer_class(std::string_view module, std::string_view class_name) {
  for (const auto& [name, reason] : code_classes) {
    if (name == class_name) fail(ErrorCode::unsupported, "{} {}", name, reason);
  }
  if (const PackageClass* known = find_package_class(module, class_name)) return known->layer;
  const bool is_operation = is_operation_module(module);
  const bool is_kerass = module.empty() || module == "keras.layers" || is_operation ||
                         module.starts_with("keras.src.layers") ||
                         module == "keras._legacy.layers" ||
                         module.starts_with("keras.src.applications");
  // Keras's operations share class names with its layers (Add, Concatenate, ReLU, ...).
  const auto classes = is_operation ? operation_classes() : layer_classes();
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const LayerClass& entry) {
    return entry.name == class_name;
  });
  if (is_kerass && found != classes.end()) return *found;
  if (const LayerClass* custom = find_custom_layer(class_name)) return *custom;
  if (!is_kerass) refuse_foreign_class(fmt::format("{}.{}", module, class_name), class_name);
  if (is_operation && class_name.starts_with("tf.")) {
    if (const LayerClass* function = find_tf_function(class_name.substr(3))) return *function;
  }
  if (is_operation) {
    const std::string_view reason = why_operation_is_refused(class_name);
    fail(ErrorCode::unsupported, "the operation {}.{} is not supported{}{}", module, class_name,
         reason.empty() ? "" : ": ", reason);
  }
  refuse_foreign_class(fmt::format("'{}'", class_name), class_name);
}

}  // namespace keraunos::keras
