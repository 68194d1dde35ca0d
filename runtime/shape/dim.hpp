#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keraunos {

/// Concrete sizes for the symbols of a model: {"batch": 32, "image.height": 28, ...}.
using Binding = std::map<std::string, std::int64_t>;

/// The size of one axis: an integer expression over named symbols.
///
/// Always held in normal form, so that equal formulas compare equal:
///   constant + sum of coefficient * atom * atom * ...
/// where an atom is a symbol, a floor division, a minimum, a maximum or a parenthesised sum.
/// Nested floor divisions are merged ((x//2)//2 = x//4) and ceil(x/k) is written (x+k-1)//k.
/// Prints as a person would write it: "((height-2)//2)*((width-2)//2)*32".
/// Immutable after construction; cheap to copy; safe to read from many threads.
class Dim {
 public:
  Dim(std::int64_t constant = 0) : constant_(constant) {}  // NOLINT: sizes are written as numbers
  static Dim symbol(const std::string& name);

  /// The value, where no symbol is left.
  std::optional<std::int64_t> constant() const;
  bool is_constant() const { return terms_.empty(); }

  /// The value with every symbol replaced; throws Error for a symbol that `binding` lacks and for
  /// a value outside 63 bits.
  std::int64_t evaluate(const Binding& binding) const;

  /// Names of the symbols, each once, in alphabetical order.
  std::vector<std::string> symbols() const;

  /// True where a growing symbol can never make the value shrink, as long as every parenthesised
  /// sum is at least zero. (Sufficient, not necessary.)
  bool is_monotone() const;

  std::string to_string() const;

  friend Dim operator+(const Dim& a, const Dim& b);
  friend Dim operator-(const Dim& a, const Dim& b) { return a + b * Dim(-1); }
  friend Dim operator*(const Dim& a, const Dim& b);
  friend bool operator==(const Dim& a, const Dim& b);

  /// a / b, where b divides a whatever the sizes: height*width*8 / (width*2) is height*4.
  friend std::optional<Dim> exact_quotient(const Dim& a, const Dim& b);

  /// floor(a / divisor) and ceil(a / divisor) for divisor >= 1.
  friend Dim floor_div(const Dim& a, std::int64_t divisor);
  /// floor(a / b) for any b; evaluating it throws Error where b is 0.
  friend Dim floor_div(const Dim& a, const Dim& b);
  friend Dim ceil_div(const Dim& a, std::int64_t divisor) {
    return floor_div(a + Dim(divisor - 1), divisor);
  }
  friend Dim min(const Dim& a, const Dim& b);
  friend Dim max(const Dim& a, const Dim& b);

 private:
  struct Atom;
  using AtomPtr = std::shared_ptr<const Atom>;
  struct Term {
    std::int64_t coefficient;
    std::vector<AtomPtr> atoms;  // in the order in which they were multiplied
    std::string key;             // the atoms' texts, sorted: identifies like terms

    bool is_atom() const;      // one atom, taken once
    bool is_quotient() const;  // and that one a floor division
  };

  static Dim from_atom(Atom atom);
  static Term make_term(std::int64_t coefficient, std::vector<AtomPtr> atoms);
  static Dim extremum(bool largest, const Dim& a, const Dim& b);
  static std::string print_term(const Term& term);
  std::int64_t content() const;  // the greatest common divisor of all coefficients
  Dim without_content() const;
  Term as_product() const;
  AtomPtr as_factor() const;
  void collect_symbols(std::map<std::string, bool>& names) const;

  std::int64_t constant_ = 0;
  std::vector<Term> terms_;  // no zero coefficients, sorted by key
};

std::optional<Dim> exact_quotient(const Dim& a, const Dim& b);
Dim floor_div(const Dim& a, std::int64_t divisor);
Dim floor_div(const Dim& a, const Dim& b);
Dim ceil_div(const Dim& a, std::int64_t divisor);
Dim min(const Dim& a, const Dim& b);
Dim max(const Dim& a, const Dim& b);

}  // namespace keraunos
