#include "runtime/file/json.hpp"

// RapidJSON's empty stacks add to null pointers, in functions that it marks with this macro.
#define RAPIDJSON_FORCEINLINE __attribute__((no_sanitize("pointer-overflow")))
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <cstdlib>
#include <new>
#include <vector>

#include "runtime/base/fail.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file {
namespace {

// RapidJSON does not check what malloc returns; an exception passes through it safely.
struct ThrowingAllocator {
  void* Malloc(std::size_t size) { return size == 0 ? nullptr : checked(std::malloc(size)); }
  void* Realloc(void* old, std::size_t, std::size_t size) {
    if (size != 0) return checked(std::realloc(old, size));
    std::free(old);
    return nullptr;
  }
  static void Free(void* memory) { std::free(memory); }

 private:
  static void* checked(void* memory) {
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
  }
};

using Utf8 = rapidjson::UTF8<>;
using Pool = rapidjson::MemoryPoolAllocator<ThrowingAllocator>;
using Document = rapidjson::GenericDocument<Utf8, Pool, ThrowingAllocator>;
using Value = Document::ValueType;
using Reader = rapidjson::GenericReader<Utf8, Utf8, ThrowingAllocator>;

constexpr unsigned parse_flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseNanAndInfFlag |
    rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag;

// Passes the parser's events on to the document, but stops where values nest too deeply.
class DepthLimiter {
 public:
  using Ch = char;

  DepthLimiter(Document& document, std::size_t max_depth)
      : document_(document), max_depth_(max_depth) {}

  bool exceeded() const { return depth_ > max_depth_; }

  bool Null() { return document_.Null(); }
  bool Bool(bool value) { return document_.Bool(value); }
  bool Int(int value) { return document_.Int(value); }
  bool Uint(unsigned value) { return document_.Uint(value); }
  bool Int64(std::int64_t value) { return document_.Int64(value); }
  bool Uint64(std::uint64_t value) { return document_.Uint64(value); }
  bool Double(double value) { return document_.Double(value); }
  bool RawNumber(const char* text, unsigned length, bool copy) {
    return document_.RawNumber(text, length, copy);
  }
  bool String(const char* text, unsigned length, bool copy) {
    return document_.String(text, length, copy);
  }
  bool Key(const char* text, unsigned length, bool copy) {
    return document_.Key(text, length, copy);
  }
  bool StartObject() { return ++depth_ <= max_depth_ && document_.StartObject(); }
  bool StartArray() { return ++depth_ <= max_depth_ && document_.StartArray(); }
  bool EndObject(unsigned count) { return --depth_, document_.EndObject(count); }
  bool EndArray(unsigned count) { return --depth_, document_.EndArray(count); }

