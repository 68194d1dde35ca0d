#include "runtime/shape/solver.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace keraunos {
namespace {

constexpr std::int64_t largest_alone = 4096;
constexpr std::int64_t largest_of_two = 1024;
constexpr std::int64_t most_pairs = 1 << 16;

bool all_hold(const std::vector<Demand>& demands, const Binding& binding) {
  return std::all_of(demands.begin(), demands.end(),
                     [&](const Demand& demand) { return demand.holds(binding); });
}

bool depends(const Dim& formula, const std::string& symbol) {
  const auto symbols = formula.symbols();
  return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}

// A demand "formula == number", which can be searched by bisection where the formula grows.
const Demand* bisectable(const std::vector<Demand>& demands, const std::string& symbol) {
  for (const Demand& demand : demands) {
    if (demand.kind == Demand::Kind::equal && demand.right.is_constant() &&
        depends(demand.left, symbol) && demand.left.is_monotone()) {
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
    firsts_ = fitting_alone(on_first, first_);
    seconds_ = fitting_alone(on_second, second_);
  }

  std::vector<Binding> run(std::size_t count) {
    std::vector<Binding> found;
    const auto any = [](const std::vector<bool>& fit) {
      return std::find(fit.begin(), fit.end(), true) != fit.end();
    };
    if (!any(firsts_) || !any(seconds_)) return found;
    // Rings around the nearest pair have the order of rings around the wanted one.
    const std::int64_t a = std::clamp<std::int64_t>(wanted_.at(first_), 1, largest_of_two);
    const std::int64_t b = std::clamp<std::int64_t>(wanted_.at(second_), 1, largest_of_two);
    const std::int64_t farthest = farthest_from(a) + farthest_from(b);
    for (std::int64_t ring = 0; ring <= farthest && found.size() < count; ++ring) {
      if (tries_ > most_pairs) break;
      const std::int64_t high = std::min(a + ring, largest_of_two);
      for (std::int64_t size = std::max<std::int64_t>(a - ring, 1); size <= high; ++size) {
        const std::int64_t rest = ring - std::abs(size - a);
        try_pair(size, b - rest, found);
        if (rest != 0) try_pair(size, b + rest, found);
      }
    }
    return found;
  }

 private:
  static std::int64_t farthest_from(std::int64_t size) {
    return std::max(size - 1, largest_of_two - size);
  }

  // Whether each size from 0 on meets the demands on this symbol.
  std::vector<bool> fitting_alone(const std::vector<Demand>& demands,
                                  const std::string& symbol) const {
    std::vector<bool> fit(largest_of_two + 1);
    Binding binding = wanted_;
    std::int64_t& size = binding[symbol];
    for (size = 1; size <= largest_of_two; ++size) {
      fit[static_cast<std::size_t>(size)] = all_hold(demands, binding);
    }
    return fit;
  }

  void try_pair(std::int64_t first, std::int64_t second, std::vector<Binding>& found) {
    if (second < 1 || second > largest_of_two) return;
    const bool fit =
        firsts_[static_cast<std::size_t>(first)] && seconds_[static_cast<std::size_t>(second)];
    if (!fit) return;
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
  std::vector<bool> firsts_;
  std::vector<bool> seconds_;
  std::int64_t tries_ = 0;
};

}  // namespace

std::vector<Binding> solve_backwards(const std::vector<Demand>& demands, const Binding& wanted,
                                     std::vector<std::string> free, std::size_t count) {
  std::vector<Binding> found;
  if (free.empty()) return found;
  const bool guided = free.size() == 1 || bisectable(demands, free[1]) != nullptr;
  if (!guided) {
    found = RingSearch(demands, wanted, free[0], free[1]).run(count);
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
