#pragma once

#include <span>
#include <vector>

#include "keraunos/tensor.hpp"

namespace keraunos::cpu {

/// The axes of an output and how its inputs are walked along them, with neighbours merged where
/// every input walks over them alike. There is at least one axis.
struct MergedAxes {
  Dims dims;
  std::vector<Dims> strides;  // one list per input; 0 along repeated axes

  MergedAxes(const Dims& output, const std::vector<Dims>& input_strides)
      : strides(input_strides.size()) {
    for (std::size_t axis = 0; axis < output.size(); ++axis) {
      if (output[axis] == 1) continue;
      if (!merges(output[axis], input_strides, axis)) {
        dims.push_back(1);
        for (Dims& input : strides) input.push_back(0);
      }
      dims.back() *= output[axis];
      for (std::size_t i = 0; i < strides.size(); ++i) {
        strides[i].back() = input_strides[i][axis];
      }
    }
    if (!dims.empty()) return;
    dims.push_back(1);
    for (Dims& input : strides) input.push_back(0);
  }

  std::int64_t row() const { return dims.back(); }
  std::span<const std::int64_t> outer() const { return std::span(dims).first(dims.size() - 1); }
  /// The strides of input `i` along outer().
  std::span<const std::int64_t> outer_strides(std::size_t i) const {
    return std::span(strides[i]).first(dims.size() - 1);
  }
  std::int64_t step(std::size_t i) const { return strides[i].back(); }

 private:
  bool merges(std::int64_t size, const std::vector<Dims>& input_strides, std::size_t axis) const {
    if (dims.empty()) return false;
    for (std::size_t i = 0; i < strides.size(); ++i) {
      if (strides[i].back() != input_strides[i][axis] * size) return false;
    }
    return true;
  }
};

}  // namespace keraunos::cpu
