#pragma once

#include <cmath>

#include "kernels/cuda/own/row_split.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// x - mean, where the mean has more digits than a float: two floats hold it, and the difference to
/// the first is exact where digits are short, which is near the mean.
struct Centre {
  float high;
  float low;

  KERAUNOS_DEVICE explicit Centre(double mean)
      : high(static_cast<float>(mean)), low(static_cast<float>(mean - static_cast<double>(high))) {}

  KERAUNOS_DEVICE float distance(float x) const { return (x - high) - low; }
};

/// Rows divided by a statistic of their own. Sums are held in double.
template <typename Element>
struct NormBody {
  NormFn fn = NormFn::standard;
  double epsilon = 0;
  RowSplit split;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return split.rows; }

  template <typename Lanes>
  KERAUNOS_DEVICE void operator()(std::int64_t row, const Lanes& lanes) const {
    const std::int64_t start = split.row_index(row);
    const Element* src = input + start;
    const Centre centre(has_mean() ? mean_of(src, lanes) : 0);
    const float divisor = divisor_of(src, centre, lanes);
    const Centre shift = fn == NormFn::standard ? centre : Centre(0);
    split.transform(src, output + start, lanes,
                    [=](float x) { return shift.distance(x) / divisor; });
  }

 private:
  KERAUNOS_DEVICE bool has_mean() const {
    return fn == NormFn::standard || fn == NormFn::deviation;
  }

  template <typename Lanes>
  KERAUNOS_DEVICE double mean_of(const Element* src, const Lanes& lanes) const {
    return split.sum_of(src, lanes, [](float x) { return x; }) / static_cast<double>(split.length);
  }

  template <typename Lanes>
  KERAUNOS_DEVICE float divisor_of(const Element* src, const Centre& centre,
                                   const Lanes& lanes) const {
    const double squares = split.sum_of(src, lanes, [=](float x) {
      const double distance = centre.distance(x);
      return distance * distance;
    });
    if (fn == NormFn::l2) {
      return static_cast<float>(std::sqrt(squares < epsilon ? epsilon : squares));
    }
    return static_cast<float>(std::sqrt(squares / static_cast<double>(split.length) + epsilon));
  }
};

Verdict accepts_norm(const NodeView& node, const BuildOptions& options);
ForEachFloat<NormBody> make_norm_body(const NodeView& node);

}  // namespace keraunos::cuda
