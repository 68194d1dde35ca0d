#pragma once

#include <string_view>

namespace keraunos::keras {

/// Why an operation of keras.ops is not supported, where that is known; otherwise empty.
std::string_view why_operation_is_refused(std::string_view class_name);

}  // namespace keraunos::keras
