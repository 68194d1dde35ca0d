#include "runtime/keras/einsum.hpp"

#include <algorithm>
#include <map>

#include "runtime/base/fail.hpp"

namespace keraunos::keras {
namespace {

// The letters of a tensor's axes. The axes of an ellipsis are numbered from its right end.
using Labels = std::vector<int>;
constexpr int first_ellipsis_label = 256;

struct Term {
  ValueId value;
  Labels labels;
};

bool contains(const Labels& labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

Labels operator+(Labels a, const Labels& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

template <typename Condition>
Labels filtered(const Labels& labels, Condition condition) {
  Labels result;
  for (const int label : labels) {
    if (condition(label) && !contains(result, label)) result.push_back(label);
  }
  return result;
}

bool is_distinct(Labels labels) {
  std::sort(labels.begin(), labels.end());
  return std::adjacent_find(labels.begin(), labels.end()) == labels.end();
}

std::size_t letter_count(std::string_view spec) {
  return spec.size() - static_cast<std::size_t>(std::count(spec.begin(), spec.end(), '.'));
}

Labels expand(std::string_view spec, std::size_t ellipsis_rank) {
  Labels labels;
  for (const char c : spec) {
    if (c != '.') labels.push_back(static_cast<unsigned char>(c));
    for (std::size_t i = ellipsis_rank; c == '.' && i > 0; --i) {
      labels.push_back(first_ellipsis_label + static_cast<int>(i) - 1);
    }
  }
  return labels;
}

std::string name_of(int label) {
  return label < first_ellipsis_label ? std::string(1, static_cast<char>(label)) : "...";
}

// The weight with its axes in another order, made at load.
ValueId transposed_weight(LayerCall& call, ValueId weight,
                          const std::vector<std::size_t>& permutation) {
  const Dims stored = evaluate(call.shape(weight), {});
  const std::vector<float> values = call.values_of(weight);
  const std::size_t rank = permutation.size();
  Dims dims;
  std::vector<std::int64_t> strides(rank, 1);  // in the stored weight, per axis of the result
  for (std::size_t i = 0; i < rank; ++i) {
    dims.push_back(stored[permutation[i]]);
    for (std::size_t axis = permutation[i] + 1; axis < rank; ++axis) {
      strides[i] *= stored[axis];
    }
  }
  std::vector<float> reordered(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::int64_t rest = static_cast<std::int64_t>(i);
    std::int64_t source = 0;
    for (std::size_t axis = rank; axis-- > 0;) {
      source += rest % dims[axis] * strides[axis];
      rest /= dims[axis];
    }
    reordered[i] = values[static_cast<std::size_t>(source)];
  }
  return call.constant("reordered", dims, reordered);
}

class Lowering {
 public:
  Lowering(LayerCall& call, const EinsumEquation& parsed, const std::vector<ValueId>& operands,
           std::optional<ValueId> bias)
      : call_(call), bias_(bias) {
    if (parsed.operands.size() != operands.size()) {
      fail(ErrorCode::malformed_file, "{} operands wanted, got {}", parsed.operands.size(),
           operands.size());
    }
    std::size_t widest = 0;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      terms_.push_back(make_term(parsed.operands[i], operands[i]));
      widest = std::max(widest, terms_[i].labels.size() - letter_count(parsed.operands[i]));
    }
    output_ = expand(parsed.output, widest);
    check(parsed.output, widest);
  }

  ValueId run() {
    Term result = terms_[0];
    for (std::size_t i = 1; i < terms_.size(); ++i) {
      kept_ = output_;
      for (std::size_t k = i + 1; k < terms_.size(); ++k) kept_ = kept_ + terms_[k].labels;
      is_last_ = i + 1 == terms_.size();
      result = contract(result, terms_[i]);
    }
    const ValueId output = arrange(sum_out(result, output_), output_);
    return bias_ ? call_.binary(BinaryFn::add, output, *bias_) : output;
  }

 private:
  Term make_term(const std::string& spec, ValueId value) const {
    const std::size_t rank = call_.rank(value);
    const std::size_t letters = letter_count(spec);
    if (rank < letters || (rank > letters && letters == spec.size())) {
      fail(ErrorCode::shape_mismatch, "operand '{}' cannot be {}", spec,
           to_keras_string(call_.shape(value)));
    }
    Labels labels = expand(spec, rank - letters);
    if (!is_distinct(labels)) {
      fail(ErrorCode::unsupported, "operand '{}' has a letter twice, which is not supported", spec);
    }
    return {value, std::move(labels)};
  }

  void check(const std::string& output, std::size_t ellipsis_rank) const {
    if (ellipsis_rank > 0 && output.find('.') == std::string::npos) {
      fail(ErrorCode::unsupported, "the result '{}' lacks the ellipsis of the operands", output);
    }
    std::map<int, Dim> sizes;
    for (const Term& term : terms_) {
      for (const int label : term.labels) {
        const Dim size = size_of(term, label);
        const auto [known, is_new] = sizes.try_emplace(label, size);
        if (is_new || !size.is_constant() || !known->second.is_constant()) continue;
        const bool repeats =
            label >= first_ellipsis_label && (size == Dim(1) || known->second == Dim(1));
        if (size != known->second && !repeats) {
          fail(ErrorCode::shape_mismatch, "axis '{}' has {} cells in one operand and {} in another",
               name_of(label), known->second.to_string(), size.to_string());
        }
      }
    }
    for (const int label : output_) {
      if (label < first_ellipsis_label && !sizes.contains(label)) {
        fail(ErrorCode::malformed_file, "axis '{}' of the result is in no operand", name_of(label));
      }
    }
  }

  Dim size_of(const Term& term, int label) const {
    const auto place = std::find(term.labels.begin(), term.labels.end(), label);
    return call_.shape(term.value)[static_cast<std::size_t>(place - term.labels.begin())];
  }

  Shape sizes_of(const Term& term, const Labels& labels) const {
    Shape sizes;
    for (const int label : labels) sizes.push_back(size_of(term, label));
    return sizes;
  }

  // A weight with one use as a matrix can be packed for it.
  bool is_weight(const Term& term) const {
    return call_.environment().graph.value(term.value).constant != nullptr &&
           call_.dtype(term.value) == DType::float32;
  }

  Term sum_out(const Term& term, const Labels& kept) {
    Reduce reduce{ReduceFn::sum, {}, false};
    for (std::size_t axis = 0; axis < term.labels.size(); ++axis) {
      if (!contains(kept, term.labels[axis])) reduce.axes.push_back(axis);
    }
    if (reduce.axes.empty()) return term;
    return {call_.emit(std::move(reduce), {term.value}),
            filtered(term.labels, [&](int label) { return contains(kept, label); })};
  }

  static std::vector<std::size_t> permutation(const Term& term, const Labels& order) {
    std::vector<std::size_t> axes;
    for (const int label : order) {
      const auto place = std::find(term.labels.begin(), term.labels.end(), label);
      axes.push_back(static_cast<std::size_t>(place - term.labels.begin()));
    }
    return axes;
  }

  ValueId arrange(const Term& term, const Labels& order) {
    if (term.labels == order) return term.value;
    return call_.emit(Transpose{permutation(term, order)}, {term.value});
  }

  Term contract(const Term& left, const Term& right) {
    const Term a = sum_out(left, kept_ + right.labels);
    Term b = sum_out(right, kept_ + a.labels);
    const auto in_both = [&](int label) {
      return contains(a.labels, label) && contains(b.labels, label);
    };
    const Labels batch =
        filtered(a.labels, [&](int label) { return in_both(label) && contains(kept_, label); });
    const Labels summed =
        filtered(a.labels, [&](int label) { return in_both(label) && !contains(kept_, label); });
    if (summed.empty()) return multiply_cells(a, b);
    if (summed.size() > 1) b = with_sizes_of(a, b, summed);
    if (batch.empty() && is_weight(b) && !is_weight(a)) return multiply_weight(a, b, summed);
    if (batch.empty() && is_weight(a) && !is_weight(b)) return multiply_weight(b, a, summed);
    return multiply_batches(a, b, batch, summed);
  }

  // A product of matrices demands only that all summed axes together have as many cells.
  Term with_sizes_of(const Term& a, const Term& b, const Labels& summed) {
    Shape wanted = call_.shape(b.value);
    for (std::size_t axis = 0; axis < wanted.size(); ++axis) {
      if (contains(summed, b.labels[axis])) wanted[axis] = size_of(a, b.labels[axis]);
    }
    if (wanted == call_.shape(b.value)) return b;
    return {call_.emit(Broadcast{std::move(wanted)}, {b.value}), b.labels};
  }

  Term multiply_cells(const Term& a, const Term& b) {
    const Labels order = filtered(output_ + a.labels + b.labels, [&](int label) {
      return contains(a.labels, label) || contains(b.labels, label);
    });
    const auto spread = [&](const Term& term) {
      const Labels own = filtered(order, [&](int label) { return contains(term.labels, label); });
      Shape shape;
      for (const int label : order) {
        shape.push_back(contains(own, label) ? size_of(term, label) : Dim(1));
      }
      return call_.view(arrange(term, own), std::move(shape));
    };
    return {call_.binary(BinaryFn::multiply, spread(a), spread(b)), order};
  }

  static Labels without(const Labels& labels, const Labels& removed) {
    return filtered(labels, [&](int label) { return !contains(removed, label); });
  }

  Term multiply_weight(const Term& a, const Term& weight, const Labels& summed) {
    const Labels rows = without(a.labels, summed);
    const Labels columns = without(weight.labels, summed);
    const Shape row_sizes = sizes_of(a, rows);
    const Shape column_sizes = sizes_of(weight, columns);
    Shape input = row_sizes.empty() ? Shape{Dim(1)} : row_sizes;
    input.push_back(element_count(sizes_of(a, summed)));
    std::vector<ValueId> operands = {call_.view(arrange(a, rows + summed), std::move(input)),
                                     as_matrix(weight, summed, columns)};
    if (is_last_ && bias_ && rows + columns == output_ && fits_bias(column_sizes)) {
      operands.push_back(call_.reshaped(*bias_, {element_count(column_sizes)}));
      bias_.reset();
    }
    Shape output = row_sizes;
    output.insert(output.end(), column_sizes.begin(), column_sizes.end());
    return {call_.view(call_.emit(MatMul{}, std::move(operands)), std::move(output)),
            rows + columns};
  }

  bool fits_bias(const Shape& columns) const {
    return call_.environment().graph.value(*bias_).constant != nullptr &&
           call_.dtype(*bias_) == DType::float32 && call_.shape(*bias_) == columns;
  }

  // A weight as (rows, columns), reordered at load where it is stored otherwise.
  ValueId as_matrix(const Term& weight, const Labels& rows, const Labels& columns) {
    const Shape shape = {element_count(sizes_of(weight, rows)),
                         element_count(sizes_of(weight, columns))};
    if (weight.labels == rows + columns) return call_.reshaped(weight.value, shape);
    return call_.reshaped(
        transposed_weight(call_, weight.value, permutation(weight, rows + columns)), shape);
  }

  struct Matrices {
    ValueId value;
    bool transposed;
  };

  // A tensor as (batch..., rows, columns), or transposed where that leaves its last axis in place.
  Matrices as_matrices(const Term& term, const Labels& batch, const Labels& rows,
                       const Labels& columns) {
    const bool transposed = contains(rows, term.labels.back());
    const Labels& outer = transposed ? columns : rows;
    const Labels& inner = transposed ? rows : columns;
    Shape shape = sizes_of(term, batch);
    shape.push_back(element_count(sizes_of(term, outer)));
    shape.push_back(element_count(sizes_of(term, inner)));
    return {call_.view(arrange(term, batch + outer + inner), std::move(shape)), transposed};
  }

  Term multiply_batches(const Term& a, const Term& b, const Labels& batch, const Labels& summed) {
    const Labels rows = without(a.labels, batch + summed);
    const Labels columns = without(b.labels, batch + summed);
    const Matrices left = as_matrices(a, batch, rows, summed);
    const Matrices right = as_matrices(b, batch, summed, columns);
    const ValueId product =
        call_.emit(BatchMatMul{left.transposed, right.transposed}, {left.value, right.value});
    const Shape& made = call_.shape(product);
    Shape shape(made.begin(), made.end() - 2);
    for (const Dim& size : sizes_of(a, rows)) shape.push_back(size);
    for (const Dim& size : sizes_of(b, columns)) shape.push_back(size);
    return {call_.view(product, std::move(shape)), batch + rows + columns};
  }

  LayerCall& call_;
  std::vector<Term> terms_;
  Labels output_;
  Labels kept_;  // what the result and the operands still to come need
  bool is_last_ = false;
  std::optional<ValueId> bias_;
};

}  // namespace

ValueId emit_einsum(LayerCall& call, std::string_view equation,
                    const std::vector<ValueId>& operands, std::optional<ValueId> bias) {
  const EinsumEquation parsed = parse_einsum(equation);
  return within([&] { return fmt::format("equation '{}'", equation); },
                [&] { return Lowering(call, parsed, operands, bias).run(); });
}

}  // namespace keraunos::keras
