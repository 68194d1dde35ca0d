#include "runtime/keras/axis_names.hpp"

#include <fmt/format.h>

#include "runtime/base/farm_hash.hpp"
#include "runtime/base/utf8.hpp"

namespace keraunos::keras {
namespace {

std::vector<std::string> usual_names(const std::vector<std::optional<std::int64_t>>& sizes) {
  // A known channel axis before unknown spatial ones is how channels_first images look.
  const bool channels_first = sizes.size() >= 4 && sizes[1] && !sizes.back();
  switch (sizes.size()) {
    case 2: return {"batch", "features"};
    case 3: return {"batch", "steps", "features"};
    case 4:
      if (channels_first) return {"batch", "channels", "height", "width"};
      return {"batch", "height", "width", "channels"};
    case 5:
      if (channels_first) return {"batch", "channels", "depth", "height", "width"};
      return {"batch", "depth", "height", "width", "channels"};
    default: break;
  }
  std::vector<std::string> names = {"batch"};
  for (std::size_t axis = 1; axis < sizes.size(); ++axis)
    names.push_back(fmt::format("axis{}", axis));
  return names;
}

// Names of inputs stand in every formula behind them: of a long one a part stands for it, with a
// number that tells it from others that begin alike.
std::string symbol_prefix(const std::string& input) {
  constexpr std::size_t longest = 64;
  if (input.size() <= longest) return input;
  return fmt::format("{}~{:x}", shortened(input, longest / 2), farm_fingerprint(input));
}

}  // namespace

Shape name_axes(const std::vector<std::optional<std::int64_t>>& sizes, const std::string& input) {
  const std::vector<std::string> names = usual_names(sizes);
  const std::string prefix = symbol_prefix(input);
  Shape shape = {Dim::symbol("batch")};
  for (std::size_t axis = 1; axis < sizes.size(); ++axis) {
    shape.push_back(sizes[axis]     ? Dim(*sizes[axis])
                    : input.empty() ? Dim::symbol(names[axis])
                                    : Dim::symbol(fmt::format("{}.{}", prefix, names[axis])));
  }
  return shape;
}

}  // namespace keraunos::keras
