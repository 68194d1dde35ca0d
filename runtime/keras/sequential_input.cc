#include "runtime/keras/sequential_input.hpp"

#include "runtime/file/json_writer.hpp"
#include "runtime/keras/dtype_policy.hpp"
#include "runtime/keras/text_member.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

constexpr std::size_t max_nesting = 50;

std::optional<Json> object_at(const Json& json, std::string_view key) {
  auto found = json.is_object() ? json.find(key) : std::nullopt;
  return found && found->is_object() ? found : std::nullopt;
}

// A list of numbers and None, which a nested shape (of several inputs) is not.
std::optional<RecordedSizes> shape_at(const Json& config, std::string_view key) {
  const auto found = config.find(key);
  if (!found || !found->is_array() || found->size() == 0) return std::nullopt;
  RecordedSizes sizes;
  for (const Json size : found->elements()) {
    if (!size.is_null() && !size.is_int()) return std::nullopt;
    sizes.push_back(size.is_null() ? std::nullopt : std::optional(size.as_int64()));
  }
  return sizes;
}

// The first layer, and while that is a model, its first layer.
std::optional<Json> innermost_first_layer(Json config) {
  for (std::size_t depth = 0; depth < max_nesting; ++depth) {
    const auto layers = config.find("layers");
    if (!layers) return config;
    if (!layers->is_array() || layers->size() == 0) return std::nullopt;
    const auto first = object_at((*layers)[0], "config");
    if (!first) return std::nullopt;
    config = *first;
  }
  return std::nullopt;
}

}  // namespace

LayerEntry make_input(const std::string& behind, const RecordedSizes& sizes,
                      const std::string& dtype) {
  std::string name = behind.empty() ? "input" : behind + "_input";
  file::JsonWriter out;
  out.begin_object();
  out.key("name");
  out.string(name);
  out.key("batch_shape");
  out.begin_array();
  for (const auto& size : sizes) {
    if (size) {
      out.integer(*size);
    } else {
      out.null();
    }
  }
  out.end_array();
  out.key("dtype");
  out.string(dtype);
  out.end_object();
  return LayerEntry{.name = std::move(name),
                    .class_name = "InputLayer",
                    .module = "keras.layers",
                    .path = {},
                    .config = out.parse(),
                    .build = {},
                    .calls = {}};
}

std::string input_dtype(const Json& layer) {
  for (const std::string_view key : {"input_dtype", "dtype"}) {
    const auto dtype = layer.find(key);
    if (!dtype || !dtype->is_string()) continue;
    const std::string_view name = dtype->as_string();
    if (dtype_in_config(name)) return std::string(name);
  }
  return "float32";
}

std::optional<LayerEntry> recorded_input(const Json& config) {
  const auto first = innermost_first_layer(config);
  std::optional<RecordedSizes> shape;
  if (first) {
    shape = shape_at(*first, "batch_shape");
    if (!shape) shape = shape_at(*first, "batch_input_shape");
  }
  if (!shape) shape = shape_at(config, "build_input_shape");
  if (!shape) return std::nullopt;
  return make_input(first ? text_or_empty(*first, "name") : "", *shape,
                    first ? input_dtype(*first) : "float32");
}

}  // namespace keraunos::keras
