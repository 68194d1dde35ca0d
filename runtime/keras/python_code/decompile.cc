#include "runtime/keras/python_code/decompile.hpp"

#include <array>
#include <utility>

#include "keraunos/error.hpp"
#include "runtime/keras/python_code/opcodes.hpp"

namespace keraunos::keras::python {
namespace {

using Kind = Expression::Kind;

// Expressions are as deep as their code is long, and are printed and freed by recursion.
constexpr std::size_t most_bytes = 2000;

// Thrown where the code does what no expression does, and caught in this file.
struct Unreadable {};

constexpr std::array binary_operators = {
    std::pair{Opcode::power, "**"},         std::pair{Opcode::multiply, "*"},
    std::pair{Opcode::divide, "/"},         std::pair{Opcode::matrix_multiply, "@"},
    std::pair{Opcode::modulo, "%"},         std::pair{Opcode::add, "+"},
    std::pair{Opcode::subtract, "-"},       std::pair{Opcode::floor_divide, "//"},
    std::pair{Opcode::true_divide, "/"},    std::pair{Opcode::left_shift, "<<"},
    std::pair{Opcode::right_shift, ">>"},   std::pair{Opcode::bit_and, "&"},
    std::pair{Opcode::bit_xor, "^"},        std::pair{Opcode::bit_or, "|"},
    std::pair{Opcode::unary_positive, "+"}, std::pair{Opcode::unary_negative, "-"},
    std::pair{Opcode::unary_invert, "~"},   std::pair{Opcode::unary_not, "not "},
};

const char* symbol_of(Opcode op) {
  for (const auto& [known, symbol] : binary_operators) {
    if (known == op) return symbol;
  }
  throw Unreadable();
}

// The argument of BINARY_OP; those that assign in place follow in the same order.
constexpr std::array numbered_operators = {"+", "&",  "//", "<<", "@", "*", "%",
                                           "|", "**", ">>", "-",  "/", "^"};
constexpr std::array comparisons = {"<", "<=", "==", "!=", ">", ">="};

template <typename List>
const auto& at(const List& list, std::size_t index) {
  if (index >= list.size()) throw Unreadable();
  return list[index];
}

// Runs straight-line code on expressions in the place of values.
class Machine {
 public:
  Machine(const Code& code, const Dialect& dialect, const Bindings& bindings)
      : code_(code), dialect_(dialect), bindings_(bindings) {
    bind_arguments();
  }

  ExpressionRef run() {
    if (code_.instructions.size() > most_bytes) throw Unreadable();
    while (result_ == nullptr) step();
    if (!stack_.empty()) throw Unreadable();
    return result_;
  }

 private:
  void bind_arguments() {
    const auto count = static_cast<std::size_t>(code_.argument_count);
    if (code_.argument_count < 1 || count > code_.locals.size()) throw Unreadable();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string& name = code_.locals[i];
      const std::size_t from_end = count - i;
      const auto given = bindings_.values.find(name);
      ExpressionRef& value = variables_[name];
      if (i > 0 && given != bindings_.values.end()) {
        value = given->second;
      } else if (i > 0 && from_end <= bindings_.defaults.size()) {
        value = bindings_.defaults[bindings_.defaults.size() - from_end];
      } else {
        value = make_expression(Kind::argument, name);
      }
    }
    for (std::size_t i = 0; i < code_.free.size() && i < bindings_.closure.size(); ++i) {
      if (bindings_.closure[i]) variables_.emplace(code_.free[i], bindings_.closure[i]);
    }
  }

  // Instructions ----------------------------------------------------------------------------------

  std::uint8_t byte() { return static_cast<std::uint8_t>(at(code_.instructions, position_++)); }

