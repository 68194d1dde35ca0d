#pragma once

#include <functional>
#include <string>

#include "keraunos/error.hpp"

namespace keraunos {

/// What the Error says that `work` throws; "no error" where it throws none.
inline std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace keraunos
