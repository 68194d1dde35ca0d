#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/keras/python_code/marshal.hpp"

namespace keraunos::keras::python {

struct Expression;
using ExpressionRef = std::shared_ptr<const Expression>;

/// What a function of Python's returns, as far as it can be read from its code.
struct Expression {
  enum class Kind {
    argument,   // of the function; text is its name
    name,       // a global; text
    constant,   // text as Python writes it; number where it is one
    string,     // text without its quotes
    unary,      // text is the operator
    binary,     // text is the operator
    attribute,  // items[0].text
    call,       // items[0](items[1], ..., keyword=...)
    subscript,  // items[0][items[1]]
    slice,      // items are start, stop and perhaps step; None where left out
    tuple,
    list,
  };

  Kind kind = Kind::constant;
  std::string text;
  std::optional<double> number;
  std::vector<ExpressionRef> items;
  std::vector<std::string> keywords;  // of the last items of a call
};

ExpressionRef make_expression(Expression::Kind kind, std::string text,
                              std::vector<ExpressionRef> items = {});
ExpressionRef make_number(double number, bool is_integer);
/// A constant as an expression; null where it is none (code in code), or has too many parts.
ExpressionRef make_constant(const Object& object);

/// "x / 127.5 - 1", cut with "..." after about `most` bytes.
std::string to_text(const ExpressionRef& expression, std::size_t most = 300);

}  // namespace keraunos::keras::python
