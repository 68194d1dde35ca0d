#include "runtime/keras/operations/size_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/fractions.hpp"
#include "runtime/keras/sizes.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

constexpr double largest_number = 2147483648;  // 2^31

// Keras itself writes some whole numbers as floats: tile's multiples in K.repeat_elements.
Dim to_size(const Json& json, std::string_view name) {
  if (json.is_null()) {
    fail(ErrorCode::unsupported,
         "'{}' holds None: an open axis, whose size Keras did not record and needs to run; -1, or "
         "the size itself, says what is meant",
         name);
  }
  const double number = json.as_double();
  if (number != std::floor(number) || std::abs(number) > largest_number) {
    fail(ErrorCode::malformed_file, "'{}': {} is no whole number within 31 bits", name,
         json.dump(60));
  }
  return static_cast<std::int64_t>(number);
}

// A number, a list, or an array: {"class_name": "__numpy__", "config": {"value": ..., ...}}.
void append(std::vector<Dim>& sizes, const Json& json, std::string_view name, int depth = 0) {
  constexpr int deepest = 3;  // the pairs of pad_width, in an array
  if (depth > deepest) fail(ErrorCode::malformed_file, "'{}' is nested too deep", name);
  if (json.is_object()) return append(sizes, json.at("config").at("value"), name, depth + 1);
  if (!json.is_array()) return sizes.push_back(to_size(json, name));
  for (const Json item : json.elements()) append(sizes, item, name, depth + 1);
}

std::vector<Dim> sizes_of(const LayerCall& call, ValueId value, std::string_view name) {
  const Graph& graph = call.environment().graph;
  const auto known = known_sizes(graph, value);
  const auto producer = graph.producer(value);
  if (!known || !std::ranges::all_of(known->cells, &Fraction::is_whole)) {
    fail(ErrorCode::unsupported,
         "'{}' is computed by {} from more than the shapes of tensors; only sizes that follow from "
         "shapes by whole-number arithmetic are supported",
         name, producer ? graph.nodes()[*producer].layer : "an input");
  }
  std::vector<Dim> sizes;
  for (const Fraction& cell : known->cells) sizes.push_back(cell.numerator);
  return sizes;
}

}  // namespace

std::vector<Dim> to_sizes(const LayerCall& call, const Argument& argument, std::string_view name) {
  std::vector<Dim> sizes;
  switch (argument.kind) {
    case Argument::Kind::tensor: return sizes_of(call, argument.value, name);
    case Argument::Kind::constant:
      append(sizes, argument.constant.value_or(Json::parse("null")), name);
      return sizes;
    case Argument::Kind::list:
      for (const Argument& item : argument.items) {
        const std::vector<Dim> inner = to_sizes(call, item, name);
        sizes.insert(sizes.end(), inner.begin(), inner.end());
      }
      return sizes;
    case Argument::Kind::dict: break;
  }
  fail(ErrorCode::unsupported, "'{}' is {}; sizes are supported", name, argument.describe());
}

std::optional<std::vector<Dim>> sizes_option(const LayerCall& call, std::string_view key,
                                             std::size_t position) {
  if (const auto found = call.config().find(key)) {
    std::vector<Dim> sizes;
    append(sizes, *found, key);
    return sizes;
  }
  const Argument* const argument = call.argument(key, position);
  if (argument == nullptr) return std::nullopt;
  return to_sizes(call, *argument, key);
}

std::vector<Dim> required_sizes(const LayerCall& call, std::string_view key, std::size_t position) {
  auto sizes = sizes_option(call, key, position);
  if (!sizes) fail(ErrorCode::malformed_file, "key '{}': missing", key);
  return *std::move(sizes);
}

std::optional<Dim> size_option(const LayerCall& call, std::string_view key, std::size_t position) {
  const auto sizes = sizes_option(call, key, position);
  if (!sizes) return std::nullopt;
  if (sizes->size() != 1) {
    fail(ErrorCode::malformed_file, "'{}' has {} numbers, 1 wanted", key, sizes->size());
  }
  return sizes->front();
}

Shape to_shape(std::vector<Dim> sizes, std::string_view name) {
  for (const Dim& size : sizes) {
    if (size.constant().value_or(0) < 0) {
      fail(ErrorCode::malformed_file, "'{}': a size of {}", name, size.to_string());
    }
  }
  return sizes;
}

std::optional<ValueId> pack_sizes(const LayerCall& call, const Argument& list) {
  Graph& graph = call.environment().graph;
  SizeTensor packed{{}, {static_cast<std::int64_t>(list.items.size())}, DType::int32, {}};
  for (const Argument& item : list.items) {
    if (!item.is_tensor()) {
      if (item.kind != Argument::Kind::constant || item.is_none() || item.constant->is_array()) {
        return std::nullopt;
      }
      packed.cells.push_back({to_size(*item.constant, "a list")});
      continue;
    }
    const auto known = known_sizes(graph, item.value);
    if (!known || !known->dims.empty()) return std::nullopt;
    packed.cells.push_back(known->cells[0]);
    packed.dtype = known->dtype;
  }
  return graph.add(std::move(packed), {}, describe(call.identity()));
}

}  // namespace keraunos::keras
