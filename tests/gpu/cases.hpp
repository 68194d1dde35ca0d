#pragma once

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <random>

#include "tests/gpu/node_case.hpp"

// The cases of all_cases(), by family.

namespace keraunos::gpu_check {

inline constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Makes cases with random numbers, which are the same on every call.
class Cases {
 public:
  Tensor random(const Dims& dims, float low = -1, float high = 1) {
    Tensor result(DType::float32, dims);
    std::uniform_real_distribution<float> value(low, high);
    for (float& element : result.as<float>()) element = value(engine_);
    return result;
  }

  /// Adds a case without weights.
  template <typename... Tensors>
  NodeCase& add(std::string label, Op op, Tensors... inputs) {
    NodeCase node{std::move(label), std::move(op), {}, sizeof...(inputs)};
    (node.inputs.push_back(std::move(inputs)), ...);
    list_.push_back(std::move(node));
    return list_.back();
  }

  NodeCase& conv(const std::string& label, const Dims& input, std::vector<Window> windows,
                 std::int64_t out_channels, std::int64_t groups = 1, Unary activation = {},
                 bool bias = true) {
    Dims kernel;
    for (const Window& window : windows) kernel.push_back(window.size);
    kernel.push_back(input.back() / groups);
    kernel.push_back(out_channels);
    NodeCase& node =
        add(label, Conv{std::move(windows), groups, activation}, random(input), random(kernel));
    if (bias) node.inputs.push_back(random({out_channels}));
    node.first_constant = 1;
    return node;
  }

  NodeCase& conv_transpose(const std::string& label, const Dims& input, std::vector<Window> windows,
                           std::int64_t out_channels, Unary activation = {}, bool bias = true) {
    Dims kernel;
    for (const Window& window : windows) kernel.push_back(window.size);
    kernel.insert(kernel.end(), {out_channels, input.back()});
    NodeCase& node =
        add(label, ConvTranspose{std::move(windows), activation}, random(input), random(kernel));
    if (bias) node.inputs.push_back(random({out_channels}));
    node.first_constant = 1;
    return node;
  }

  NodeCase& matmul(const std::string& label, const Dims& input, std::int64_t columns,
                   Unary activation = {}, bool bias = true) {
    NodeCase& node = add(label, MatMul{activation}, random(input), random({input.back(), columns}));
    if (bias) node.inputs.push_back(random({columns}));
    node.first_constant = 1;
    return node;
  }

  /// `op` over `spatial` cells on each axis that a window slides over.
  NodeCase& recurrent(const std::string& label, Recurrent op, std::int64_t batch,
                      std::int64_t steps, std::int64_t units, const Dims& spatial = {}) {
    const std::int64_t gates = op.cell == CellFn::simple ? 1 : op.cell == CellFn::lstm ? 4 : 3;
    const std::int64_t columns = gates * units;
    Dims input = {batch, steps};
    Dims state = {batch};
    Dims kernel;
    for (const Window& window : op.windows) kernel.push_back(window.size);
    for (Dims* dims : {&input, &state}) dims->insert(dims->end(), spatial.begin(), spatial.end());
    input.push_back(columns);
    state.push_back(units);
    kernel.insert(kernel.end(), {units, columns});
    const float reach = 1 / std::sqrt(static_cast<float>(element_count(kernel) / columns));
    NodeCase& node = add(fmt::format("{} {}", to_string(op.cell), label), op, random(input),
                         random(kernel, -reach, reach));
    if (op.cell == CellFn::gru_reset_after) node.inputs.push_back(random({columns}));
    for (std::size_t i = 0; i < op.state_count(); ++i) node.inputs.push_back(random(state));
    if (op.masked) node.inputs.push_back(mask({batch, steps}));
    node.first_constant = 1;
    return node;
  }

  std::vector<NodeCase> take() { return std::move(list_); }

 private:
  Tensor mask(const Dims& dims) {
    Tensor result(DType::boolean, dims);
    std::bernoulli_distribution counts(0.7);
    for (std::uint8_t& step : result.as<std::uint8_t>()) step = counts(engine_) ? 1 : 0;
    return result;
  }

  std::mt19937 engine_{20};
  std::vector<NodeCase> list_;
};

inline Window same(std::int64_t size, std::int64_t stride = 1, std::int64_t dilation = 1) {
  return {size, stride, dilation, Padding::same, 0, 0};
}
inline Window valid(std::int64_t size, std::int64_t stride = 1) { return {size, stride}; }

inline Unary fn(UnaryFn it, float alpha = 0, float beta = 0) { return {it, alpha, beta, 0}; }

// One file each.
void add_windows(Cases& cases);
void add_products(Cases& cases);
void add_elements(Cases& cases);
void add_rows(Cases& cases);
void add_movement(Cases& cases);

}  // namespace keraunos::gpu_check
