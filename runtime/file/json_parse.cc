#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/base/fail.hpp"
#include "runtime/file/json_document.hpp"
#include "runtime/file/printable.hpp"

// nlohmann's parser reads the text and tells what it finds, without recursion; what is kept of it
// is ours, and small.

namespace keraunos::file {
namespace {

using Kind = JsonNode::Kind;

[[noreturn]] void refuse_too_many(std::size_t max_nodes) {
  throw JsonTooLarge(JsonTooLarge::Limit::nodes,
                     fmt::format("the JSON text has more than {} values and names", max_nodes));
}

// Python's bare words
// ------------------------------------------------------------------------------

// The parser does not know them: it is given `null` in their place, and told which nulls those are.
struct BareWords {
  std::string text;                                   // empty where there are none
  std::vector<std::pair<std::size_t, double>> nulls;  // which null of the text, and what it means
  std::vector<std::size_t> longer_at;                 // where the text became a byte longer
};

struct BareWord {
  std::string_view word;
  std::string_view null;  // as long as the word, where that is possible
  double value;
};

constexpr BareWord bare_words[] = {
    {"NaN", "null", std::numeric_limits<double>::quiet_NaN()},
    {"Infinity", "null    ", std::numeric_limits<double>::infinity()},
    {"-Infinity", "null     ", -std::numeric_limits<double>::infinity()},
};

const BareWord* bare_word_at(std::string_view rest) {
  for (const BareWord& it : bare_words) {
    if (rest.starts_with(it.word)) return &it;
  }
  return nullptr;
}

// The byte behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

BareWords replace_bare_words(std::string_view text, std::size_t max_words) {
  BareWords replaced;
  if (text.find("NaN") == text.npos && text.find("Infinity") == text.npos) return replaced;
  std::size_t nulls = 0;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = end_of_string(text, at);
      continue;
    }
    // Outside of strings only `null` has this letter; any other use of it is refused later.
    if (text[at] == 'n') ++nulls;
    const BareWord* const found = bare_word_at(text.substr(at));
    if (found == nullptr) {
      ++at;
      continue;
    }
    replaced.text += text.substr(copied, at - copied);
    if (found->null.size() > found->word.size()) {
      replaced.longer_at.push_back(replaced.text.size());
    }
    replaced.text += found->null;
    if (replaced.nulls.size() == max_words) refuse_too_many(max_words);
    replaced.nulls.emplace_back(nulls++, found->value);
    at += found->word.size();
    copied = at;
  }
  if (!replaced.nulls.empty()) replaced.text += text.substr(copied);
  return replaced;
}

// Building
// ------------------------------------------------------------------------------------------

// Receives what the parser finds; a false ends it.
class Builder {
 public:
  Builder(const JsonLimits& limits, const BareWords& words, JsonDocument& document)
      : limits_(limits), words_(words), document_(document) {}

  const std::string& failure() const { return failure_; }
  std::size_t failed_at() const { return failed_at_; }
  bool too_deep() const { return open_.size() > limits_.max_depth; }

  void finish() { document_.nodes.push_back(pending_.back()); }

