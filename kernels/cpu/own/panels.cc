#include "kernels/cpu/own/panels.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/checked.hpp"

namespace keraunos::cpu {

Panels::Panels(KernelBuild& build, std::size_t i, const Constant* bias, std::int64_t depth,
               std::int64_t columns, std::int64_t groups, bool transposed)
    : depth_(depth),
      columns_(columns),
      groups_(groups),
      transposed_(transposed),
      wide_(simd().panel_width(false)),
      per_group_(ceil_div(columns, wide_)) {
  const auto packer = [this](const void* src, void* dst) {
    pack(static_cast<const float*>(src), static_cast<float*>(dst));
  };
  const std::string format = fmt::format("{}panels of {} floats in {} groups",
                                         transposed_ ? "transposed " : "", wide_, groups_);
  packed_ = static_cast<const float*>(build.packed(i, format, bytes(), packer));

  const std::int64_t padded = padded_columns();
  bias_.resize(static_cast<std::size_t>(padded * groups_));
  if (bias == nullptr) return;
  const ConstantElements elements(*bias);
  for (std::int64_t group = 0; group < groups_; ++group) {
    std::copy_n(static_cast<const float*>(elements.data()) + group * columns_, columns_,
                bias_.data() + group * padded);
  }
}

bool Panels::is_narrow(std::int64_t panel_of_group) const {
  return columns_ - panel_of_group * wide_ <= wide_ / 2;
}

std::int64_t Panels::padded_columns() const {
  return is_narrow(per_group_ - 1) ? per_group_ * wide_ - wide_ / 2 : per_group_ * wide_;
}

void Panels::fill(GemmBlock& block, std::int64_t panel) const {
  const std::int64_t group = panel / per_group_;
  const std::int64_t first = panel % per_group_ * wide_;
  block.panel = packed_ + group * group_floats() + first * depth_;
  block.bias = bias_.data() + group * padded_columns() + first;
  block.columns = std::min(wide_, columns_ - first);
  block.narrow = is_narrow(panel % per_group_);
}

void Panels::pack(const float* src, float* dst) const {
  const std::int64_t row_step = transposed_ ? 1 : columns_ * groups_;
  const std::int64_t column_step = transposed_ ? depth_ : 1;
  for (std::int64_t group = 0; group < groups_; ++group) {
    for (std::int64_t panel = 0; panel < per_group_; ++panel) {
      const std::int64_t width = is_narrow(panel) ? wide_ / 2 : wide_;
      const std::int64_t filled = std::min(width, columns_ - panel * wide_);
      const float* row = src + (group * columns_ + panel * wide_) * column_step;
      for (std::int64_t i = 0; i < depth_; ++i, row += row_step, dst += width) {
        if (transposed_) {
          for (std::int64_t j = 0; j < filled; ++j) dst[j] = row[j * column_step];
        } else {
          std::copy_n(row, filled, dst);
        }
        std::fill_n(dst + filled, width - filled, 0.0F);
      }
    }
  }
}

}  // namespace keraunos::cpu
