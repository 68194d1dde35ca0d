#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keraunos {

/// Writes members of objects under their names.
class JsonWriter {
 public:
  std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  void string(std::string_view text) {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void value(const std::string& text) { string(text); }
  void value(const char* text) { string(text); }
  void value(std::string_view text) { string(text); }
  void value(std::int64_t number) { writer_.Int64(number); }
  void value(std::size_t number) { writer_.Uint64(number); }
  void value(bool flag) { writer_.Bool(flag); }
  template <typename T>
  void value(const std::optional<T>& maybe) {
    maybe ? value(*maybe) : static_cast<void>(writer_.Null());
  }
  template <typename T>
  void value(const std::vector<T>& items) {
    array(items, [&](const T& item) { value(item); });
  }

  template <typename T>
  void member(const char* name, const T& content) {
    writer_.Key(name);
    value(content);
  }
  template <typename Items, typename Write>
  void array(const Items& items, Write&& write) {
    writer_.StartArray();
    for (const auto& item : items) write(item);
    writer_.EndArray();
  }
  template <typename Items, typename Write>
  void objects(const char* name, const Items& items, Write&& write) {
    writer_.Key(name);
    array(items, [&](const auto& item) { object([&] { write(item); }); });
  }
  template <typename Write>
  void object(Write&& write) {
    writer_.StartObject();
    write();
    writer_.EndObject();
  }
  template <typename Write>
  void object(const char* name, Write&& write) {
    writer_.Key(name);
    object(std::forward<Write>(write));
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace keraunos
