#include "runtime/keras/operations/operands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/size_options.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

constexpr std::size_t max_rank = 32;

// The sizes of a nested list, by its first elements.
Dims dims_of(const Json& value) {
  Dims dims;
  Json inner = value;
  while (inner.is_array()) {
    if (dims.size() == max_rank) {
      fail(ErrorCode::malformed_file, "an array has more than {} axes", max_rank);
    }
    dims.push_back(static_cast<std::int64_t>(inner.size()));
    if (inner.size() == 0) break;
    inner = inner[0];
  }
  return dims;
}

// What kind of numbers a nested list holds, and the numbers in order.
struct Numbers {
  bool all_bool = true;
  bool all_int = true;
  std::vector<Json> cells;

  void collect(const Json& value, const Dims& dims, std::size_t axis) {
    if (axis == dims.size()) {
      if (!value.is_number() && !value.is_bool()) {
        fail(ErrorCode::malformed_file, "{} is not a number", value.dump(60));
      }
      all_bool = all_bool && value.is_bool();
      all_int = all_int && (value.is_int() || value.is_bool());
      cells.push_back(value);
      return;
    }
    if (!value.is_array() || static_cast<std::int64_t>(value.size()) != dims[axis]) {
      fail(ErrorCode::malformed_file, "an array has rows of different lengths");
    }
    for (const Json element : value.elements()) collect(element, dims, axis + 1);
  }

  DType dtype() const {
    if (cells.empty()) return DType::float32;
    return all_bool ? DType::boolean : all_int ? DType::int32 : DType::float32;
  }

  std::shared_ptr<const Tensor> tensor(Dims dims) const {
    auto tensor =
        std::make_shared<Tensor>(all_int ? DType::int64 : DType::float64, std::move(dims));
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (all_int) {
        tensor->as<std::int64_t>()[i] =
            cells[i].is_bool() ? cells[i].as_bool() : cells[i].as_int64();
      } else {
        tensor->as<double>()[i] = cells[i].is_bool() ? cells[i].as_bool() : cells[i].as_double();
      }
    }
    return tensor;
  }
};

Operand array_operand(const Json& value, std::optional<DType> dtype) {
  Dims dims = dims_of(value);
  Numbers numbers;
  numbers.collect(value, dims, 0);
  Operand operand;
  operand.type.dtype = dtype.value_or(numbers.dtype());
  operand.constant = numbers.tensor(std::move(dims));
  return operand;
}

Operand constant_operand(const Json& json) {
  if (json.is_object()) {
    const std::string_view class_name = json.at("class_name").as_string();
    if (class_name != "__numpy__" && class_name != "__tensor__") {
      fail(ErrorCode::unsupported, "called on {}; a tensor or a number is supported",
           json.dump(60));
    }
    const Json config = json.at("config");
    const std::string_view name = config.at("dtype").as_string();
    const auto dtype = dtype_from_name(name);
    if (!dtype) fail(ErrorCode::unsupported, "arrays of dtype '{}' are not supported", name);
    return array_operand(config.at("value"), dtype);
  }
  Operand operand = array_operand(json, {});
  if (json.is_int()) operand.type = python_int;
  if (json.is_number() && !json.is_int()) operand.type = python_float;
  return operand;
}

Operand to_operand(const LayerCall& call, const Argument& argument) {
  if (argument.is_tensor()) {
    Operand operand;
    operand.value = argument.value;
    operand.type.dtype = call.dtype(argument.value);
    return operand;
  }
  if (argument.kind == Argument::Kind::list) {  // of sizes: TensorFlow makes one tensor of it
    if (const auto packed = pack_sizes(call, argument)) {
      return to_operand(call, Argument::tensor(*packed));
    }
  }
  if (argument.kind != Argument::Kind::constant || argument.is_none()) {
    fail(ErrorCode::unsupported, "called on {}; a tensor or a number is supported",
         argument.describe());
  }
  return constant_operand(*argument.constant);
}

template <typename Work>
auto at_argument(std::string_view name, Work&& work) {
  return within([&] { return fmt::format("argument '{}'", name); }, std::forward<Work>(work));
}

Operand without_weakness(Operand operand) {
  if (!operand.type.weak) return operand;
  operand.type = {is_floating(operand.type.dtype) ? DType::float32 : DType::int32};
  return operand;
}

}  // namespace

std::optional<Operand> optional_operand(const LayerCall& call, std::string_view name,
                                        std::size_t position) {
  const Argument* const found = call.argument(name, position);
  if (found == nullptr) return std::nullopt;
  return at_argument(name, [&] { return std::optional(to_operand(call, *found)); });
}

Operand operand(const LayerCall& call, std::string_view name, std::size_t position) {
  auto found = optional_operand(call, name, position);
  if (!found) fail(ErrorCode::malformed_file, "called without its argument '{}'", name);
  return *std::move(found);
}

