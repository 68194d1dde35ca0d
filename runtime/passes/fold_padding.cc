#include <algorithm>

#include "runtime/passes/passes.hpp"

// Pad with zeros -> Conv with explicit padding becomes one Conv that pads more. So does a maximum
// over cells none of which is negative: there the zeros never win over what is inside.

namespace keraunos {
namespace {

bool pads_only_space_with_zeros(const Pad& pad) {
  const auto is_empty = [](const PadAmounts& it) { return it.before == 0 && it.after == 0; };
  return pad.value == 0 && is_empty(pad.amounts.front()) && is_empty(pad.amounts.back());
}

bool has_explicit_padding(std::span<const Window> windows) {
  return std::all_of(windows.begin(), windows.end(),
                     [](const Window& window) { return window.padding == Padding::explicit_; });
}

bool is_relu(const Unary& unary) { return unary.fn == UnaryFn::relu && unary.alpha == 0; }

bool is_never_negative(const Graph& graph, ValueId value) {
  const auto producer = graph.producer(value);
  if (!producer) return false;
  const Op& op = graph.nodes()[*producer].op;
  if (const auto* unary = std::get_if<Unary>(&op)) return is_relu(*unary) && unary->gamma >= 0;
  const auto* conv = std::get_if<Conv>(&op);
  return conv != nullptr && is_relu(conv->activation) && conv->activation.gamma >= 0;
}

/// Every window of such a pooling still holds a cell of the input.
bool reaches_inside(std::span<const Window> windows, const Pad& pad) {
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Window& window = windows[i];
    if (window.dilation != 1 || window.pad_before + pad.amounts[i + 1].before >= window.size ||
        window.pad_after + pad.amounts[i + 1].after >= window.size) {
      return false;
    }
  }
  return true;
}

/// The windows of an op that could pad as `pad` does; null where it could not.
std::vector<Window>* windows_to_pad(Graph& graph, Op& op, const Node& padding, const Pad& pad) {
  if (auto* conv = std::get_if<Conv>(&op)) return &conv->windows;
  auto* const pool = std::get_if<Pool>(&op);
  const bool folds = pool != nullptr && pool->fn == PoolFn::max &&
                     is_never_negative(graph, padding.inputs[0]) &&
                     reaches_inside(pool->windows, pad);
  return folds ? &pool->windows : nullptr;
}

}  // namespace

void fold_padding(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    if (graph.nodes()[id].inputs.empty()) continue;
    const ValueId input = graph.nodes()[id].inputs[0];
    const auto behind = graph.producer(input);
    if (!behind || !graph.has_single_use(input)) continue;
    const Node& padding = graph.nodes()[*behind];
    const auto* pad = std::get_if<Pad>(&padding.op);
    if (pad == nullptr || !pads_only_space_with_zeros(*pad)) continue;
    auto* const windows = windows_to_pad(graph, graph.node(id).op, padding, *pad);
    if (windows == nullptr || !has_explicit_padding(*windows)) continue;
    for (std::size_t i = 0; i < windows->size(); ++i) {
      (*windows)[i].pad_before += pad->amounts[i + 1].before;
      (*windows)[i].pad_after += pad->amounts[i + 1].after;
    }
    graph.set_input(id, 0, padding.inputs[0]);
  }
  graph.compact();
}

}  // namespace keraunos
