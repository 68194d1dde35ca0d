#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/file/json.hpp"

namespace keraunos::file {

/// Builds a document value by value, in the order of the text. Inside an object every value follows
/// its key; commas come by themselves.
class JsonWriter {
 public:
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  void key(std::string_view name);
  void string(std::string_view text);
  void integer(std::int64_t number);
  void flag(bool value);
  void null();
  /// A copy of a value of any document.
  void value(const Json& json);

  const std::string& text() const { return text_; }
  /// The finished document.
  Json parse() const;

 private:
  void begin(char bracket);
  void end(char bracket);
  void separate();

  std::string text_;
  bool first_ = true;  // nothing stands yet in the innermost container
};

}  // namespace keraunos::file
