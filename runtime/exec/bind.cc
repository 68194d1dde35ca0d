#include "runtime/exec/bind.hpp"

#include <fmt/ranges.h>

#include <string>

#include "runtime/base/fail.hpp"
#include "runtime/exec/remedies.hpp"
#include "runtime/shape/solver.hpp"

namespace keraunos {
namespace {

// "28x29": the sizes that the model leaves open, without the batch.
std::string open_sizes(const Dims& dims, const Shape& declared) {
  std::vector<std::int64_t> sizes;
  for (std::size_t axis = 1; axis < dims.size(); ++axis) {
    if (!declared[axis].is_constant()) sizes.push_back(dims[axis]);
  }
  return fmt::format("{}", fmt::join(sizes, "x"));
}

ShapeFacts input_facts(std::string cause, std::string wanted, std::int64_t got,
                       std::string formula) {
  ShapeFacts facts;
  facts.cause = std::move(cause);
  facts.wanted = std::move(wanted);
  facts.got = got;
  facts.formula = std::move(formula);
  return facts;
}

// The symbol of an axis that is one, for finding and setting its size.
std::optional<std::string> symbol_of(const Dim& dim) {
  if (dim.is_constant()) return std::nullopt;
  return dim.symbols().front();
}

// What was probably meant where a size differs from the one that the model wants.
std::string cause_of(std::size_t axis, const Dims& dims, const Shape& declared) {
  if (declared.size() >= 3 && declared[1] == Dim(dims[0]) && declared.back() == Dim(1)) {
    return "batch_axis_missing";
  }
  if (declared.size() < 4) return "input_size";
  const std::int64_t last = declared.back().constant().value_or(-1);
  if (dims[1] == last && dims.back() != last) return "channels_first_data";
  const std::int64_t first = declared[1].constant().value_or(-1);
  if (first <= 4 && dims.back() == first && dims[1] != first) return "channels_last_data";
  return axis + 1 == declared.size() ? "channel_count" : "input_size";
}

std::string words_for(const std::string& cause, const Shape& declared) {
  if (cause == "batch_axis_missing") return " (the batch axis seems to be missing)";
  if (cause == "channels_first_data") return " (the channels seem to come first instead of last)";
  if (cause == "channels_last_data") return " (the channels seem to come last instead of first)";
  if (cause != "channel_count") return "";
  return fmt::format(" (the model was made for {} channels)", declared.back().to_string());
}

void bind_axis(const std::string& input, std::size_t axis, const Dims& dims, const Shape& declared,
               Binding& binding) {
  const Dim& wanted = declared[axis];
  const std::int64_t size = dims[axis];
  if (const auto symbol = symbol_of(wanted)) {
    const auto [bound, is_new] = binding.emplace(*symbol, size);
    if (is_new || bound->second == size) return;
    throw ShapeError(
        fmt::format("input '{}' has {} {}, another input {}", input, size, *symbol, bound->second),
        {}, input_facts("inputs_differ", fmt::format("{}", bound->second), size, *symbol));
  }
  if (size == *wanted.constant()) return;
  const std::string cause = cause_of(axis, dims, declared);
  throw ShapeError(fmt::format("input '{}' has shape {}, the model wants {}: axis {} must be {}{}",
                               input, to_string(dims), to_keras_string(declared), axis,
                               *wanted.constant(), words_for(cause, declared)),
                   {}, input_facts(cause, wanted.to_string(), size, wanted.to_string()));
}

std::string suggestion(const Graph& graph, const std::vector<std::vector<Dims>>& fitting,
                       const Binding& binding) {
  if (fitting.empty()) return binding.size() > 1 ? "; no size was found that fits" : "";
  std::vector<std::string> texts;
  for (const auto& sizes : fitting) {
    std::vector<std::string> each;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      each.push_back(open_sizes(sizes[i], graph.shape(graph.inputs()[i])));
    }
    texts.push_back(fmt::format("{}", fmt::join(each, " with ")));
  }
  return fmt::format("; the nearest sizes that fit: {}", fmt::join(texts, ", "));
}

[[noreturn]] void refuse(const LoadedModel& model, const Binding& binding, const Demand& demand) {
  std::vector<std::string> sizes;
  for (const auto& [symbol, size] : binding) sizes.push_back(fmt::format("{}={}", symbol, size));
  ShapeFacts facts;
  facts.cause = cause_of(demand);
  facts.layer = demand.layer;
  facts.wanted = wanted_by(demand, binding);
  facts.got = demand.left.evaluate(binding);
  facts.formula = demand.left.to_string();
  facts.suggestions = fitting_inputs(model.graph, binding, 3);
  facts.fixes = find_remedies(model.source, demand.layer, binding);
  std::string message = fmt::format("{}: wanted {}, got {} = {} at {}{}", demand.what, facts.wanted,
                                    facts.got, facts.formula, fmt::join(sizes, ", "),
                                    suggestion(model.graph, facts.suggestions, binding));
  for (const std::string& fix : facts.fixes) message += "; " + fix;
  throw ShapeError(std::move(message), {demand.layer}, std::move(facts));
}

}  // namespace

