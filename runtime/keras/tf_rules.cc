#include "runtime/keras/tf_rules.hpp"

#include <algorithm>
#include <utility>

#include "runtime/file/json_writer.hpp"
#include "runtime/keras/config.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

Argument json_constant(const Json& json) {
  Argument argument;
  if (!json.is_null()) argument.constant = json;
  return argument;
}

Argument json_constant(std::string_view text) { return json_constant(Json::parse(text)); }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

// A key of GetItem: a list of __slice__ objects, numbers, null for a new axis.
std::string slice_key(const Json& spec) {
  file::JsonWriter out;
  const auto write = [&](const Json& part) {
    if (!part.is_object()) return out.value(part);
    const bool ellipsis = part.contains("class_name");
    out.begin_object();
    out.key("class_name");
    out.string(ellipsis ? "__ellipsis__" : "__slice__");
    out.key("config");
    ellipsis ? out.value(Json::parse("{}")) : out.value(part);
    out.end_object();
  };
  if (!spec.is_array()) {
    write(spec);
  } else {
    out.begin_array();
    for (const Json part : spec.elements()) write(part);
    out.end_array();
  }
  return out.parse().text();
}

}  // namespace

void set_key(Operation& operation, std::string_view key, std::string_view json) {
  operation.config.emplace_back(key, json_constant(json));
}

void then_square(Parameters&, Operations& operations) { operations.push_back({"Square", {}, {}}); }

void then_int64(Parameters& parameters, Operations& operations) {
  std::string dtype = "\"int64\"";
  const Argument wanted = parameters.take("output_type");
  if (!wanted.is_none() && wanted.kind == Argument::Kind::constant) dtype = wanted.constant->text();
  Operation cast{"Cast", {}, {}};
  set_key(cast, "dtype", dtype);
  operations.push_back(std::move(cast));
}

// Matmul of Keras has no flags for transposing.
void transpose_operands(Parameters& parameters, Operations& operations) {
  // Taken one by one: every parameter must be, whatever the others say.
  const auto take_either = [&](std::string_view one, std::string_view other) {
    const bool first = parameters.take_flag(one);
    const bool second = parameters.take_flag(other);
    return first || second;
  };
  const bool a = take_either("transpose_a", "adjoint_a");
  const bool b = take_either("transpose_b", "adjoint_b");
  if (!a && !b) return;
  Operation& operation = operations.back();
  operation.class_name = "Einsum";
  set_key(operation, "subscripts",
          fmt::format("\"...{},...{}->...ik\"", a ? "ji" : "ij", b ? "kj" : "jk"));
}

// Keras wants where to cut, TensorFlow the sizes of the pieces.
void cut_at_sizes(Parameters& parameters, Operations& operations) {
  const Json sizes = parameters.take_constant("num_or_size_splits");
  if (!sizes.is_array()) {
    operations.back().config.emplace_back("indices_or_sections", json_constant(sizes));
    return;
  }
  std::string cuts = "[";
  std::int64_t at = 0;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const std::int64_t size = sizes[i].as_int64();
    if (size < 0 || size >= std::int64_t{1} << 31) {
      fail(ErrorCode::unsupported, "tf.{} is called with num_or_size_splits={}",
           parameters.symbol(), sizes.dump(60));
    }
    cuts += fmt::format("{}{}", i > 0 ? "," : "", at += size);
  }
  set_key(operations.back(), "indices_or_sections", cuts + "]");
}

void pad_mode(Parameters& parameters, Operations& operations) {
  const Argument mode = parameters.take("mode");
  const std::string name = mode.is_none() ? "constant" : lower(mode.constant->as_string());
  set_key(operations.back(), "mode", fmt::format("\"{}\"", name));
  const Argument fill = parameters.take("constant_values");
  if (name == "constant" && !fill.is_none()) operations.back().call.positional.push_back(fill);
}

void resize_method(Parameters& parameters, Operations& operations) {
  const Argument method = parameters.take("method");
  if (!method.is_none()) operations.back().config.emplace_back("interpolation", method);
  set_key(operations.back(), "data_format", "\"channels_last\"");
}

void only_nhwc(Parameters& parameters, Operations& operations) {
  parameters.drop("data_format", "\"NHWC\"");
  if (!operations.back().class_name.starts_with("Add")) {
    set_key(operations.back(), "data_format", "\"channels_last\"");
  }
}

// The operands stand behind the equation, wherever they came from.
void equation_first(Parameters& parameters, Operations& operations) {
  Operation& operation = operations.back();
  const Argument equation = std::exchange(operation.call.positional, {}).front();
  operation.config.emplace_back("subscripts", equation);
  operation.call.positional = parameters.rest();
  parameters.drop("optimize", "\"greedy\"");
}

void no_message(Parameters& parameters, Operations&) { parameters.take("message"); }

void no_partitions(Parameters& parameters, Operations&) {
  parameters.drop("partition_strategy", "\"mod\"");
  parameters.drop("partition_strategy", "\"div\"");
  parameters.take("validate_indices");
}

void no_alignment(Parameters& parameters, Operations&) {
  parameters.drop("align", "\"RIGHT_LEFT\"");
  parameters.drop("padding_value", "0");
}

// TensorFlow writes 1 for batch and channels around every pair.
void patch_sizes(Parameters& parameters, Operations& operations) {
  const std::pair<std::string_view, std::string_view> keys[] = {
      {"sizes", "size"}, {"strides", "strides"}, {"rates", "dilation_rate"}};
  for (const auto& [name, key] : keys) {
    const Json numbers = parameters.take_constant(name);
    if (!numbers.is_array() || numbers.size() != 4) {
      fail(ErrorCode::unsupported, "tf.{} is called with {}={}; four numbers are supported",
           parameters.symbol(), name, numbers.dump(60));
    }
    set_key(operations.back(), key,
            fmt::format("[{},{}]", numbers[1].as_int64(), numbers[2].as_int64()));
  }
  const Json padding = parameters.take_constant("padding");
  set_key(operations.back(), "padding", fmt::format("\"{}\"", lower(padding.as_string())));
  set_key(operations.back(), "data_format", "\"channels_last\"");
}

void l2_epsilon(Parameters& parameters, Operations& operations) {
  // TensorFlow bounds the square of the norm from below, Keras the norm.
  parameters.drop("epsilon", "1e-12");
  set_key(operations.back(), "order", "2");
  set_key(operations.back(), "epsilon", "1e-6");
}

void slice_spec(Parameters& parameters, Operations& operations) {
  const Json spec = parameters.take_constant("slice_spec");
  operations.back().call.positional.push_back(json_constant(slice_key(spec)));
}

void begin_and_size(Parameters& parameters, Operations& operations) {
  const Json begin = parameters.take_constant("begin");
  const Json size = parameters.take_constant("size");
  std::string spec = "[";
  for (std::size_t i = 0; i < begin.size(); ++i) {
    const std::int64_t from = to_integer(begin[i], 0);
    const std::int64_t count = to_integer(size[i], -1);
    spec += fmt::format("{}{{\"start\":{},\"stop\":{},\"step\":null}}", i > 0 ? "," : "", from,
                        count < 0 ? "null" : std::to_string(from + count));
  }
  operations.back().call.positional.push_back(json_constant(slice_key(Json::parse(spec + "]"))));
}

}  // namespace keraunos::keras
