#pragma once

#include <string_view>

namespace keraunos::keras {

/// What Keras calls a class that goes by another name in files.
constexpr std::string_view class_behind(std::string_view name_in_files) {
  if (name_in_files == "Model") return "Functional";
  if (name_in_files == "GroupQueryAttention") return "GroupedQueryAttention";
  return name_in_files;
}

}  // namespace keraunos::keras
