#include <fmt/format.h>

#include <cmath>
#include <cstddef>
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

using Kind = JsonNode::Kind;

std::string real_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";  // it stays a float
  return text;
}

// A container that is being written, and how many of its nodes are done.
struct Open {
  const JsonNode* container;
  std::size_t done;
};

class Dumper {
 public:
  Dumper(const JsonDocument& document, std::size_t max_length)
      : document_(document), max_length_(max_length) {}

  std::string dump(const JsonNode& value) {
    std::vector<Open> stack;
    const JsonNode* next = &value;
    while (out_.size() <= max_length_) {
      if (next != nullptr) {
        write_head(*next);
        if (next->kind == Kind::array || next->kind == Kind::object) stack.push_back({next, 0});
      } else {
        stack.pop_back();
      }
      if (stack.empty()) break;
      next = next_child(stack.back());
    }
    return std::move(out_);
  }

 private:
  // Writes a scalar, or the opening bracket of a container.
  void write_head(const JsonNode& value) {
    switch (value.kind) {
      case Kind::null: out_ += "null"; return;
      case Kind::no: out_ += "false"; return;
      case Kind::yes: out_ += "true"; return;
      case Kind::integer: out_ += fmt::format("{}", value.integer); return;
      case Kind::natural: out_ += fmt::format("{}", value.natural); return;
      case Kind::real: out_ += real_text(value.real); return;
      case Kind::string: append_quoted(out_, document_.text_of(value), max_length_); return;
      case Kind::array: out_ += '['; return;
      case Kind::object: out_ += '{'; return;
    }
  }

  // Writes what stands between the children of a container; null when it is complete.
  const JsonNode* next_child(Open& open) {
    const JsonNode& container = *open.container;
    const bool array = container.kind == Kind::array;
    if (open.done == container.size * (array ? std::size_t{1} : std::size_t{2})) {
      out_ += array ? ']' : '}';
      return nullptr;
    }
    if (open.done > 0) out_ += ',';
    if (!array) {
      append_quoted(out_, document_.text_of(document_.child(container, open.done++)), max_length_);
      out_ += ':';
    }
    return &document_.child(container, open.done++);
  }

  const JsonDocument& document_;
  std::size_t max_length_;
  std::string out_;
};

}  // namespace

std::string json_text(const JsonDocument& document, const JsonNode& value, std::size_t max_length) {
  return Dumper(document, max_length).dump(value);
}

}  // namespace keraunos::file
