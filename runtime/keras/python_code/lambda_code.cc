#include "runtime/keras/python_code/lambda_code.hpp"

#include <fmt/format.h>

#include <optional>

#include "runtime/file/printable.hpp"
#include "runtime/keras/python_code/suggestion.hpp"

namespace keraunos::keras::python {
namespace {

using file::Json;

// Code, defaults and closure: in Keras 3 in an object, before in a list.
struct Parts {
  std::string code;
  std::optional<Json> defaults;
  std::optional<Json> closure;
};

std::optional<Parts> parts_of(const Json& config) {
  const auto function = config.find("function");
  if (!function) return std::nullopt;
  if (function->is_array() && function->size() >= 1 && (*function)[0].is_string()) {
    const auto part = [&](std::size_t i) {
      return i < function->size() ? std::optional((*function)[i]) : std::nullopt;
    };
    return Parts{std::string((*function)[0].as_string()), part(1), part(2)};
  }
  const auto inner = function->is_object() ? function->find("config") : std::nullopt;
  const auto code = inner && inner->is_object() ? inner->find("code") : std::nullopt;
  if (!code || !code->is_string()) return std::nullopt;
  return Parts{std::string(code->as_string()), inner->find("defaults"), inner->find("closure")};
}

int digit_of(char letter) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t digit = digits.find(letter);
  return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

// Base64 with line breaks anywhere, as Python writes it; nothing where it is none.
std::optional<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char letter : text) {
    if (letter == '\n' || letter == '\r' || letter == ' ') continue;
    if (letter == '=') break;
    const int digit = digit_of(letter);
    if (digit < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xffffff;
    count += 6;
    if (count >= 8) bytes.push_back(static_cast<char>(bits >> (count -= 8) & 0xff));
  }
  return bytes;
}

// Early versions of Keras wrote each byte as a character of its own.
std::string decode_characters(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const bool is_pair = (lead == 0xC2 || lead == 0xC3) && i + 1 < text.size();
    bytes.push_back(is_pair ? static_cast<char>((lead & 3) << 6 | (text[++i] & 0x3f)) : text[i]);
  }
  return bytes;
}

// A value as the config has it; null where it is none that an expression shows.
ExpressionRef value_of(const Json& json) {
  if (json.is_int()) return make_number(static_cast<double>(json.as_int64()), true);
  if (json.is_number()) return make_number(json.as_double(), false);
  if (json.is_bool()) {
    return make_expression(Expression::Kind::constant, json.as_bool() ? "True" : "False");
  }
  if (json.is_null()) return make_expression(Expression::Kind::constant, "None");
  if (json.is_string()) {
    return make_expression(Expression::Kind::string, std::string(json.as_string()));
  }
  if (!json.is_array() || json.size() > 16) return nullptr;
  std::vector<ExpressionRef> items;
  for (const Json item : json.elements()) {
    if (item.is_array() || item.is_object()) return nullptr;
    items.push_back(value_of(item));
  }
  return make_expression(Expression::Kind::list, "", std::move(items));
}

std::vector<ExpressionRef> values_of(const std::optional<Json>& list) {
  std::vector<ExpressionRef> values;
  if (!list || !list->is_array()) return values;
  for (const Json value : list->elements()) values.push_back(value_of(value));
  return values;
}

Bindings bindings_of(const Json& config, const Parts& parts) {
  Bindings bindings;
  bindings.defaults = values_of(parts.defaults);
  bindings.closure = values_of(parts.closure);
  const auto arguments = config.find("arguments");
  if (arguments && arguments->is_object()) {
    for (const auto [name, value] : arguments->members()) {
      if (ExpressionRef known = value_of(value)) bindings.values[std::string(name)] = known;
    }
  }
  return bindings;
}

std::optional<Function> read(const Json& config) {
  const auto parts = parts_of(config);
  if (!parts) return std::nullopt;
  const Bindings bindings = bindings_of(config, *parts);
  if (const auto bytes = decode_base64(parts->code)) {
    if (auto function = decompile(*bytes, bindings)) return function;
  }
  return decompile(decode_characters(parts->code), bindings);
}

}  // namespace

std::string describe_lambda(const Json& config, std::string_view layer) {
  const auto function = config.is_object() ? read(config) : std::nullopt;
  if (!function) return "What the code does could not be read";
  const std::string text =
      fmt::format("The code of {} reads as `{}`", file::printable(function->argument),
                  to_text(function->result));
  const auto suggestion = suggest_layer(*function);
  if (!suggestion) return text;
  return fmt::format("{}; if that is right, this layer does the same: --replace '{}={}'", text,
                     file::printable(layer), *suggestion);
}

}  // namespace keraunos::keras::python
