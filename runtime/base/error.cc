#include "keraunos/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace keraunos {
namespace {

std::string join(const std::vector<std::string>& context, const std::string& message) {
  if (context.empty()) return message;
  return fmt::format("{}: {}", fmt::join(context, ": "), message);
}

}  // namespace

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::file_not_readable: return "file_not_readable";
    case ErrorCode::malformed_file: return "malformed_file";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::shape_mismatch: return "shape_mismatch";
    case ErrorCode::device_unavailable: return "device_unavailable";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::device_failure: return "device_failure";
    case ErrorCode::internal: return "internal";
  }
  return "unknown";
}

Error::Error(ErrorCode code, std::string message, std::vector<std::string> context)
    : std::runtime_error(join(context, message)),
      code_(code),
      message_(std::move(message)),
      context_(std::move(context)) {}

Error Error::within(std::string where) const {
  std::vector<std::string> context = {std::move(where)};
  context.insert(context.end(), context_.begin(), context_.end());
  return Error(code_, message_, std::move(context));
}

}  // namespace keraunos