  void step() {
    const auto instruction = decode(dialect_, byte());
    if (!instruction) throw Unreadable();
    std::size_t argument = 0;
    if (dialect_.words) {
      argument = byte();
    } else if (has_argument(static_cast<std::uint8_t>(code_.instructions[position_ - 1]))) {
      argument = byte();
      argument |= std::size_t{byte()} << 8;
    }
    argument |= extension_;
    const std::size_t shift = dialect_.words ? 8 : 16;
    extension_ = instruction->op == Opcode::extended_arg ? (argument << shift) & 0xffffffff : 0;
    for (std::size_t i = 0; i < instruction->caches; ++i) {
      const auto cache = decode(dialect_, byte());
      if (!cache || cache->op != Opcode::cache) throw Unreadable();
      byte();
    }
    execute(instruction->op, argument);
  }

  static bool has_argument(std::uint8_t number) { return number >= 90; }

  void execute(Opcode op, std::size_t argument) {
    if (move_values(op, argument) || load_or_store(op, argument) || build(op, argument) ||
        call(op, argument)) {
      return;
    }
    if (op == Opcode::return_value) {
      result_ = pop();
    } else if (op == Opcode::return_const) {
      result_ = constant(argument);
    } else {
      compute(op, argument);
    }
  }

  // Of the order on the stack.
  bool move_values(Opcode op, std::size_t argument) {
    switch (op) {
      case Opcode::nop:
      case Opcode::resume:
      case Opcode::make_cell:
      case Opcode::copy_free_vars:
      case Opcode::precall:
      case Opcode::extended_arg: return true;
      case Opcode::push_null: stack_.push_back(nullptr); return true;
      case Opcode::pop_top: throw Unreadable();  // a call for its effect
      case Opcode::rot_two: swap(2); return true;
      case Opcode::rot_three: rotate(3); return true;
      case Opcode::rot_four: rotate(4); return true;
      case Opcode::swap: swap(argument); return true;
      case Opcode::dup_top: stack_.push_back(peek(1)); return true;
      case Opcode::copy: stack_.push_back(peek(argument)); return true;
      default: return false;
    }
  }

  bool load_or_store(Opcode op, std::size_t argument) {
    switch (op) {
      case Opcode::load_const: push(constant(argument)); return true;
      case Opcode::load_fast: load(at(code_.locals, argument)); return true;
      case Opcode::load_fast_pair:
        load(at(code_.locals, argument >> 4));
        load(at(code_.locals, argument & 15));
        return true;
      case Opcode::store_fast: store(argument); return true;
      case Opcode::store_fast_pair:
        store(argument >> 4);
        store(argument & 15);
        return true;
      case Opcode::store_load_fast:
        store(argument >> 4);
        load(at(code_.locals, argument & 15));
        return true;
      case Opcode::load_deref: load(at(code_.cells, argument)); return true;
      case Opcode::load_global: load_global(argument); return true;
      case Opcode::load_method:
        stack_.push_back(nullptr);
        swap(2);
        load_attribute(argument);
        return true;
      case Opcode::load_attr:
        if (dialect_.attributes_with_self && (argument & 1) != 0) {
          stack_.push_back(nullptr);
          swap(2);
        }
        load_attribute(dialect_.attributes_with_self ? argument >> 1 : argument);
        return true;
      case Opcode::import_name:
        pop();  // the names wanted of it, and the level
        pop();
        push(make_expression(Kind::name, at(code_.names, argument)));
        return true;
      default: return false;
    }
  }

  bool build(Opcode op, std::size_t argument) {
    switch (op) {
      case Opcode::build_tuple: push(make_expression(Kind::tuple, "", pop_many(argument))); break;
      case Opcode::build_list: push(make_expression(Kind::list, "", pop_many(argument))); break;
      case Opcode::list_extend: extend_list(argument); break;
      case Opcode::list_to_tuple: push(make_expression(Kind::tuple, "", pop()->items)); break;
      case Opcode::build_slice:
        if (argument != 2 && argument != 3) throw Unreadable();
        push(make_expression(Kind::slice, "", pop_many(argument)));
        break;
      case Opcode::unpack_sequence: unpack(argument); break;
      default: return false;
    }
    return true;
  }

