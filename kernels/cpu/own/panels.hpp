#pragma once

#include <cstdint>
#include <vector>

#include "kernels/cpu/own/simd.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cpu {

/// Multiply-adds up to which our own product beats oneDNN's.
inline constexpr std::int64_t small_product = 4'000'000;

/// A constant matrix (depth, groups * columns) cut into panels as Simd::gemm reads them: per group,
/// panels of two vectors' width, the last one of one vector where that is enough.
class Panels {
 public:
  /// Packs constant input `i`; `bias` may be null. `transposed`: the input is stored as
  /// (groups * columns, depth).
  Panels(KernelBuild& build, std::size_t i, const Constant* bias, std::int64_t depth,
         std::int64_t columns, std::int64_t groups, bool transposed = false);

  std::int64_t per_group() const { return per_group_; }
  std::int64_t count() const { return per_group_ * groups_; }
  std::int64_t columns() const { return columns_; }
  std::size_t bytes() const { return static_cast<std::size_t>(group_floats() * groups_) * 4; }

  /// Fills in panel, bias, columns and width. `panel` counts through all groups.
  void fill(GemmBlock& block, std::int64_t panel) const;
  /// The first column of `panel`, counted through all groups.
  std::int64_t first_column(std::int64_t panel) const {
    return panel / per_group_ * columns_ + panel % per_group_ * wide_;
  }

 private:
  std::int64_t padded_columns() const;
  std::int64_t group_floats() const { return depth_ * padded_columns(); }
  bool is_narrow(std::int64_t panel_of_group) const;
  void pack(const float* src, float* dst) const;

  std::int64_t depth_;
  std::int64_t columns_;  // of a group
  std::int64_t groups_;
  bool transposed_;
  std::int64_t wide_;       // columns of a full panel
  std::int64_t per_group_;  // panels
  const float* packed_;
  std::vector<float> bias_;  // padded as the panels are
};

}  // namespace keraunos::cpu
