#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class SoftmaxFn {
  softmax,      ///< exp(x - max) / sum(exp(x - max))
  log_softmax,  ///< x - max - log(sum(exp(x - max)))
  sparsemax,    ///< max(x - tau, 0), tau as Keras has it: the running sums of the sorted cells in
                ///< the support, added up, less 1, over their number. (Martins & Astudillo 2016
                ///< take the last running sum alone.)
};

std::string_view to_string(SoftmaxFn fn);

/// Normalises over `axes` together (ascending, each once). sparsemax takes one axis.
struct Softmax {
  static constexpr std::string_view name = "Softmax";

  SoftmaxFn fn = SoftmaxFn::softmax;
  std::vector<std::size_t> axes;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