  bool call(Opcode op, std::size_t argument) {
    switch (op) {
      case Opcode::call_function: call_function(argument); return true;
      case Opcode::call_function_kw:
        keywords_ = names_in(pop());
        finish_call(pop_many(argument), false);
        return true;
      case Opcode::kw_names: keywords_ = names_in(constant(argument)); return true;
      case Opcode::call_kw: keywords_ = names_in(pop()); [[fallthrough]];
      case Opcode::call_method:
      case Opcode::call: finish_call(pop_many(argument), true); return true;
      default: return false;
    }
  }

  void compute(Opcode op, std::size_t argument) {
    const ExpressionRef none = make_expression(Kind::constant, "None");
    switch (op) {
      case Opcode::unary_positive:
      case Opcode::unary_negative:
      case Opcode::unary_not:
      case Opcode::unary_invert:
        return push(make_expression(Kind::unary, symbol_of(op), pop_many(1)));
      case Opcode::binary_op:
        return binary(at(numbered_operators, argument % numbered_operators.size()));
      case Opcode::compare: return binary(at(comparisons, comparison_number(argument)));
      case Opcode::subscript: return push(make_expression(Kind::subscript, "", pop_many(2)));
      case Opcode::slice_all: return slice(none, none);
      case Opcode::slice_from: {
        const ExpressionRef start = pop();
        return slice(start, none);
      }
      case Opcode::slice_to: return slice(none, pop());
      case Opcode::slice_both:
      case Opcode::binary_slice: {
        const ExpressionRef stop = pop();
        return slice(pop(), stop);
      }
      default: return binary(symbol_of(op));
    }
  }

  // Parts of instructions -------------------------------------------------------------------------

  void push(ExpressionRef expression) {
    if (expression == nullptr) throw Unreadable();
    stack_.push_back(std::move(expression));
  }

  ExpressionRef pop_any() {
    if (stack_.empty()) throw Unreadable();
    ExpressionRef top = std::move(stack_.back());
    stack_.pop_back();
    return top;
  }

  ExpressionRef pop() {
    ExpressionRef top = pop_any();
    if (top == nullptr) throw Unreadable();
    return top;
  }

  std::vector<ExpressionRef> pop_many(std::size_t count) {
    if (count > stack_.size()) throw Unreadable();
    std::vector<ExpressionRef> many(count);
    for (std::size_t i = count; i > 0; --i) many[i - 1] = pop();
    return many;
  }

  const ExpressionRef& peek(std::size_t from_top) const {
    if (from_top == 0 || from_top > stack_.size()) throw Unreadable();
    return stack_[stack_.size() - from_top];
  }

  void swap(std::size_t from_top) {
    peek(from_top);
    std::swap(stack_.back(), stack_[stack_.size() - from_top]);
  }

  void rotate(std::size_t depth) {
    peek(depth);
    stack_.insert(stack_.end() - static_cast<std::ptrdiff_t>(depth), stack_.back());
    stack_.pop_back();
  }

  ExpressionRef constant(std::size_t index) const {
    return make_constant(*at(code_.constants, index));
  }

  void load(const std::string& name) {
    const auto found = variables_.find(name);
    push(found != variables_.end() ? found->second : make_expression(Kind::name, name));
  }

  void store(std::size_t index) { variables_[at(code_.locals, index)] = pop(); }

  void load_global(std::size_t argument) {
    const bool with_null = dialect_.names_with_null && (argument & 1) != 0;
    if (with_null) stack_.push_back(nullptr);
    const std::size_t index = dialect_.names_with_null ? argument >> 1 : argument;
    push(make_expression(Kind::name, at(code_.names, index)));
  }

  void load_attribute(std::size_t index) {
    push(make_expression(Kind::attribute, at(code_.names, index), pop_many(1)));
  }

