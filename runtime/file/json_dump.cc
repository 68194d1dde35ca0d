#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "runtime/file/json_document.hpp"

namespace keraunos::file {

void append_quoted(std::string& out, std::string_view text, std::size_t max_length) {
  out += '"';
  for (const char c : text) {
    if (out.size() > max_length) return;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

namespace {

std::string number_text(const JsonValue& value) {
  if (value.IsInt64()) return fmt::format("{}", value.GetInt64());
  if (value.IsUint64()) return fmt::format("{}", value.GetUint64());
  const double number = value.GetDouble();
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";  // it stays a float
  return text;
}

// Writes a scalar, or the opening bracket of a container.
void append_head(std::string& out, const JsonValue& value, std::size_t max_length) {
  switch (value.GetType()) {
    case rapidjson::kNullType: out += "null"; return;
    case rapidjson::kFalseType: out += "false"; return;
    case rapidjson::kTrueType: out += "true"; return;
    case rapidjson::kStringType: append_quoted(out, text_of(value), max_length); return;
    case rapidjson::kNumberType: out += number_text(value); return;
    case rapidjson::kArrayType: out += '['; return;
    case rapidjson::kObjectType: out += '{'; return;
  }
}

// A container that is being written, and how many of its children are done.
struct Open {
  const JsonValue* container;
  rapidjson::SizeType done;
};

// Writes what stands between the children of the innermost container; null when it is complete.
const JsonValue* next_child(std::string& out, Open& open, std::size_t max_length) {
  const JsonValue& container = *open.container;
  const bool array = container.IsArray();
  const rapidjson::SizeType count = array ? container.Size() : container.MemberCount();
  if (open.done == count) {
    out += array ? ']' : '}';
    return nullptr;
  }
  if (open.done > 0) out += ',';
  const rapidjson::SizeType index = open.done++;
  if (array) return &container[index];
  const auto member = container.MemberBegin() + static_cast<std::ptrdiff_t>(index);
  append_quoted(out, text_of(member->name), max_length);
  out += ':';
  return &member->value;
}

}  // namespace

std::string json_text(const JsonValue& value, std::size_t max_length) {
  std::string out;
  std::vector<Open> stack;
  const JsonValue* next = &value;
  while (out.size() <= max_length) {
    if (next != nullptr) {
      append_head(out, *next, max_length);
      if (next->IsArray() || next->IsObject()) stack.push_back({next, 0});
    } else {
      stack.pop_back();
    }
    if (stack.empty()) break;
    next = next_child(out, stack.back(), max_length);
  }
  return out;
}

}  // namespace keraunos::file
