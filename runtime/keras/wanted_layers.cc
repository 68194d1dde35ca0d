#include "runtime/keras/wanted_layers.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "runtime/base/fail.hpp"
#include "runtime/keras/call_order.hpp"
#include "runtime/keras/nearest_names.hpp"

namespace keraunos::keras {
namespace {

/// A layer that is wanted, for itself or for one inside it.
struct Wanted {
  std::size_t layer;
  bool whole;
};

Wanted find_wanted(const ModelConfig& model, const std::string& name) {
  std::optional<Wanted> around;  // the longest name: names may have a '/' of their own
  std::vector<std::string> names;
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const LayerEntry& entry = model.layers[i];
    if (entry.name == name) {
      if (!entry.is_input()) return {i, true};
      fail(ErrorCode::invalid_argument, "'{}' is an input of the model: no layer computes it",
           name);
    }
    if (!entry.is_input()) names.push_back(entry.name);
    const bool longer = !around || entry.name.size() > model.layers[around->layer].name.size();
    if (longer && name.starts_with(entry.name + "/")) {
      const bool is_model = model_kind(entry.module, entry.class_name, entry.config).has_value();
      around = {i, !is_model};
    }
  }
  if (!around) refuse_unknown_layer(name, names);
  return *around;
}

// The calls of a Functional model that the wanted ones depend on.
class Cut {
 public:
  Cut(ModelConfig& model, UnneededInputs inputs) : model_(model), inputs_(inputs) {
    for (std::size_t i = 0; i < model.layers.size(); ++i) index_of_[model.layers[i].name] = i;
  }

  void want(const Wanted& wanted) {
    need({wanted.layer, 0});
    if (wanted.whole) read_.insert(wanted.layer);
  }

  void apply() {
    trace();
    number_calls();
    for (std::size_t i = 0; i < model_.layers.size(); ++i) keep_calls(i);
    remove_layers();
    if (inputs_ == UnneededInputs::removed) remove_inputs();
    model_.outputs = {};
  }

 private:
  void need(const CallIndex& call) {
    if (needed_.insert(call).second) pending_.push_back(call);
  }

  void trace() {
    while (!pending_.empty()) {
      const CallIndex call = pending_.back();
      pending_.pop_back();
      const std::vector<CallArguments>& calls = model_.layers[call.layer].calls;
      if (call.node >= calls.size()) continue;
      for_each_tensor(calls[call.node], [&](const Argument& tensor, std::string_view) {
        const auto source = index_of_.find(tensor.reference.layer);
        if (source == index_of_.end() || tensor.reference.node < 0) return;
        read_.insert(source->second);
        need({source->second, static_cast<std::size_t>(tensor.reference.node)});
      });
    }
  }

  // Calls that stay are counted anew: references name a call by its number.
  void number_calls() {
    std::map<std::size_t, std::int64_t> next;
    for (const CallIndex& call : needed_) number_[call] = next[call.layer]++;
  }

  void keep_calls(std::size_t layer) {
    LayerEntry& entry = model_.layers[layer];
    std::vector<CallArguments> kept;
    for (std::size_t node = 0; node < entry.calls.size(); ++node) {
      if (!needed_.contains({layer, node})) continue;
      for_each_tensor(entry.calls[node], [&](Argument& tensor, std::string_view) {
        const auto source = index_of_.find(tensor.reference.layer);
        if (source == index_of_.end() || tensor.reference.node < 0) return;
        tensor.reference.node =
            number_.at({source->second, static_cast<std::size_t>(tensor.reference.node)});
      });
      kept.push_back(std::move(entry.calls[node]));
    }
    entry.calls = std::move(kept);
    entry.only_inside = !read_.contains(layer);
  }

  bool is_needed(std::size_t layer) const {
    const auto first = needed_.lower_bound({layer, 0});
    return first != needed_.end() && first->layer == layer;
  }

  void remove_layers() {
    std::size_t layer = 0;
    std::erase_if(model_.layers, [&](const LayerEntry& entry) {
      const bool stays = inputs_ == UnneededInputs::kept && entry.is_input();
      return !is_needed(layer++) && !stays;
    });
  }

  void remove_inputs() {
    TensorStructure left;
    for (std::size_t i = 0; i < model_.inputs.tensors.size(); ++i) {
      const auto layer = index_of_.find(model_.inputs.tensors[i].layer);
      if (layer == index_of_.end() || !is_needed(layer->second)) continue;
      left.tensors.push_back(model_.inputs.tensors[i]);
      left.keys.push_back(model_.inputs.keys[i]);
    }
    model_.inputs = std::move(left);
  }

  ModelConfig& model_;
  const UnneededInputs inputs_;
  std::unordered_map<std::string, std::size_t> index_of_;
  std::set<CallIndex> needed_;
  std::vector<CallIndex> pending_;
  std::set<std::size_t> read_;  // layers whose results are wanted or needed
  std::map<CallIndex, std::int64_t> number_;
};

}  // namespace

void keep_only(ModelConfig& model, const std::vector<std::string>& wanted, UnneededInputs inputs) {
  std::vector<Wanted> found;
  for (const std::string& name : wanted) found.push_back(find_wanted(model, name));
  if (model.kind == ModelKind::functional) {
    Cut cut(model, inputs);
    for (const Wanted& one : found) cut.want(one);
    return cut.apply();
  }
  std::size_t last = 0;
  for (const Wanted& one : found) last = std::max(last, one.layer);
  model.layers.erase(model.layers.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                     model.layers.end());
  model.layers.back().only_inside =
      std::none_of(found.begin(), found.end(),
                   [&](const Wanted& one) { return one.layer == last && one.whole; });
}

}  // namespace keraunos::keras
