#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "keraunos/error.hpp"

namespace keraunos::file {

struct JsonLimits {
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_depth = 1000;
  std::size_t max_nodes = std::size_t{8} << 20;  ///< values and names, 16 bytes each
};

/// What Json::parse throws where a text is JSON as far as it was read, but has too much of
/// something.
class JsonTooLarge : public Error {
 public:
  enum class Limit { depth, nodes };
  JsonTooLarge(Limit which, std::string message)
      : Error(ErrorCode::malformed_file, std::move(message)), limit(which) {}
  Limit limit;
};

struct JsonDocument;
struct JsonNode;

/// A read-only view of one value of a parsed JSON document, which it keeps alive. Cheap to copy;
/// immutable, so any number of threads may read.
///
/// The dialect is what Python's json module writes: RFC 8259 in UTF-8 plus the bare words NaN,
/// Infinity and -Infinity. Comments, trailing commas and anything after the value are refused.
/// Integers beyond 64 bits are floats; floats beyond the largest double are refused.
///
/// Asking for a value as something that it is not throws Error malformed_file, telling what was
/// wanted and an excerpt of what was found.
class Json {
 public:
  class Elements;
  class Members;
  using Member = std::pair<std::string_view, Json>;

  static Json parse(std::string_view text, const JsonLimits& limits = {});

  bool is_null() const;
  bool is_bool() const;
  bool is_int() const;     ///< a number written without fraction or exponent that fits int64
  bool is_number() const;  ///< any number, NaN and infinities included
  bool is_string() const;
  bool is_array() const;
  bool is_object() const;

  bool as_bool() const;
  std::int64_t as_int64() const;  ///< a float with an integral value is accepted: 3.0 is 3
  double as_double() const;
  std::string_view as_string() const;  ///< lives as long as any view of the document

  /// Elements of an array, or members of an object.
  std::size_t size() const;
  Json operator[](std::size_t index) const;

  /// The member of that name; where names repeat the last one counts, as in Python.
  std::optional<Json> find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key).has_value(); }

  /// Like find, but a missing member is an Error that lists the members there are.
  Json at(std::string_view key) const;

  /// For range-for: `for (Json element : json.elements())`, and
  /// `for (auto [key, value] : json.members())` in file order, repeated names included.
  Elements elements() const;
  Members members() const;

  /// Compact JSON text, complete: parsing it gives the same value.
  std::string text() const;

  /// The same for messages, cut with "..." after about `max_length` bytes.
  std::string dump(std::size_t max_length = 200) const;

 private:
  friend class Members;

  Json(std::shared_ptr<const JsonDocument> document, const JsonNode* value)
      : document_(std::move(document)), value_(value) {}
  Json child(std::size_t index) const;
  Member member(std::size_t index) const;
  [[noreturn]] void wrong_type(std::string_view wanted) const;

  std::shared_ptr<const JsonDocument> document_;
  const JsonNode* value_;  // inside the document
};

/// The elements of an array as a range.
class Json::Elements {
 public:
  struct Iterator {
    const Elements* range;
    std::size_t index;
    Json operator*() const { return range->array_[index]; }
    Iterator& operator++() { return ++index, *this; }
    bool operator==(const Iterator& other) const { return index == other.index; }
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, array_.size()}; }

 private:
  friend class Json;
  explicit Elements(Json array) : array_(std::move(array)) {}
  Json array_;
};

/// The members of an object as a range of (name, value).
class Json::Members {
 public:
  struct Iterator {
    const Members* range;
    std::size_t index;
    Member operator*() const { return range->object_.member(index); }
    Iterator& operator++() { return ++index, *this; }
    bool operator==(const Iterator& other) const { return index == other.index; }
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, object_.size()}; }

 private:
  friend class Json;
  explicit Members(Json object) : object_(std::move(object)) {}
  Json object_;
};

}  // namespace keraunos::file
