#include "runtime/keras/layers/windows.hpp"

namespace keraunos::keras {
namespace {

std::vector<std::int64_t> integers_or(const Config& config, std::string_view key, std::size_t count,
                                      std::vector<std::int64_t> fallback) {
  return config.find(key) ? config.integers(key, count, 1) : fallback;
}

}  // namespace

Padding padding_of(const Config& config, const std::vector<std::string_view>& allowed) {
  const std::string name = config.choice("padding", allowed);
  if (name == "same") return Padding::same;
  return name == "causal" ? Padding::causal : Padding::explicit_;
}

std::vector<Window> conv_windows(const Config& config, std::size_t spatial_rank) {
  const auto sizes = config.integers("kernel_size", spatial_rank, 1);
  const std::vector<std::int64_t> ones(spatial_rank, 1);
  const auto strides = integers_or(config, "strides", spatial_rank, ones);
  const auto dilations = integers_or(config, "dilation_rate", spatial_rank, ones);
  const Padding padding = spatial_rank == 1 ? padding_of(config, {"valid", "same", "causal"})
                                            : padding_of(config, {"valid", "same"});
  std::vector<Window> windows;
  for (std::size_t i = 0; i < spatial_rank; ++i) {
    windows.push_back(
        {.size = sizes[i], .stride = strides[i], .dilation = dilations[i], .padding = padding});
  }
  return windows;
}

std::vector<Window> pool_windows(const Config& config, std::size_t spatial_rank) {
  const auto sizes =
      integers_or(config, "pool_size", spatial_rank, std::vector<std::int64_t>(spatial_rank, 2));
  const auto strides = integers_or(config, "strides", spatial_rank, sizes);
  const Padding padding = padding_of(config, {"valid", "same"});
  std::vector<Window> windows;
  for (std::size_t i = 0; i < spatial_rank; ++i) {
    windows.push_back({.size = sizes[i], .stride = strides[i], .padding = padding});
  }
  return windows;
}

}  // namespace keraunos::keras
