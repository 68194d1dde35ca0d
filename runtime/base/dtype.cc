#include "keraunos/dtype.hpp"

#include <array>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

struct Entry {
  std::string_view name;
  std::size_t size;
  bool floating;
};

// In the order of the enumerators.
constexpr std::array<Entry, dtype_count> entries = {{
    {"float32", 4, true},
    {"float16", 2, true},
    {"bfloat16", 2, true},
    {"float64", 8, true},
    {"int8", 1, false},
    {"uint8", 1, false},
    {"int16", 2, false},
    {"uint16", 2, false},
    {"int32", 4, false},
    {"uint32", 4, false},
    {"int64", 8, false},
    {"uint64", 8, false},
    {"bool", 1, false},
    {"string", 16, false},
}};

const Entry& entry(DType dtype) {
  const auto index = static_cast<std::size_t>(dtype);
  if (index >= entries.size()) fail(ErrorCode::invalid_argument, "there is no dtype {}", index);
  return entries[index];
}

}  // namespace

std::size_t size_of(DType dtype) { return entry(dtype).size; }
std::string_view to_string(DType dtype) { return entry(dtype).name; }
bool is_floating(DType dtype) { return entry(dtype).floating; }

std::optional<DType> dtype_from_name(std::string_view name) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].name == name) return static_cast<DType>(i);
  }
  return std::nullopt;
}

}  // namespace keraunos
