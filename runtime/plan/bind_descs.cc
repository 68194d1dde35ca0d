#include "runtime/plan/bind_descs.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorDesc> bind_descs(const PlanRequest& request) {
  const Graph& graph = request.graph;
  const auto limit = static_cast<std::int64_t>(request.max_activation_bytes);
  std::vector<TensorDesc> descs;
  for (ValueId id = 0; id < graph.value_count(); ++id) {
    const Value& value = graph.value(id);
    descs.push_back({value.type.dtype, {}});
    if (value.constant) descs.back().dims = value.constant->desc.dims;
  }
  const auto bind = [&](ValueId id, const std::string& layer) {
    TensorDesc& desc = descs[id];
    desc.dims = evaluate(graph.shape(id), request.binding);
    const std::int64_t cells = within([&] { return layer; }, [&] { return desc.size(); });
    if (cells > limit / static_cast<std::int64_t>(size_of(desc.dtype))) {
      fail(ErrorCode::out_of_memory,
           "{}: {} elements of {} at shape {} exceed the limit of {} bytes for activations "
           "(SessionOptions::max_activation_bytes, --max-activation-bytes)",
           layer, cells, to_string(desc.dtype), to_string(desc.dims), limit);
    }
  };
  for (const ValueId input : graph.inputs()) bind(input, "input");
  for (const Node& node : graph.nodes()) {
    for (const ValueId output : node.outputs) bind(output, node.layer);
  }
  return descs;
}

}  // namespace keraunos
