#include "runtime/keras/functions/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

constexpr std::int64_t least_number = -(std::int64_t{1} << 31);

[[noreturn]] void fail_missing(std::string_view name) {
  fail(ErrorCode::malformed_file, "called without its parameter '{}'", name);
}

template <typename Work>
auto at_parameter(std::string_view name, Work&& work) {
  return within([&] { return fmt::format("parameter '{}'", name); }, std::forward<Work>(work));
}

std::vector<std::int64_t> to_integers(const Json& json) {
  if (!json.is_array()) return {to_integer(json, least_number)};
  std::vector<std::int64_t> numbers;
  for (const Json number : json.elements()) numbers.push_back(to_integer(number, least_number));
  return numbers;
}

}  // namespace

Real first_tensor(LayerCall& call) {
  const Operand first = operand(call, "", 0);
  return {first.type.dtype, as_computed(call, first, first.type.dtype)};
}

ValueId tensor_like(LayerCall& call, const Real& first, std::string_view name) {
  return as_computed(call, operand(call, name, LayerCall::no_position), first.dtype);
}

std::vector<ValueId> result_of(LayerCall& call, const Real& first, ValueId value) {
  return {call.cast(value, first.dtype)};
}

std::optional<Json> constant_parameter(const LayerCall& call, std::string_view name) {
  const Argument* const found = call.argument(name);
  if (found == nullptr) return std::nullopt;
  if (found->kind != Argument::Kind::constant) {
    fail(ErrorCode::unsupported, "called with {}={}; a constant is supported", name,
         found->describe());
  }
  return found->constant;
}

std::optional<Json> constant_parameter(const LayerCall& call, std::string_view name,
                                       std::string_view other) {
  const auto found = constant_parameter(call, name);
  return found ? found : constant_parameter(call, other);
}

std::int64_t integer_parameter(const LayerCall& call, std::string_view name, std::int64_t least,
                               std::optional<std::int64_t> fallback) {
  const auto found = constant_parameter(call, name);
  if (!found && !fallback) fail_missing(name);
  return at_parameter(name, [&] { return found ? to_integer(*found, least) : *fallback; });
}

double number_parameter(const LayerCall& call, std::string_view name,
                        std::optional<double> fallback) {
  const auto found = constant_parameter(call, name);
  if (!found && !fallback) fail_missing(name);
  return at_parameter(name, [&] { return found ? found->as_double() : *fallback; });
}

bool flag_parameter(const LayerCall& call, std::string_view name, bool fallback) {
  const auto found = constant_parameter(call, name);
  return at_parameter(name, [&] { return found ? found->as_bool() : fallback; });
}

std::string text_parameter(const LayerCall& call, std::string_view name, std::string_view fallback,
                           const std::vector<std::string_view>& allowed) {
  const auto found = constant_parameter(call, name);
  if (!found) return std::string(fallback);
  if (found->is_string() && std::ranges::count(allowed, found->as_string()) > 0) {
    return std::string(found->as_string());
  }
  fail(ErrorCode::unsupported, "called with {}={}; {} is supported", name, found->dump(60),
       fmt::join(allowed, ", "));
}

std::vector<std::int64_t> integers_parameter(const LayerCall& call, std::string_view name) {
  const auto found = constant_parameter(call, name);
  if (!found) fail_missing(name);
  return at_parameter(name, [&] { return to_integers(*found); });
}

std::optional<std::size_t> axis_parameter(const LayerCall& call, std::string_view name,
                                          std::size_t rank) {
  const auto found = constant_parameter(call, name);
  if (!found) return std::nullopt;
  return at_parameter(name, [&] { return normalize_axis(to_integer(*found, least_number), rank); });
}

std::vector<std::size_t> axes_parameter(const LayerCall& call, std::string_view name,
                                        std::size_t rank) {
  std::vector<std::size_t> axes;
  const auto found = constant_parameter(call, name);
  if (!found) {
    for (std::size_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
    return axes;
  }
  return at_parameter(name, [&] {
    for (const std::int64_t axis : to_integers(*found)) {
      axes.push_back(normalize_axis(axis, rank));
      if (std::ranges::count(axes, axes.back()) > 1) {
        fail(ErrorCode::malformed_file, "{} names an axis twice", found->dump(60));
      }
    }
    return axes;
  });
}

std::optional<DType> dtype_parameter(const LayerCall& call, std::string_view name) {
  const auto found = constant_parameter(call, name);
  if (!found) return std::nullopt;
  return at_parameter(name, [&] {
    const auto dtype = dtype_from_name(found->as_string());
    if (!dtype) fail(ErrorCode::unsupported, "dtype {} is not supported", found->dump(60));
    return dtype;
  });
}

void ignore_parameters(const LayerCall& call, const std::vector<std::string_view>& names) {
  for (const std::string_view name : names) static_cast<void>(call.argument(name));
}

}  // namespace keraunos::keras
