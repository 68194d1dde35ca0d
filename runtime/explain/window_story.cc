#include "runtime/explain/window_story.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace keraunos {
namespace {

std::string padding_name(const Window& window) {
  switch (window.padding) {
    case Padding::same: return "same";
    case Padding::causal: return "causal";
    case Padding::explicit_: break;
  }
  return window.pad_before + window.pad_after == 0 ? "valid" : "explicit";
}

WindowStep step_of(const Window& window, const Dim& before, const Dim& after, const Sizes& sizes) {
  WindowStep step;
  step.before = sizes.text(before);
  step.after = sizes.text(after);
  step.size = window.size;
  step.stride = window.stride;
  step.dilation = window.dilation;
  step.padding = padding_name(window);
  const auto cells = sizes.number(before);
  const auto positions = sizes.number(after);
  if (cells && positions && *cells >= 0 && *positions >= 1) {
    const PadAmounts pads = pad_amounts(window, *cells);
    step.pad_before = pads.before;
    step.pad_after = pads.after;
    const std::int64_t reached = (*positions - 1) * window.stride + window.extent();
    step.dropped = std::max<std::int64_t>(*cells + pads.before + pads.after - reached, 0);
  }
  return step;
}

// "3×3", or "3" where all axes agree.
template <typename Number>
std::string joined(const std::vector<WindowStep>& steps, Number number) {
  std::vector<std::string> texts;
  for (const WindowStep& step : steps) texts.push_back(fmt::format("{}", number(step)));
  return fmt::format("{}", fmt::join(texts, "×"));
}

template <typename Number>
std::string number_or_each(const std::vector<WindowStep>& steps, Number number) {
  const bool equal = std::all_of(steps.begin(), steps.end(), [&](const WindowStep& step) {
    return number(step) == number(steps.front());
  });
  return equal ? fmt::format("{}", number(steps.front())) : joined(steps, number);
}

// "28 → 26", or axis by axis where they differ.
std::string change_text(const std::vector<WindowStep>& steps) {
  std::vector<std::string> changes;
  for (const WindowStep& step : steps) {
    std::string change = fmt::format("{} → {}", step.before, step.after);
    if (changes.empty() || changes.back() != change) changes.push_back(std::move(change));
  }
  return fmt::format("{}", fmt::join(changes, ", "));
}

// Why the size is what it is, where that is not plain.
std::string reason_text(const std::vector<WindowStep>& steps) {
  const WindowStep& step = steps.front();
  const std::int64_t extent = (step.size - 1) * step.dilation + 1;
  if (step.padding == "valid" && step.stride == 1 && extent > 1) {
    return fmt::format(" ({} cells fewer: the window stays inside)", extent - 1);
  }
  if (step.padding == "same" && step.stride == 1) return " (padded with zeros, so the size stays)";
  if (step.padding == "same") {
    return fmt::format(" (padded with zeros: 1/{} of the size, rounded up)", step.stride);
  }
  if (step.padding == "causal") return " (padded in front only)";
  if (step.padding == "valid" && step.stride > 1) {
    return fmt::format(" ((size - {}) // {} + 1)", extent, step.stride);
  }
  return "";
}

std::string dropped_text(const std::vector<WindowStep>& steps) {
  std::int64_t most = 0;
  for (const WindowStep& step : steps) most = std::max(most, step.dropped.value_or(0));
  if (most == 0) return "";
  if (most == 1) return "; the last cell of an axis is dropped: no window reaches it";
  return fmt::format("; the last {} cells of an axis are dropped: no window reaches them", most);
}

std::string window_text(const std::vector<WindowStep>& steps, bool pooling) {
  const auto size = [](const WindowStep& step) { return step.size; };
  const auto stride = [](const WindowStep& step) { return step.stride; };
  const auto dilation = [](const WindowStep& step) { return step.dilation; };
  const std::string& padding = steps.front().padding;
  std::string text = pooling ? "pool " + joined(steps, size) : joined(steps, size) + " window";
  if (!pooling || padding != "valid") text += fmt::format(", {} padding", padding);
  if (pooling || number_or_each(steps, stride) != "1") {
    text += ", stride " + number_or_each(steps, stride);
  }
  if (number_or_each(steps, dilation) != "1") {
    text += ", dilation " + number_or_each(steps, dilation);
  }
  return text;
}

std::string channel_text(const Conv& conv, const Dim& in, const Dim& out, const Sizes& sizes) {
  if (conv.groups > 1 && in == Dim(conv.groups)) {
    return fmt::format("; a filter for each of the {} channels → {}", sizes.text(in),
                       sizes.text(out));
  }
  return fmt::format("; {} filters: {} → {} channels", sizes.text(out), sizes.text(in),
                     sizes.text(out));
}

// Windows of several convolutions (depthwise, then pointwise) are told by the widest.
const Node& widest(const Graph& graph, const keras::LayerRecord& layer, const Node& first) {
  for (NodeId id = layer.first_node; id < layer.end_node; ++id) {
    const auto* const conv = std::get_if<Conv>(&graph.nodes()[id].op);
    if (conv == nullptr) continue;
    const bool wide = std::any_of(conv->windows.begin(), conv->windows.end(),
                                  [](const Window& window) { return window.size > 1; });
    if (wide) return graph.nodes()[id];
  }
  return first;
}

const Node& last_conv(const Graph& graph, const keras::LayerRecord& layer, const Node& first) {
  for (NodeId id = layer.end_node; id-- > layer.first_node;) {
    if (std::holds_alternative<Conv>(graph.nodes()[id].op)) return graph.nodes()[id];
  }
  return first;
}

std::vector<WindowStep> steps_of(const Graph& graph, const Node& node,
                                 const std::vector<Window>& windows, const Sizes& sizes) {
  const Shape& before = graph.shape(node.inputs[0]);
  const Shape& after = graph.shape(node.outputs[0]);
  std::vector<WindowStep> steps;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    steps.push_back(step_of(windows[i], before[i + 1], after[i + 1], sizes));
  }
  return steps;
}

