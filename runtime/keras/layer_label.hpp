#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "runtime/base/utf8.hpp"

namespace keraunos::keras {

/// "layer 'encoder/dense' (Dense)": what messages and nodes call a layer. Long names are shortened,
/// since every node of the layer keeps it.
inline std::string layer_label(std::string_view name, std::string_view class_name) {
  constexpr std::size_t most = 200;
  return fmt::format("layer '{}' ({})", shortened(name, most), shortened(class_name, most));
}

}  // namespace keraunos::keras
