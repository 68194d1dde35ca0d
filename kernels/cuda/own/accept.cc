#include "kernels/cuda/own/accept.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/cuda/own/float_element.hpp"

namespace keraunos::cuda {
namespace {

/// The first input or output that `is_wrong`; null where there is none.
template <typename Predicate>
const TensorDesc* find_tensor(const NodeView& node, const Predicate& is_wrong) {
  for (const auto tensors : {node.inputs, node.outputs}) {
    const auto found = std::find_if(tensors.begin(), tensors.end(), is_wrong);
    if (found != tensors.end()) return &*found;
  }
  return nullptr;
}

}  // namespace

Verdict accept_float(const NodeView& node, std::string_view kernel) {
  constexpr std::size_t residual = 3;
  const DType data = node.inputs[0].dtype;
  if (!is_float_element(data)) {
    return Verdict::no(fmt::format("{} computes on float32, float16 or bfloat16, got {}", kernel,
                                   to_string(data)));
  }
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const DType wanted = i == residual ? data : DType::float32;
    if (node.inputs[i].dtype != wanted) {
      return Verdict::no(fmt::format("{} wants input {} in {}, got {}", kernel, i,
                                     to_string(wanted), to_string(node.inputs[i].dtype)));
    }
  }
  if (node.outputs[0].dtype == data) return Verdict::yes();
  return Verdict::no(fmt::format("{} makes {} of {}, not {}", kernel, to_string(data),
                                 to_string(data), to_string(node.outputs[0].dtype)));
}

Verdict accept_rank(const NodeView& node, std::string_view kernel) {
  const TensorDesc* deep =
      find_tensor(node, [](const TensorDesc& tensor) { return tensor.dims.size() > max_axes; });
  if (deep == nullptr) return Verdict::yes();
  return Verdict::no(
      fmt::format("{} takes up to {} axes, got {}", kernel, max_axes, deep->dims.size()));
}

Verdict accept_float_and_rank(const NodeView& node, std::string_view kernel) {
  Verdict verdict = accept_float(node, kernel);
  return verdict ? accept_rank(node, kernel) : verdict;
}

Verdict in_the_name_of(std::string_view kernel, const Verdict& verdict) {
  if (verdict) return verdict;
  return Verdict::no(fmt::format("{} {}", kernel, verdict.reason()));
}

}  // namespace keraunos::cuda
