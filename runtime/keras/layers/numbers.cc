#include "runtime/keras/layers/numbers.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

constexpr std::size_t max_depth = 8;

void collect(const file::Json& json, std::size_t depth, Numbers& numbers) {
  if (!json.is_array()) {
    if (depth != numbers.dims.size()) fail(ErrorCode::malformed_file, "the lists are ragged");
    numbers.values.push_back(json.is_bool() ? (json.as_bool() ? 1.0 : 0.0) : json.as_double());
    return;
  }
  if (depth >= numbers.dims.size() ||
      static_cast<std::int64_t>(json.size()) != numbers.dims[depth]) {
    fail(ErrorCode::malformed_file, "the lists are ragged");
  }
  for (const file::Json element : json.elements()) collect(element, depth + 1, numbers);
}

}  // namespace

Numbers to_numbers(const file::Json& json) {
  if (json.is_object()) {
    const std::string_view name = json.at("class_name").as_string();
    if (name != "__numpy__" && name != "__tensor__") {
      fail(ErrorCode::malformed_file, "numbers wanted, found {}", json.dump(60));
    }
    const file::Json value = json.at("config").at("value");
    if (value.is_object()) fail(ErrorCode::malformed_file, "numbers wanted, found {}", name);
    return to_numbers(value);
  }
  Numbers numbers;
  for (file::Json list = json; list.is_array(); list = list[0]) {
    if (numbers.dims.size() == max_depth) {
      fail(ErrorCode::malformed_file, "lists nested more than {} deep", max_depth);
    }
    numbers.dims.push_back(static_cast<std::int64_t>(list.size()));
    if (list.size() == 0) break;
  }
  collect(json, 0, numbers);
  return numbers;
}

}  // namespace keraunos::keras
