#include <algorithm>
#include <array>
#include <functional>

#include "runtime/base/fail.hpp"
#include "runtime/keras/package_layers.hpp"

// TensorFlow's model optimization toolkit: layers that were pruned, and saved as they were trained.

namespace keraunos::keras {
namespace {

/// The variable of a class that is pruned, and its place among the others.
struct PrunedWeight {
  std::string_view class_name;
  std::string_view name;
  std::size_t index;
  std::size_t rank;
};

constexpr std::array pruned_weights = {
    PrunedWeight{"Dense", "kernel", 0, 2},
    PrunedWeight{"Conv1D", "kernel", 0, 3},
    PrunedWeight{"Conv2D", "kernel", 0, 4},
    PrunedWeight{"Conv3D", "kernel", 0, 5},
    PrunedWeight{"Conv2DTranspose", "kernel", 0, 4},
    PrunedWeight{"Conv3DTranspose", "kernel", 0, 5},
    PrunedWeight{"SeparableConv1D", "pointwise_kernel", 1, 3},
    PrunedWeight{"SeparableConv2D", "pointwise_kernel", 1, 4},
    PrunedWeight{"Embedding", "embeddings", 0, 2},
};

// Those of which several variables are pruned, or one that is kept in another order.
constexpr std::array refused_classes = {
    std::string_view("SimpleRNN"),
    std::string_view("LSTM"),
    std::string_view("GRU"),
    std::string_view("RNN"),
    std::string_view("MultiHeadAttention"),
    std::string_view("LocallyConnected1D"),
    std::string_view("LocallyConnected2D"),
};

// The layer has read its kernel when this is called; in its place comes the kernel times the mask.
void apply_mask(LayerCall& call, const LayerCall& inner, const PrunedWeight& pruned) {
  Environment& environment = call.environment();
  const Shape any(pruned.rank, Dim::symbol("any"));
  const ValueId kernel = environment.weights.load(inner.identity().place, pruned.index, pruned.name,
                                                  any, inner.compute_dtype());
  const ValueId mask = call.statistic("mask", call.shape(kernel));
  static_cast<void>(call.statistic("threshold", {}));
  if (environment.shapes_only) return;
  std::vector<float> numbers = call.values_of(kernel);
  const std::vector<float> factors = call.values_of(mask);
  std::transform(numbers.begin(), numbers.end(), factors.begin(), numbers.begin(),
                 std::multiplies<>());
  const Dims dims = evaluate(call.shape(kernel), {});
  environment.graph.replace_uses(kernel, call.constant("pruned_kernel", dims, numbers));
}

std::vector<ValueId> import_prune_low_magnitude(LayerCall& call) {
  for (const std::string_view key :
       {"pruning_schedule", "block_size", "block_pooling_type", "sparsity_m_by_n"}) {
    static_cast<void>(call.config().find(key));
  }
  const auto layer = call.config().find("layer");
  if (!layer) fail(ErrorCode::malformed_file, "key 'layer': missing");
  const LayerCall inner = call.child(*layer, "layer");
  const std::string& class_name = inner.identity().class_name;
  if (std::find(refused_classes.begin(), refused_classes.end(), class_name) !=
      refused_classes.end()) {
    fail(ErrorCode::unsupported,
         "a pruned layer of class '{}' is not supported: save the model as "
         "tfmot.sparsity.keras.strip_pruning returns it",
         class_name);
  }
  CallArguments arguments;
  arguments.positional = {Argument::tensor(call.input())};
  std::vector<ValueId> outputs = call.call_layer(*layer, "layer", std::move(arguments));
  const auto pruned =
      std::find_if(pruned_weights.begin(), pruned_weights.end(),
                   [&](const PrunedWeight& weight) { return weight.class_name == class_name; });
  if (pruned != pruned_weights.end()) apply_mask(call, inner, *pruned);
  call.stored_statistic("pruning_step", {});
  return outputs;
}

const std::array classes = {
    PackageClass{"tensorflow_model_optimization",
                 "",
                 {"PruneLowMagnitude", import_prune_low_magnitude},
                 {"layer", "pruning_schedule", "block_size", "block_pooling_type"}},
};

}  // namespace

const std::span<const PackageClass> tfmot_classes = classes;

}  // namespace keraunos::keras
