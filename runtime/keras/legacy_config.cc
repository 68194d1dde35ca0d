#include "runtime/keras/legacy_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "runtime/base/fail.hpp"
#include "runtime/base/log.hpp"
#include "runtime/file/json_writer.hpp"
#include "runtime/keras/keras1_config.hpp"
#include "runtime/keras/legacy_classes.hpp"
#include "runtime/keras/legacy_nodes.hpp"
#include "runtime/keras/lost_operands.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/own_class.hpp"
#include "runtime/keras/package_layers.hpp"
#include "runtime/keras/text_member.hpp"
#include "runtime/keras/tf_operations.hpp"

namespace keraunos::keras {
namespace {

using file::Json;
using file::JsonWriter;

constexpr std::array recurrent_classes = {
    std::string_view("SimpleRNN"),  std::string_view("LSTM"),
    std::string_view("GRU"),        std::string_view("CuDNNLSTM"),
    std::string_view("CuDNNGRU"),   std::string_view("RNN"),
    std::string_view("ConvLSTM1D"), std::string_view("ConvLSTM2D"),
    std::string_view("ConvLSTM3D"), std::string_view("Bidirectional"),
};

bool is_object_of_kerass(const Json& json) {
  return json.is_object() && json.contains("class_name") && json.contains("config");
}

// A class as the file names it: "Addons>GELU" is registered by a package.
struct ClassName {
  std::string package;
  std::string name;
};

ClassName class_of(const Json& entry) {
  const std::string written(entry.at("class_name").as_string());
  const std::string registered = text_or_empty(entry, "registered_name");
  const std::string& full = registered.find('>') != std::string::npos ? registered : written;
  const std::size_t mark = full.find('>');
  if (mark == std::string::npos) return {"", written};
  return {full.substr(0, mark), full.substr(mark + 1)};
}

// What is registered by no package is Keras's, or the author's without a word of it.
std::string_view package_of(const ClassName& written) {
  return written.package.empty() ? std::string_view("keras") : written.package;
}

bool is_foreign(std::string_view module) {
  const std::string_view package = module.substr(0, module.find('.'));
  return !package.empty() && package != "keras" && package != "tf_keras" && package != "tensorflow";
}

class ConfigWriter {
 public:
  explicit ConfigWriter(const KerasVersion& version)
      : version_(version), is_legacy_(version.major < 3) {}

  Json rewrite(const Json& model) {
    const ClassName written = class_of(model);
    require_model(package_of(written), written.name, model.at("config"));
    if (version_.major < 2) data_format_ = stated_data_format(model);
    write_entry(model, nullptr);
    return out_.parse();
  }

  // A layer that a user wrote, who leaves out what Keras would have written.
  Json rewrite_layer(const Json& layer) {
    by_hand_ = true;
    write_entry(layer, nullptr);
    return out_.parse();
  }

 private:
  // Any {"class_name", "config"}: a model, a layer, or an object in a config. `names` are those of
  // the Functional model around it.
  void write_entry(const Json& entry, const LegacyNames* names) {
    const std::string name = text_or_empty(entry, "name");
    const auto write = [&] {
      if (names != nullptr && is_legacy_ && write_tf_function(entry, name, *names)) return;
      out_.begin_object();
      write_class(entry);
      const auto calls = entry.find("inbound_nodes");
      if (calls && names != nullptr) write_calls(entry, *calls, *names);
      if (!name.empty()) write_text("name", name);
      out_.end_object();
    };
    if (name.empty()) return write();
    const std::string class_name(entry.at("class_name").as_string());
    within([&] { return fmt::format("layer '{}' ({})", name, class_name); }, write);
  }

  void write_class(const Json& entry) {
    const ClassName written = class_of(entry);
    const Json config = entry.at("config");
    if (const auto kind = model_kind(package_of(written), written.name, config)) {
      return write_model(written, *kind, config);
    }
    const std::string name = text_or_empty(entry, "name");
    if (const PackageClass* known =
            recognise_package_class(written.package, written.name, config, version_)) {
      return write_layer(known->module, written.name, config, name);
    }
    if (!written.package.empty()) return write_as_is(written.package, written.name, config);
    const std::string module = module_of(entry);
    if (is_foreign(module)) return write_as_is(module, written.name, config);
    if (!config.is_object()) return write_as_is("", written.name, config);
    if (is_operation(entry, config)) {
      return write_as_is("keras.src.ops.numpy", written.name, config);
    }
    write_layer("keras.layers", written.name, config, name);
  }

  // HDF5 files of Keras 3 leave the module out. Of all that stands in a graph only operations have
  // no flag `trainable`; a few layers have none either, but no operation is of their name.
  bool is_operation(const Json& entry, const Json& config) const {
    constexpr std::array layers = {std::string_view("Discretization"),
                                   std::string_view("HashedCrossing"),
                                   std::string_view("InputLayer"), std::string_view("Pipeline")};
    return !is_legacy_ && entry.contains("inbound_nodes") && !config.contains("trainable") &&
           std::find(layers.begin(), layers.end(), entry.at("class_name").as_string()) ==
               layers.end();
  }

