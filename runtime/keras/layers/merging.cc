#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// All inputs as float32 where they differ in dtype.
std::vector<ValueId> promoted_inputs(LayerCall& call) {
  std::vector<ValueId> inputs;
  bool same = true;
  for (std::size_t i = 0; i < call.input_count(); ++i) {
    inputs.push_back(call.input(i));
    same = same && call.dtype(inputs[i]) == call.dtype(inputs[0]);
  }
  for (std::size_t i = 0; !same && i < inputs.size(); ++i) inputs[i] = call.float_input(i);
  if (inputs.empty()) fail(ErrorCode::malformed_file, "called on no tensor; at least one wanted");
  return inputs;
}

// Lower ranks get axes of 1 right after the batch, unlike numpy, which puts them in front.
ValueId with_rank(LayerCall& call, ValueId value, std::size_t rank) {
  Shape shape = call.shape(value);
  if (shape.size() == rank) return value;
  shape.insert(shape.begin() + (shape.empty() ? 0 : 1), rank - shape.size(), Dim(1));
  return call.emit(View{std::move(shape)}, {value});
}

template <BinaryFn fn>
std::vector<ValueId> import_merge(LayerCall& call) {
  std::vector<ValueId> inputs = promoted_inputs(call);
  std::size_t rank = 0;
  for (const ValueId input : inputs) rank = std::max(rank, call.rank(input));
  if (call.dtype(inputs[0]) != DType::float32 && call.dtype(inputs[0]) != DType::int32) {
    fail(ErrorCode::unsupported, "merging {} tensors is not supported",
         to_string(call.dtype(inputs[0])));
  }
  ValueId result = with_rank(call, inputs[0], rank);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    result = call.emit(Binary{fn}, {result, with_rank(call, inputs[i], rank)});
  }
  return {result};
}

std::vector<ValueId> import_concatenate(LayerCall& call) {
  std::vector<ValueId> inputs = promoted_inputs(call);
  const auto axis = call.config().find("axis");
  const Concat concat{normalize_axis(axis ? axis->as_int64() : -1, call.rank(inputs[0]))};
  return {inputs.size() == 1 ? inputs[0] : call.emit(concat, std::move(inputs))};
}

constexpr std::array classes = {
    LayerClass{"Add", import_merge<BinaryFn::add>},
    LayerClass{"Multiply", import_merge<BinaryFn::multiply>},
    LayerClass{"Concatenate", import_concatenate},
};

}  // namespace

const std::span<const LayerClass> merging_layers = classes;

}  // namespace keraunos::keras
