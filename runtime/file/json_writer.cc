#include "runtime/file/json_writer.hpp"

#include <fmt/format.h>

#include <limits>

#include "runtime/file/json_document.hpp"

namespace keraunos::file {

void JsonWriter::separate() {
  if (!first_) text_ += ',';
  first_ = false;
}

void JsonWriter::begin(char bracket) {
  separate();
  text_ += bracket;
  first_ = true;
}

void JsonWriter::end(char bracket) {
  text_ += bracket;
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  string(name);
  text_ += ':';
  first_ = true;
}

void JsonWriter::string(std::string_view text) {
  separate();
  append_quoted(text_, text);
}

void JsonWriter::integer(std::int64_t number) {
  separate();
  text_ += fmt::format("{}", number);
}

void JsonWriter::flag(bool value) {
  separate();
  text_ += value ? "true" : "false";
}

void JsonWriter::null() {
  separate();
  text_ += "null";
}

void JsonWriter::value(const Json& json) {
  separate();
  text_ += json.text();
}

Json JsonWriter::parse() const {
  JsonLimits limits;
  limits.max_bytes = std::numeric_limits<std::size_t>::max();
  limits.max_nodes = std::numeric_limits<std::size_t>::max();
  return Json::parse(text_, limits);
}

}  // namespace keraunos::file
