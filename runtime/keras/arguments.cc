#include "runtime/keras/arguments.hpp"

#include <algorithm>

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

constexpr int max_depth = 64;

bool has_class(const Json& json, std::string_view name) {
  if (!json.is_object()) return false;
  const auto class_name = json.find("class_name");
  return class_name && class_name->is_string() && class_name->as_string() == name;
}

// Keras writes its own objects ({"class_name": "__numpy__", "config": ...}) among plain dicts. Only
// slices may hold tensors.
bool is_object_of_kerass(const Json& json) {
  return json.is_object() && json.contains("class_name") && json.contains("config") &&
         !has_class(json, "__slice__");
}

TensorReference parse_history(const Json& history) {
  return {std::string(history[0].as_string()), history[1].as_int64(), history[2].as_int64()};
}

Argument parse(const Json& json, int depth);

Argument parse_items(const Json& json, int depth) {
  Argument argument;
  argument.kind = json.is_array() ? Argument::Kind::list : Argument::Kind::dict;
  if (json.is_array()) {
    for (const Json element : json.elements()) argument.items.push_back(parse(element, depth + 1));
  } else {
    std::vector<std::pair<std::string, Json>> members;
    for (const auto [name, value] : json.members()) members.emplace_back(name, value);
    std::stable_sort(members.begin(), members.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [name, value] : members) {
      argument.keys.push_back(name);
      argument.items.push_back(parse(value, depth + 1));
    }
  }
  const bool constant =
      std::all_of(argument.items.begin(), argument.items.end(),
                  [](const Argument& item) { return item.kind == Argument::Kind::constant; });
  if (!constant) return argument;
  return {.kind = Argument::Kind::constant,
          .constant = json,
          .reference = {},
          .value = 0,
          .items = {},
          .keys = {}};
}

Argument parse(const Json& json, int depth) {
  if (depth > max_depth) {
    fail(ErrorCode::malformed_file, "arguments are nested more than {} deep", max_depth);
  }
  if (has_class(json, "__keras_tensor__")) {
    Argument argument;
    argument.kind = Argument::Kind::tensor;
    argument.reference = parse_history(json.at("config").at("keras_history"));
    return argument;
  }
  if ((json.is_array() || json.is_object()) && !is_object_of_kerass(json)) {
    return parse_items(json, depth);
  }
  Argument argument;
  if (!json.is_null()) argument.constant = json;
  return argument;
}

bool is_empty_constant(const Json& json) {
  if (json.is_array()) {
    for (const Json element : json.elements()) {
      if (!is_empty_constant(element)) return false;
    }
    return true;
  }
  return json.is_null() || (json.is_bool() && !json.as_bool());
}

}  // namespace

Argument Argument::tensor(ValueId value) {
  Argument argument;
  argument.kind = Kind::tensor;
  argument.value = value;
  return argument;
}

Argument Argument::list(const std::vector<ValueId>& values) {
  Argument argument;
  argument.kind = Kind::list;
  for (const ValueId value : values) argument.items.push_back(tensor(value));
  return argument;
}

bool Argument::asks_for_nothing() const {
  return kind == Kind::constant && (!constant || is_empty_constant(*constant));
}

std::string Argument::describe() const {
  switch (kind) {
    case Kind::tensor: return "a tensor";
    case Kind::list: return "a list with tensors";
    case Kind::dict: return "a dict with tensors";
    case Kind::constant: break;
  }
  return constant ? constant->dump(60) : "None";
}

Argument parse_argument(const Json& json) { return parse(json, 0); }

}  // namespace keraunos::keras
