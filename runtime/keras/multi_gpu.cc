#include "runtime/keras/multi_gpu.hpp"

#include <algorithm>
#include <set>

#include "runtime/file/json_writer.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

bool is_same(const TensorReference& a, const TensorReference& b) {
  return a.layer == b.layer && a.node == b.node && a.tensor == b.tensor;
}

// The tensors of the only call of a layer, or of the given one.
std::vector<TensorReference> tensors_of(const CallArguments& call) {
  std::vector<TensorReference> tensors;
  for_each_tensor(
      call, [&](const Argument& tensor, std::string_view) { tensors.push_back(tensor.reference); });
  return tensors;
}

// What multi_gpu_model makes, one part of it after the other; `fits` is false at the first
// difference.
class Recognition {
 public:
  explicit Recognition(const ModelConfig& model) : model_(model) {
    for (const LayerEntry& entry : model.layers) {
      if (!model_kind(entry.module, entry.class_name, entry.config)) continue;
      if (replicated_ != nullptr) return;  // two models: no wrapper
      replicated_ = &entry;
    }
    fits_ = replicated_ != nullptr && replicated_->calls.size() >= 2 && has_replicas() &&
            has_joins() && known_.size() == model.layers.size();
  }

  bool fits() const { return fits_; }
  const std::string& replicated() const { return replicated_->name; }
  bool is_slice(const LayerEntry& entry) const { return entry.class_name == "Lambda"; }

 private:
  std::size_t parts() const { return replicated_->calls.size(); }

  // Call i takes part i of every input of the wrapper, in order.
  bool has_replicas() {
    known_ = {replicated_->name};
    for (const TensorReference& input : model_.inputs.tensors) known_.insert(input.layer);
    for (std::size_t i = 0; i < parts(); ++i) {
      const auto taken = tensors_of(replicated_->calls[i]);
      const auto& inputs = model_.inputs.tensors;
      if (taken.size() != inputs.size()) return false;
      for (std::size_t k = 0; k < taken.size(); ++k) {
        if (!is_part(taken[k], i, inputs[k])) return false;
      }
    }
    return true;
  }

  bool is_part(const TensorReference& tensor, std::size_t i, const TensorReference& input) {
    const LayerEntry* const slice = called_once(tensor, "Lambda");
    if (slice == nullptr) return false;
    const auto source = tensors_of(slice->calls[0]);
    const auto arguments = slice->config.find("arguments");
    return source.size() == 1 && is_same(source[0], input) && arguments && arguments->is_object() &&
           arguments->size() == 2 && has_number(*arguments, "i", i) &&
           has_number(*arguments, "parts", parts());
  }

  // Output k of all calls, in order, is joined along the batch.
  bool has_joins() {
    for (std::size_t k = 0; k < model_.outputs.tensors.size(); ++k) {
      const LayerEntry* const join = called_once(model_.outputs.tensors[k], "Concatenate");
      if (join == nullptr || !has_number(join->config, "axis", 0)) return false;
      const auto joined = tensors_of(join->calls[0]);
      if (joined.size() != parts()) return false;
      for (std::size_t i = 0; i < joined.size(); ++i) {
        const TensorReference part = {replicated_->name, static_cast<std::int64_t>(i),
                                      static_cast<std::int64_t>(k)};
        if (!is_same(joined[i], part)) return false;
      }
    }
    return true;
  }

  // The layer of that class that gives `tensor`, whose only call that is.
  const LayerEntry* called_once(const TensorReference& tensor, std::string_view class_name) {
    const auto found = std::find_if(model_.layers.begin(), model_.layers.end(),
                                    [&](const auto& entry) { return entry.name == tensor.layer; });
    const bool fits = found != model_.layers.end() && found->class_name == class_name &&
                      found->calls.size() == 1 && tensor.node == 0 && tensor.tensor == 0 &&
                      known_.insert(found->name).second;
    return fits ? &*found : nullptr;
  }

  static bool has_number(const Json& object, std::string_view key, std::size_t wanted) {
    const auto found = object.find(key);
    return found && found->is_int() && found->as_int64() == static_cast<std::int64_t>(wanted);
  }

  const ModelConfig& model_;
  const LayerEntry* replicated_ = nullptr;
  std::set<std::string> known_;  // layers whose part in the wrapper is understood
  bool fits_ = false;
};

// A layer that hands on output `k` of the model, under the name of the Concatenate.
LayerEntry handing_on(const LayerEntry& join, const std::string& replicated, std::int64_t k) {
  file::JsonWriter config;
  config.begin_object();
  config.key("name");
  config.string(join.name);
  if (const auto dtype = join.config.find("dtype")) {
    config.key("dtype");
    config.value(*dtype);
  }
  config.end_object();
  LayerEntry entry = join;
  entry.class_name = "Identity";
  entry.config = config.parse();
  Argument tensor;
  tensor.kind = Argument::Kind::tensor;
  tensor.reference = {replicated, 0, k};
  entry.calls = {CallArguments{{std::move(tensor)}, {}}};
  return entry;
}

// The first call, on the inputs themselves in the place of their parts.
CallArguments whole_call(const ModelConfig& model, CallArguments call) {
  std::size_t k = 0;
  for_each_tensor(call, [&](Argument& tensor, std::string_view) {
    tensor.reference = model.inputs.tensors[k++];
  });
  return call;
}

}  // namespace

void unwrap_multi_gpu(ModelConfig& model) {
  const Recognition wrapper(model);
  if (!wrapper.fits()) return;
  std::vector<LayerEntry> layers;
  for (const LayerEntry& entry : model.layers) {
    if (wrapper.is_slice(entry)) continue;
    LayerEntry& kept = layers.emplace_back(entry);
    if (kept.name == wrapper.replicated()) kept.calls = {whole_call(model, entry.calls[0])};
    const auto& outputs = model.outputs.tensors;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (outputs[k].layer != entry.name) continue;
      kept = handing_on(entry, wrapper.replicated(), static_cast<std::int64_t>(k));
    }
  }
  model.layers = std::move(layers);
}

}  // namespace keraunos::keras
