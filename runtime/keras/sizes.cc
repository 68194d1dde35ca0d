#include "runtime/keras/sizes.hpp"

#include <algorithm>

#include "runtime/base/checked.hpp"
#include "runtime/base/convert.hpp"
#include "runtime/keras/fractions.hpp"

namespace keraunos::keras {
namespace {

// Longer tensors are data: nobody computes sizes from so many numbers.
constexpr std::int64_t most_cells = 256;

bool holds_numbers(DType dtype) {
  return dtype == DType::int32 || dtype == DType::int64 || dtype == DType::float32 ||
         dtype == DType::float64;
}

std::optional<SizeTensor> constant_sizes(const Constant& constant) {
  const std::int64_t count = constant.desc.size();
  if (!holds_numbers(constant.desc.dtype) || count > most_cells) return std::nullopt;
  const ConstantElements elements(constant);
  std::vector<double> numbers(static_cast<std::size_t>(count));
  convert(elements.data(), constant.desc.dtype, numbers.data(), DType::float64, numbers.size());
  SizeTensor sizes{{}, constant.desc.dims, constant.desc.dtype, {}};
  for (const double number : numbers) {
    const auto cell = to_fraction(number);
    if (!cell) return std::nullopt;
    sizes.cells.push_back(*cell);
  }
  return sizes;
}

Dims steps_of(const Dims& dims) {
  Dims steps(dims.size(), 1);
  for (std::size_t axis = dims.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * dims[axis];
  return steps;
}

/// Works out one op on known numbers. `result_` has the dtype and dims of the op's output.
class Folding {
 public:
  Folding(std::vector<SizeTensor> inputs, SizeTensor result)
      : inputs_(std::move(inputs)), result_(std::move(result)) {}

  std::optional<SizeTensor> run(const Op& op) {
    if (!std::visit([&](const auto& it) { return fold(it); }, op)) return std::nullopt;
    return std::move(result_);
  }

 private:
  using Cell = std::optional<Fraction>;

  template <typename OtherOp>
  bool fold(const OtherOp&) {
    return false;
  }

  // Moving cells ---------------------------------------------------------------------------------

  bool fold(const View&) {
    result_.cells = inputs_[0].cells;
    return true;
  }

  bool fold(const Slice& slice) {
    Dims steps = steps_of(inputs_[0].dims);
    std::int64_t start = 0;
    for (std::size_t axis = 0; axis < steps.size(); ++axis) {
      const auto first = slice.starts[axis].constant();
      if (!first) return false;
      start += *first * steps[axis];
      steps[axis] *= slice.steps[axis];
    }
    return pick(steps, start);
  }

  bool fold(const Broadcast&) { return pick(broadcast_steps(inputs_[0].dims), 0); }

  bool fold(const Transpose& transpose) {
    const Dims steps = steps_of(inputs_[0].dims);
    Dims permuted;
    for (const std::size_t axis : transpose.permutation) permuted.push_back(steps[axis]);
    return pick(permuted, 0);
  }

  bool fold(const Concat& concat) {
    std::int64_t rows = 1;
    for (std::size_t axis = 0; axis < concat.axis; ++axis) rows *= result_.dims[axis];
    if (rows == 0) return true;
    for (std::int64_t row = 0; row < rows; ++row) {
      for (const SizeTensor& input : inputs_) {
        const auto run = static_cast<std::ptrdiff_t>(input.cells.size()) / rows;
        const auto first = input.cells.begin() + row * run;
        result_.cells.insert(result_.cells.end(), first, first + run);
      }
    }
    return true;
  }

  bool fold(const Gather& gather) {
    if (gather.axis != 0) return false;
    const std::int64_t run = inputs_[0].dims[0] == 0 ? 0 : steps_of(inputs_[0].dims)[0];
    for (const Fraction& index : inputs_[1].cells) {
      auto row = index.numerator.constant();
      if (!row) return false;
      if (*row < 0) *row += inputs_[0].dims[0];
      if (*row < 0 || *row >= inputs_[0].dims[0]) return false;
      const auto first = inputs_[0].cells.begin() + *row * run;
      result_.cells.insert(result_.cells.end(), first, first + run);
    }
    return true;
  }

  // Output cell i is input cell start + (place of i) * steps.
  bool pick(const Dims& steps, std::int64_t start, std::size_t input = 0) {
    return fill([&](std::int64_t i) { return cell_at(input, start + offset_of(i, steps)); });
  }

  Cell cell_at(std::size_t input, std::int64_t offset) const {
    const auto& cells = inputs_[input].cells;
    if (offset < 0 || offset >= static_cast<std::int64_t>(cells.size())) return std::nullopt;
    return cells[static_cast<std::size_t>(offset)];
  }

  std::int64_t offset_of(std::int64_t i, const Dims& steps) const {
    std::int64_t offset = 0;
    for (std::size_t axis = steps.size(); axis-- > 0;) {
      offset += i % result_.dims[axis] * steps[axis];
      i /= result_.dims[axis];
    }
    return offset;
  }

  Dims broadcast_steps(const Dims& input) const {
    const Dims dense = steps_of(input);
    Dims steps(result_.dims.size(), 0);
    for (std::size_t axis = 0; axis < input.size(); ++axis) {
      if (input[axis] != 1) steps[steps.size() - input.size() + axis] = dense[axis];
    }
    return steps;
  }

  template <typename CellOf>
  bool fill(CellOf cell_of) {
    for (std::int64_t i = 0; i < element_count(result_.dims); ++i) {
      Cell cell = cell_of(i);
      if (!cell) return false;
      result_.cells.push_back(*std::move(cell));
    }
    return true;
  }

  // Computing ------------------------------------------------------------------------------------

  bool fold(const Unary& unary) {
    return fill([&](std::int64_t i) { return apply(unary, *cell_at(0, i)); });
  }

  bool fold(const Binary& binary) {
    const Dims a = broadcast_steps(inputs_[0].dims);
    const Dims b = broadcast_steps(inputs_[1].dims);
    return fill([&](std::int64_t i) {
      return apply(binary.fn, *cell_at(0, offset_of(i, a)), *cell_at(1, offset_of(i, b)));
    });
  }

  bool fold(const Reduce& reduce) {
    static const std::pair<ReduceFn, BinaryFn> steps[] = {{ReduceFn::sum, BinaryFn::add},
                                                          {ReduceFn::prod, BinaryFn::multiply},
                                                          {ReduceFn::max, BinaryFn::maximum},
                                                          {ReduceFn::min, BinaryFn::minimum}};
    const auto step = std::ranges::find(steps, reduce.fn, [](const auto& it) { return it.first; });
    // Shapes are rows of numbers; nobody reduces tables of them.
    if (step == std::end(steps) || inputs_[0].dims.size() != 1) return false;
    const auto& cells = inputs_[0].cells;
    if (cells.empty()) return false;
    Cell total = cells[0];
    for (std::size_t i = 1; i < cells.size() && total; ++i) {
      total = apply(step->second, *total, cells[i]);
    }
    return fill([&](std::int64_t) { return total; });
  }

  // Floats that become whole numbers are cut towards zero.
  bool fold(const Cast& cast) {
    if (!holds_numbers(cast.dtype)) return false;
    const bool cuts = !is_floating(cast.dtype);
    return fill([&](std::int64_t i) -> Cell {
      const Fraction& cell = inputs_[0].cells[static_cast<std::size_t>(i)];
      if (!cuts || cell.is_whole()) return cell;
      result_.not_negative.push_back(cell.numerator);
      if (!cell.denominator.is_constant()) result_.not_negative.push_back(cell.denominator);
      return Fraction{floor(cell)};
    });
  }

  std::vector<SizeTensor> inputs_;
  SizeTensor result_;
};

const SizeTensor* made_sizes(const Graph& graph, ValueId value) {
  const auto producer = graph.producer(value);
  return producer ? std::get_if<SizeTensor>(&graph.nodes()[*producer].op) : nullptr;
}

// The output of `op` without its numbers, where it is small and has a dtype of numbers.
std::optional<SizeTensor> empty_result(const Graph& graph, const Op& op,
                                       std::span<const ValueId> inputs) {
  std::vector<TensorType> types;
  for (const ValueId input : inputs) types.push_back(graph.type(input));
  Demands demands;
  const std::vector<TensorType> outputs = infer(op, types, demands);
  const auto count = element_count(outputs[0].shape).constant();
  const bool open =
      std::ranges::any_of(outputs[0].shape, [](const Dim& size) { return !size.is_constant(); });
  if (open || !demands.open().empty() || *count > most_cells || !holds_numbers(outputs[0].dtype)) {
    return std::nullopt;
  }
  return SizeTensor{{}, evaluate(outputs[0].shape, {}), outputs[0].dtype, {}};
}

}  // namespace

std::optional<SizeTensor> known_sizes(const Graph& graph, ValueId value) {
  if (const SizeTensor* const sizes = made_sizes(graph, value)) return *sizes;
  const auto& constant = graph.value(value).constant;
  return constant ? constant_sizes(*constant) : std::nullopt;
}

std::optional<SizeTensor> fold_sizes(const Graph& graph, const Op& op,
                                     std::span<const ValueId> inputs) {
  const bool any = std::ranges::any_of(
      inputs, [&](ValueId input) { return made_sizes(graph, input) != nullptr; });
  if (!any) return std::nullopt;
  std::vector<SizeTensor> known;
  for (const ValueId input : inputs) {
    auto sizes = known_sizes(graph, input);
    if (!sizes) return std::nullopt;
    known.push_back(*std::move(sizes));
  }
  auto result = empty_result(graph, op, inputs);
  return result ? Folding(std::move(known), *std::move(result)).run(op) : std::nullopt;
}

bool never_negative(const Dim& number) {
  if (const auto constant = number.constant()) return *constant >= 0;
  if (!number.is_monotone()) return false;
  Binding nothing;
  for (const std::string& symbol : number.symbols()) nothing[symbol] = 0;
  return number.evaluate(nothing) >= 0;
}

}  // namespace keraunos::keras
