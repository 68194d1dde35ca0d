#include "runtime/explain/fitting.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "runtime/exec/bind.hpp"
#include "runtime/shape/size_range.hpp"
#include "runtime/shape/solver.hpp"

namespace keraunos {
namespace {

constexpr std::int64_t most_squares = 1024;
constexpr std::size_t most_examples = 12;

bool all_hold(const std::vector<Demand>& demands, const Binding& binding) {
  return std::all_of(demands.begin(), demands.end(),
                     [&](const Demand& demand) { return demand.holds(binding); });
}

Binding bind_all(const std::vector<std::string>& symbols, std::int64_t size) {
  Binding binding = {{batch_symbol, 1}};
  for (const std::string& symbol : symbols) binding[symbol] = size;
  return binding;
}

std::vector<Dims> sizes_at(const Graph& graph, const Binding& binding) {
  std::vector<Dims> sizes;
  for (const ValueId input : graph.own_inputs()) {
    sizes.push_back(evaluate(graph.shape(input), binding));
  }
  return sizes;
}

// "28x29", several inputs joined by " with ".
std::string open_sizes_text(const Graph& graph, const std::vector<Dims>& sizes) {
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const Shape& declared = graph.shape(graph.own_inputs()[i]);
    std::vector<std::int64_t> open;
    for (std::size_t axis = 1; axis < declared.size(); ++axis) {
      if (!declared[axis].is_constant()) open.push_back(sizes[i][axis]);
    }
    if (!open.empty()) inputs.push_back(fmt::format("{}", fmt::join(open, "x")));
  }
  return fmt::format("{}", fmt::join(inputs, " with "));
}

// Demands for sizes that are large enough, and nothing else.
bool are_all_minima(const std::vector<Demand>& demands) {
  return std::all_of(demands.begin(), demands.end(), [](const Demand& demand) {
    return demand.kind == Demand::Kind::positive && only_grows(demand);
  });
}

std::string rule_of(const std::vector<Demand>& demands) {
  std::set<std::string> seen;
  std::vector<std::string> rules;
  for (const Demand& demand : demands) {
    if (demand.kind == Demand::Kind::positive) continue;
    std::string rule =
        fmt::format("{} must be {}{}", demand.left.to_string(), demand.right.to_string(),
                    demand.kind == Demand::Kind::broadcastable ? " or one of them 1" : "");
    if (seen.insert(rule).second) rules.push_back(rule + " for " + demand.layer);
  }
  constexpr std::size_t most = 3;
  if (rules.size() <= most) return fmt::format("{}", fmt::join(rules, "; "));
  const std::size_t others = rules.size() - most;
  rules.resize(most);
  return fmt::format("{}; and {} more", fmt::join(rules, "; "), others);
}

// A formula that must be a number; without one, pairs of sizes are too many to try.
bool is_pinned(const std::vector<Demand>& demands, std::size_t symbols) {
  return symbols == 1 || std::any_of(demands.begin(), demands.end(), [](const Demand& demand) {
           return demand.kind == Demand::Kind::equal && only_grows(demand);
         });
}

std::vector<Binding> search(const std::vector<Demand>& demands,
                            const std::vector<std::string>& symbols, const Binding& smallest) {
  std::int64_t first = 1;
  for (const std::string& symbol : symbols) first = std::max(first, smallest.at(symbol));
  std::vector<Binding> squares;
  for (std::int64_t size = first; size < first + most_squares && squares.size() < 4; ++size) {
    Binding binding = bind_all(symbols, size);
    if (all_hold(demands, binding)) squares.push_back(std::move(binding));
  }
  if (!is_pinned(demands, symbols.size())) return squares;
  const Binding wanted =
      squares.empty() ? bind_all(symbols, std::max<std::int64_t>(first, 224)) : squares.front();
  return solve_backwards(demands, wanted, symbols, most_examples);
}

// True where the demands contradict each other, whatever else is tried.
bool is_impossible(const std::vector<Demand>& demands, const std::vector<std::string>& symbols,
                   const Binding& smallest) {
  return std::any_of(symbols.begin(), symbols.end(), [&](const std::string& symbol) {
    return smallest.at(symbol) > largest_size ||
           (symbols.size() == 1 && possible_sizes(demands, smallest, symbol).empty());
  });
}

}  // namespace

