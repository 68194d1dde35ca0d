#include "runtime/shape/solver.hpp"

#include <algorithm>
#include <cstdlib>

#include "runtime/shape/size_range.hpp"

#include "keraunos/error.hpp"

namespace keraunos {
namespace {

// How far from the wanted size the sizes of a symbol are tried.
constexpr std::int64_t reach_alone = 4096;
constexpr std::int64_t reach_of_two = 1024;
constexpr std::int64_t most_pairs = 1 << 16;

// Sizes that make a formula divide by zero do not fit either.
bool all_hold(const std::vector<Demand>& demands, const Binding& binding) {
  try {
    return std::all_of(demands.begin(), demands.end(),
                       [&](const Demand& demand) { return demand.holds(binding); });
  } catch (const Error&) {
    return false;
  }
}

bool depends(const Dim& formula, const std::string& symbol) {
  const auto symbols = formula.symbols();
  return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}

// A demand "formula == number" narrows the sizes of its symbol down to a few.
bool is_pinned(const std::vector<Demand>& demands, const std::string& symbol) {
  return std::any_of(demands.begin(), demands.end(), [&](const Demand& demand) {
    return demand.kind == Demand::Kind::equal && only_grows(demand) && depends(demand.left, symbol);
  });
}

// Appends the sizes of `symbol` near the bound one at which all demands hold, the others being
// bound.
void search_line(const std::vector<Demand>& demands, const std::string& symbol, std::int64_t reach,
                 Binding binding, std::vector<Binding>& found) {
  std::int64_t& size = binding[symbol];
  const SizeRange range = possible_sizes(demands, binding, symbol).around(size, reach);
  for (size = range.first; size <= range.last; ++size) {
    if (all_hold(demands, binding)) found.push_back(binding);
  }
}

std::int64_t distance(const Binding& a, const Binding& b) {
  std::int64_t sum = 0;
  for (const auto& [symbol, size] : a) sum += std::abs(size - b.at(symbol));
  return sum;
}

// Where no formula leads to the sizes of two symbols, they are tried in rings around the wanted
// ones: what fits is mostly near, and what is too far is not looked for.
class RingSearch {
 public:
  RingSearch(const std::vector<Demand>& demands, const Binding& wanted, std::string first,
             std::string second)
      : wanted_(wanted), first_(std::move(first)), second_(std::move(second)) {
    std::vector<Demand> on_first;
    std::vector<Demand> on_second;
    for (const Demand& demand : demands) {
      const auto is_on = [&](const std::string& symbol) {
        return depends(demand.left, symbol) || depends(demand.right, symbol);
      };
      if (is_on(first_) && !is_on(second_)) {
        on_first.push_back(demand);
      } else {
        (is_on(first_) ? on_both_ : on_second).push_back(demand);
      }
    }
    const Binding smallest = smallest_sizes(demands, wanted, {first_, second_});
    firsts_ = fitting_alone(on_first, first_, smallest);
    seconds_ = fitting_alone(on_second, second_, smallest);
  }

  std::vector<Binding> run(std::size_t count) {
    std::vector<Binding> found;
    if (!firsts_.any() || !seconds_.any()) return found;
    // Rings around the nearest pair have the order of rings around the wanted one.
    const std::int64_t a = firsts_.range.nearest(wanted_.at(first_));
    const std::int64_t b = seconds_.range.nearest(wanted_.at(second_));
    const std::int64_t farthest = 4 * reach_of_two;
    for (std::int64_t ring = 0; ring <= farthest && found.size() < count; ++ring) {
      if (tries_ > most_pairs) break;
      const SizeRange sizes = firsts_.range.around(a, ring);
      for (std::int64_t size = sizes.first; size <= sizes.last; ++size) {
        const std::int64_t rest = ring - std::abs(size - a);
        try_pair(size, b - rest, found);
        if (rest != 0) try_pair(size, b + rest, found);
      }
    }
    return found;
  }

 private:
  // The sizes of one symbol that are tried, and which of them meet the demands on it alone.
  struct Candidates {
    SizeRange range;
    std::vector<bool> fit;

    bool any() const { return std::find(fit.begin(), fit.end(), true) != fit.end(); }
    bool has(std::int64_t size) const {
      return size >= range.first && size <= range.last &&
             fit[static_cast<std::size_t>(size - range.first)];
    }
  };

  Candidates fitting_alone(const std::vector<Demand>& demands, const std::string& symbol,
                           const Binding& smallest) const {
    const SizeRange possible = {smallest.at(symbol), largest_size};
    Candidates candidates = {possible.around(wanted_.at(symbol), reach_of_two), {}};
    Binding binding = wanted_;
    std::int64_t& size = binding[symbol];
    for (size = candidates.range.first; size <= candidates.range.last; ++size) {
      candidates.fit.push_back(all_hold(demands, binding));
    }
    return candidates;
  }

  void try_pair(std::int64_t first, std::int64_t second, std::vector<Binding>& found) {
    if (!firsts_.has(first) || !seconds_.has(second)) return;
    ++tries_;
    Binding binding = wanted_;
    binding[first_] = first;
    binding[second_] = second;
    if (all_hold(on_both_, binding)) found.push_back(std::move(binding));
  }

  const Binding& wanted_;
  std::string first_;
  std::string second_;
  std::vector<Demand> on_both_;
  Candidates firsts_;
  Candidates seconds_;
  std::int64_t tries_ = 0;
};

}  // namespace

std::vector<Binding> solve_backwards(const std::vector<Demand>& demands, const Binding& wanted,
                                     std::vector<std::string> free, std::size_t count) {
  std::vector<Binding> found;
  if (free.empty()) return found;
  if (free.size() == 1) {
    search_line(demands, free[0], reach_alone, wanted, found);
  } else if (is_pinned(demands, free[1])) {
    const SizeRange possible = {smallest_sizes(demands, wanted, free).at(free[0]), largest_size};
    const SizeRange range = possible.around(wanted.at(free[0]), reach_of_two);
    Binding binding = wanted;
    for (std::int64_t size = range.first; size <= range.last; ++size) {
      binding[free[0]] = size;
      search_line(demands, free[1], reach_of_two, binding, found);
    }
  } else {
    found = RingSearch(demands, wanted, free[0], free[1]).run(count);
  }
  std::stable_sort(found.begin(), found.end(), [&](const Binding& a, const Binding& b) {
    return distance(a, wanted) < distance(b, wanted);
  });
  if (found.size() > count) found.resize(count);
  return found;
}

}  // namespace keraunos
