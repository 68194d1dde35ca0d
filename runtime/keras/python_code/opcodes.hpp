#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "runtime/keras/python_code/marshal.hpp"

namespace keraunos::keras::python {

// clang-format off
/// The instructions of Python's that straight-line expressions are made of.
enum class Opcode : std::uint8_t {
  cache, extended_arg, nop, resume, make_cell, copy_free_vars, precall, push_null,
  pop_top, rot_two, rot_three, rot_four, dup_top, copy, swap,
  load_const, load_fast, load_fast_pair, store_fast, store_fast_pair, store_load_fast,
  load_global, load_deref, load_attr, load_method, import_name, import_from,
  unary_positive, unary_negative, unary_not, unary_invert,
  power, multiply, matrix_multiply, divide, modulo, add, subtract, floor_divide, true_divide,
  left_shift, right_shift, bit_and, bit_xor, bit_or, binary_op, compare,
  subscript, slice_all, slice_from, slice_to, slice_both, binary_slice, build_slice,
  build_tuple, build_list, list_extend, list_to_tuple, unpack_sequence,
  call_function, call_function_kw, call_method, call, kw_names, call_kw,
  return_value, return_const,
};
// clang-format on

/// How the versions of Python that share one set of instructions write them.
struct Dialect {
  std::string_view versions;  ///< "3.8 to 3.10"
  CodeLayout layout;
  std::size_t column;    ///< in the table of opcodes
  bool words;            ///< every instruction takes two bytes; else one, or three with argument
  bool counts_keywords;  ///< CALL_FUNCTION counts keywords in the high byte of its argument
  bool names_with_null;  ///< LOAD_GLOBAL's argument has a flag in its lowest bit
  bool attributes_with_self;  ///< so has that of LOAD_ATTR, which loads methods too
};

/// From the newest to the oldest.
std::span<const Dialect> dialects();

struct Instruction {
  Opcode op;
  std::size_t caches;  ///< how many CACHE instructions must follow
};

/// What this number stands for; nothing where straight-line expressions have no such instruction.
std::optional<Instruction> decode(const Dialect& dialect, std::uint8_t number);

}  // namespace keraunos::keras::python