std::vector<UnknownSize> unknown_sizes(const Graph& graph) {
  std::vector<UnknownSize> unknown;
  std::set<std::string> seen = {batch_symbol};
  for (std::size_t i = 0; i < graph.own_inputs().size(); ++i) {
    const Shape& shape = graph.shape(graph.own_inputs()[i]);
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      for (const std::string& symbol : shape[axis].symbols()) {
        if (seen.insert(symbol).second) unknown.push_back({symbol, graph.input_names()[i], axis});
      }
    }
  }
  return unknown;
}

std::vector<Demand> demands_on_inputs(const Graph& graph) {
  std::set<std::string> known = {batch_symbol};
  for (const UnknownSize& size : unknown_sizes(graph)) known.insert(size.symbol);
  std::vector<Demand> demands;
  for (const Demand& demand : graph.demands()) {
    auto symbols = demand.left.symbols();
    const auto right = demand.right.symbols();
    symbols.insert(symbols.end(), right.begin(), right.end());
    const bool open = std::any_of(symbols.begin(), symbols.end(),
                                  [](const std::string& symbol) { return symbol != batch_symbol; });
    const bool all_known = std::all_of(symbols.begin(), symbols.end(),
                                       [&](const auto& symbol) { return known.contains(symbol); });
    if (open && all_known) demands.push_back(demand);
  }
  return demands;
}

std::vector<SizeDemand> describe_demands(const Graph& graph, const Sizes& sizes) {
  std::vector<SizeDemand> described;
  for (const Demand& demand : demands_on_inputs(graph)) {
    SizeDemand it;
    it.layer = demand.layer;
    it.what = demand.what;
    it.formula = demand.left.to_string();
    it.wanted = demand.kind == Demand::Kind::positive        ? "at least 1"
                : demand.kind == Demand::Kind::broadcastable ? demand.right.to_string() + " or 1"
                                                             : demand.right.to_string();
    it.got = sizes.bound() ? sizes.number(demand.left) : std::nullopt;
    if (it.got && sizes.number(demand.right)) it.holds = demand.holds(sizes.binding());
    described.push_back(std::move(it));
  }
  return described;
}

FittingSizes find_fitting(const Graph& graph) {
  FittingSizes fitting;
  std::vector<std::string> symbols;
  for (const UnknownSize& size : unknown_sizes(graph)) symbols.push_back(size.symbol);
  const std::vector<Demand> demands = demands_on_inputs(graph);
  if (symbols.empty() || demands.empty()) {
    fitting.any = true;
    fitting.rule = symbols.empty() ? "only the batch is open, and any batch fits" : "any size fits";
    return fitting;
  }
  const Binding smallest = smallest_sizes(demands, bind_all(symbols, 1), symbols);
  if (are_all_minima(demands) && all_hold(demands, smallest)) {
    fitting.examples = {sizes_at(graph, smallest)};
    fitting.all_from_smallest = true;
    fitting.rule =
        fmt::format("{} and every larger size", open_sizes_text(graph, fitting.examples.front()));
    return fitting;
  }
  for (const Binding& binding : search(demands, symbols, smallest)) {
    fitting.examples.push_back(sizes_at(graph, binding));
  }
  fitting.rule = rule_of(demands);
  if (fitting.examples.empty()) {
    const bool none = is_impossible(demands, symbols, smallest);
    fitting.rule = (none ? "no size fits: " : "no size was found that fits: ") + fitting.rule;
  }
  return fitting;
}

}  // namespace keraunos
