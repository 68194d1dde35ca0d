#include "runtime/ops/unary.hpp"

#include <fmt/format.h>

#include <limits>

namespace keraunos {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, unary_fn_count> names = {
    "identity",    "relu",        "linear",       "elu",        "celu",
    "selu",        "softplus",    "softsign",     "squareplus", "soft_shrink",
    "hard_shrink", "sparse_plus", "silu",         "gelu",       "gelu_tanh",
    "tanh",        "tanh_shrink", "threshold",    "sigmoid",    "sparse_sigmoid",
    "log_sigmoid", "exponential", "hard_sigmoid", "hard_silu",  "hard_tanh",
    "mish",        "round",       "negative",     "absolute",   "square",
    "sqrt",        "rsqrt",       "reciprocal",   "exp2",       "expm1",
    "log",         "log1p",       "log2",         "log10",      "erf",
    "erfinv",      "lgamma",      "sin",          "cos",        "tan",
    "asin",        "acos",        "atan",         "sinh",       "cosh",
    "asinh",       "acosh",       "atanh",        "sinc",       "floor",
    "ceil",        "trunc",       "sign",         "is_nan",     "is_infinite",
    "is_finite",   "logical_not",
};

}  // namespace

std::string_view to_string(UnaryFn fn) { return names.at(static_cast<std::size_t>(fn)); }

std::vector<TensorType> Unary::infer(std::span<const TensorType> inputs, Demands&) const {
  return {{gives_bool(fn) ? DType::boolean : inputs[0].dtype, inputs[0].shape}};
}

std::string Unary::describe() const {
  if (is_plain_relu() || (alpha == 0 && beta == 0 && gamma == 0)) return std::string(to_string(fn));
  return fmt::format("{}({}, {}, {})", to_string(fn), alpha, beta, gamma);
}

bool Unary::is_plain_relu() const { return *this == relu(); }

Unary relu() { return {UnaryFn::relu, 0, std::numeric_limits<float>::infinity(), 0}; }

}  // namespace keraunos
