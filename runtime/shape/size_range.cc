#include "runtime/shape/size_range.hpp"

#include <algorithm>

#include "keraunos/error.hpp"

namespace keraunos {
namespace {

bool depends(const Dim& formula, const std::string& symbol) {
  const auto symbols = formula.symbols();
  return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}

// A value outside 63 bits has certainly reached it, since only large sizes lead there.
bool reaches(const Dim& growing, const Binding& binding, std::int64_t number) {
  try {
    return growing.evaluate(binding) >= number;
  } catch (const Error&) {
    return true;
  }
}

// The smallest size in `range` at which the formula is at least `number`, or the one behind it.
std::int64_t first_reaching(const Dim& growing, std::int64_t number, SizeRange range,
                            Binding& binding, const std::string& symbol) {
  std::int64_t& size = binding[symbol];
  std::int64_t low = range.first;
  std::int64_t high = std::max(range.last + 1, low);
  while (low < high) {
    size = low + (high - low) / 2;
    const bool reached = reaches(growing, binding, number);
    if (reached) high = size;
    if (!reached) low = size + 1;
  }
  return low;
}

// Demands for at least 1 come first: formulas may only be told to grow where they hold.
std::vector<const Demand*> growing_with(const std::vector<Demand>& demands,
                                        const std::string& symbol) {
  std::vector<const Demand*> growing;
  for (const Demand& demand : demands) {
    if (only_grows(demand) && depends(demand.left, symbol)) growing.push_back(&demand);
  }
  std::stable_partition(growing.begin(), growing.end(), [](const Demand* demand) {
    return demand->kind == Demand::Kind::positive;
  });
  return growing;
}

}  // namespace

std::int64_t SizeRange::nearest(std::int64_t size) const { return std::clamp(size, first, last); }

SizeRange SizeRange::around(std::int64_t size, std::int64_t reach) const {
  if (empty()) return *this;
  const std::int64_t center = nearest(size);
  return {std::max(first, center - reach), std::min(last, center + reach)};
}

bool only_grows(const Demand& demand) {
  return demand.kind != Demand::Kind::broadcastable && demand.right.is_constant() &&
         demand.left.is_monotone();
}

SizeRange possible_sizes(const std::vector<Demand>& demands, Binding binding,
                         const std::string& symbol) {
  SizeRange range;
  for (const Demand* const demand : growing_with(demands, symbol)) {
    const std::int64_t number = *demand->right.constant();
    range.first = first_reaching(demand->left, number, range, binding, symbol);
    if (demand->kind == Demand::Kind::positive) continue;
    range.last = first_reaching(demand->left, number + 1, range, binding, symbol) - 1;
  }
  return range;
}

Binding smallest_sizes(const std::vector<Demand>& demands, Binding binding,
                       const std::vector<std::string>& symbols) {
  for (const std::string& symbol : symbols) binding[symbol] = largest_size;
  Binding smallest = binding;
  for (const std::string& symbol : symbols) {
    SizeRange range;
    for (const Demand* const demand : growing_with(demands, symbol)) {
      range.first = first_reaching(demand->left, *demand->right.constant(), range, binding, symbol);
    }
    smallest[symbol] = range.first;
    binding[symbol] = largest_size;
  }
  return smallest;
}

}  // namespace keraunos
