#include "runtime/explain/story.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/explain/window_story.hpp"

namespace keraunos {
namespace {

using keras::LayerRecord;

// One layer being told.
struct Teller {
  const Subject& subject;
  const LayerRecord& layer;
  const Sizes& sizes;

  const Graph& graph() const { return subject.graph; }
  const Shape& input(const Node& node, std::size_t i = 0) const {
    return graph().shape(node.inputs[i]);
  }
  const Shape& output(const Node& node) const { return graph().shape(node.outputs[0]); }

  std::string shapes() const {
    const Shape* const in = first_input(subject, layer);
    const Shape* const out = first_output(subject, layer);
    if (in == nullptr || out == nullptr) return "";
    if (*in == *out) return fmt::format("the shape stays {}", sizes.text(*out));
    return fmt::format("{} → {}", sizes.text(*in), sizes.text(*out));
  }

  Story dense(const Node& node) const;
  Story flatten() const;
  Story reduce(const Node& node, const Reduce& reduce) const;
  Story resize(const Node& node) const;
  Story recurrent(const Node& node, const Recurrent& recurrent) const;
  Story concat(const Node& node, const Concat& concat) const;
  Story gather(const Node& node) const;
  Story transpose(const Transpose& transpose) const;
  Story elementwise() const;
  Story of(const Node& node) const;
};

Story Teller::dense(const Node& node) const {
  const Shape& in = input(node);
  const std::string rows = sizes.text(in.back());
  const std::string columns = sizes.text(output(node).back());
  if (in.size() == 2) {
    return {"dense",
            fmt::format("each of the {} neurons sees all {} numbers of a sample: {} → {}", columns,
                        rows, rows, columns),
            {}};
  }
  const Shape places(in.begin() + 1, in.end() - 1);
  return {"dense on the last axis",
          fmt::format("Dense works on the last axis only: {} → {}; the same {} neurons at each of "
                      "the {} positions see {} numbers; put Flatten before it for one vector per "
                      "sample",
                      sizes.text(in), sizes.text(output(node)), columns,
                      product_text(sizes, places, 0), rows),
          {}};
}

Story Teller::flatten() const {
  const Shape& in = *first_input(subject, layer);
  const Shape& out = *first_output(subject, layer);
  if (in.size() == 2) {
    return {
        "flatten",
        fmt::format("the input is flat already: {} changes nothing and can go", layer.class_name),
        {}};
  }
  std::string sentence = fmt::format("{} keeps the batch and multiplies {}", layer.class_name,
                                     product_text(sizes, in, 1));
  if (sizes.number(out[1])) {
    sentence += fmt::format(" = {}", sizes.text(out[1]));
  } else {
    sentence += ", a number that only the batch decides";
  }
  if (in.size() > 3) sentence += " (row by row, channels innermost)";
  return {"flatten", std::move(sentence), {}};
}

Story Teller::reduce(const Node& node, const Reduce& reduce) const {
  const Shape& in = input(node);
  std::vector<std::string> cells;
  for (const std::size_t axis : reduce.axes) cells.push_back(sizes.text(in[axis]));
  const std::string_view what = reduce.fn == ReduceFn::mean  ? "mean"
                                : reduce.fn == ReduceFn::max ? "largest"
                                : reduce.fn == ReduceFn::sum ? "sum"
                                                             : to_string(reduce.fn);
  return {"reduce",
          fmt::format("takes the {} over {} {} ({} cells): {}", what,
                      reduce.axes.size() == 1 ? "axis" : "axes", fmt::join(reduce.axes, " and "),
                      fmt::join(cells, "×"), shapes()),
          {}};
}

Story Teller::resize(const Node& node) const {
  const Shape& in = input(node);
  const Shape& out = output(node);
  const bool fixed = out[1].is_constant() && out[2].is_constant();
  return {"resize",
          fmt::format("scales every image from {}×{} to {}×{}{}", sizes.text(in[1]),
                      sizes.text(in[2]), sizes.text(out[1]), sizes.text(out[2]),
                      fixed ? ", whatever it was: from here height and width are known" : ""),
          {}};
}

Story Teller::recurrent(const Node& node, const Recurrent& recurrent) const {
  const std::string steps = sizes.text(input(node)[1]);
  const Shape* const out = first_output(subject, layer);
  const bool sequence = recurrent.return_sequences;
  return {
      sequence ? "recurrent, every step" : "recurrent, last step",
      fmt::format("reads {} steps one after the other and gives {}: {}", steps,
                  sequence ? "its state at every step (return_sequences)" : "the last state only",
                  out == nullptr ? "" : sizes.text(*out)),
      {}};
}

Story Teller::concat(const Node& node, const Concat& concat) const {
  std::vector<std::string> parts;
  for (const ValueId part : node.inputs)
    parts.push_back(sizes.text(graph().shape(part)[concat.axis]));
  return {"concat",
          fmt::format("joins {} tensors along axis {}: {} = {}", parts.size(), concat.axis,
                      fmt::join(parts, " + "), sizes.text(output(node)[concat.axis])),
          {}};
}

Story Teller::gather(const Node& node) const {
  return {"lookup",
          fmt::format("looks up a vector of {} for every number: {}",
                      sizes.text(output(node).back()), shapes()),
          {}};
}

Story Teller::transpose(const Transpose& transpose) const {
  return {
      "transpose",
      fmt::format("reorders the axes as {}: {}", fmt::join(transpose.permutation, ", "), shapes()),
      {}};
}

Story Teller::elementwise() const {
  const std::size_t tensors = layer.inputs.size();
  if (tensors > 1) {
    return {"merge",
            fmt::format("combines {} tensors cell by cell: {}", tensors,
                        first_output(subject, layer) == nullptr
                            ? ""
                            : sizes.text(*first_output(subject, layer))),
            {}};
  }
  const Shape* const in = first_input(subject, layer);
  const Shape* const out = first_output(subject, layer);
  const bool same = in != nullptr && out != nullptr && *in == *out;
  return {same ? "cell by cell" : "other", same ? "works cell by cell: " + shapes() : shapes(), {}};
}

Story Teller::of(const Node& node) const {
  const Op& op = node.op;
  if (flattens(subject, layer)) return flatten();
  if (layer.class_name == "Masking") return {"mask", shapes(), {}};
  if (std::holds_alternative<Conv>(op) || std::holds_alternative<ConvTranspose>(op) ||
      std::holds_alternative<Pool>(op)) {
    return tell_windows(graph(), layer, node, sizes);
  }
  if (std::holds_alternative<MatMul>(op) && layer.class_name == "Dense") return dense(node);
  if (const auto* it = std::get_if<Reduce>(&op)) return reduce(node, *it);
  if (std::holds_alternative<Resize>(op)) return resize(node);
  if (const auto* it = std::get_if<Recurrent>(&op)) return recurrent(node, *it);
  if (const auto* it = std::get_if<Concat>(&op)) return concat(node, *it);
  if (std::holds_alternative<Gather>(op)) return gather(node);
  if (const auto* it = std::get_if<Transpose>(&op)) return transpose(*it);
  if (std::holds_alternative<Pad>(op)) return {"pad", "adds cells around: " + shapes(), {}};
  if (std::holds_alternative<Slice>(op)) return {"cut", "cuts out a part: " + shapes(), {}};
  if (std::holds_alternative<View>(op)) {
    return {"reshape", "the same cells in the same order under another shape: " + shapes(), {}};
  }
  if (std::holds_alternative<Norm>(op) || std::holds_alternative<Softmax>(op)) {
    return {"normalise", "cells are set against each other: " + shapes(), {}};
  }
  return elementwise();
}

Story tell_without_nodes(const Subject& subject, const LayerRecord& layer, const Sizes& sizes) {
  if (layer.inputs.empty() && !layer.outputs.empty()) {
    return {
        "input", fmt::format("takes {}", shape_text(subject, sizes, layer.outputs.front())), {}};
  }
  return {"unchanged", "does nothing when the model runs", {}};
}

std::string mask_text(const LayerRecord& layer) {
  if (!layer.input_masked && layer.output_masked) {
    return "; from here a mask says which steps are padding";
  }
  return layer.input_masked && !layer.output_masked ? "; the mask ends here" : "";
}

}  // namespace

Story tell(const Subject& subject, const LayerRecord& layer, const Sizes& sizes) {
  if (!layer.called) return {"not called", "no call of this layer belongs to the model", {}};
  if (layer.problem) {
    return {"unknown", fmt::format("unknown from here: {}", layer.problem->message()), {}};
  }
  const bool lost = !layer.outputs.empty() && layer.outputs.front() == keras::unknown_value;
  if (lost) return {"unknown", "unknown, because what it takes is unknown", {}};
  if (!layer.layers.empty()) {
    return {"model",
            fmt::format("a model of {} layers: {}", layer.layers.size(),
                        Teller{subject, layer, sizes}.shapes()),
            {}};
  }
  const Node* const node = main_node(subject.graph, layer);
  Story story = node == nullptr ? tell_without_nodes(subject, layer, sizes)
                                : Teller{subject, layer, sizes}.of(*node);
  story.sentence += mask_text(layer);
  return story;
}

}  // namespace keraunos
