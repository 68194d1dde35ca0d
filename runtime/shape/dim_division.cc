#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/base/checked.hpp"
#include "runtime/shape/dim_atom.hpp"

namespace keraunos {

// Every term of a has all factors of b, or a as a whole is a product that has them.
std::optional<Dim> exact_quotient(const Dim& a, const Dim& b) {
  if (b == Dim(0)) return std::nullopt;
  if (a.is_constant() && a.constant_ == 0) return Dim(0);
  const Dim::Term divisor = b.is_constant() ? Dim::Term{b.constant_, {}, ""} : b.as_product();
  const auto divided = [&](Dim::Term term) -> std::optional<Dim> {
    if (term.coefficient % divisor.coefficient != 0) return std::nullopt;
    for (const Dim::AtomPtr& factor : divisor.atoms) {
      const auto found = std::find_if(term.atoms.begin(), term.atoms.end(),
                                      [&](const auto& atom) { return atom->text == factor->text; });
      if (found == term.atoms.end()) return std::nullopt;
      term.atoms.erase(found);
    }
    const std::int64_t coefficient = term.coefficient / divisor.coefficient;
    if (term.atoms.empty()) return Dim(coefficient);
    Dim quotient;
    quotient.terms_.push_back(Dim::make_term(coefficient, std::move(term.atoms)));
    return quotient;
  };
  Dim sum;
  std::vector<Dim::Term> terms = a.terms_;
  if (a.constant_ != 0) terms.push_back({a.constant_, {}, ""});
  for (const Dim::Term& term : terms) {
    const auto quotient = divided(term);
    if (!quotient)
      return terms.size() > 1 && !b.is_constant() ? divided(a.as_product()) : std::nullopt;
    sum = sum + *quotient;
  }
  return sum;
}

Dim floor_div(const Dim& a, const Dim& b) {
  if (const auto quotient = exact_quotient(a, b)) return *quotient;
  if (const auto divisor = b.constant()) {
    if (*divisor == 0) fail(ErrorCode::shape_mismatch, "{} is divided by 0", a.to_string());
    return *divisor > 0 ? floor_div(a, *divisor) : floor_div(a * Dim(-1), -*divisor);
  }
  return Dim::from_atom({.kind = Dim::Atom::Kind::ratio,
                         .operands = {a, b},
                         .text = fmt::format("(({})//({}))", a.to_string(), b.to_string())});
}

Dim floor_div(const Dim& a, std::int64_t divisor) {
  if (divisor < 1) fail(ErrorCode::internal, "a dimension is divided by {}", divisor);
  if (a.is_constant()) return Dim(floor_div(a.constant_, divisor));

  // floor((k*A + B) / k) = A + floor(B / k): terms that divide exactly leave the division.
  Dim whole;
  Dim rest(a.constant_);
  std::int64_t common = divisor;
  for (Dim::Term term : a.terms_) {
    const bool exact = term.coefficient % divisor == 0;
    if (exact) term.coefficient /= divisor;
    if (!exact) common = std::gcd(common, term.coefficient);
    (exact ? whole : rest).terms_.push_back(std::move(term));
  }
  if (rest.is_constant()) return whole + Dim(floor_div(rest.constant_, divisor));

  // floor((g*A + c) / (g*k)) = floor((A + floor(c / g)) / k).
  for (Dim::Term& term : rest.terms_) term.coefficient /= common;
  rest.constant_ = floor_div(rest.constant_, common);
  divisor /= common;

  // floor((floor(E / m) + c) / k) = floor((E + c*m) / (m*k)).
  const Dim::Term& first = rest.terms_.front();
  if (rest.terms_.size() == 1 && first.is_quotient()) {
    const Dim::Atom& inner = *first.atoms.front();
    const Dim numerator = inner.operands[0] + Dim(checked_multiply(rest.constant_, inner.divisor));
    return whole + floor_div(numerator, checked_multiply(inner.divisor, divisor));
  }

  // What is left of the constant inside is 0 <= r < k, so that equal formulas have one form.
  const std::int64_t outside = floor_div(rest.constant_, divisor);
  rest.constant_ -= outside * divisor;
  Dim::Atom atom{
      .kind = Dim::Atom::Kind::floor_div, .operands = {rest}, .divisor = divisor, .text = {}};
  const bool bare = rest.constant_ == 0 && rest.terms_.size() == 1 && rest.terms_[0].is_atom();
  const std::string numerator = rest.to_string();
  atom.text = bare ? fmt::format("({}//{})", numerator, divisor)
                   : fmt::format("(({})//{})", numerator, divisor);
  return whole + Dim(outside) + Dim::from_atom(std::move(atom));
}

}  // namespace keraunos
