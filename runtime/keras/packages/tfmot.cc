#include <algorithm>
#include <array>

#include "runtime/base/fail.hpp"
#include "runtime/keras/package_layers.hpp"

// TensorFlow's model optimization toolkit: layers that were pruned, and saved as they were trained.

namespace keraunos::keras {
namespace {

/// A class of which one variable is pruned, and the rank of that.
struct PrunedClass {
  std::string_view name;
  std::size_t rank;
};

constexpr std::array pruned_classes = {
    PrunedClass{"Dense", 2},           PrunedClass{"Conv1D", 3},
    PrunedClass{"Conv2D", 4},          PrunedClass{"Conv3D", 5},
    PrunedClass{"Conv2DTranspose", 4}, PrunedClass{"Conv3DTranspose", 5},
    PrunedClass{"SeparableConv1D", 3}, PrunedClass{"SeparableConv2D", 4},
    PrunedClass{"Embedding", 2},
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

// What pruning keeps beside the kernel. The mask has done its work: a kernel is stored multiplied
// by it, and is run as it is, as the model that strip_pruning returns would.
void count_pruning_variables(LayerCall& call, std::string_view class_name) {
  const auto pruned = std::find_if(pruned_classes.begin(), pruned_classes.end(),
                                   [&](const PrunedClass& it) { return it.name == class_name; });
  if (pruned != pruned_classes.end()) {
    static_cast<void>(call.statistic("mask", Shape(pruned->rank, Dim::symbol("any"))));
    static_cast<void>(call.statistic("threshold", {}));
  }
  static_cast<void>(call.stored_statistic("pruning_step", {}));
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
  count_pruning_variables(call, class_name);
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
