#include "runtime/keras/python_code/opcodes.hpp"

#include <array>

namespace keraunos::keras::python {
namespace {

constexpr std::size_t columns = 5;       // 2.7, 3.5 to 3.10, 3.11, 3.12, 3.13
constexpr std::size_t first_cached = 2;  // the first column of a Python with caches

constexpr Dialect all_dialects[] = {
    {"3.13", CodeLayout::locals_plus, 4, true, false, true, true},
    {"3.12", CodeLayout::locals_plus, 3, true, false, true, true},
    {"3.11", CodeLayout::locals_plus, 2, true, false, true, false},
    {"3.8 to 3.10", CodeLayout::positional_only, 1, true, false, false, false},
    {"3.6 or 3.7", CodeLayout::keyword_only, 1, true, false, false, false},
    {"3.5", CodeLayout::keyword_only, 1, false, true, false, false},
    {"2.7", CodeLayout::python2, 0, false, true, false, false},
};

/// The number of an instruction in each column, -1 where there is none, and its caches. What
/// assigns in place ("+=") computes the same here.
struct Row {
  Opcode op;
  std::array<std::int16_t, columns> number;
  std::array<std::uint8_t, columns - first_cached> caches;
};

// clang-format off
constexpr std::array rows = {
    Row{Opcode::cache, {-1, -1, 0, 0, 0}, {0, 0, 0}},
    Row{Opcode::extended_arg, {145, 144, 144, 144, 71}, {0, 0, 0}},
    Row{Opcode::nop, {9, 9, 9, 9, 30}, {0, 0, 0}},
    Row{Opcode::resume, {-1, -1, 151, 151, 149}, {0, 0, 0}},
    Row{Opcode::make_cell, {-1, -1, 135, 135, 94}, {0, 0, 0}},
    Row{Opcode::copy_free_vars, {-1, -1, 149, 149, 62}, {0, 0, 0}},
    Row{Opcode::precall, {-1, -1, 166, -1, -1}, {1, 0, 0}},
    Row{Opcode::push_null, {-1, -1, 2, 2, 34}, {0, 0, 0}},
    Row{Opcode::pop_top, {1, 1, 1, 1, 32}, {0, 0, 0}},
    Row{Opcode::rot_two, {2, 2, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::rot_three, {3, 3, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::rot_four, {5, 6, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::dup_top, {4, 4, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::copy, {-1, -1, 120, 120, 61}, {0, 0, 0}},
    Row{Opcode::swap, {-1, -1, 99, 99, 115}, {0, 0, 0}},
    Row{Opcode::load_const, {100, 100, 100, 100, 83}, {0, 0, 0}},
    Row{Opcode::load_fast, {124, 124, 124, 124, 85}, {0, 0, 0}},
    Row{Opcode::load_fast_pair, {-1, -1, -1, -1, 88}, {0, 0, 0}},
    Row{Opcode::store_fast, {125, 125, 125, 125, 110}, {0, 0, 0}},
    Row{Opcode::store_fast_pair, {-1, -1, -1, -1, 112}, {0, 0, 0}},
    Row{Opcode::store_load_fast, {-1, -1, -1, -1, 111}, {0, 0, 0}},
    Row{Opcode::load_global, {116, 116, 116, 116, 91}, {5, 4, 4}},
    Row{Opcode::load_deref, {136, 136, 137, 137, 84}, {0, 0, 0}},
    Row{Opcode::load_attr, {106, 106, 106, 106, 82}, {4, 9, 9}},
    Row{Opcode::load_method, {-1, 160, 160, -1, -1}, {10, 0, 0}},
    Row{Opcode::import_name, {108, 108, 108, 108, 75}, {0, 0, 0}},
    Row{Opcode::import_from, {109, 109, 109, 109, 74}, {0, 0, 0}},
    Row{Opcode::unary_positive, {10, 10, 10, -1, -1}, {0, 0, 0}},
    Row{Opcode::unary_negative, {11, 11, 11, 11, 42}, {0, 0, 0}},
    Row{Opcode::unary_not, {12, 12, 12, 12, 43}, {0, 0, 0}},
    Row{Opcode::unary_invert, {15, 15, 15, 15, 41}, {0, 0, 0}},
    Row{Opcode::power, {19, 19, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::power, {67, 67, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::multiply, {20, 20, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::multiply, {57, 57, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::matrix_multiply, {-1, 16, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::matrix_multiply, {-1, 17, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::divide, {21, -1, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::divide, {58, -1, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::modulo, {22, 22, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::modulo, {59, 59, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::add, {23, 23, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::add, {55, 55, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::subtract, {24, 24, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::subtract, {56, 56, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::floor_divide, {26, 26, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::floor_divide, {28, 28, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::true_divide, {27, 27, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::true_divide, {29, 29, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::left_shift, {62, 62, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::left_shift, {75, 75, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::right_shift, {63, 63, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::right_shift, {76, 76, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::bit_and, {64, 64, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::bit_and, {77, 77, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::bit_xor, {65, 65, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::bit_xor, {78, 78, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::bit_or, {66, 66, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::bit_or, {79, 79, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::binary_op, {-1, -1, 122, 122, 45}, {1, 1, 1}},
    Row{Opcode::compare, {107, 107, 107, 107, 58}, {2, 1, 1}},
    Row{Opcode::subscript, {25, 25, 25, 25, 5}, {4, 1, 1}},
    Row{Opcode::slice_all, {30, -1, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::slice_from, {31, -1, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::slice_to, {32, -1, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::slice_both, {33, -1, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::binary_slice, {-1, -1, -1, 26, 4}, {0, 0, 0}},
    Row{Opcode::build_slice, {133, 133, 133, 133, 50}, {0, 0, 0}},
    Row{Opcode::build_tuple, {102, 102, 102, 102, 52}, {0, 0, 0}},
    Row{Opcode::build_list, {103, 103, 103, 103, 47}, {0, 0, 0}},
    Row{Opcode::list_extend, {-1, 162, 162, 162, 81}, {0, 0, 0}},
    Row{Opcode::list_to_tuple, {-1, 82, 82, -1, -1}, {0, 0, 0}},
    Row{Opcode::unpack_sequence, {92, 92, 92, 92, 117}, {1, 1, 1}},
    Row{Opcode::call_function, {131, 131, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::call_function_kw, {-1, 141, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::call_method, {-1, 161, -1, -1, -1}, {0, 0, 0}},
    Row{Opcode::call, {-1, -1, 171, 171, 53}, {4, 3, 3}},
    Row{Opcode::kw_names, {-1, -1, 172, 172, -1}, {0, 0, 0}},
    Row{Opcode::call_kw, {-1, -1, -1, -1, 57}, {0, 0, 0}},
    Row{Opcode::return_value, {83, 83, 83, 83, 36}, {0, 0, 0}},
    Row{Opcode::return_const, {-1, -1, -1, 121, 103}, {0, 0, 0}},
};
// clang-format on

}  // namespace

std::span<const Dialect> dialects() { return all_dialects; }

std::optional<Instruction> decode(const Dialect& dialect, std::uint8_t number) {
  for (const Row& row : rows) {
    if (row.number[dialect.column] != number) continue;
    const bool cached = dialect.column >= first_cached;
    return Instruction{row.op, cached ? row.caches[dialect.column - first_cached] : std::size_t{0}};
  }
  return std::nullopt;
}

}  // namespace keraunos::keras::python