  bool null() {
    const bool is_word =
        next_word_ < words_.nulls.size() && words_.nulls[next_word_].first == nulls_;
    ++nulls_;
    if (!is_word) return add({});
    return number_float(words_.nulls[next_word_++].second, {});
  }
  bool boolean(bool value) {
    return add({.kind = value ? Kind::yes : Kind::no, .size = 0, .integer = 0});
  }
  bool number_integer(std::int64_t value) {
    return add({.kind = Kind::integer, .size = 0, .integer = value});
  }
  bool number_unsigned(std::uint64_t value) {
    if (value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
      return number_integer(static_cast<std::int64_t>(value));
    }
    return add({.kind = Kind::natural, .size = 0, .natural = value});
  }
  bool number_float(double value, const std::string&) {
    return add({.kind = Kind::real, .size = 0, .real = value});
  }
  bool string(const std::string& value) {
    const std::size_t first = document_.text.size();
    document_.text += value;
    return add(
        {.kind = Kind::string, .size = static_cast<std::uint32_t>(value.size()), .first = first});
  }
  bool key(const std::string& name) { return string(name); }
  bool start_object(std::size_t) { return start(); }
  bool start_array(std::size_t) { return start(); }
  bool end_object() { return end(Kind::object, 2); }
  bool end_array() { return end(Kind::array, 1); }
  bool binary(const std::vector<std::uint8_t>&) { return false; }  // JSON text has none

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& e) {
    failed_at_ = position == 0 ? 0 : position - 1;
    failure_ = e.what();
    return false;
  }

 private:
  bool add(const JsonNode& node) {
    pending_.push_back(node);
    if (pending_.size() + document_.nodes.size() <= limits_.max_nodes) return true;
    refuse_too_many(limits_.max_nodes);
  }

  bool start() {
    open_.push_back(pending_.size());
    return !too_deep();
  }

  // The nodes since the container was opened move into the document, and it takes their place.
  bool end(Kind kind, std::size_t nodes_each) {
    const auto first = pending_.begin() + static_cast<std::ptrdiff_t>(open_.back());
    const auto count = static_cast<std::size_t>(pending_.end() - first);
    const JsonNode container = {.kind = kind,
                                .size = static_cast<std::uint32_t>(count / nodes_each),
                                .first = document_.nodes.size()};
    document_.nodes.insert(document_.nodes.end(), first, pending_.end());
    pending_.erase(first, pending_.end());
    open_.pop_back();
    return add(container);
  }

  const JsonLimits& limits_;
  const BareWords& words_;
  JsonDocument& document_;
  std::vector<JsonNode> pending_;  // of the containers that are open
  std::vector<std::size_t> open_;  // where each begins in them
  std::size_t nulls_ = 0;
  std::size_t next_word_ = 0;
  std::string failure_;
  std::size_t failed_at_ = 0;
};

// Bytes of a text that tell how far the parser is.
struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** reached;

  reference operator*() const { return *at; }
  Cursor& operator++() {
    *reached = ++at;
    return *this;
  }
  bool operator==(const Cursor& other) const { return at == other.at; }
  bool operator!=(const Cursor& other) const { return at != other.at; }
};

// "[json...] parse error at line 1, column 2: syntax error while parsing value - unexpected ']';
// last read: ..." -> "unexpected ']'".
std::string cause_in(const std::string& message) {
  std::string_view cause = message;
  if (const auto place = cause.find(": "); place != cause.npos) cause.remove_prefix(place + 2);
  constexpr std::string_view detail = " - ";
  if (const auto dash = cause.find(detail); dash != cause.npos) {
    cause.remove_prefix(dash + detail.size());
  }
  const std::size_t last_read = cause.find("; last read: ");
  std::string text(cause.substr(0, last_read));
  constexpr std::string_view expected = "; expected ";
  const std::size_t end = last_read == cause.npos ? cause.npos : cause.find(expected, last_read);
  if (end != cause.npos) text += cause.substr(end);
  return printable(text);
}

void refuse_zero_bytes(std::string_view text) {
  // The parser takes one for the end of the text.
  const std::size_t zero = text.find('\0');
  if (zero == text.npos) return;
  fail(ErrorCode::malformed_file, "not JSON: a zero byte at byte {} of {}", zero, text.size());
}

}  // namespace

JsonDocument parse_json(std::string_view text, const JsonLimits& limits) {
  refuse_zero_bytes(text);
  JsonDocument document;
  const BareWords words = replace_bare_words(text, limits.max_nodes);
  const std::string_view read = words.nulls.empty() ? text : std::string_view(words.text);
  Builder builder(limits, words, document);
  const char* reached = read.data();
  const Cursor first = {read.data(), &reached};
  const Cursor last = {read.data() + read.size(), &reached};
  if (nlohmann::json::sax_parse(first, last, &builder)) {
    builder.finish();
    return document;
  }
  // Where the text became longer is not what the reader has before him.
  const auto place_in_text = [&](std::size_t at) {
    at = std::min(at, read.size());
    return at -
           static_cast<std::size_t>(std::count_if(words.longer_at.begin(), words.longer_at.end(),
                                                  [&](std::size_t place) { return place < at; }));
  };
  if (builder.too_deep()) {
    throw JsonTooLarge(
        JsonTooLarge::Limit::depth,
        fmt::format("the JSON text nests deeper than {} levels at byte {}", limits.max_depth,
                    place_in_text(static_cast<std::size_t>(reached - read.data()) - 1)));
  }
  const std::size_t at = place_in_text(builder.failed_at());
  fail(ErrorCode::malformed_file, "not JSON at byte {} of {}: {}. Near: {}", at, text.size(),
       cause_in(builder.failure()), printable(text.substr(at > 20 ? at - 20 : 0, 40)));
}

}  // namespace keraunos::file
