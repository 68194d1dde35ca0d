#include "runtime/keras/keras1_config.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

using file::Json;
using file::JsonWriter;

struct MergeMode {
  std::string_view mode;
  std::string_view class_name;
};

constexpr std::array merge_modes = {
    MergeMode{"sum", "Add"},     MergeMode{"mul", "Multiply"},       MergeMode{"ave", "Average"},
    MergeMode{"max", "Maximum"}, MergeMode{"concat", "Concatenate"}, MergeMode{"dot", "Dot"},
    MergeMode{"cos", "Dot"},
};

void copy_key(JsonWriter& out, const Json& config, std::string_view from, std::string_view to) {
  const auto value = config.find(from);
  if (!value || value->is_null()) return;
  out.key(to);
  out.value(*value);
}

}  // namespace

void write_data_format(JsonWriter& out, const Json& value) {
  if (!value.is_string()) return out.value(value);
  const std::string_view text = value.as_string();
  out.string(text == "tf" ? "channels_last" : text == "th" ? "channels_first" : text);
}

std::string_view stated_data_format(const Json& model) {
  std::vector<Json> pending = {model};
  while (!pending.empty()) {
    const Json json = pending.back();
    pending.pop_back();
    if (json.is_array()) {
      std::vector<Json> elements;
      for (const Json element : json.elements()) elements.push_back(element);
      pending.insert(pending.end(), elements.rbegin(), elements.rend());
    }
    if (!json.is_object()) continue;
    if (const auto order = json.find("dim_ordering"); order && order->is_string()) {
      if (order->as_string() == "th") return "channels_first";
      if (order->as_string() == "tf") return "channels_last";
    }
    for (const std::string_view key : {"layer", "layers", "config"}) {
      if (const auto inner = json.find(key)) pending.push_back(*inner);
    }
  }
  return {};
}

void write_keras1_sizes(JsonWriter& out, const Json& config) {
  std::vector<Json> sizes;
  for (const std::string_view key :
       {"nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3"}) {
    if (const auto size = config.find(key)) sizes.push_back(*size);
  }
  if (sizes.empty()) return;
  out.key("kernel_size");
  out.begin_array();
  for (const Json& size : sizes) out.value(size);
  out.end_array();
}

bool is_keras1_merge(std::string_view class_name) { return class_name == "Merge"; }

void write_keras1_merge(JsonWriter& out, const Json& config, const std::string& name) {
  const auto layers = config.find("layers");
  const Json mode = config.at("mode");
  const auto found = std::find_if(merge_modes.begin(), merge_modes.end(), [&](const MergeMode& it) {
    return mode.is_string() && it.mode == mode.as_string();
  });
  if (found == merge_modes.end() || (layers && layers->is_array() && layers->size() > 0)) {
    fail(ErrorCode::unsupported,
         "a Merge of mode {} that holds {} layers is not supported: only the modes sum, mul, ave, "
         "max, concat, dot and cos, in a model that is no Sequential",
         mode.dump(60), layers && layers->is_array() ? layers->size() : 0);
  }
  out.key("class_name");
  out.string(found->class_name);
  out.key("config");
  out.begin_object();
  if (name.empty()) {
    copy_key(out, config, "name", "name");
  } else {
    out.key("name");
    out.string(name);
  }
  if (found->mode == "concat") copy_key(out, config, "concat_axis", "axis");
  if (found->class_name == "Dot") {
    copy_key(out, config, "dot_axes", "axes");
    out.key("normalize");
    out.flag(found->mode == "cos");
  }
  out.end_object();
}

}  // namespace keraunos::keras
