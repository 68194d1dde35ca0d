#include "runtime/keras/legacy_nodes.hpp"

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {
namespace {

using file::Json;
using file::JsonWriter;

constexpr std::string_view constant_mark = "_CONSTANT_VALUE";

// [layer, node, tensor] or ["_CONSTANT_VALUE", -1, value], with or without {kwargs} behind.
bool is_leaf(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0].is_string() && json[1].is_int();
}

bool is_constant(const Json& leaf) { return leaf[0].as_string() == constant_mark; }

bool is_tensor_leaf(const Json& json) {
  return is_leaf(json) && !is_constant(json) && json[2].is_int();
}

Argument constant(const Json& json) {
  Argument argument;
  if (!json.is_null()) argument.constant = json;
  return argument;
}

// {"class_name": "__tuple__", "items": [...]} is what old files write for a tuple or a TensorShape.
std::optional<Json> tuple_items(const Json& json) {
  return json.is_object() && json.contains("class_name") ? json.find("items") : std::nullopt;
}

class CallParser {
 public:
  explicit CallParser(const LegacyNames& names) : names_(names) {}

  CallArguments parse(const Json& call) {
    // A lone tensor stands in a list of its own, except where the layer is a TensorFlow function.
    const bool wrapped = call.is_array() && !is_leaf(call) && call.size() == 1 && is_leaf(call[0]);
    call_.positional.push_back(operand(wrapped ? call[0] : call));
    return std::move(call_);
  }

 private:
  Argument operand(const Json& json) {
    if (is_leaf(json)) {
      if (json.size() > 3 && call_.keyword.empty()) read_keywords(json[3]);
      return leaf(json);
    }
    if (json.is_array() || json.is_object()) {
      return container(json, [this](const Json& item) { return operand(item); });
    }
    fail(ErrorCode::malformed_file, "{} is no [layer, node, tensor, kwargs]", json.dump(60));
  }

  Argument leaf(const Json& json) const {
    if (is_constant(json)) return constant(json[2]);
    Argument argument;
    argument.kind = Argument::Kind::tensor;
    const std::string_view layer = json[0].as_string();
    argument.reference = {std::string(layer), json[1].as_int64() - names_.first_node(layer),
                          json[2].as_int64()};
    return argument;
  }

  void read_keywords(const Json& keywords) {
    for (const auto [name, value] : keywords.members()) {
      call_.keyword.emplace_back(name, keyword(value));
    }
  }

  Argument keyword(const Json& json) const {
    if (is_leaf(json) && (is_constant(json) || names_.has(json[0].as_string()))) return leaf(json);
    if (const auto items = tuple_items(json)) return keyword(*items);
    if (!json.is_array() && !json.is_object()) return constant(json);
    const auto item = [this](const Json& inner) { return keyword(inner); };
    Argument argument = container(json, item);
    const bool tensors = std::any_of(argument.items.begin(), argument.items.end(),
                                     [](auto& it) { return it.kind != Argument::Kind::constant; });
    return tensors ? argument : constant(json);
  }

  template <typename Item>
  static Argument container(const Json& json, Item item) {
    Argument argument;
    argument.kind = json.is_array() ? Argument::Kind::list : Argument::Kind::dict;
    if (json.is_array()) {
      for (const Json element : json.elements()) argument.items.push_back(item(element));
    } else {
      for (const auto [name, value] : json.members()) {
        argument.keys.emplace_back(name);
        argument.items.push_back(item(value));
      }
    }
    return argument;
  }

  const LegacyNames& names_;
  CallArguments call_;
};

// Calls visit(layer, node) for all that looks like a reference anywhere in `root`.
template <typename Visit>
void for_each_reference(const Json& root, Visit visit) {
  std::vector<Json> pending = {root};
  while (!pending.empty()) {
    const Json json = pending.back();
    pending.pop_back();
    if (is_tensor_leaf(json)) visit(json[0].as_string(), json[1].as_int64());
    if (json.is_array()) {
      for (const Json element : json.elements()) pending.push_back(element);
    } else if (json.is_object()) {
      for (const auto [name, value] : json.members()) pending.push_back(value);
    }
  }
}

}  // namespace

