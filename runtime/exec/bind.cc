#include "runtime/exec/bind.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "runtime/base/fail.hpp"
#include "runtime/shape/solver.hpp"

namespace keraunos {
namespace {

const std::string batch = "batch";

// "28x29": the sizes that the model leaves open, without the batch.
std::string open_sizes(const Dims& dims, const Shape& declared) {
  std::vector<std::int64_t> sizes;
  for (std::size_t axis = 1; axis < dims.size(); ++axis) {
    if (!declared[axis].is_constant()) sizes.push_back(dims[axis]);
  }
  return fmt::format("{}", fmt::join(sizes, "x"));
}

// The symbol of an axis that is one, for finding and setting its size.
std::optional<std::string> symbol_of(const Dim& dim) {
  if (dim.is_constant()) return std::nullopt;
  return dim.symbols().front();
}

void bind_axis(const std::string& input, std::size_t axis, const Dims& dims, const Shape& declared,
               Binding& binding) {
  const Dim& wanted = declared[axis];
  const std::int64_t size = dims[axis];
  if (const auto symbol = symbol_of(wanted)) {
    const auto [bound, is_new] = binding.emplace(*symbol, size);
    if (is_new || bound->second == size) return;
    fail(ErrorCode::shape_mismatch, "input '{}' has {} {}, another input {}", input, size, *symbol,
         bound->second);
  }
  if (size == *wanted.constant()) return;
  const bool channels_moved =
      declared.size() >= 4 && dims[1] == declared.back().constant().value_or(-1);
  const bool lacks_batch = declared[1] == Dim(dims[0]) && declared.back() == Dim(1);
  fail(ErrorCode::shape_mismatch,
       "input '{}' has shape {}, the model wants {}: axis {} must be {}{}", input, to_string(dims),
       to_keras_string(declared), axis, *wanted.constant(),
       lacks_batch      ? " (the batch axis seems to be missing)"
       : channels_moved ? " (the channels seem to come first instead of last)"
                        : "");
}

Binding bind_symbols(const LoadedModel& model, const std::vector<Dims>& inputs) {
  const Graph& graph = model.graph;
  Binding binding;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Shape& declared = graph.shape(graph.inputs()[i]);
    for (std::size_t axis = 0; axis < declared.size(); ++axis) {
      bind_axis(graph.input_names()[i], axis, inputs[i], declared, binding);
    }
  }
  return binding;
}

std::vector<std::vector<Dims>> solutions(const LoadedModel& model, const std::vector<Dims>& inputs,
                                         const Binding& binding, std::size_t count) {
  const Graph& graph = model.graph;
  std::vector<std::string> free;
  for (const auto& [symbol, size] : binding) {
    if (symbol != batch) free.push_back(symbol);
  }
  std::vector<std::vector<Dims>> result;
  for (const Binding& solution : solve_backwards(graph.demands(), binding, free, count)) {
    std::vector<Dims> sizes = inputs;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      sizes[i] = evaluate(graph.shape(graph.inputs()[i]), solution);
    }
    result.push_back(std::move(sizes));
  }
  return result;
}

std::string suggestion(const LoadedModel& model, const std::vector<Dims>& inputs,
                       const Binding& binding) {
  const auto fitting = solutions(model, inputs, binding, 3);
  if (fitting.empty()) return binding.size() > 1 ? "; no size up to 1024 fits" : "";
  std::vector<std::string> texts;
  for (const auto& sizes : fitting) {
    std::vector<std::string> each;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      each.push_back(open_sizes(sizes[i], model.graph.shape(model.graph.inputs()[i])));
    }
    texts.push_back(fmt::format("{}", fmt::join(each, " with ")));
  }
  return fmt::format("; the nearest sizes that fit: {}", fmt::join(texts, ", "));
}

[[noreturn]] void refuse(const LoadedModel& model, const std::vector<Dims>& inputs,
                         const Binding& binding, const Demand& demand) {
  std::vector<std::string> sizes;
  for (const auto& [symbol, size] : binding) sizes.push_back(fmt::format("{}={}", symbol, size));
  const std::string wanted = demand.kind == Demand::Kind::positive ? "at least 1"
                             : demand.kind == Demand::Kind::broadcastable
                                 ? fmt::format("{} or 1", demand.right.evaluate(binding))
                                 : fmt::format("{}", demand.right.evaluate(binding));
  const Error error(ErrorCode::shape_mismatch,
                    fmt::format("{}: wanted {}, got {} = {} at {}{}", demand.what, wanted,
                                demand.left.evaluate(binding), demand.left.to_string(),
                                fmt::join(sizes, ", "), suggestion(model, inputs, binding)));
  throw error.within(demand.layer);
}

}  // namespace

Dims adapt_rank(const Dims& dims, const Shape& declared, const std::string& input) {
  Dims adapted = dims;
  if (dims.size() == declared.size() + 1 && dims.back() == 1) adapted.pop_back();
  if (dims.size() + 1 == declared.size() && declared.back() == Dim(1)) adapted.push_back(1);
  if (adapted.size() == declared.size()) return adapted;
  fail(ErrorCode::shape_mismatch, "input '{}' has shape {} of rank {}, the model wants {}{}", input,
       to_string(dims), dims.size(), to_keras_string(declared),
       dims.size() + 1 == declared.size() ? " (the batch axis seems to be missing)" : "");
}

Binding bind_inputs(const LoadedModel& model, const std::vector<Dims>& inputs) {
  Binding binding = bind_symbols(model, inputs);
  for (const Demand& demand : model.graph.demands()) {
    if (!demand.holds(binding)) refuse(model, inputs, binding, demand);
  }
  return binding;
}

std::vector<std::vector<Dims>> fitting_inputs(const LoadedModel& model,
                                              const std::vector<Dims>& inputs, std::size_t count) {
  std::vector<Dims> adapted;
  const Graph& graph = model.graph;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    adapted.push_back(
        adapt_rank(inputs[i], graph.shape(graph.inputs()[i]), graph.input_names()[i]));
  }
  return solutions(model, adapted, bind_symbols(model, adapted), count);
}

}  // namespace keraunos
