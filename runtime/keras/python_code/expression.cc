#include "runtime/keras/python_code/expression.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "runtime/file/printable.hpp"

namespace keraunos::keras::python {
namespace {

using Kind = Expression::Kind;

// How tightly operators bind in Python.
constexpr std::array precedences = {
    std::pair<std::string_view, int>{"|", 1},  std::pair<std::string_view, int>{"^", 2},
    std::pair<std::string_view, int>{"&", 3},  std::pair<std::string_view, int>{"<<", 4},
    std::pair<std::string_view, int>{">>", 4}, std::pair<std::string_view, int>{"+", 5},
    std::pair<std::string_view, int>{"-", 5},  std::pair<std::string_view, int>{"*", 6},
    std::pair<std::string_view, int>{"@", 6},  std::pair<std::string_view, int>{"/", 6},
    std::pair<std::string_view, int>{"//", 6}, std::pair<std::string_view, int>{"%", 6},
    std::pair<std::string_view, int>{"**", 8},
};
constexpr int comparison = 0;
constexpr int sign = 7;
constexpr int atom = 9;

int precedence(const Expression& expression) {
  if (expression.kind == Kind::unary) return sign;
  if (expression.kind == Kind::constant && expression.text.starts_with("-")) return sign;
  if (expression.kind != Kind::binary) return atom;
  for (const auto& [symbol, level] : precedences) {
    if (symbol == expression.text) return level;
  }
  return comparison;
}

// Shared parts are written as often as they stand in the text, so its length is bounded here.
class Printer {
 public:
  explicit Printer(std::size_t most) : most_(most) {}

  std::string print(const Expression& expression) {
    write(expression);
    if (text_.size() > most_) text_ = text_.substr(0, most_) + "...";
    return file::printable(text_, most_ + 3);
  }

 private:
  void put(std::string_view text) { text_ += text.substr(0, most_ + 1); }

  void write_at(const ExpressionRef& expression, int least) {
    const bool in_brackets = precedence(*expression) < least;
    if (in_brackets) put("(");
    write(*expression);
    if (in_brackets) put(")");
  }

  void write(const Expression& expression) {
    if (text_.size() > most_) return;
    const auto& items = expression.items;
    switch (expression.kind) {
      case Kind::argument:
      case Kind::name:
      case Kind::constant: return put(expression.text);
      case Kind::string: return put("'" + expression.text.substr(0, most_) + "'");
      case Kind::unary: put(expression.text); return write_at(items[0], sign);
      case Kind::binary: return write_binary(expression);
      case Kind::attribute: write_at(items[0], atom); return put("." + expression.text);
      case Kind::call: return write_call(expression);
      case Kind::subscript: return write_subscript(expression);
      case Kind::slice: return write_slice(expression);
      case Kind::tuple:
        put("(");
        write_list(items);
        return put(items.size() == 1 ? ",)" : ")");
      case Kind::list:
        put("[");
        write_list(items);
        return put("]");
    }
  }

  void write_binary(const Expression& expression) {
    const int level = precedence(expression);
    const bool from_right = expression.text == "**";
    write_at(expression.items[0], from_right ? level + 1 : level);
    put(fmt::format(" {} ", expression.text));
    write_at(expression.items[1], from_right ? level : level + 1);
  }

  void write_list(const std::vector<ExpressionRef>& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) put(", ");
      write(*items[i]);
    }
  }

  void write_call(const Expression& call) {
    write_at(call.items[0], atom);
    put("(");
    const std::size_t first_keyword = call.items.size() - call.keywords.size();
    for (std::size_t i = 1; i < call.items.size(); ++i) {
      if (i > 1) put(", ");
      if (i >= first_keyword) put(call.keywords[i - first_keyword] + "=");
      write(*call.items[i]);
    }
    put(")");
  }

  void write_subscript(const Expression& subscript) {
    write_at(subscript.items[0], atom);
    put("[");
    const Expression& index = *subscript.items[1];
    index.kind == Kind::tuple && !index.items.empty() ? write_list(index.items) : write(index);
    put("]");
  }

  void write_slice(const Expression& slice) {
    for (std::size_t i = 0; i < slice.items.size(); ++i) {
      if (i == 1 || i == 2) put(":");
      if (slice.items[i]->text != "None") write(*slice.items[i]);
    }
  }

  const std::size_t most_;
  std::string text_;
};

}  // namespace

ExpressionRef make_expression(Kind kind, std::string text, std::vector<ExpressionRef> items) {
  auto expression = std::make_shared<Expression>();
  expression->kind = kind;
  expression->text = std::move(text);
  expression->items = std::move(items);
  return expression;
}

ExpressionRef make_number(double number, bool is_integer) {
  auto expression = std::make_shared<Expression>();
  expression->number = number;
  expression->text = fmt::format("{}", number);
  const bool looks_whole = expression->text.find_first_not_of("-0123456789") == std::string::npos;
  if (!is_integer && looks_whole) expression->text += ".0";
  return expression;
}

namespace {

// Tuples may hold one and the same tuple many times, in as many levels.
constexpr std::size_t most_constants = 1000;

ExpressionRef convert(const Object& object, std::size_t& left) {
  if (left == 0) return nullptr;
  --left;
  switch (object.kind) {
    case Object::Kind::none: return make_expression(Kind::constant, "None");
    case Object::Kind::ellipsis: return make_expression(Kind::constant, "...");
    case Object::Kind::boolean:
      return make_expression(Kind::constant, object.boolean ? "True" : "False");
    case Object::Kind::integer: return make_number(static_cast<double>(object.integer), true);
    case Object::Kind::real: return make_number(object.real, false);
    case Object::Kind::text: return make_expression(Kind::string, object.text);
    case Object::Kind::tuple: {
      std::vector<ExpressionRef> items;
      for (const ObjectRef& item : object.items) {
        items.push_back(convert(*item, left));
        if (items.back() == nullptr) return nullptr;
      }
      return make_expression(Kind::tuple, "", std::move(items));
    }
    default: return nullptr;
  }
}

}  // namespace

ExpressionRef make_constant(const Object& object) {
  std::size_t left = most_constants;
  return convert(object, left);
}

std::string to_text(const ExpressionRef& expression, std::size_t most) {
  return Printer(most).print(*expression);
}

}  // namespace keraunos::keras::python
