#include "runtime/keras/replace_layers.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

#include "runtime/base/fail.hpp"
#include "runtime/file/json_writer.hpp"
#include "runtime/keras/layer.hpp"
#include "runtime/keras/legacy_config.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/nearest_names.hpp"
#include "runtime/keras/text_member.hpp"

namespace keraunos::keras {
namespace {

using file::Json;
using file::JsonWriter;

constexpr std::string_view form = R"({"class_name": "Rescaling", "config": {"scale": 0.5}})";

bool is_layer(const Json& json) {
  return json.is_object() && json.contains("class_name") && json.contains("config");
}

std::string name_of(const Json& layer) {
  const Json config = layer.at("config");
  const std::string name = config.is_object() ? text_or_empty(config, "name") : "";
  return name.empty() ? text_or_empty(layer, "name") : name;
}

// What the user wrote, as a layer of Keras 3.
Json parse_layer(const std::string& text) {
  const Json written = [&] {
    try {
      return Json::parse(text);
    } catch (const Error& error) {
      fail(ErrorCode::invalid_argument, "{}: a layer's config in JSON is wanted, like {}",
           error.what(), form);
    }
  }();
  if (!is_layer(written) || !written.at("class_name").is_string() ||
      !written.at("config").is_object()) {
    fail(ErrorCode::invalid_argument, "{} is no layer's config like {}", written.dump(), form);
  }
  const Json layer = written.contains("module") ? written : modern_layer(written);
  const std::string module = text_or_empty(layer, "module");
  const std::string class_name(layer.at("class_name").as_string());
  if (!model_kind(module, class_name, layer.at("config"))) find_layer_class(module, class_name);
  return layer;
}

class Replacer {
 public:
  explicit Replacer(const std::vector<LayerReplacement>& replacements) {
    for (const LayerReplacement& one : replacements) {
      const auto add = [&] {
        const bool is_new = layers_.emplace(one.layer, parse_layer(one.config)).second;
        if (!is_new) fail(ErrorCode::invalid_argument, "the layer is replaced twice");
      };
      within([&] { return fmt::format("replacement of layer '{}'", one.layer); }, add);
    }
  }

  Json rewrite(const Json& model) {
    write_inside(model, "");
    for (const auto& entry : layers_) {
      const std::string& name = entry.first;
      if (used_.contains(name)) continue;
      within([&] { return fmt::format("replacement of layer '{}'", name); },
             [&] { refuse_unknown_layer(name, names_); });
    }
    return out_.parse();
  }

 private:
  // A model or a layer that may hold layers to be replaced; `path` is its name from outside in.
  void write_inside(const Json& entry, const std::string& path) {
    out_.begin_object();
    for (const auto [key, value] : entry.members()) {
      out_.key(key);
      if (key == "config" && value.is_object()) {
        write_config(value, path);
      } else {
        out_.value(value);
      }
    }
    out_.end_object();
  }

  void write_config(const Json& config, const std::string& path) {
    out_.begin_object();
    for (const auto [key, value] : config.members()) {
      out_.key(key);
      if (key == "layers" && value.is_array()) {
        out_.begin_array();
        for (const Json layer : value.elements()) write_layer(layer, path);
        out_.end_array();
      } else {
        write_layer(value, path);
      }
    }
    out_.end_object();
  }

  void write_layer(const Json& json, const std::string& outer) {
    if (!is_layer(json)) return out_.value(json);
    const std::string name = outer.empty() ? name_of(json) : outer + "/" + name_of(json);
    if (!name_of(json).empty()) names_.push_back(name);
    if (const auto found = layers_.find(name); found != layers_.end()) {
      used_.emplace(name);
      return write_replacement(json, found->second);
    }
    const auto inside = layers_.lower_bound(name + "/");
    const bool holds = inside != layers_.end() && inside->first.starts_with(name + "/");
    return holds ? write_inside(json, name) : out_.value(json);
  }

  void write_replacement(const Json& old, const Json& layer) {
    out_.begin_object();
    for (const auto [key, value] : layer.members()) {
      if (key != "module" && key != "class_name") continue;
      out_.key(key);
      out_.value(value);
    }
    for (const std::string_view key : {"name", "inbound_nodes", "build_config"}) {
      const auto value = old.find(key);
      if (!value) continue;
      out_.key(key);
      out_.value(*value);
    }
    write_named(layer.at("config"), name_of(old));
    write_saved_class(old);
    out_.end_object();
  }

  void write_named(const Json& config, const std::string& name) {
    out_.key("config");
    out_.begin_object();
    out_.key("name");
    out_.string(name);
    out_.key(replaced_key);
    out_.flag(true);
    for (const auto [key, value] : config.members()) {
      if (key == "name") continue;
      out_.key(key);
      out_.value(value);
    }
    out_.end_object();
  }

  void write_saved_class(const Json& old) {
    out_.key(replaced_key);
    out_.begin_object();
    for (const std::string_view key : {"class_name", "module"}) {
      out_.key(key);
      out_.string(text_or_empty(old, key));
    }
    out_.end_object();
  }

  JsonWriter out_;
  std::map<std::string, Json> layers_;  // by the name of the one each replaces
  std::set<std::string> used_;
  std::vector<std::string> names_;  // of all layers seen
};

}  // namespace

Json replace_layers(const Json& model, const std::vector<LayerReplacement>& replacements) {
  return Replacer(replacements).rewrite(model);
}

}  // namespace keraunos::keras

namespace keraunos {

std::vector<LayerReplacement> replacements_from_json(std::string_view json) {
  std::vector<LayerReplacement> replacements;
  const file::Json layers = file::Json::parse(json);
  for (const auto [name, layer] : layers.members()) {
    replacements.push_back({std::string(name), layer.text()});
  }
  return replacements;
}

}  // namespace keraunos