ShapeError::ShapeError(std::string message, std::vector<std::string> context, ShapeFacts facts)
    : Error(ErrorCode::shape_mismatch, std::move(message), std::move(context)),
      facts_(std::move(facts)) {}

Dims adapt_rank(const Dims& dims, const Shape& declared, const std::string& input) {
  Dims adapted = dims;
  if (dims.size() == declared.size() + 1 && dims.back() == 1) adapted.pop_back();
  if (dims.size() + 1 == declared.size() && declared.back() == Dim(1)) adapted.push_back(1);
  if (adapted.size() == declared.size()) return adapted;
  const bool lacks_batch = dims.size() + 1 == declared.size();
  throw ShapeError(fmt::format("input '{}' has shape {} of rank {}, the model wants {}{}", input,
                               to_string(dims), dims.size(), to_keras_string(declared),
                               lacks_batch ? " (the batch axis seems to be missing)" : ""),
                   {},
                   input_facts(lacks_batch ? "batch_axis_missing" : "input_rank",
                               fmt::format("{}", declared.size()),
                               static_cast<std::int64_t>(dims.size()), "rank"));
}

Binding bind_symbols(const Graph& graph, const std::vector<Dims>& inputs) {
  Binding binding;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Shape& declared = graph.shape(graph.inputs()[i]);
    for (std::size_t axis = 0; axis < declared.size(); ++axis) {
      bind_axis(graph.input_names()[i], axis, inputs[i], declared, binding);
    }
  }
  return binding;
}

Binding bind_inputs(const LoadedModel& model, const std::vector<Dims>& inputs) {
  Binding binding = bind_symbols(model.graph, inputs);
  for (const Demand& demand : model.graph.demands()) {
    if (!demand.holds(binding)) refuse(model, binding, demand);
  }
  return binding;
}

std::vector<std::vector<Dims>> fitting_inputs(const Graph& graph, const Binding& binding,
                                              std::size_t count) {
  std::vector<std::string> free;
  for (const auto& [symbol, size] : binding) {
    if (symbol != batch_symbol) free.push_back(symbol);
  }
  std::vector<std::vector<Dims>> result;
  for (const Binding& solution : solve_backwards(graph.demands(), binding, free, count)) {
    std::vector<Dims> sizes;
    for (const ValueId input : graph.own_inputs()) {
      sizes.push_back(evaluate(graph.shape(input), solution));
    }
    result.push_back(std::move(sizes));
  }
  return result;
}

std::string cause_of(const Demand& demand) {
  return demand.kind == Demand::Kind::positive ? "map_eaten" : "size_conflict";
}

std::string wanted_by(const Demand& demand, const Binding& binding) {
  if (demand.kind == Demand::Kind::positive) return "at least 1";
  const std::int64_t right = demand.right.evaluate(binding);
  return demand.kind == Demand::Kind::broadcastable ? fmt::format("{} or 1", right)
                                                    : fmt::format("{}", right);
}

}  // namespace keraunos