  std::size_t comparison_number(std::size_t argument) const {
    if (dialect_.versions == "3.13") return argument >> 5;
    return dialect_.versions == "3.12" ? argument >> 4 : argument;
  }

  void binary(const char* symbol) { push(make_expression(Kind::binary, symbol, pop_many(2))); }

  void slice(ExpressionRef start, ExpressionRef stop) {
    const ExpressionRef of = pop();
    const ExpressionRef range =
        make_expression(Kind::slice, "", {std::move(start), std::move(stop)});
    push(make_expression(Kind::subscript, "", {of, range}));
  }

  void extend_list(std::size_t argument) {
    const ExpressionRef more = pop();
    const ExpressionRef list = pop();
    if (argument != 1 || list->kind != Kind::list || more->kind != Kind::tuple) throw Unreadable();
    std::vector<ExpressionRef> items = list->items;
    items.insert(items.end(), more->items.begin(), more->items.end());
    push(make_expression(Kind::list, "", std::move(items)));
  }

  void unpack(std::size_t count) {
    const ExpressionRef sequence = pop();
    for (std::size_t i = count; i > 0; --i) {
      const ExpressionRef index = make_number(static_cast<double>(i - 1), true);
      push(make_expression(Kind::subscript, "", {sequence, index}));
    }
  }

  static std::vector<std::string> names_in(const ExpressionRef& tuple) {
    if (tuple == nullptr || tuple->kind != Kind::tuple) throw Unreadable();
    std::vector<std::string> names;
    for (const ExpressionRef& name : tuple->items) {
      if (name->kind != Kind::string) throw Unreadable();
      names.push_back(name->text);
    }
    return names;
  }

  // CALL_FUNCTION: up to 3.5 keywords stand on the stack in front of their values.
  void call_function(std::size_t argument) {
    if (!dialect_.counts_keywords) return finish_call(pop_many(argument), false);
    std::vector<ExpressionRef> named = pop_many(2 * ((argument >> 8) & 0xff));
    std::vector<ExpressionRef> arguments = pop_many(argument & 0xff);
    for (std::size_t i = 0; i < named.size(); i += 2) {
      if (named[i]->kind != Kind::string) throw Unreadable();
      keywords_.push_back(named[i]->text);
      arguments.push_back(named[i + 1]);
    }
    finish_call(std::move(arguments), false);
  }

  void finish_call(std::vector<ExpressionRef> arguments, bool beside_null) {
    ExpressionRef callee = pop_any();
    if (beside_null) {  // in versions of its own order
      const ExpressionRef other = pop_any();
      if ((callee == nullptr) == (other == nullptr)) throw Unreadable();
      if (callee == nullptr) callee = other;
    }
    if (callee == nullptr || keywords_.size() > arguments.size()) throw Unreadable();
    auto call = std::make_shared<Expression>();
    call->kind = Kind::call;
    call->items = {callee};
    call->items.insert(call->items.end(), arguments.begin(), arguments.end());
    call->keywords = std::exchange(keywords_, {});
    push(std::move(call));
  }

  const Code& code_;
  const Dialect& dialect_;
  const Bindings& bindings_;
  std::map<std::string, ExpressionRef> variables_;
  std::vector<ExpressionRef> stack_;  // null: Python's NULL beside what is called
  std::vector<std::string> keywords_;
  std::size_t position_ = 0;
  std::size_t extension_ = 0;
  ExpressionRef result_;
};

}  // namespace

std::optional<Function> decompile(std::string_view bytes, const Bindings& bindings) {
  for (const Dialect& dialect : dialects()) {  // nothing in the bytes says which it is
    try {
      const Code code = read_code(bytes, dialect.layout);
      const ExpressionRef result = Machine(code, dialect, bindings).run();
      return Function{code.locals.front(), result};
    } catch (const Error&) {
    } catch (const Unreadable&) {
    }
  }
  return std::nullopt;
}

}  // namespace keraunos::keras::python
