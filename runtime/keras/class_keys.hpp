#pragma once

#include <array>
#include <string_view>

namespace keraunos::keras {

/// The config keys of one of Keras's layer classes, separated by spaces.
struct ClassKeys {
  std::string_view class_name;
  /// What every release of Keras 1, of 2.0 to 2.2, of 2.3 and later, and of Keras 3 that has the
  /// class writes, whatever its options; keys that mean nothing when a model runs are left out.
  /// `absent` where the generation has no such class.
  std::array<std::string_view, 4> always;
  /// What any release ever wrote or took beside the keys of any layer.
  std::string_view known;

  static constexpr std::string_view absent = "-";
};

/// The keys of that class; null where Keras has no such layer.
const ClassKeys* find_class_keys(std::string_view class_name);

/// True for keys that a layer of any class may have.
bool is_key_of_any_layer(std::string_view key);

}  // namespace keraunos::keras
