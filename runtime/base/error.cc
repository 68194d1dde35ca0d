#include "keraunos/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "runtime/base/utf8.hpp"

namespace keraunos {
namespace {

// Names of strangers' files stand in messages, and layers in layers in layers around them.
constexpr std::size_t most_places = 24;
constexpr std::size_t most_place_bytes = 1000;
constexpr std::size_t most_message_bytes = 16384;

std::vector<std::string> bounded(std::vector<std::string> context) {
  for (std::string& place : context) {
    if (place.size() > most_place_bytes) place = shortened(place, most_place_bytes);
  }
  if (context.size() <= most_places) return context;
  const auto middle = context.begin() + most_places / 2;
  const auto dropped = static_cast<std::ptrdiff_t>(context.size() - most_places);
  *middle = "...";
  context.erase(middle + 1, middle + 1 + dropped);
  return context;
}

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
    : std::runtime_error(join(bounded(context), shortened(message, most_message_bytes))),
      code_(code),
      message_(shortened(message, most_message_bytes)),
      context_(bounded(std::move(context))) {}

Error Error::within(std::string where) const {
  std::vector<std::string> context = {std::move(where)};
  context.insert(context.end(), context_.begin(), context_.end());
  return Error(code_, message_, std::move(context));
}

}  // namespace keraunos