  void write_as_is(std::string_view module, std::string_view class_name, const Json& config) {
    write_text("module", module);
    write_text("class_name", class_name);
    out_.key("config");
    out_.value(config);
  }

  // Models ----------------------------------------------------------------------------------------

  void write_model(const ClassName& written, ModelKind kind, const Json& config) {
    const bool kerass = written.package.empty() && is_model_class("keras", written.name);
    write_text("module", kerass ? "keras" : written.package);
    write_text("class_name", written.name);
    out_.key("config");
    out_.begin_object();
    // Keras up to 2.2.2 writes the bare list of a Sequential's layers.
    const bool bare = config.is_array();
    if (!bare) {
      for (const auto [key, value] : config.members()) {
        if (key == "layers" || key == "input_layers" || key == "output_layers") continue;
        out_.key(key);
        out_.value(value);
      }
    }
    const Json layers = bare ? config : config.at("layers");
    refuse_empty_model(layers, bare ? "" : text_or_empty(config, "name"));
    if (kind == ModelKind::sequential) {
      write_layers(layers, nullptr);
    } else {
      const LegacyNames names(layers, config.at("output_layers"));
      const LostOperands lost(layers, names);
      const LostOperands* const outer = std::exchange(lost_, &lost);
      write_layers(layers, &names);
      lost_ = outer;
      for (const std::string_view key : {"input_layers", "output_layers"}) {
        out_.key(key);
        if (is_legacy_) {
          write_references(out_, config.at(key), names);
        } else {
          out_.value(config.at(key));
        }
      }
    }
    out_.end_object();
  }

  void write_layers(const Json& layers, const LegacyNames* names) {
    out_.key("layers");
    out_.begin_array();
    for (const Json layer : layers.elements()) write_entry(layer, names);
    out_.end_array();
  }

  // Layers ----------------------------------------------------------------------------------------

  void write_layer(std::string_view module, const std::string& class_name, const Json& config,
                   const std::string& name) {
    const bool is_old = is_legacy_ && module == "keras.layers";
    const LegacyClass* const known = is_old ? find_legacy_class(class_name) : nullptr;
    // What is not Keras's stays as it is.
    if (is_old && !by_hand_ && reason_for_own_class(class_name, config, version_)) {
      return write_as_is(own_module, class_name, config);
    }
    write_text("module", module);
    if (is_old && is_keras1_merge(class_name)) return write_keras1_merge(out_, config, name);
    write_text("class_name", known != nullptr ? known->modern : std::string_view(class_name));
    if (known != nullptr && known->is_gone) write_text(shown_key, class_name);
    out_.key("config");
    out_.begin_object();
    std::set<std::string, std::less<>> written;
    if (!name.empty()) {  // TensorFlowOpLayer and its like go by the entry's name
      write_text("name", name);
      written.emplace("name");
    }
    for (const auto [key, value] : config.members()) {
      const std::string_view modern = is_legacy_ ? modern_key(known, key) : key;
      if (is_legacy_ && is_old_mode(class_name, key, value)) continue;
      if (modern.empty() || !written.emplace(modern).second) continue;
      out_.key(modern);
      write_value(class_name, modern, value);
    }
    if (known != nullptr) write_absent(*known, written);
    if (is_legacy_) write_keras1_sizes(out_, config);
    out_.end_object();
  }

  // What an old layer means by keys that it leaves out.
  void write_absent(const LegacyClass& known, const auto& written) {
    for (const auto& [key, json] : known.given) {
      if (written.contains(key)) continue;
      out_.key(key);
      out_.value(Json::parse(json));
    }
    const bool has_order = std::any_of(known.renamed.begin(), known.renamed.end(),
                                       [](const auto& key) { return key.first == "dim_ordering"; });
    if (has_order && !data_format_.empty() && !written.contains("data_format")) {
      write_text("data_format", data_format_);
    }
  }

  // Modes that Keras 3 does not have: true for one that is off, and so means nothing.
  static bool is_old_mode(std::string_view class_name, std::string_view key, const Json& value) {
    const bool time_major = key == "time_major";
    if (!time_major && !(key == "mode" && class_name == "BatchNormalization")) return false;
    const bool off = value.is_bool() ? !value.as_bool() : value.is_int() && value.as_int64() == 0;
    if (off) return true;
    fail(ErrorCode::unsupported, "key '{}': {} is not supported", key, value.dump(60));
  }

  static std::string_view modern_key(const LegacyClass* known, std::string_view key) {
    if (known != nullptr) {
      for (const auto& [old, modern] : known->renamed) {
        if (old == key) return modern;
      }
    }
    return is_dead_key(key) ? std::string_view() : key;
  }

