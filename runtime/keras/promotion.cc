#include "runtime/keras/promotion.hpp"

#include <array>
#include <cstdint>

namespace keraunos::keras {
namespace {

// The lattice: the dtypes in the order of DType, then Python's int and float.
constexpr std::size_t weak_int = dtype_count;
constexpr std::size_t weak_float = dtype_count + 1;
constexpr std::size_t node_count = dtype_count + 2;
using NodeSet = std::uint32_t;

constexpr NodeSet bit(std::size_t node) { return NodeSet{1} << node; }
constexpr NodeSet bit(DType dtype) { return bit(static_cast<std::size_t>(dtype)); }

// The nodes right above each node.
constexpr NodeSet parents(std::size_t node) {
  if (node == weak_int) return bit(DType::uint8) | bit(DType::int8);
  if (node == weak_float) return bit(DType::bfloat16) | bit(DType::float16);
  switch (static_cast<DType>(node)) {
    case DType::boolean: return bit(weak_int);
    case DType::uint8: return bit(DType::int16) | bit(DType::uint16);
    case DType::uint16: return bit(DType::int32) | bit(DType::uint32);
    case DType::uint32: return bit(DType::int64) | bit(DType::uint64);
    case DType::int8: return bit(DType::int16);
    case DType::int16: return bit(DType::int32);
    case DType::int32: return bit(DType::int64);
    case DType::uint64:
    case DType::int64: return bit(weak_float);
    case DType::bfloat16:
    case DType::float16: return bit(DType::float32);
    case DType::float32: return bit(DType::float64);
    case DType::float64:
    case DType::string: break;
  }
  return 0;
}

// Each node and all that is above it.
constexpr std::array<NodeSet, node_count> make_upper_bounds() {
  std::array<NodeSet, node_count> bounds = {};
  for (std::size_t node = 0; node < node_count; ++node) {
    NodeSet grown = bit(node);
    while (grown != bounds[node]) {
      bounds[node] = grown;
      for (std::size_t other = 0; other < node_count; ++other) {
        if ((bounds[node] & bit(other)) != 0) grown |= parents(other);
      }
    }
  }
  return bounds;
}

constexpr std::array<NodeSet, node_count> upper_bounds = make_upper_bounds();

// There is always one: float64 is above everything.
std::size_t least_upper_bound(NodeSet nodes) {
  NodeSet common = ~NodeSet{0};
  for (std::size_t node = 0; node < node_count; ++node) {
    if ((nodes & bit(node)) != 0) common &= upper_bounds[node];
  }
  for (std::size_t node = 0; node < node_count; ++node) {
    if ((common & bit(node)) != 0 && (common & ~upper_bounds[node]) == 0) return node;
  }
  return static_cast<std::size_t>(DType::float64);
}

std::size_t node_of(const NumericType& type, bool respect_weakness) {
  if (!type.weak || !respect_weakness || type.dtype == DType::boolean) {
    return static_cast<std::size_t>(type.dtype);
  }
  return is_floating(type.dtype) ? weak_float : weak_int;
}

}  // namespace

DType result_type(std::span<const NumericType> types) {
  bool all_weak = true;
  for (const NumericType& type : types) all_weak = all_weak && type.weak;
  NodeSet nodes = 0;
  for (const NumericType& type : types) nodes |= bit(node_of(type, !all_weak));
  const std::size_t bound = least_upper_bound(nodes);
  if (bound == weak_int) return DType::int32;
  if (bound == weak_float) return DType::float32;
  const auto dtype = static_cast<DType>(bound);
  if (all_weak && dtype != DType::boolean) {
    return is_floating(dtype) ? DType::float32 : DType::int32;
  }
  return dtype == DType::uint64 ? DType::uint32 : dtype;
}

DType compute_dtype(DType dtype) {
  if (is_floating(dtype)) return DType::float32;
  switch (dtype) {
    case DType::boolean: return DType::boolean;
    case DType::uint32:
    case DType::int64:
    case DType::uint64: return DType::int64;
    default: return DType::int32;
  }
}

DType float_result(DType dtype) { return is_floating(dtype) ? dtype : DType::float32; }

DType sum_result(DType dtype) {
  switch (dtype) {
    case DType::boolean:
    case DType::int8:
    case DType::int16: return DType::int32;
    case DType::uint8:
    case DType::uint16: return DType::uint32;
    default: return dtype;
  }
}

}  // namespace keraunos::keras
