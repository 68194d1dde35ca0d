#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/file/json.hpp"

// What stands behind file/json.hpp. Nothing outside of file/json*.cc includes it.

namespace keraunos::file {

/// One value of a document, or the name of a member.
struct JsonNode {
  enum class Kind : std::uint32_t { null, no, yes, integer, natural, real, string, array, object };

  Kind kind = Kind::null;
  std::uint32_t size = 0;  // bytes of a string; elements of an array; members of an object
  union {
    std::int64_t integer = 0;
    std::uint64_t natural;  // a whole number that does not fit into `integer`
    double real;
    std::uint64_t first;  // of a string's bytes; of a container's nodes
  };

  bool is_number() const {
    return kind == Kind::integer || kind == Kind::natural || kind == Kind::real;
  }
};

/// A parsed document: the nodes of each container stand together, those of an object as name,
/// value, name, value; the root is the last. Immutable once it is parsed.
struct JsonDocument {
  std::vector<JsonNode> nodes;
  std::string text;  // of all strings, one behind the other

  const JsonNode& child(const JsonNode& container, std::size_t index) const {
    return nodes[container.first + index];
  }
  std::string_view text_of(const JsonNode& string) const {
    return std::string_view(text).substr(string.first, string.size);
  }
};

/// Throws Error malformed_file telling what is wrong at which byte.
JsonDocument parse_json(std::string_view text, const JsonLimits& limits);

/// Appends `text` as a JSON string; it may be left open where that makes `out` longer than
/// `max_length`.
void append_quoted(std::string& out, std::string_view text,
                   std::size_t max_length = std::string::npos);

/// Compact JSON text of the value, complete where it has up to `max_length` bytes, otherwise a
/// beginning of at least that length.
std::string json_text(const JsonDocument& document, const JsonNode& value, std::size_t max_length);

}  // namespace keraunos::file
