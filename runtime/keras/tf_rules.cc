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

Argument dict_of(std::vector<std::string> keys, std::vector<Argument> items) {
  Argument dict;
  dict.kind = Argument::Kind::dict;
  dict.keys = std::move(keys);
  dict.items = std::move(items);
  return dict;
}

// One part of an index as Keras 3 writes it: a slice is an object, as is an ellipsis.
Argument index_part(const Argument& part) {
  const bool constant = part.kind == Argument::Kind::constant;
  if (constant && (!part.constant || !part.constant->is_object())) return part;
  if (part.is_tensor()) return part;
  const bool ellipsis = constant && part.constant->contains("class_name");
  const Argument name = json_constant(ellipsis ? "\"__ellipsis__\"" : "\"__slice__\"");
  return dict_of({"class_name", "config"}, {name, ellipsis ? json_constant("{}") : part});
}

}  // namespace

void set_key(Operation& operation, std::string_view key, std::string_view json) {
  operation.config.emplace_back(key, json_constant(json));
}

void set_sizes(Operation& operation, std::string_view key, const Argument& sizes) {
  if (sizes.is_none()) return;
  if (sizes.kind == Argument::Kind::constant) {
    operation.config.emplace_back(key, sizes);
  } else {
    operation.call.keyword.emplace_back(key, sizes);
  }
}

void limit_and_delta(Parameters& parameters, Operations& operations) {
  for (const std::string_view name : {"limit", "delta"}) {
    const Argument number = parameters.take(name);
    if (!number.is_none()) operations.back().call.keyword.emplace_back(name, number);
  }
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

// Keras has the number of parts, or where to cut; TensorFlow the number, or the sizes of the parts.
void cut_at_sizes(Parameters& parameters, Operations& operations) {
  const Argument parts = parameters.take_required("num_or_size_splits");
  const bool number = parts.constant && !parts.constant->is_array();
  set_sizes(operations.back(), number ? "indices_or_sections" : "num_or_size_splits", parts);
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
  const Argument spec = parameters.take("slice_spec");
  Argument key = spec;
  if (spec.kind == Argument::Kind::list) {
    for (Argument& part : key.items) part = index_part(part);
  } else if (spec.constant && spec.constant->is_array()) {
    key = Argument();
    key.kind = Argument::Kind::list;
    for (const Json part : spec.constant->elements()) {
      key.items.push_back(index_part(json_constant(part)));
    }
  } else {
    key = index_part(spec);
  }
  operations.back().call.positional.push_back(std::move(key));
}

void begin_and_size(Parameters& parameters, Operations& operations) {
  operations.back().call.positional.push_back(parameters.take_required("begin"));
  set_sizes(operations.back(), "shape", parameters.take_required("size"));
}

}  // namespace keraunos::keras
