#include "runtime/file/json.hpp"

#include <cmath>
#include <new>

#include "runtime/base/fail.hpp"
#include "runtime/file/json_document.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file {

using Kind = JsonNode::Kind;

Json Json::parse(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    fail(ErrorCode::malformed_file, "the JSON text has {} bytes; the limit is {}", text.size(),
         limits.max_bytes);
  }
  try {
    auto document = std::make_shared<const JsonDocument>(parse_json(text, limits));
    const JsonNode* const root = &document->nodes.back();
    return Json(std::move(document), root);
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::out_of_memory, "no memory to parse {} bytes of JSON", text.size());
  }
}

bool Json::is_null() const { return value_->kind == Kind::null; }
bool Json::is_bool() const { return value_->kind == Kind::no || value_->kind == Kind::yes; }
bool Json::is_int() const { return value_->kind == Kind::integer; }
bool Json::is_number() const { return value_->is_number(); }
bool Json::is_string() const { return value_->kind == Kind::string; }
bool Json::is_array() const { return value_->kind == Kind::array; }
bool Json::is_object() const { return value_->kind == Kind::object; }

void Json::wrong_type(std::string_view wanted) const {
  fail(ErrorCode::malformed_file, "{} wanted, found {}", wanted, dump(60));
}

bool Json::as_bool() const {
  if (!is_bool()) wrong_type("true or false");
  return value_->kind == Kind::yes;
}

std::int64_t Json::as_int64() const {
  if (is_int()) return value_->integer;
  if (value_->kind == Kind::real) {
    const double number = value_->real;
    if (number >= -0x1p63 && number < 0x1p63 && std::trunc(number) == number) {
      return static_cast<std::int64_t>(number);
    }
  }
  wrong_type("an integer");
}

double Json::as_double() const {
  if (!is_number()) wrong_type("a number");
  if (value_->kind == Kind::integer) return static_cast<double>(value_->integer);
  return value_->kind == Kind::natural ? static_cast<double>(value_->natural) : value_->real;
}

std::string_view Json::as_string() const {
  if (!is_string()) wrong_type("a string");
  return document_->text_of(*value_);
}

std::size_t Json::size() const {
  if (!is_array() && !is_object()) wrong_type("an array or an object");
  return value_->size;
}

Json Json::child(std::size_t index) const {
  return Json(document_, &document_->child(*value_, index));
}

Json Json::operator[](std::size_t index) const {
  if (!is_array()) wrong_type("an array");
  if (index >= value_->size) {
    fail(ErrorCode::malformed_file, "an array of more than {} elements wanted, found {}", index,
         dump(60));
  }
  return child(index);
}

std::optional<Json> Json::find(std::string_view key) const {
  if (!is_object()) wrong_type("an object");
  for (std::size_t i = value_->size; i-- > 0;) {
    if (document_->text_of(document_->child(*value_, 2 * i)) == key) return child(2 * i + 1);
  }
  return std::nullopt;
}

Json Json::at(std::string_view key) const {
  if (auto found = find(key)) return *std::move(found);
  std::string names;
  for (const auto& [name, value] : members()) {
    if (!names.empty()) names += ", ";
    names += name;
    if (names.size() > 200) break;
  }
  fail(ErrorCode::malformed_file, "there is no key '{}'; there is: {}", key,
       names.empty() ? "nothing" : printable(names));
}

Json::Member Json::member(std::size_t index) const {
  return {document_->text_of(document_->child(*value_, 2 * index)), child(2 * index + 1)};
}

Json::Elements Json::elements() const {
  if (!is_array()) wrong_type("an array");
  return Elements(*this);
}

Json::Members Json::members() const {
  if (!is_object()) wrong_type("an object");
  return Members(*this);
}

std::string Json::text() const { return json_text(*document_, *value_, std::string::npos); }

std::string Json::dump(std::size_t max_length) const {
  // Control characters were escaped already: this only cuts.
  return printable(json_text(*document_, *value_, max_length), max_length);
}

}  // namespace keraunos::file