  void write_value(std::string_view class_name, std::string_view key, const Json& value) {
    if (is_object_of_kerass(value)) return write_entry(value, nullptr);
    if (const auto items = value.is_object() ? value.find("items") : std::nullopt) {
      return out_.value(*items);  // __tuple__, TensorShape
    }
    if (is_legacy_ && key == "data_format") return write_data_format(out_, value);
    if (is_legacy_ && key == "axis" && class_name.starts_with("BatchNormalization") &&
        value.is_array() && value.size() == 1) {
      return out_.value(value[0]);
    }
    if (!value.is_array()) return out_.value(value);
    out_.begin_array();  // cells of a stack, layers of a pipeline
    for (const Json element : value.elements()) {
      if (is_object_of_kerass(element)) {
        write_entry(element, nullptr);
      } else {
        out_.value(element);
      }
    }
    out_.end_array();
  }

  // Calls -----------------------------------------------------------------------------------------

  void write_calls(const Json& entry, const Json& calls, const LegacyNames& names) {
    out_.key("inbound_nodes");
    if (!is_legacy_) return out_.value(calls);
    const std::string_view class_name = entry.at("class_name").as_string();
    const bool recurrent = std::find(recurrent_classes.begin(), recurrent_classes.end(),
                                     class_name) != recurrent_classes.end();
    out_.begin_array();
    for (const Json json : calls.elements()) {
      CallArguments call = parse_legacy_call(json, names);
      if (recurrent) separate_states(call);
      write_call(out_, call);
    }
    out_.end_array();
  }

  // A recurrent layer called on [x, state, ...] was called with initial_state.
  static void separate_states(CallArguments& call) {
    Argument& first = call.positional.at(0);
    if (first.kind != Argument::Kind::list || first.items.size() < 2) return;
    Argument states;
    states.kind = Argument::Kind::list;
    states.items.assign(first.items.begin() + 1, first.items.end());
    call.keyword.emplace_back("initial_state", std::move(states));
    first = Argument(first.items.front());
  }

  // A TensorFlow function on Keras tensors becomes the operation of Keras 3 that does the same.
  bool write_tf_function(const Json& entry, const std::string& name, const LegacyNames& names) {
    const std::string_view class_name = entry.at("class_name").as_string();
    if (!is_tf_operation(class_name)) return false;
    const Json calls = entry.at("inbound_nodes");
    if (calls.size() != 1) {
      fail(ErrorCode::unsupported, "a TensorFlow function with {} calls is not supported",
           calls.size());
    }
    CallArguments call = parse_legacy_call(calls[0], names);
    if (is_tf_einsum(entry)) add_lost_operands(call, name);
    std::vector<Operation> operations;
    try {
      operations = translate_tf_operation(entry.at("config"), call);
    } catch (const Error& error) {
      write_refused(class_name, name, call, error);
      return true;
    }
    std::string previous;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      Operation& operation = operations[i];
      if (i > 0) {
        Argument result;
        result.kind = Argument::Kind::tensor;
        result.reference.layer = previous;
        operation.call.positional.insert(operation.call.positional.begin(), std::move(result));
      }
      const bool last = i + 1 == operations.size();
      previous = last ? name : fmt::format("{}/{}", name, operation.class_name);
      write_operation(out_, operation, previous, last ? class_name : "");
    }
    return true;
  }

  void add_lost_operands(CallArguments& call, const std::string& name) const {
    const std::vector<std::string>& operands = lost_->of(name);
    for (const std::string& layer : operands) {
      Argument operand;
      operand.kind = Argument::Kind::tensor;
      operand.reference.layer = layer;
      call.positional.push_back(std::move(operand));
    }
    log_info(
        "layer '{}': the file holds only the equation of tf.einsum; called on what nothing "
        "else reads: {}",
        name, fmt::join(operands, ", "));
  }

  // A function that is not known may stand where nobody looks: it is refused when it is called.
  void write_refused(std::string_view class_name, std::string_view name, const CallArguments& call,
                     const Error& error) {
    out_.begin_object();
    write_text("module", "keras.src.ops");
    write_text("class_name", class_name);
    write_text("name", name);
    out_.key("config");
    out_.begin_object();
    out_.end_object();
    out_.key("inbound_nodes");
    out_.begin_array();
    write_call(out_, call);
    out_.end_array();
    write_text(refusal_key, error.what());
    out_.end_object();
  }

  void write_text(std::string_view key, std::string_view text) {
    out_.key(key);
    out_.string(text);
  }

  JsonWriter out_;
  const KerasVersion& version_;
  std::string_view data_format_;  // of all layers of a Keras 1 model, where it says so
  const bool is_legacy_;
  bool by_hand_ = false;
  const LostOperands* lost_ = nullptr;  // of the innermost Functional model
};

}  // namespace

Json modern_config(const Json& model, const KerasVersion& version) {
  return ConfigWriter(version).rewrite(model);
}

Json modern_layer(const Json& layer) {
  return ConfigWriter(parse_version("2.15")).rewrite_layer(layer);
}

}  // namespace keraunos::keras
