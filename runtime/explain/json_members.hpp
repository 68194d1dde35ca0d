#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/file/json_writer.hpp"

namespace keraunos {

/// Writes members of objects under their names.
class JsonMembers {
 public:
  const std::string& text() const { return writer_.text(); }

  void value(const std::string& text) { writer_.string(text); }
  void value(const char* text) { writer_.string(text); }
  void value(std::string_view text) { writer_.string(text); }
  void value(bool flag) { writer_.flag(flag); }
  template <std::integral T>
  void value(T number) {
    writer_.integer(static_cast<std::int64_t>(number));
  }
  template <typename T>
  void value(const std::optional<T>& maybe) {
    maybe ? value(*maybe) : writer_.null();
  }
  template <typename T>
  void value(const std::vector<T>& items) {
    array(items, [&](const T& item) { value(item); });
  }

  template <typename T>
  void member(const char* name, const T& content) {
    writer_.key(name);
    value(content);
  }
  template <typename Items, typename Write>
  void array(const Items& items, Write&& write) {
    writer_.begin_array();
    for (const auto& item : items) write(item);
    writer_.end_array();
  }
  template <typename Items, typename Write>
  void objects(const char* name, const Items& items, Write&& write) {
    writer_.key(name);
    array(items, [&](const auto& item) { object([&] { write(item); }); });
  }
  template <typename Write>
  void object(Write&& write) {
    writer_.begin_object();
    write();
    writer_.end_object();
  }
  template <typename Write>
  void object(const char* name, Write&& write) {
    writer_.key(name);
    object(std::forward<Write>(write));
  }

 private:
  file::JsonWriter writer_;
};

}  // namespace keraunos
