#include "runtime/ops/view.hpp"

namespace keraunos {

std::vector<TensorType> View::infer(std::span<const TensorType> inputs, Demands& demands) const {
  demands.equal(element_count(inputs[0].shape), element_count(shape),
                "a view must keep the number of elements");
  return {{inputs[0].dtype, shape}};
}

std::string View::describe() const { return to_string(shape); }

}  // namespace keraunos
