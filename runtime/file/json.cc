#include "runtime/file/json.hpp"

#include <cmath>
#include <new>

#include "runtime/base/fail.hpp"
#include "runtime/file/json_document.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file {
namespace {

using Value = JsonValue;
using Reader = rapidjson::GenericReader<JsonEncoding, JsonEncoding, JsonAllocator>;

constexpr unsigned parse_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNanAndInfFlag |
                                 rapidjson::kParseFullPrecisionFlag |
                                 rapidjson::kParseValidateEncodingFlag;

// Passes the parser's events on to the document, but stops where values nest too deeply.
class DepthLimiter {
 public:
  using Ch = char;

  DepthLimiter(JsonDocument& document, std::size_t max_depth)
      : document_(document), max_depth_(max_depth) {}

  bool exceeded() const { return depth_ > max_depth_; }

  // NOLINTBEGIN(readability-identifier-naming): RapidJSON calls them so.
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
  // NOLINTEND(readability-identifier-naming)

 private:
  JsonDocument& document_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
};

void parse_into(JsonDocument& document, std::string_view text, const JsonLimits& limits) {
  auto generate = [&](JsonDocument& handler) {
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

}  // namespace

Json::Json(std::shared_ptr<const void> document, const void* value)
    : document_(std::move(document)), value_(value) {}

Json Json::parse(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    fail(ErrorCode::malformed_file, "the JSON text has {} bytes; the limit is {}", text.size(),
         limits.max_bytes);
  }
  try {
    auto document = std::make_shared<JsonDocument>();
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

std::string Json::text() const { return json_text(value_of(value_), std::string::npos); }

std::string Json::dump(std::size_t max_length) const {
  // Control characters were escaped already: this only cuts.
  return printable(json_text(value_of(value_), max_length), max_length);
}

}  // namespace keraunos::file
