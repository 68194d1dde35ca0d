#include "runtime/keras/tf_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "runtime/base/fail.hpp"
#include "runtime/file/json_writer.hpp"
#include "runtime/keras/config.hpp"
#include "runtime/keras/tf_graph_ops.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

Argument constant(const Json& json) {
  Argument argument;
  argument.constant = json;
  return argument;
}

// Protocol buffers write 64-bit integers as strings.
Json integer(const Json& json) {
  if (!json.is_string()) return json;
  std::int64_t number = 0;
  const std::string_view text = json.as_string();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fail(ErrorCode::malformed_file, "'{}' is no whole number", text);
  }
  return Json::parse(fmt::format("{}", number));
}

Json data_type(const Json& json) {
  const std::string_view name = json.as_string();
  const std::pair<std::string_view, std::string_view> names[] = {
      {"DT_FLOAT", "\"float32\""},  {"DT_HALF", "\"float16\""}, {"DT_BFLOAT16", "\"bfloat16\""},
      {"DT_DOUBLE", "\"float64\""}, {"DT_INT32", "\"int32\""},  {"DT_INT64", "\"int64\""},
      {"DT_UINT8", "\"uint8\""},    {"DT_INT8", "\"int8\""},    {"DT_BOOL", "\"bool\""}};
  for (const auto& [tensorflow, text] : names) {
    if (tensorflow == name) return Json::parse(text);
  }
  fail(ErrorCode::unsupported, "the TensorFlow dtype {} is not supported", name);
}

// {"i": "3"}, {"f": 0.2}, {"b": true}, {"type": "DT_FLOAT"}, {"list": {"i": ["1"]}}.
std::optional<Json> attribute(const Json& json) {
  if (const auto number = json.find("i")) return integer(*number);
  if (const auto type = json.find("type")) return data_type(*type);
  if (const auto list = json.find("list")) {
    file::JsonWriter out;
    out.begin_array();
    if (const auto numbers = list->find("i")) {
      for (const Json number : numbers->elements()) out.value(integer(number));
    }
    out.end_array();
    Json numbers = out.parse();
    return numbers.size() > 0 ? std::optional(numbers) : std::nullopt;
  }
  const auto real = json.find("f");
  return real ? real : json.find("b");
}

Json node_def(const Json& config) {
  const Json stored = config.at("node_def");
  if (!stored.is_string()) return stored;
  const std::string_view text = stored.as_string();
  if (!text.starts_with("{")) {
    fail(ErrorCode::unsupported,
         "a TensorFlowOpLayer of TensorFlow 2.0, which holds a binary node_def, is not supported");
  }
  return Json::parse(text);
}

// The node's inputs in order: constants where the layer has them, tensors of the call elsewhere.
std::vector<Argument> inputs_of(const Json& config, std::size_t count, const CallArguments& call) {
  std::vector<Argument> tensors;
  for_each_tensor(call,
                  [&](const Argument& tensor, std::string_view) { tensors.push_back(tensor); });
  const auto constants = config.find("constants");
  std::vector<Argument> inputs;
  std::size_t next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto found =
        constants && constants->is_object() ? constants->find(std::to_string(i)) : std::nullopt;
    if (!found && next == tensors.size()) {
      fail(ErrorCode::malformed_file, "the node has {} inputs, and only {} are given", count,
           inputs.size());
    }
    inputs.push_back(found ? constant(*found) : tensors[next++]);
  }
  return inputs;
}

Argument list_of(std::vector<Argument> items) {
  Argument list;
  list.kind = Argument::Kind::list;
  list.items = std::move(items);
  return list;
}