Operand strong_operand(const LayerCall& call, std::string_view name, std::size_t position) {
  return without_weakness(operand(call, name, position));
}

std::vector<Operand> operand_list(const LayerCall& call, std::string_view name,
                                  std::size_t position) {
  const Argument* const found = call.argument(name, position);
  std::vector<Operand> operands;
  at_argument(name, [&] {
    if (found != nullptr && found->kind == Argument::Kind::list) {
      for (const Argument& item : found->items) operands.push_back(to_operand(call, item));
    } else if (found != nullptr && found->kind == Argument::Kind::constant &&
               found->constant->is_array()) {
      for (const Json item : found->constant->elements()) {
        operands.push_back(constant_operand(item));
      }
    } else if (found != nullptr && found->is_tensor()) {
      operands.push_back(to_operand(call, *found));
    }
    if (operands.empty()) fail(ErrorCode::malformed_file, "a list of tensors wanted");
  });
  return operands;
}

Shape shape_of(const LayerCall& call, const Operand& operand) {
  return operand.value ? call.shape(*operand.value) : make_shape(operand.constant->dims());
}

namespace {

// Through `dtype`, whose rounding counts, to `held`.
ValueId constant_value(LayerCall& call, const Tensor& tensor, DType dtype, DType held) {
  const std::string name = fmt::format("{}/{}", call.identity().name, to_string(tensor.dims()));
  Tensor converted = tensor.cast(dtype);
  if (held != dtype) converted = converted.cast(held);
  return call.environment().graph.add_constant(make_constant(name, std::move(converted)));
}

}  // namespace

ValueId as_stored(LayerCall& call, const Operand& operand, DType dtype) {
  return operand.value ? call.cast(*operand.value, dtype)
                       : constant_value(call, *operand.constant, dtype, dtype);
}

ValueId as_stored(LayerCall& call, const Operand& operand) {
  return as_stored(call, operand, operand.type.dtype);
}

ValueId as_computed(LayerCall& call, const Operand& operand, DType dtype) {
  const DType held = compute_dtype(dtype);
  if (!operand.value) return constant_value(call, *operand.constant, dtype, held);
  // float64 holds every float32: no rounding is lost by leaving it out.
  if (call.dtype(*operand.value) == held && dtype == DType::float64) return *operand.value;
  return call.cast(call.cast(*operand.value, dtype), held);
}

DType result_type(std::span<const Operand> operands) {
  std::vector<NumericType> types;
  for (const Operand& operand : operands) types.push_back(operand.type);
  return result_type(std::span<const NumericType>(types));
}

std::optional<DType> dtype_option(const LayerCall& call, std::string_view key) {
  const auto found = call.config().find(key);
  if (!found) return std::nullopt;
  const std::string_view name = found->as_string();
  const auto dtype = dtype_from_name(name);
  if (!dtype) fail(ErrorCode::unsupported, "key '{}': dtype '{}' is not supported", key, name);
  return dtype;
}

std::vector<std::size_t> axes_option(const LayerCall& call, std::size_t rank,
                                     std::string_view key) {
  const auto found = call.config().find(key);
  std::vector<std::size_t> axes;
  if (!found) {
    for (std::size_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
    return axes;
  }
  return within([&] { return fmt::format("key '{}'", key); },
                [&] {
                  if (!found->is_array())
                    return std::vector{normalize_axis(found->as_int64(), rank)};
                  for (const Json axis : found->elements()) {
                    axes.push_back(normalize_axis(axis.as_int64(), rank));
                  }
                  std::sort(axes.begin(), axes.end());
                  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
                    fail(ErrorCode::malformed_file, "{} names an axis twice", found->dump(60));
                  }
                  return axes;
                });
}

std::optional<std::size_t> axis_option(const LayerCall& call, std::size_t rank,
                                       std::int64_t fallback, std::string_view key) {
  const auto found = call.config().find(key);
  if (!found && call.config().contains(key)) return std::nullopt;
  return within([&] { return fmt::format("key '{}'", key); },
                [&] { return normalize_axis(found ? found->as_int64() : fallback, rank); });
}

namespace {

constexpr std::int64_t least_number = -(std::int64_t{1} << 31);

}  // namespace

std::int64_t number_option(const LayerCall& call, std::string_view key, std::int64_t fallback) {
  return call.config().integer_or(key, least_number, fallback);
}

std::optional<std::vector<std::int64_t>> numbers_option(const LayerCall& call,
                                                        std::string_view key) {
  const auto found = call.config().find(key);
  if (!found) return std::nullopt;
  return within([&] { return fmt::format("key '{}'", key); },
                [&] {
                  if (!found->is_array()) return std::vector{to_integer(*found, least_number)};
                  std::vector<std::int64_t> numbers;
                  for (const Json number : found->elements())
                    numbers.push_back(to_integer(number, least_number));
                  return numbers;
                });
}

}  // namespace keraunos::keras