 private:
  Document& document_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
};

void parse_into(Document& document, std::string_view text, const JsonLimits& limits) {
  auto generate = [&](Document& handler) {
    rapidjson::MemoryStream stream(text.data(), text.size());
    DepthLimiter limiter(handler, limits.max_depth);
    Reader reader;
    // RapidJSON takes a zero byte for the end of the text.
    if (reader.Parse<parse_flags>(stream, limiter) && stream.Tell() == text.size()) return true;
    if (limiter.exceeded()) {
      fail(ErrorCode::malformed_file, "the JSON text nests deeper than {} levels at byte {}",
           limits.max_depth, reader.GetErrorOffset());
    }
    if (!reader.HasParseError()) {
      fail(ErrorCode::malformed_file, "not JSON: a zero byte at byte {} of {}", stream.Tell(),
           text.size());
    }
    const std::size_t at = reader.GetErrorOffset();
    fail(ErrorCode::malformed_file, "not JSON at byte {} of {}: {} Near: {}", at, text.size(),
         rapidjson::GetParseError_En(reader.GetParseErrorCode()),
         printable(text.substr(at > 20 ? at - 20 : 0, 40)));
  };
  document.Populate(generate);
}

const Value& value_of(const void* value) { return *static_cast<const Value*>(value); }

std::string_view text_of(const Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

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

std::string number_text(const Value& value) {
  if (value.IsInt64()) return fmt::format("{}", value.GetInt64());
  if (value.IsUint64()) return fmt::format("{}", value.GetUint64());
  const double number = value.GetDouble();
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  return fmt::format("{}", number);
}

// Writes a scalar, or the opening bracket of a container.
void append_head(std::string& out, const Value& value, std::size_t max_length) {
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
  const Value* container;
  rapidjson::SizeType done;
};

// Writes what stands between the children of the innermost container; null when it is complete.
const Value* next_child(std::string& out, Open& open, std::size_t max_length) {
  const Value& container = *open.container;
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

Json::Json(std::shared_ptr<const void> document, const void* value)
    : document_(std::move(document)), value_(value) {}

Json Json::parse(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    fail(ErrorCode::malformed_file, "the JSON text has {} bytes; the limit is {}", text.size(),
         limits.max_bytes);
  }
  try {
    auto document = std::make_shared<Document>();
    parse_into(*document, text, limits);
    const void* const root = static_cast<const Value*>(document.get());
    return Json(std::move(document), root);
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::out_of_memory, "no memory to parse {} bytes of JSON", text.size());
  }
}

bool Json::is_null() const { return value_of(value_).IsNull(); }
bool Json::is_bool() const { return value_of(value_).IsBool(); }
bool Json::is_int() const { return value_of(value_).IsInt64(); }
bool Json::is_number() const { return value_of(value_).IsNumber(); }
bool Json::is_string() const { return value_of(value_).IsString(); }
bool Json::is_array() const { return value_of(value_).IsArray(); }
bool Json::is_object() const { return value_of(value_).IsObject(); }

void Json::wrong_type(std::string_view wanted) const {
  fail(ErrorCode::malformed_file, "{} wanted, found {}", wanted, dump(60));
}

bool Json::as_bool() const {
  if (!is_bool()) wrong_type("true or false");
  return value_of(value_).GetBool();
}

std::int64_t Json::as_int64() const {
  const Value& value = value_of(value_);
  if (value.IsInt64()) return value.GetInt64();
  if (value.IsDouble()) {
    const double number = value.GetDouble();
    if (number >= -0x1p63 && number < 0x1p63 && std::trunc(number) == number) {
      return static_cast<std::int64_t>(number);
    }
  }
  wrong_type("an integer");
}

double Json::as_double() const {
  if (!is_number()) wrong_type("a number");
  return value_of(value_).GetDouble();
}

std::string_view Json::as_string() const {
  if (!is_string()) wrong_type("a string");
  return text_of(value_of(value_));
}

std::size_t Json::size() const {
  const Value& value = value_of(value_);
  if (value.IsArray()) return value.Size();
  if (value.IsObject()) return value.MemberCount();
  wrong_type("an array or an object");
}

Json Json::operator[](std::size_t index) const {
  if (!is_array()) wrong_type("an array");
  const Value& array = value_of(value_);
  if (index >= array.Size()) {
    fail(ErrorCode::malformed_file, "an array of more than {} elements wanted, found {}", index,
         dump(60));
  }
  return Json(document_, &array[static_cast<rapidjson::SizeType>(index)]);
}

std::optional<Json> Json::find(std::string_view key) const {
  if (!is_object()) wrong_type("an object");
  const Value& object = value_of(value_);
  for (auto member = object.MemberEnd(); member != object.MemberBegin();) {
    --member;
    if (text_of(member->name) == key) return Json(document_, &member->value);
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
  const auto member = value_of(value_).MemberBegin() + static_cast<std::ptrdiff_t>(index);
  return {text_of(member->name), Json(document_, &member->value)};
}

Json::Elements Json::elements() const {
  if (!is_array()) wrong_type("an array");
  return Elements(*this);
}

Json::Members Json::members() const {
  if (!is_object()) wrong_type("an object");
  return Members(*this);
}

std::string Json::dump(std::size_t max_length) const {
  std::string out;
  std::vector<Open> stack;
  const Value* next = &value_of(value_);
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
  return printable(out, max_length);  // control characters were escaped already
}

}  // namespace keraunos::file
