#include "kernels/cuda/own/chain_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {
namespace {

/// From a cell of the output to an element of the operands of `step`.
StridedIndex operand_index(const Chain::Step& step, const Dims& operand, const Dims& output) {
  const auto* const affine = std::get_if<Affine>(&step);
  if (affine == nullptr) return make_broadcast_index(operand, output);
  std::vector<std::int64_t> strides(output.size(), 0);
  strides[affine->axis] = 1;
  return make_strided_index(output, strides);
}

/// Makes it an index from packs of `width` cells. False where a pack would cross the innermost of
/// the merged axes: only within that are its cells neighbours in the operand, or all one element.
bool pack_index(StridedIndex& index, std::int64_t width) {
  if (index.rank == 0) return true;
  const int innermost = index.rank - 1;
  if (index.sizes[innermost] % width != 0) return false;
  index.sizes[innermost] /= width;
  index.strides[innermost] *= width;
  return true;
}

bool repeats_innermost(const StridedIndex& index) {
  return index.rank == 0 || index.strides[index.rank - 1] == 0;
}

void set_function(ChainStep& step, const Unary& unary) { step.unary = unary; }
void set_function(ChainStep& step, const Cast& cast) {
  step.kind = ChainStep::Kind::cast;
  step.rounds_to = cast.dtype;
}
void set_function(ChainStep& step, const Affine&) { step.kind = ChainStep::Kind::affine; }
void set_function(ChainStep& step, const Chain::Combine& combine) {
  step.kind = ChainStep::Kind::combine;
  step.combine = combine;
}

/// The steps of a node for packs of `width` cells; nothing where an operand has none.
std::optional<std::vector<ChainStep>> make_steps(const NodeView& node, std::int64_t width) {
  std::vector<ChainStep> steps;
  std::size_t next = 1;
  for (const Chain::Step& it : node.as<Chain>().steps) {
    ChainStep& step = steps.emplace_back();
    std::visit([&](const auto& function) { set_function(step, function); }, it);
    step.operand_count = static_cast<int>(Chain::operand_count(it));
    if (step.operand_count == 0) continue;
    step.index = operand_index(it, node.inputs[next].dims, node.outputs[0].dims);
    step.one_for_all = repeats_innermost(step.index);
    if (!pack_index(step.index, width)) return std::nullopt;
    for (int i = 0; i < step.operand_count; ++i) {
      step.operands[i].dtype = node.inputs[next++].dtype;
    }
  }
  return steps;
}

bool is_beyond_activations(const Chain::Step& step) {
  const auto* const unary = std::get_if<Unary>(&step);
  return unary != nullptr && !is_activation(unary->fn);
}

template <int width, typename Function>
ChainBody<width, Function> make_body(const NodeView& node) {
  const std::vector<ChainStep> steps = *make_steps(node, width);
  ChainBody<width, Function> body;
  body.packs = node.outputs[0].size() / width;
  body.from = node.inputs[0].dtype;
  body.to = node.outputs[0].dtype;
  body.step_count = static_cast<int>(steps.size());
  std::copy(steps.begin(), steps.end(), body.steps);
  const std::int64_t packs = node.outputs[0].dims.empty() ? 1 : node.outputs[0].dims.back() / width;
  body.data_rows = {node.input_pitch(0), packs};
  body.output_rows = {node.output_pitch, packs};
  return body;
}

template <int width>
AnyChainBody<width> make_any_body(const NodeView& node) {
  const std::vector<Chain::Step>& steps = node.as<Chain>().steps;
  if (std::any_of(steps.begin(), steps.end(), is_beyond_activations)) {
    return make_body<width, AnyRealFunction>(node);
  }
  return make_body<width, Activation>(node);
}

constexpr std::int64_t pack = Pack4<float>::size;
static_assert(Chain::max_rank <= max_axes);

}  // namespace

Verdict accepts_chain(const NodeView& node, const BuildOptions&) {
  return accept_rank(node, "own chain");
}

AnyChainBody<1> make_chain_body(const NodeView& node) { return make_any_body<1>(node); }

Verdict accepts_packed_chain(const NodeView& node, const BuildOptions&) {
  if (const Verdict verdict = accept_rank(node, "own packed chain"); !verdict) return verdict;
  const Dims& dims = node.outputs[0].dims;
  const std::int64_t side_by_side = node.is_dense() ? node.outputs[0].size() : dims.back();
  if (side_by_side % pack == 0 && make_steps(node, pack)) return Verdict::yes();
  return Verdict::no(fmt::format(
      "own packed chain wants a multiple of {} cells side by side, for operands too, got {}", pack,
      to_string(dims)));
}

AnyChainBody<4> make_packed_chain_body(const NodeView& node) { return make_any_body<4>(node); }

}  // namespace keraunos::cuda
