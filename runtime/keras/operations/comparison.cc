#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Comparisons, logic, and choices by conditions.

namespace keraunos::keras {
namespace {

template <BinaryFn fn>
std::vector<ValueId> import_comparison(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType common = result_type(x1, x2);
  // Of bools only equality has a kernel.
  const DType dtype = common == DType::boolean ? DType::int32 : common;
  return {call.binary(fn, as_computed(call, x1, dtype), as_computed(call, x2, dtype))};
}

template <BinaryFn fn>
std::vector<ValueId> import_logic(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  return {
      call.binary(fn, as_stored(call, x1, DType::boolean), as_stored(call, x2, DType::boolean))};
}

std::vector<ValueId> import_logical_not(LayerCall& call) {
  const Operand x = first_operand(call);
  return {unary(call, UnaryFn::logical_not, as_stored(call, x, DType::boolean))};
}

// |a - b| <= atol + rtol*|b|; integers must be equal.
ValueId is_close(LayerCall& call, double rtol, double atol, bool equal_infinities) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType dtype = result_type(x1, x2);
  const ValueId a = as_computed(call, x1, dtype);
  const ValueId b = as_computed(call, x2, dtype);
  if (!is_floating(dtype)) return call.binary(BinaryFn::equal, a, b);
  const ValueId difference = unary(call, UnaryFn::absolute, call.binary(BinaryFn::subtract, a, b));
  const ValueId allowed = linear(call, unary(call, UnaryFn::absolute, b), static_cast<float>(rtol),
                                 static_cast<float>(atol));
  ValueId close = call.binary(BinaryFn::less_equal, difference, allowed);
  if (equal_infinities) {
    const ValueId finite = call.binary(BinaryFn::logical_and, unary(call, UnaryFn::is_finite, a),
                                       unary(call, UnaryFn::is_finite, b));
    close = call.binary(BinaryFn::logical_or, call.binary(BinaryFn::logical_and, finite, close),
                        call.binary(BinaryFn::equal, a, b));
  }
  if (!call.config().flag_or("equal_nan", false)) return close;
  const ValueId both = call.binary(BinaryFn::logical_and, unary(call, UnaryFn::is_nan, a),
                                   unary(call, UnaryFn::is_nan, b));
  return call.binary(BinaryFn::logical_or, close, both);
}

double number_argument(const LayerCall& call, std::string_view name, std::size_t position,
                       double fallback) {
  const Argument* const found = call.argument(name, position);
  if (found == nullptr) return fallback;
  if (found->kind != Argument::Kind::constant) {
    fail(ErrorCode::unsupported, "called with {}={}; a number is supported", name,
         found->describe());
  }
  return found->constant->as_double();
}

std::vector<ValueId> import_is_close(LayerCall& call) {
  return {is_close(call, number_argument(call, "rtol", 2, 1e-5),
                   number_argument(call, "atol", 3, 1e-8), false)};
}

std::vector<ValueId> import_all_close(LayerCall& call) {
  const ValueId close = is_close(call, call.config().number_or("rtol", 1e-5),
                                 call.config().number_or("atol", 1e-8), true);
  return {reduce(call, ReduceFn::all, flatten(call, close), {0}, false)};
}

std::vector<ValueId> import_where(LayerCall& call) {
  const Operand condition = strong_operand(call, "condition", 0);
  const auto x1 = optional_operand(call, "x1", 1);
  const auto x2 = optional_operand(call, "x2", 2);
  if (!x1 || !x2) {
    fail(ErrorCode::unsupported,
         "called on a condition alone, whose result has a size that depends on the numbers");
  }
  const DType dtype = result_type(*x1, *x2);
  return {select(call, as_stored(call, condition, DType::boolean), as_stored(call, *x1, dtype),
                 as_stored(call, *x2, dtype))};
}

// The first choice whose condition holds.
std::vector<ValueId> import_select(LayerCall& call) {
  const std::vector<Operand> conditions = operand_list(call, "condlist", 0);
  std::vector<Operand> choices = operand_list(call, "choicelist", 1);
  if (conditions.size() != choices.size()) {
    fail(ErrorCode::malformed_file, "called on {} conditions and {} choices", conditions.size(),
         choices.size());
  }
  const auto fallback = optional_operand(call, "default", 2);
  if (fallback) choices.push_back(*fallback);
  const DType dtype = result_type(std::span<const Operand>(choices));
  ValueId result = fallback ? as_stored(call, *fallback, dtype) : call.scalar(0, dtype);
  for (std::size_t i = conditions.size(); i-- > 0;) {
    result = select(call, as_stored(call, conditions[i], DType::boolean),
                    as_stored(call, choices[i], dtype), result);
  }
  return {result};
}

// For each cell of `values`, how many cells of the row `bins` are `fn` than it.
ValueId count_bins(LayerCall& call, BinaryFn fn, const Operand& bins, const Operand& values) {
  const DType dtype = result_type({bins.type, values.type, python_float});
  const ValueId cells = as_computed(call, values, dtype);
  const ValueId row = as_computed(call, bins, dtype);
  call.require_rank(row, 1);
  const std::size_t last = call.rank(cells);
  const ValueId before = call.binary(fn, row, expand(call, cells, last));
  return reduce(call, ReduceFn::sum, call.cast(before, DType::int32), {last}, false);
}

// The place of each cell among sorted boundaries; on a boundary it is behind it.
std::vector<ValueId> import_digitize(LayerCall& call) {
  return {count_bins(call, BinaryFn::less_equal, strong_operand(call, "bins", 1),
                     strong_operand(call, "x", 0))};
}

std::vector<ValueId> import_search_sorted(LayerCall& call) {
  const bool left = call.config().choice("side", {"left", "right"}) == "left";
  return {count_bins(call, left ? BinaryFn::less : BinaryFn::less_equal,
                     strong_operand(call, "sorted_sequence", 0),
                     strong_operand(call, "values", 1))};
}

std::vector<ValueId> import_is_in(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType common = result_type(x1, x2);
  const DType dtype = common == DType::boolean ? DType::int32 : common;
  const ValueId cells = as_computed(call, x1, dtype);
  const std::size_t last = call.rank(cells);
  const ValueId equal = call.binary(BinaryFn::equal, expand(call, cells, last),
                                    flatten(call, as_computed(call, x2, dtype)));
  const ValueId found = reduce(call, ReduceFn::any, equal, {last}, false);
  const bool invert = call.config().flag_or("invert", false);
  return {invert ? unary(call, UnaryFn::logical_not, found) : found};
}

constexpr std::array classes = {
    LayerClass{"Equal", import_comparison<BinaryFn::equal>},
    LayerClass{"NotEqual", import_comparison<BinaryFn::not_equal>},
    LayerClass{"Less", import_comparison<BinaryFn::less>},
    LayerClass{"LessEqual", import_comparison<BinaryFn::less_equal>},
    LayerClass{"Greater", import_comparison<BinaryFn::greater>},
    LayerClass{"GreaterEqual", import_comparison<BinaryFn::greater_equal>},
    LayerClass{"LogicalAnd", import_logic<BinaryFn::logical_and>},
    LayerClass{"LogicalOr", import_logic<BinaryFn::logical_or>},
    LayerClass{"LogicalXor", import_logic<BinaryFn::logical_xor>},
    LayerClass{"LogicalNot", import_logical_not},
    LayerClass{"Isclose", import_is_close},
    LayerClass{"AllClose", import_all_close},
    LayerClass{"Where", import_where},
    LayerClass{"Select", import_select},
    LayerClass{"Digitize", import_digitize},
    LayerClass{"SearchSorted", import_search_sorted},
    LayerClass{"IsIn", import_is_in},
};

}  // namespace

const std::span<const LayerClass> comparison_operations = classes;

}  // namespace keraunos::keras