LegacyNames::LegacyNames(const Json& layers, const Json& output_layers) {
  for (const Json layer : layers.elements()) {
    const std::string_view class_name = layer.at("class_name").as_string();
    const auto model = model_kind("keras", class_name, layer.at("config"));
    const std::string name(layer.at("name").as_string());
    const bool functional = model == ModelKind::functional;
    if (!layers_.emplace(name, Layer{model ? 1 : 0, functional}).second) {
      fail(ErrorCode::malformed_file, "two layers are named '{}'", name);
    }
  }
  // A nested Sequential that had no InputLayer is counted from 0.
  const auto visit = [this](std::string_view layer, std::int64_t node) {
    read_.emplace(layer);
    const auto found = layers_.find(layer);
    if (found != layers_.end() && node == 0) found->second.first_node = 0;
  };
  for (const Json layer : layers.elements()) {
    if (const auto calls = layer.find("inbound_nodes")) for_each_reference(*calls, visit);
  }
  for_each_reference(output_layers, visit);
}

std::int64_t LegacyNames::first_node(std::string_view layer) const {
  const auto found = layers_.find(layer);
  return found == layers_.end() ? 0 : found->second.first_node;
}

std::int64_t LegacyNames::output_node(std::string_view layer, std::int64_t node) const {
  const auto found = layers_.find(layer);
  if (found == layers_.end()) return node;
  return node - found->second.first_node + (found->second.functional ? 1 : 0);
}

CallArguments parse_legacy_call(const Json& call, const LegacyNames& names) {
  return CallParser(names).parse(call);
}

void write_argument(JsonWriter& out, const Argument& argument) {
  switch (argument.kind) {
    case Argument::Kind::constant:
      if (argument.constant) return out.value(*argument.constant);
      return out.null();
    case Argument::Kind::tensor:
      out.begin_object();
      out.key("class_name");
      out.string("__keras_tensor__");
      out.key("config");
      out.begin_object();
      out.key("keras_history");
      out.begin_array();
      out.string(argument.reference.layer);
      out.integer(argument.reference.node);
      out.integer(argument.reference.tensor);
      out.end_array();
      out.end_object();
      return out.end_object();
    case Argument::Kind::list:
      out.begin_array();
      for (const Argument& item : argument.items) write_argument(out, item);
      return out.end_array();
    case Argument::Kind::dict:
      out.begin_object();
      for (std::size_t i = 0; i < argument.items.size(); ++i) {
        out.key(argument.keys[i]);
        write_argument(out, argument.items[i]);
      }
      return out.end_object();
  }
}

void write_call(JsonWriter& out, const CallArguments& call) {
  out.begin_object();
  out.key("args");
  out.begin_array();
  for (const Argument& argument : call.positional) write_argument(out, argument);
  out.end_array();
  out.key("kwargs");
  out.begin_object();
  for (const auto& [name, argument] : call.keyword) {
    out.key(name);
    write_argument(out, argument);
  }
  out.end_object();
  out.end_object();
}

void write_references(JsonWriter& out, const Json& references, const LegacyNames& names) {
  if (is_tensor_leaf(references)) {
    const std::string_view layer = references[0].as_string();
    out.begin_array();
    out.string(layer);
    out.integer(names.output_node(layer, references[1].as_int64()));
    out.value(references[2]);
    return out.end_array();
  }
  if (references.is_array()) {
    out.begin_array();
    for (const Json item : references.elements()) write_references(out, item, names);
    return out.end_array();
  }
  if (!references.is_object()) return out.value(references);
  out.begin_object();
  for (const auto [name, item] : references.members()) {
    out.key(name);
    write_references(out, item, names);
  }
  out.end_object();
}

}  // namespace keraunos::keras
