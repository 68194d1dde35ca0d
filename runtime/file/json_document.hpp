#pragma once

// RapidJSON's empty stacks add to null pointers, in functions that it marks with this macro.
#define RAPIDJSON_FORCEINLINE __attribute__((no_sanitize("pointer-overflow")))
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

// What stands behind file/json.hpp. Nothing outside of file/json*.cc includes it.

namespace keraunos::file {

// RapidJSON does not check what malloc returns; an exception passes through it safely.
struct JsonAllocator {
  // NOLINTBEGIN(readability-identifier-naming): RapidJSON calls them so.
  static void* Malloc(std::size_t size) { return size == 0 ? nullptr : checked(std::malloc(size)); }
  static void* Realloc(void* old, std::size_t, std::size_t size) {
    if (size != 0) return checked(std::realloc(old, size));
    std::free(old);
    return nullptr;
  }
  static void Free(void* memory) { std::free(memory); }
  // NOLINTEND(readability-identifier-naming)

 private:
  static void* checked(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
  }
};

using JsonEncoding = rapidjson::UTF8<>;
using JsonPool = rapidjson::MemoryPoolAllocator<JsonAllocator>;
using JsonDocument = rapidjson::GenericDocument<JsonEncoding, JsonPool, JsonAllocator>;
using JsonValue = JsonDocument::ValueType;

inline std::string_view text_of(const JsonValue& string) {
  return {string.GetString(), string.GetStringLength()};
}

/// Appends `text` as a JSON string; it may be left open where that makes `out` longer than
/// `max_length`.
void append_quoted(std::string& out, std::string_view text,
                   std::size_t max_length = std::string::npos);

/// Compact JSON text of the value, complete where it has up to `max_length` bytes, otherwise a
/// beginning of at least that length.
std::string json_text(const JsonValue& value, std::size_t max_length);

}  // namespace keraunos::file