Story tell_conv(const Graph& graph, const keras::LayerRecord& layer, const Node& first,
                const Sizes& sizes) {
  const Node& node = widest(graph, layer, first);
  const Node& last = last_conv(graph, layer, first);
  const auto& conv = std::get<Conv>(node.op);
  Story story = {"window", "", steps_of(graph, node, conv.windows, sizes)};
  story.sentence =
      fmt::format("{}: {}{}{}{}", window_text(story.windows, false), change_text(story.windows),
                  reason_text(story.windows), dropped_text(story.windows),
                  channel_text(std::get<Conv>(last.op), graph.shape(first.inputs[0]).back(),
                               graph.shape(last.outputs[0]).back(), sizes));
  return story;
}

Story tell_pool(const Graph& graph, const Node& node, const Pool& pool, const Sizes& sizes) {
  Story story = {"window", "", steps_of(graph, node, pool.windows, sizes)};
  story.sentence = fmt::format("{}: {}{}; the {} of each window", window_text(story.windows, true),
                               change_text(story.windows), dropped_text(story.windows),
                               pool.fn == PoolFn::max ? "largest cell" : "mean");
  return story;
}

// What makes an axis larger is told by its sizes.
Story tell_growth(const Graph& graph, const Node& node, const Sizes& sizes) {
  const Shape& before = graph.shape(node.inputs[0]);
  const Shape& after = graph.shape(node.outputs[0]);
  std::vector<std::string> changes;
  for (std::size_t axis = 1; axis + 1 < after.size(); ++axis) {
    std::string change = fmt::format("{} → {}", sizes.text(before[axis]), sizes.text(after[axis]));
    if (changes.empty() || changes.back() != change) changes.push_back(std::move(change));
  }
  return {
      "transposed window",
      fmt::format("a transposed convolution spreads every cell over a window: {}; {} → {} "
                  "channels",
                  fmt::join(changes, ", "), sizes.text(before.back()), sizes.text(after.back())),
      {}};
}

}  // namespace

Story tell_windows(const Graph& graph, const keras::LayerRecord& layer, const Node& node,
                   const Sizes& sizes) {
  if (const auto* const pool = std::get_if<Pool>(&node.op)) {
    if (!pool->windows.empty()) return tell_pool(graph, node, *pool, sizes);
  }
  const auto* const conv = std::get_if<Conv>(&node.op);
  if (conv != nullptr && !conv->windows.empty()) return tell_conv(graph, layer, node, sizes);
  return tell_growth(graph, node, sizes);
}

}  // namespace keraunos
