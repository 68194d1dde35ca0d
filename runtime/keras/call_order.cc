#include "runtime/keras/call_order.hpp"

#include <fmt/ranges.h>

#include <map>
#include <queue>
#include <set>
#include <unordered_map>

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

class CallGraph {
 public:
  explicit CallGraph(const ModelConfig& model) : model_(model) {
    for (std::size_t i = 0; i < model.layers.size(); ++i) index_of_[model.layers[i].name] = i;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      if (model.layers[i].is_input()) continue;
      for (std::size_t node = 0; node < model.layers[i].calls.size(); ++node) add({i, node});
    }
  }

  // Kahn's algorithm; among calls that could run, the first in the file goes first.
  std::vector<CallIndex> sorted() {
    std::vector<CallIndex> order;
    while (!ready_.empty()) {
      const CallIndex call = ready_.top();
      ready_.pop();
      missing_.erase(call);
      order.push_back(call);
      for (const CallIndex& reader : readers_[call]) {
        if (--missing_[reader] == 0) ready_.push(reader);
      }
    }
    if (!missing_.empty()) refuse_cycle();
    return order;
  }

 private:
  void add(CallIndex call) {
    const LayerEntry& entry = model_.layers[call.layer];
    std::set<CallIndex> sources;
    for_each_tensor(entry.calls[call.node], [&](const Argument& tensor, std::string_view) {
      const CallIndex source = find_source(entry, tensor.reference);
      if (!model_.layers[source.layer].is_input()) sources.insert(source);
    });
    for (const CallIndex& source : sources) readers_[source].push_back(call);
    missing_[call] = sources.size();
    if (sources.empty()) ready_.push(call);
  }

  CallIndex find_source(const LayerEntry& reader, const TensorReference& tensor) const {
    const auto layer = index_of_.find(tensor.layer);
    if (layer != index_of_.end() && tensor.node >= 0) {
      const LayerEntry& maker = model_.layers[layer->second];
      const CallIndex source = {layer->second, static_cast<std::size_t>(tensor.node)};
      if (source.node < (maker.is_input() ? 1 : maker.calls.size())) return source;
    }
    fail(ErrorCode::malformed_file,
         "layer '{}' ({}) takes a tensor from call {} of layer '{}', which is not there",
         reader.name, reader.class_name, tensor.node, tensor.layer);
  }

  [[noreturn]] void refuse_cycle() const {
    std::set<std::string> stuck;
    for (const auto& [call, count] : missing_) stuck.insert(model_.layers[call.layer].name);
    fail(ErrorCode::malformed_file, "the layers {} wait for each other: the graph has a cycle",
         fmt::join(stuck, ", "));
  }

  const ModelConfig& model_;
  std::unordered_map<std::string, std::size_t> index_of_;
  std::map<CallIndex, std::vector<CallIndex>> readers_;
  std::map<CallIndex, std::size_t> missing_;
  std::priority_queue<CallIndex, std::vector<CallIndex>, std::greater<>> ready_;
};

}  // namespace

std::vector<CallIndex> order_calls(const ModelConfig& model) { return CallGraph(model).sorted(); }

}  // namespace keraunos::keras