// x[1:3, ..., 0] as begin, end, strides and masks, one bit per axis.
Json slice_spec(const Json& attributes, const std::vector<Argument>& inputs) {
  const auto mask = [&](std::string_view name, std::size_t axis) {
    const auto found = attributes.find(name);
    const auto bits = found ? attribute(*found) : std::nullopt;
    return bits && (to_integer(*bits, 0) >> axis & 1) != 0;
  };
  const Json begin = *inputs[1].constant;
  file::JsonWriter out;
  out.begin_array();
  for (std::size_t axis = 0; axis < std::min<std::size_t>(begin.size(), 31); ++axis) {
    if (mask("ellipsis_mask", axis)) {
      out.value(Json::parse(R"({"class_name": "__ellipsis__"})"));
    } else if (mask("new_axis_mask", axis)) {
      out.null();
    } else if (mask("shrink_axis_mask", axis)) {
      out.value(begin[axis]);
    } else {
      out.begin_object();
      out.key("start");
      mask("begin_mask", axis) ? out.null() : out.value(begin[axis]);
      out.key("stop");
      mask("end_mask", axis) ? out.null() : out.value((*inputs[2].constant)[axis]);
      out.key("step");
      out.value((*inputs[3].constant)[axis]);
      out.end_object();
    }
  }
  out.end_array();
  return out.parse();
}

// The node as tf.strided_slice, whose positions may be made of the shapes of tensors.
TfNode strided_slice(const Json& attributes, const std::vector<Argument>& inputs) {
  CallArguments call = {{inputs[0]},
                        {{"begin", inputs[1]}, {"end", inputs[2]}, {"strides", inputs[3]}}};
  for (const std::string_view mask :
       {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
    const auto stored = attributes.find(mask);
    const auto bits = stored ? attribute(*stored) : std::nullopt;
    if (bits) call.keyword.emplace_back(mask, constant(*bits));
  }
  return {"strided_slice", std::move(call)};
}

// Ops whose inputs are no parameters one by one.
std::optional<TfNode> parse_special(std::string_view op, const Json& attributes,
                                    std::vector<Argument> inputs) {
  if (op == "ConcatV2" && inputs.size() > 1) {
    const Argument axis = inputs.back();
    inputs.pop_back();
    return TfNode{"concat", {{list_of(std::move(inputs))}, {{"axis", axis}}}};
  }
  if (op == "Pack") {
    CallArguments call = {{list_of(std::move(inputs))}, {}};
    if (const auto axis = attributes.find("axis")) {
      if (const auto value = attribute(*axis)) call.keyword.emplace_back("axis", constant(*value));
    }
    return TfNode{"stack", std::move(call)};
  }
  if (op == "Split" && inputs.size() == 2) {
    const auto count = attribute(attributes.at("num_split"));
    if (!count) fail(ErrorCode::malformed_file, "attribute 'num_split': no number");
    return TfNode{"split",
                  {{inputs[1]}, {{"num_or_size_splits", constant(*count)}, {"axis", inputs[0]}}}};
  }
  if (op == "StridedSlice" && inputs.size() == 4) {
    const bool computed = std::any_of(inputs.begin() + 1, inputs.end(), [](const Argument& input) {
      return input.kind != Argument::Kind::constant;
    });
    if (computed) return strided_slice(attributes, inputs);
    const Argument spec = constant(slice_spec(attributes, inputs));
    return TfNode{"__operators__.getitem", {{inputs[0]}, {{"slice_spec", spec}}}};
  }
  return std::nullopt;
}

}  // namespace

TfNode parse_tf_node(const Json& config, const CallArguments& call) {
  const Json node = node_def(config);
  const std::string_view op = node.at("op").as_string();
  const Json attributes = node.find("attr").value_or(Json::parse("{}"));
  const auto names = node.find("input");
  const auto inputs = inputs_of(config, names ? names->size() : 0, call);
  if (auto special = parse_special(op, attributes, inputs)) return std::move(*special);
  const GraphOp* const found = find_graph_op(op);
  if (found == nullptr) {
    fail(ErrorCode::unsupported, "the TensorFlow op {} is not supported", op);
  }
  if (inputs.empty() || inputs.size() > found->inputs.size()) {
    fail(ErrorCode::malformed_file, "the TensorFlow op {} has {} inputs", op, inputs.size());
  }
  TfNode result{std::string(found->symbol), {{inputs[0]}, {}}};
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    result.call.keyword.emplace_back(found->inputs[i], inputs[i]);
  }
  for (const auto& [name, parameter] : found->attributes) {
    const auto stored = attributes.find(name);
    const auto value = stored ? attribute(*stored) : std::nullopt;
    if (value) result.call.keyword.emplace_back(parameter, constant(*value));
  }
  return result;
}

}  // namespace keraunos::keras
