#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "runtime/base/checked.hpp"
#include "runtime/shape/dim_atom.hpp"

namespace keraunos {
namespace {

// A formula longer than this comes from no model that a person made; it would only burn time.
constexpr std::size_t longest_formula = 4096;
// Sums of many inputs' sizes grow by what is added only.
constexpr std::size_t longest_sum = 16 * longest_formula;

}  // namespace

bool Dim::Term::is_atom() const { return coefficient == 1 && atoms.size() == 1; }

bool Dim::Term::is_quotient() const {
  return is_atom() && atoms.front()->kind == Atom::Kind::floor_div;
}

std::int64_t Dim::Atom::evaluate(const Binding& binding) const {
  switch (kind) {
    case Kind::symbol: {
      const auto found = binding.find(text);
      if (found == binding.end()) {
        fail(ErrorCode::invalid_argument, "no size is known for the dimension '{}'", text);
      }
      return found->second;
    }
    case Kind::sum: return operands[0].evaluate(binding);
    case Kind::floor_div: return keraunos::floor_div(operands[0].evaluate(binding), divisor);
    case Kind::ratio: return divide(operands[0].evaluate(binding), operands[1].evaluate(binding));
    case Kind::min: return std::min(operands[0].evaluate(binding), operands[1].evaluate(binding));
    case Kind::max: return std::max(operands[0].evaluate(binding), operands[1].evaluate(binding));
  }
  return 0;
}

std::int64_t Dim::Atom::divide(std::int64_t a, std::int64_t b) const {
  if (b == 0) fail(ErrorCode::shape_mismatch, "{} divides by 0", text);
  return b > 0 ? keraunos::floor_div(a, b) : keraunos::floor_div(-a, -b);
}

Dim Dim::symbol(const std::string& name) {
  return from_atom({.kind = Atom::Kind::symbol, .operands = {}, .text = name});
}

Dim Dim::from_atom(Atom atom) {
  if (atom.text.size() > longest_formula) {
    fail(ErrorCode::unsupported, "the formula of a dimension is longer than {} characters: {}...",
         longest_formula, atom.text.substr(0, 80));
  }
  Dim dim;
  dim.terms_.push_back(make_term(1, {std::make_shared<const Atom>(std::move(atom))}));
  return dim;
}

Dim::Term Dim::make_term(std::int64_t coefficient, std::vector<AtomPtr> atoms) {
  std::vector<std::string_view> texts;
  for (const AtomPtr& atom : atoms) texts.emplace_back(atom->text);
  std::sort(texts.begin(), texts.end());
  std::string key = fmt::format("{}", fmt::join(texts, "*"));
  return {coefficient, std::move(atoms), std::move(key)};
}

std::optional<std::int64_t> Dim::constant() const {
  if (!is_constant()) return std::nullopt;
  return constant_;
}

std::int64_t Dim::evaluate(const Binding& binding) const {
  std::int64_t sum = constant_;
  for (const Term& term : terms_) {
    std::int64_t product = term.coefficient;
    for (const AtomPtr& atom : term.atoms) {
      product = checked_multiply(product, atom->evaluate(binding));
    }
    sum = checked_add(sum, product);
  }
  return sum;
}

void Dim::collect_symbols(std::map<std::string, bool>& names) const {
  for (const Term& term : terms_) {
    for (const AtomPtr& atom : term.atoms) {
      if (atom->kind == Atom::Kind::symbol) names[atom->text] = true;
      for (const Dim& operand : atom->operands) operand.collect_symbols(names);
    }
  }
}

std::vector<std::string> Dim::symbols() const {
  std::map<std::string, bool> names;
  collect_symbols(names);
  std::vector<std::string> result;
  for (const auto& [name, present] : names) result.push_back(name);
  return result;
}

bool Dim::is_monotone() const {
  const auto atom_is_monotone = [](const AtomPtr& atom) {
    if (atom->kind == Atom::Kind::ratio) return false;
    return std::all_of(atom->operands.begin(), atom->operands.end(),
                       [](const Dim& operand) { return operand.is_monotone(); });
  };
  return std::all_of(terms_.begin(), terms_.end(), [&](const Term& term) {
    return term.coefficient > 0 &&
           std::all_of(term.atoms.begin(), term.atoms.end(), atom_is_monotone);
  });
}

Dim operator+(const Dim& a, const Dim& b) {
  Dim sum(checked_add(a.constant_, b.constant_));
  auto left = a.terms_.begin();
  auto right = b.terms_.begin();
  while (left != a.terms_.end() || right != b.terms_.end()) {
    if (right == b.terms_.end() || (left != a.terms_.end() && left->key < right->key)) {
      sum.terms_.push_back(*left++);
    } else if (left == a.terms_.end() || right->key < left->key) {
      sum.terms_.push_back(*right++);
    } else {
      Dim::Term term = *left++;
      term.coefficient = checked_add(term.coefficient, (right++)->coefficient);
      if (term.coefficient != 0) sum.terms_.push_back(std::move(term));
    }
  }
  std::size_t length = 0;
  for (const Dim::Term& term : sum.terms_) length += term.key.size() + 1;
  if (length > longest_sum) {
    fail(ErrorCode::unsupported,
         "the formula of a dimension is a sum of {} terms and longer than {} characters",
         sum.terms_.size(), longest_sum);
  }
  return sum;
}

std::int64_t Dim::content() const {
  std::int64_t divisor = constant_;
  for (const Term& term : terms_) divisor = std::gcd(divisor, term.coefficient);
  return divisor;
}

Dim Dim::without_content() const {
  const std::int64_t divisor = content();
  Dim primitive(constant_ / divisor);
  for (Term term : terms_) {
    term.coefficient /= divisor;
    primitive.terms_.push_back(std::move(term));
  }
  return primitive;
}

// A sum as one factor of a product; its content must have been taken out.
Dim::AtomPtr Dim::as_factor() const {
  return std::make_shared<const Atom>(
      Atom{.kind = Atom::Kind::sum, .operands = {*this}, .text = fmt::format("({})", to_string())});
}

// A formula with symbols as one term.
Dim::Term Dim::as_product() const {
  if (constant_ == 0 && terms_.size() == 1) return terms_.front();
  return make_term(content(), {without_content().as_factor()});
}

Dim operator*(const Dim& a, const Dim& b) {
  if (b.is_constant()) {
    Dim scaled(checked_multiply(a.constant_, b.constant_));
    if (b.constant_ == 0) return scaled;
    for (Dim::Term term : a.terms_) {
      term.coefficient = checked_multiply(term.coefficient, b.constant_);
      scaled.terms_.push_back(std::move(term));
    }
    return scaled;
  }
  if (a.is_constant()) return b * a;

  std::int64_t coefficient = 1;
  std::vector<Dim::AtomPtr> atoms;
  for (const Dim* factor : {&a, &b}) {
    const Dim::Term term = factor->as_product();
    coefficient = checked_multiply(coefficient, term.coefficient);
    atoms.insert(atoms.end(), term.atoms.begin(), term.atoms.end());
  }
  Dim product;
  product.terms_.push_back(Dim::make_term(coefficient, std::move(atoms)));
  if (product.terms_.front().key.size() > longest_formula) {
    fail(ErrorCode::unsupported, "the formula of a dimension is longer than {} characters",
         longest_formula);
  }
  return product;
}

bool operator==(const Dim& a, const Dim& b) {
  return a.constant_ == b.constant_ &&
         std::equal(a.terms_.begin(), a.terms_.end(), b.terms_.begin(), b.terms_.end(),
                    [](const Dim::Term& x, const Dim::Term& y) {
                      return x.coefficient == y.coefficient && x.key == y.key;
                    });
}

Dim Dim::extremum(bool largest, const Dim& a, const Dim& b) {
  if (a == b) return a;
  if (a.is_constant() && b.is_constant()) {
    return Dim(largest ? std::max(a.constant_, b.constant_) : std::min(a.constant_, b.constant_));
  }
  if (const auto difference = (a - b).constant()) return (*difference > 0) == largest ? a : b;
  const bool in_order = a.to_string() < b.to_string();
  const Dim& first = in_order ? a : b;
  const Dim& second = in_order ? b : a;
  return from_atom({.kind = largest ? Atom::Kind::max : Atom::Kind::min,
                    .operands = {first, second},
                    .text = fmt::format("{}({}, {})", largest ? "max" : "min", first.to_string(),
                                        second.to_string())});
}

Dim min(const Dim& a, const Dim& b) { return Dim::extremum(/*largest=*/false, a, b); }
Dim max(const Dim& a, const Dim& b) { return Dim::extremum(/*largest=*/true, a, b); }

std::string Dim::print_term(const Term& term) {
  std::string text;
  for (const AtomPtr& atom : term.atoms) {
    text += text.empty() ? "" : "*";
    text += atom->text;
  }
  const std::int64_t magnitude = std::abs(term.coefficient);
  return magnitude == 1 ? text : fmt::format("{}*{}", text, magnitude);
}

std::string Dim::to_string() const {
  if (terms_.empty()) return fmt::format("{}", constant_);

  // x//k + c reads better as (x + c*k)//k.
  const Term& first = terms_.front();
  if (terms_.size() == 1 && first.is_quotient() && constant_ != 0) {
    const Atom& division = *first.atoms.front();
    const Dim numerator = division.operands[0] + Dim(checked_multiply(constant_, division.divisor));
    return fmt::format("({})//{}", numerator.to_string(), division.divisor);
  }

  const bool is_sum = terms_.size() > 1 || constant_ != 0;
  if (is_sum && content() > 1) {
    return fmt::format("({})*{}", without_content().to_string(), content());
  }

  std::string text;
  for (const Term& term : terms_) {
    text += term.coefficient < 0 ? "-" : text.empty() ? "" : "+";
    text += print_term(term);
  }
  // A quotient standing alone needs no parentheses of its own.
  if (terms_.size() == 1 && first.is_quotient()) {
    return text.substr(1, text.size() - 2);
  }
  return constant_ == 0 ? text : fmt::format("{}{:+}", text, constant_);
}

}  // namespace keraunos
