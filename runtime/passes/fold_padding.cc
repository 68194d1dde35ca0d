#include <algorithm>

#include "runtime/passes/passes.hpp"

// Pad with zeros -> Conv with explicit padding becomes one Conv that pads more.

namespace keraunos {
namespace {

bool pads_only_space_with_zeros(const Pad& pad) {
  const auto is_empty = [](const PadAmounts& it) { return it.before == 0 && it.after == 0; };
  return pad.value == 0 && is_empty(pad.amounts.front()) && is_empty(pad.amounts.back());
}

bool has_explicit_padding(const Conv& conv) {
  return std::all_of(conv.windows.begin(), conv.windows.end(),
                     [](const Window& window) { return window.padding == Padding::explicit_; });
}

}  // namespace

void fold_padding(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    auto* conv = std::get_if<Conv>(&graph.node(id).op);
    if (conv == nullptr || !has_explicit_padding(*conv)) continue;
    const ValueId input = graph.nodes()[id].inputs[0];
    const auto behind = graph.producer(input);
    if (!behind || !graph.has_single_use(input)) continue;
    const Node& padding = graph.nodes()[*behind];
    const auto* pad = std::get_if<Pad>(&padding.op);
    if (pad == nullptr || !pads_only_space_with_zeros(*pad)) continue;
    for (std::size_t i = 0; i < conv->windows.size(); ++i) {
      conv->windows[i].pad_before += pad->amounts[i + 1].before;
      conv->windows[i].pad_after += pad->amounts[i + 1].after;
    }
    graph.set_input(id, 0, padding.inputs[0]);
  }
  graph.compact();
}

}  // namespace keraunos
