#include "runtime/shape/solver.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace keraunos {
namespace {

constexpr std::int64_t largest_alone = 4096;
constexpr std::int64_t largest_of_two = 1024;

bool all_hold(const std::vector<Demand>& demands, const Binding& binding) {
  return std::all_of(demands.begin(), demands.end(),
                     [&](const Demand& demand) { return demand.holds(binding); });
}

// A demand "formula == number", which can be searched by bisection where the formula grows.
const Demand* bisectable(const std::vector<Demand>& demands, const std::string& symbol) {
  for (const Demand& demand : demands) {
    const auto symbols = demand.left.symbols();
    const bool depends = std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
    if (demand.kind == Demand::Kind::equal && demand.right.is_constant() && depends &&
        demand.left.is_monotone()) {
      return &demand;
    }
  }
  return nullptr;
}

// Collects the sizes of `symbol` at which all demands hold, the other symbols being bound.
class LineSearch {
 public:
  LineSearch(const std::vector<Demand>& demands, std::string symbol, std::int64_t largest)
      : demands_(demands),
        symbol_(std::move(symbol)),
        largest_(largest),
        guide_(bisectable(demands, symbol_)) {}

  void run(Binding binding, std::vector<Binding>& found) const {
    std::int64_t& size = binding[symbol_];
    const std::int64_t first = guide_ == nullptr ? 1 : first_reaching(binding, size);
    for (size = first; size <= largest_; ++size) {
      if (guide_ != nullptr && guide_->left.evaluate(binding) != *guide_->right.constant()) break;
      if (all_hold(demands_, binding)) found.push_back(binding);
    }
  }

 private:
  // The smallest size at which the guiding formula is at least the wanted number.
  std::int64_t first_reaching(const Binding& binding, std::int64_t& size) const {
    std::int64_t low = 1;
    std::int64_t high = largest_ + 1;
    while (low < high) {
      size = low + (high - low) / 2;
      const bool reached = guide_->left.evaluate(binding) >= *guide_->right.constant();
      if (reached) high = size;
      if (!reached) low = size + 1;
    }
    return low;
  }

  const std::vector<Demand>& demands_;
  std::string symbol_;
  std::int64_t largest_;
  const Demand* guide_;
};

std::int64_t distance(const Binding& a, const Binding& b) {
  std::int64_t sum = 0;
  for (const auto& [symbol, size] : a) sum += std::abs(size - b.at(symbol));
  return sum;
}

// Where no formula leads to the sizes of two symbols, they are tried in rings around the wanted
// ones: what fits is mostly near, and the rest need not be looked at.
class RingSearch {
 public:
  RingSearch(const std::vector<Demand>& demands, std::string first, std::string second)
      : demands_(demands), first_(std::move(first)), second_(std::move(second)) {}

  std::vector<Binding> run(const Binding& wanted, std::size_t count) const {
    std::vector<Binding> found;
    Binding binding = wanted;
    const std::int64_t a = wanted.at(first_);
    const std::int64_t b = wanted.at(second_);
    const std::int64_t farthest = std::max(std::abs(a - 1), std::abs(a - largest_of_two)) +
                                  std::max(std::abs(b - 1), std::abs(b - largest_of_two));
    for (std::int64_t ring = 0; ring <= farthest && found.size() < count; ++ring) {
      const std::int64_t low = std::max<std::int64_t>(a - ring, 1);
      const std::int64_t high = std::min(a + ring, largest_of_two);
      for (binding[first_] = low; binding[first_] <= high; ++binding[first_]) {
        const std::int64_t rest = ring - std::abs(binding[first_] - a);
        try_size(b - rest, binding, found);
        if (rest != 0) try_size(b + rest, binding, found);
      }
    }
    return found;
  }

 private:
  void try_size(std::int64_t size, Binding& binding, std::vector<Binding>& found) const {
    if (size < 1 || size > largest_of_two) return;
    binding[second_] = size;
    if (all_hold(demands_, binding)) found.push_back(binding);
  }

  const std::vector<Demand>& demands_;
  std::string first_;
  std::string second_;
};

}  // namespace

std::vector<Binding> solve_backwards(const std::vector<Demand>& demands, const Binding& wanted,
                                     std::vector<std::string> free, std::size_t count) {
  std::vector<Binding> found;
  if (free.empty()) return found;
  const bool guided = free.size() == 1 || bisectable(demands, free[1]) != nullptr;
  if (!guided) {
    found = RingSearch(demands, free[0], free[1]).run(wanted, count);
  } else if (free.size() == 1) {
    LineSearch(demands, free[0], largest_alone).run(wanted, found);
  } else {
    const LineSearch line(demands, free[1], largest_of_two);
    Binding binding = wanted;
    for (std::int64_t size = 1; size <= largest_of_two; ++size) {
      binding[free[0]] = size;
      line.run(binding, found);
    }
  }
  std::stable_sort(found.begin(), found.end(), [&](const Binding& a, const Binding& b) {
    return distance(a, wanted) < distance(b, wanted);
  });
  if (found.size() > count) found.resize(count);
  return found;
}

}  // namespace keraunos
