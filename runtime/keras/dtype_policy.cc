#include "runtime/keras/dtype_policy.hpp"

#include <algorithm>
#include <array>

#include "runtime/base/fail.hpp"
#include "runtime/keras/text_member.hpp"

namespace keraunos::keras {
namespace {

constexpr std::array other_names = {
    std::pair<std::string_view, DType>{"float", DType::float32},
    std::pair<std::string_view, DType>{"double", DType::float64},
    std::pair<std::string_view, DType>{"half", DType::float16},
    std::pair<std::string_view, DType>{"int", DType::int64},
};

DType compute_dtype(std::string_view policy) {
  constexpr std::string_view mixed = "mixed_";
  const std::string_view name = policy.starts_with(mixed) ? policy.substr(mixed.size()) : policy;
  // Layers of integers and strings (Embedding's InputLayer, lookups) give out what they compute.
  if (const auto dtype = dtype_in_config(name))
    return is_floating(*dtype) ? *dtype : DType::float32;
  if (name == "string") return DType::float32;
  fail(ErrorCode::unsupported, "dtype policy '{}' is not supported", policy);
}

DTypePolicy policy_named(std::string_view name) {
  constexpr std::string_view from = "_from_";
  const std::size_t place = name.find(from);
  if (place == std::string_view::npos) return {compute_dtype(name), {}};
  return {compute_dtype(name.substr(place + from.size())), std::string(name.substr(0, place))};
}

// Python's re.fullmatch for patterns in which only "." and ".*" are special.
bool matches(std::string_view pattern, std::string_view path) {
  if (pattern.find_first_of("^$+?{}[]\\|()") != std::string_view::npos) {
    fail(ErrorCode::unsupported,
         "the pattern '{}' of a DTypePolicyMap is not supported; names with '.' and '.*' are",
         pattern);
  }
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0;
  std::size_t c = 0;
  std::size_t star = none;  // where the last ".*" is, and how much of the path it has taken
  std::size_t taken = 0;
  while (c < path.size()) {
    if (pattern.substr(p, 2) == ".*") {
      star = p;
      taken = c;
      p += 2;
    } else if (p < pattern.size() && (pattern[p] == '.' || pattern[p] == path[c])) {
      ++p;
      ++c;
    } else if (star != none) {
      p = star + 2;
      c = ++taken;
    } else {
      return false;
    }
  }
  while (pattern.substr(p, 2) == ".*") p += 2;
  return p == pattern.size();
}

// The policy that a DTypePolicyMap has for `path`: under that very name, else under the one pattern
// that matches, else the default; nothing where that is left to the running program.
std::optional<file::Json> find_in_map(const file::Json& map, std::string_view path) {
  const auto policies = map.find("policy_map");
  if (policies && policies->is_object()) {
    if (auto exact = policies->find(path)) return exact;
    std::optional<file::Json> found;
    for (const auto [pattern, policy] : policies->members()) {
      if (!matches(pattern, path)) continue;
      if (found) {
        fail(ErrorCode::malformed_file, "several patterns of a DTypePolicyMap match '{}'", path);
      }
      found = policy;
    }
    if (found) return found;
  }
  auto fallback = map.find("default_policy");
  return fallback && !fallback->is_null() ? fallback : std::nullopt;
}

DTypePolicy parse_policy(const file::Json& dtype) {
  if (dtype.is_string()) return policy_named(dtype.as_string());
  const file::Json inner = dtype.at("config");
  const std::string source = text_or_empty(inner, "source_name");
  if (inner.contains("mode")) {
    return {source.empty() ? DType::float32 : compute_dtype(source), text_or_empty(inner, "mode")};
  }
  // Policies of a map without a default have no name: the running program's policy is meant.
  const auto name = inner.find("name");
  if (name && name->is_null()) return {};
  return policy_named(name ? name->as_string() : dtype.at("class_name").as_string());
}

}  // namespace

std::optional<DType> dtype_in_config(std::string_view name) {
  if (const auto dtype = dtype_from_name(name)) return dtype;
  const auto found = std::find_if(other_names.begin(), other_names.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  return found == other_names.end() ? std::nullopt : std::optional(found->second);
}

DTypePolicy dtype_policy(const Config& config, std::string_view path) {
  const auto dtype = config.find("dtype");
  if (!dtype) return {};
  return within([] { return std::string("key 'dtype'"); },
                [&]() -> DTypePolicy {
                  const bool is_map = !dtype->is_string() &&
                                      text_or_empty(*dtype, "class_name") == "DTypePolicyMap";
                  if (!is_map) return parse_policy(*dtype);
                  const auto found = find_in_map(dtype->at("config"), path);
                  return found ? parse_policy(*found) : DTypePolicy{};
                });
}

DType variable_dtype(const Config& config) {
  const auto dtype = config.find("dtype");
  if (!dtype) return DType::float32;
  const std::string name = dtype->is_string() ? std::string(dtype->as_string())
                                              : text_or_empty(dtype->at("config"), "name");
  if (name.starts_with("mixed_")) return DType::float32;
  return dtype_in_config(name).value_or(dtype_policy(config).compute);
}

}  // namespace keraunos::keras
