#include <array>

#include "keraunos/options.hpp"

namespace keraunos {
namespace {

constexpr std::array<std::string_view, 4> names = {"tf32", "float32", "float16", "bfloat16"};

}  // namespace

std::string_view to_string(Precision precision) {
  return names[static_cast<std::size_t>(precision)];
}

std::optional<Precision> precision_from(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<Precision>(i);
  }
  return std::nullopt;
}

}  // namespace keraunos
