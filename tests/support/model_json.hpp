#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <vector>

// Configs of Keras 3 for tests that need models which nobody would make with Keras.

namespace keraunos::model_json {

/// A tensor of an inbound node: the result of call `node` of `layer`.
inline std::string tensor(std::string_view layer, int node = 0) {
  return fmt::format(R"({{"class_name": "__keras_tensor__", "config": {{"shape": [null, 4],
      "dtype": "float32", "keras_history": ["{}", {}, 0]}}}})",
                     layer, node);
}

inline std::string call(const std::string& arguments) {
  return fmt::format(R"({{"args": [{}], "kwargs": {{}}}})", arguments);
}

/// `config` goes on behind the name: R"(, "units": 4)".
inline std::string layer(std::string_view class_name, std::string_view name,
                         const std::vector<std::string>& calls, std::string_view config = "") {
  return fmt::format(R"({{"module": "keras.layers", "class_name": "{}", "registered_name": null,
      "name": "{}", "config": {{"name": "{}"{}}}, "inbound_nodes": [{}]}})",
                     class_name, name, name, config, fmt::join(calls, ","));
}

inline std::string input(std::string_view name, std::string_view shape = "[null, 4]") {
  return layer("InputLayer", name, {},
               fmt::format(R"(, "dtype": "float32", "batch_shape": {})", shape));
}

inline std::string relu(std::string_view name, std::string_view source) {
  return layer("ReLU", name, {call(tensor(source))},
               R"(, "max_value": null, "negative_slope": 0.0, "threshold": 0.0)");
}

/// A Functional model from layer `in` to call `node` of layer `out`.
inline std::string functional(std::string_view name, const std::vector<std::string>& layers,
                              std::string_view in, std::string_view out, int node = 0,
                              const std::vector<std::string>& calls = {}) {
  return fmt::format(R"({{"module": "keras", "class_name": "Functional", "registered_name":
      "Functional", "name": "{}", "config": {{"name": "{}", "layers": [{}], "input_layers":
      [["{}", 0, 0]], "output_layers": [["{}", {}, 0]]}}, "inbound_nodes": [{}]}})",
                     name, name, fmt::join(layers, ","), in, out, node, fmt::join(calls, ","));
}

/// `count` layers one behind the other; `name(i)` names them.
template <typename Name>
std::string chain(int count, Name name) {
  std::vector<std::string> layers = {input("x")};
  std::string last = "x";
  for (int i = 0; i < count; ++i) {
    layers.push_back(relu(name(i), last));
    last = name(i);
  }
  return functional("chain", layers, "x", last);
}

/// A model that calls a model twice that calls a model twice ..., `depth` models in all.
inline std::string doubling(int depth) {
  std::string model = functional("m1", {input("x1"), relu("r", "x1")}, "x1", "r", 0);
  for (int i = 2; i <= depth; ++i) {
    const std::string inner = fmt::format("m{}", i - 1);
    const std::string in = fmt::format("x{}", i);
    model.replace(
        model.rfind("\"inbound_nodes\": []"), std::string_view("\"inbound_nodes\": []").size(),
        fmt::format("\"inbound_nodes\": [{}, {}]", call(tensor(in)), call(tensor(inner, 0))));
    model = functional(fmt::format("m{}", i), {input(in), model}, in, inner, 2);
  }
  return model;
}

}  // namespace keraunos::model_json
