#include "runtime/ops/chain.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"
#include "runtime/ops/broadcast.hpp"

namespace keraunos {
namespace {

std::string to_text(const Unary& unary) { return unary.describe(); }
std::string to_text(const Cast& cast) { return cast.describe(); }
std::string to_text(const Affine& affine) { return "affine " + affine.describe(); }
std::string to_text(const Chain::Combine& combine) {
  return std::string(to_string(combine.fn)) + (combine.operand_first ? " (operand first)" : "");
}

/// A step in the middle of a chain leaves shapes alone: only its operands can fail to fit.
void check(const Unary&, std::span<const TensorType>, Demands&) {}
void check(const Cast&, std::span<const TensorType>, Demands&) {}
void check(const Affine& affine, std::span<const TensorType> inputs, Demands& demands) {
  affine.infer(inputs, demands);
}
void check(const Chain::Combine&, std::span<const TensorType> inputs, Demands& demands) {
  Broadcast{inputs[0].shape}.infer(inputs.subspan(1), demands);
}

std::size_t input_count(const Chain& chain) {
  std::size_t count = 1;
  for (const Chain::Step& step : chain.steps) count += Chain::operand_count(step);
  return count;
}

void check_inputs(const Chain& chain, std::span<const TensorType> inputs) {
  if (inputs.size() != input_count(chain) || chain.steps.size() > Chain::max_steps) {
    fail(ErrorCode::internal, "a chain of {} steps and {} inputs: {}", chain.steps.size(),
         inputs.size(), chain.describe());
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const DType dtype = inputs[i].dtype;
    if (i == 0 ? Chain::reads_data(dtype) : Chain::reads_operand(dtype)) continue;
    fail(ErrorCode::internal, "input {} of a chain is {}", i, to_string(dtype));
  }
}

}  // namespace

std::size_t Chain::operand_count(const Step& step) {
  if (std::holds_alternative<Affine>(step)) return 2;
  return std::holds_alternative<Combine>(step) ? 1 : 0;
}

bool Chain::reads_data(DType dtype) { return reads_operand(dtype) || dtype == DType::uint8; }

bool Chain::reads_operand(DType dtype) {
  return dtype == DType::float32 || dtype == DType::float16 || dtype == DType::bfloat16;
}

std::vector<TensorType> Chain::infer(std::span<const TensorType> inputs, Demands& demands) const {
  check_inputs(*this, inputs);
  std::size_t next = 1;
  for (const Step& step : steps) {
    const std::size_t count = operand_count(step);
    std::vector<TensorType> step_inputs = {inputs[0]};
    for (std::size_t i = 0; i < count; ++i) step_inputs.push_back(inputs[next++]);
    std::visit([&](const auto& it) { check(it, step_inputs, demands); }, step);
  }
  return {{dtype, inputs[0].shape}};
}

std::string Chain::describe() const {
  std::string text;
  for (const Step& step : steps) {
    if (!text.empty()) text += ", ";
    text += std::visit([](const auto& it) { return to_text(it); }, step);
  }
  return text;
}

}  // namespace keraunos
