#include "runtime/keras/dtype_policy.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

DType compute_dtype(std::string_view policy) {
  constexpr std::string_view mixed = "mixed_";
  const std::string_view name = policy.starts_with(mixed) ? policy.substr(mixed.size()) : policy;
  // Layers of integers and strings (Embedding's InputLayer, lookups) give out what they compute.
  if (const auto dtype = dtype_from_name(name))
    return is_floating(*dtype) ? *dtype : DType::float32;
  if (name == "string") return DType::float32;
  fail(ErrorCode::unsupported, "dtype policy '{}' is not supported", policy);
}

std::string text_or_empty(const file::Json& object, std::string_view key) {
  const auto found = object.find(key);
  return std::string(found && found->is_string() ? found->as_string() : "");
}

}  // namespace

DTypePolicy dtype_policy(const Config& config) {
  const auto dtype = config.find("dtype");
  if (!dtype) return {};
  if (dtype->is_string()) {
    const std::string_view name = dtype->as_string();
    const std::size_t from = name.find("_from_");
    if (from == std::string_view::npos) return {compute_dtype(name), {}};
    return {compute_dtype(name.substr(from + 6)), std::string(name.substr(0, from))};
  }
  const file::Json inner = dtype->at("config");
  const std::string source = text_or_empty(inner, "source_name");
  if (!source.empty()) return {compute_dtype(source), text_or_empty(inner, "mode")};
  const std::string name = text_or_empty(inner, "name");
  return {
      compute_dtype(name.empty() ? dtype->at("class_name").as_string() : std::string_view(name)),
      {}};
}

DType variable_dtype(const Config& config) {
  const auto dtype = config.find("dtype");
  if (!dtype) return DType::float32;
  const std::string name = dtype->is_string() ? std::string(dtype->as_string())
                                              : text_or_empty(dtype->at("config"), "name");
  if (name.starts_with("mixed_")) return DType::float32;
  return dtype_from_name(name).value_or(dtype_policy(config).compute);
}

}  // namespace keraunos::keras
