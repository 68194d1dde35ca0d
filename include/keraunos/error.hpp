#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/export.hpp"

namespace keraunos {

/// What kind of mistake an Error reports. The numbers are part of the C ABI: never renumber.
enum class ErrorCode {
  invalid_argument = 1,    ///< the caller's arguments contradict themselves or the model
  file_not_readable = 2,   ///< the operating system refused to open or read the file
  malformed_file = 3,      ///< the bytes are not what their format promises
  unsupported = 4,         ///< understood, but not something this build can run
  shape_mismatch = 5,      ///< a shape does not fit what a layer or its weights demand
  device_unavailable = 6,  ///< the asked-for device, its driver or its libraries are missing
  out_of_memory = 7,       ///< an allocation or a stated memory limit was exceeded
  device_failure = 8,      ///< the device reported an error while running
  internal = 9,            ///< a broken promise inside Keraunos: please report it
};

/// "invalid_argument", "malformed_file", ...
KERAUNOS_API std::string_view to_string(ErrorCode code);

/// The one exception type that Keraunos throws.
///
/// `message()` is the bare sentence; `context()` lists where it happened, outermost first
/// ("model.keras", "layer 'dense' (Dense)", "key 'units'"); `what()` joins both with ": ".
/// Texts longer than anybody reads are shortened in the middle: they come from files.
class KERAUNOS_API Error : public std::runtime_error {
 public:
  Error(ErrorCode code, std::string message, std::vector<std::string> context = {});

  ErrorCode code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  const std::vector<std::string>& context() const noexcept { return context_; }

  /// A copy of this error with `where` put in front of the context chain.
  Error within(std::string where) const;

 private:
  ErrorCode code_;
  std::string message_;
  std::vector<std::string> context_;
};

}  // namespace keraunos
