#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/file/json.hpp"
#include "runtime/graph/graph.hpp"

namespace keraunos::keras {

/// "history" of a Keras tensor: output `tensor` of call `node` of layer `layer`.
struct TensorReference {
  std::string layer;
  std::int64_t node = 0;
  std::int64_t tensor = 0;
};

/// What a call passes for one parameter: a tensor, a constant, or a list or dict with tensors in
/// it. A list without any tensor is a constant.
struct Argument {
  enum class Kind { constant, tensor, list, dict };

  Kind kind = Kind::constant;
  std::optional<file::Json> constant;  // nothing: None
  TensorReference reference;           // of a tensor, as the file has it
  ValueId value = 0;                   // of a tensor, once the graph has it
  std::vector<Argument> items;         // of a list or dict
  std::vector<std::string> keys;       // one per item of a dict, in Keras's order: sorted

  static Argument tensor(ValueId value);
  static Argument list(const std::vector<ValueId>& values);

  bool is_tensor() const { return kind == Kind::tensor; }
  bool is_none() const { return kind == Kind::constant && !constant; }
  /// None, False, or a list of only these: what asks a layer for nothing.
  bool asks_for_nothing() const;
  /// For messages: "a tensor", "None", or the constant as JSON.
  std::string describe() const;
};

/// The arguments of one call.
struct CallArguments {
  std::vector<Argument> positional;
  std::vector<std::pair<std::string, Argument>> keyword;
};

/// Calls visit(argument, key) for every tensor, depth first: lists in order, dicts by sorted key,
/// positional before keyword arguments. `key` is that of the innermost dict, empty outside.
template <typename SomeArgument, typename Visit>
void for_each_tensor(SomeArgument& argument, Visit&& visit, std::string_view key = {}) {
  if (argument.is_tensor()) return visit(argument, key);
  for (std::size_t i = 0; i < argument.items.size(); ++i) {
    for_each_tensor(argument.items[i], visit,
                    i < argument.keys.size() ? std::string_view(argument.keys[i]) : key);
  }
}

template <typename Visit>
void for_each_tensor(CallArguments& arguments, Visit&& visit) {
  for (Argument& argument : arguments.positional) for_each_tensor(argument, visit);
  for (auto& [name, argument] : arguments.keyword) for_each_tensor(argument, visit);
}

template <typename Visit>
void for_each_tensor(const CallArguments& arguments, Visit&& visit) {
  for (const Argument& argument : arguments.positional) for_each_tensor(argument, visit);
  for (const auto& [name, argument] : arguments.keyword) for_each_tensor(argument, visit);
}

/// An argument of a Keras 3 config: tensors are {"class_name": "__keras_tensor__", ...}. Throws
/// Error where it is nested more than 64 deep.
Argument parse_argument(const file::Json& json);

}  // namespace keraunos::keras
