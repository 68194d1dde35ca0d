#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/keras/python_code/decompile.hpp"
#include "runtime/keras/python_code/expression.hpp"
#include "runtime/keras/python_code/suggestion.hpp"

// The bytecode of a Lambda, as marshal wrote it: reading gives an expression or nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace keraunos::keras::python;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Bindings bindings;
  bindings.values["s"] = make_number(2, /*is_integer=*/true);
  bindings.defaults = {make_number(0.5, /*is_integer=*/false), nullptr};
  bindings.closure = {make_expression(Expression::Kind::list, "", {make_number(1, true)})};
  for (const Bindings& known : {Bindings(), bindings}) {
    const auto function = decompile(input, known);
    if (!function) continue;
    to_text(function->result);
    suggest_layer(*function);
  }
  return 0;
}
