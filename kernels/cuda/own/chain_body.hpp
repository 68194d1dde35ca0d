#pragma once

#include "kernels/cuda/own/binary_body.hpp"
#include "kernels/cuda/own/pack4.hpp"
#include "kernels/cuda/own/unary_body.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// Floats of a dtype that is known at run time only: all threads of a launch branch alike.
template <int width>
KERAUNOS_DEVICE Floats<width> load_floats(DType dtype, const void* data, std::int64_t first) {
  switch (dtype) {
    case DType::float16: return Floats<width>::load(static_cast<const Float16*>(data) + first);
    case DType::bfloat16: return Floats<width>::load(static_cast<const BFloat16*>(data) + first);
    case DType::uint8: return Floats<width>::load(static_cast<const std::uint8_t*>(data) + first);
    default: return Floats<width>::load(static_cast<const float*>(data) + first);
  }
}

template <int width>
KERAUNOS_DEVICE void store_floats(const Floats<width>& values, DType dtype, void* data,
                                  std::int64_t first) {
  switch (dtype) {
    case DType::float16: return values.store(static_cast<Float16*>(data) + first);
    case DType::bfloat16: return values.store(static_cast<BFloat16*>(data) + first);
    default: return values.store(static_cast<float*>(data) + first);
  }
}

KERAUNOS_DEVICE inline float rounded_to(DType dtype, float x) {
  return dtype == DType::float16 ? to_float(from_float<Float16>(x))
                                 : to_float(from_float<BFloat16>(x));
}

/// What a step reads besides the running value.
struct ChainOperand {
  DType dtype = DType::float32;
  const void* data = nullptr;
};

/// One step of a chain over packs of `width` cells.
struct ChainStep {
  enum class Kind { unary, combine, affine, cast };

  Kind kind = Kind::unary;
  Unary unary = {};
  Chain::Combine combine = {};
  DType rounds_to = DType::float16;
  StridedIndex index = {};  // from a pack of the output to an element of the operands
  bool one_for_all = true;  // cells of a pack read one element, not neighbours
  int operand_count = 0;
  ChainOperand operands[2] = {};

  template <int width>
  KERAUNOS_DEVICE Floats<width> read(const ChainOperand& operand, std::int64_t element) const {
    if (!one_for_all) return load_floats<width>(operand.dtype, operand.data, element);
    const float value = load_floats<1>(operand.dtype, operand.data, element).lanes[0];
    Floats<width> values;
    values.each([&](float, int) { return value; });
    return values;
  }
};

/// Where the packs of a tensor lie: one behind the other, or in rows with a pitch.
template <int width>
struct PackRows {
  std::int64_t pitch = 0;  // elements; 0 for a dense tensor
  std::int64_t packs = 1;  // of a row

  KERAUNOS_DEVICE std::int64_t first_element(std::int64_t pack) const {
    if (pitch == 0) return pack * width;
    const std::int64_t cell = take_coordinate(pack, packs) * width;
    return pack * pitch + cell;
  }
};

/// The functions that Keras's activations do not have take many more registers.
struct AnyRealFunction {
  Unary unary;
  KERAUNOS_DEVICE float operator()(float x) const {
    return is_activation(unary.fn) ? activate(unary, x) : reference::mathematics(unary.fn, x);
  }
};

/// output[i] = the last step of (... the first step of (data[i])); output and data may be the same
/// where their elements have one size.
template <int width, typename Function>
struct ChainBody {
  std::int64_t packs = 0;
  DType from = DType::float32;
  DType to = DType::float32;
  int step_count = 0;
  ChainStep steps[Chain::max_steps] = {};
  PackRows<width> data_rows;
  PackRows<width> output_rows;
  const void* data = nullptr;
  void* output = nullptr;

  void bind(const KernelArgs& args) {
    data = args.inputs[0];
    output = args.outputs[0];
    std::size_t next = 1;
    for (ChainStep& step : steps) {
      for (int i = 0; i < step.operand_count; ++i) step.operands[i].data = args.inputs[next++];
    }
  }

  std::int64_t count() const { return packs; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    Floats<width> values = load_floats<width>(from, data, data_rows.first_element(i));
    for (int s = 0; s < step_count; ++s) apply(steps[s], i, values);
    store_floats(values, to, output, output_rows.first_element(i));
  }

 private:
  KERAUNOS_DEVICE static void apply(const ChainStep& step, std::int64_t i, Floats<width>& values) {
    if (step.kind == ChainStep::Kind::unary) {
      return values.each([&](float x, int) { return Function{step.unary}(x); });
    }
    if (step.kind == ChainStep::Kind::cast) {
      return values.each([&](float x, int) { return rounded_to(step.rounds_to, x); });
    }
    const std::int64_t element = step.index(i);
    const auto first = step.read<width>(step.operands[0], element);
    if (step.kind == ChainStep::Kind::affine) {
      const auto shift = step.read<width>(step.operands[1], element);
      return values.each(
          [&](float x, int lane) { return x * first.lanes[lane] + shift.lanes[lane]; });
    }
    const Arithmetic function = {step.combine.fn};
    values.each([&](float x, int lane) {
      const float operand = first.lanes[lane];
      return step.combine.operand_first ? function(operand, x) : function(x, operand);
    });
  }
};

template <int width>
using AnyChainBody = std::variant<ChainBody<width, Activation>, ChainBody<width, AnyRealFunction>>;

/// Any chain, one cell at a time.
Verdict accepts_chain(const NodeView& node, const BuildOptions& options);
AnyChainBody<1> make_chain_body(const NodeView& node);

/// Where every operand has neighbours, or one element, for four cells side by side: whole tensors,
/// scalars, vectors along a last axis of a multiple of four, gates for each channel of an image.
Verdict accepts_packed_chain(const NodeView& node, const BuildOptions& options);
AnyChainBody<4> make_packed_chain_body(const NodeView& node);

}  // namespace keraunos::cuda
