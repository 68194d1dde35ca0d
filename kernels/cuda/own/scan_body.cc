#include "kernels/cuda/own/scan_body.hpp"

#include <array>

#include "kernels/cuda/own/accept.hpp"
#include "kernels/reference/reductions.hpp"

namespace keraunos::cuda {

Verdict accepts_scan(const NodeView& node, const BuildOptions&) {
  const DType dtype = arithmetic_dtype(node.inputs[0].dtype);
  const Verdict verdict = in_the_name_of("own scan", reference::can_scan(dtype));
  return verdict ? accept_rank(node, "own scan") : verdict;
}

AnyScanBody make_scan_body(const NodeView& node) {
  const auto& [dtype, dims] = node.inputs[0];
  const Scan& op = node.as<Scan>();
  const auto make = [&op, split = make_row_split(dims, std::array{op.axis})](auto element) {
    return ScanBody<decltype(element)>{.fn = op.fn, .split = split};
  };
  if (dtype == DType::int32) return make(std::int32_t{});
  if (dtype == DType::int64) return make(std::int64_t{});
  return for_float_element<ForEachFloat<ScanBody>>(dtype, make);
}

}  // namespace keraunos::cuda
