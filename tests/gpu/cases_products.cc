#include "tests/gpu/cases.hpp"

// Matrix products, and what is made of them step by step.

namespace keraunos::gpu_check {
namespace {

void add_matrix_products(Cases& cases) {
  cases.matmul("1x64x10", {1, 64}, 10);
  cases.matmul("5x33x7 relu", {5, 33}, 7, relu());
  cases.matmul("no bias", {4, 32}, 16, {}, false);
  cases.matmul("no bias relu", {4, 32}, 16, relu(), false);
  cases.matmul("rank 3 gelu", {2, 6, 32}, 24, fn(UnaryFn::gelu));
  cases.matmul("gelu tanh", {8, 32}, 24, fn(UnaryFn::gelu_tanh));
  cases.matmul("sigmoid", {8, 32}, 24, fn(UnaryFn::sigmoid));
  cases.matmul("one column", {16, 128}, 1);
  cases.matmul("one row", {16, 1}, 8);
  cases.matmul("1x5408x128", {1, 5408}, 128, relu()).small = false;
  cases.matmul("256x1024x1000", {256, 1024}, 1000).small = false;
}

void add_batch_products(Cases& cases) {
  const auto add = [&](const char* label, BatchMatMul op, const Dims& a, const Dims& b) {
    return &cases.add(label, op, cases.random(a), cases.random(b));
  };
  add("one matrix", {}, {7, 12}, {12, 5});
  add("equal batches", {}, {2, 3, 7, 12}, {2, 3, 12, 5});
  add("a transposed", {true, false}, {6, 12, 7}, {6, 12, 5});
  add("b transposed", {false, true}, {6, 7, 12}, {6, 5, 12});
  add("both transposed", {true, true}, {6, 12, 7}, {6, 5, 12});
  add("a repeats", {}, {7, 12}, {6, 12, 5});
  add("b repeats", {}, {6, 7, 12}, {12, 5});
  add("a transposed, b repeats", {true, false}, {6, 12, 7}, {12, 5});
  add("both repeat", {}, {3, 1, 7, 12}, {2, 12, 5});
  add("both repeat, odd sizes", {false, true}, {3, 1, 2, 7, 5}, {3, 4, 1, 3, 5});
  cases.add("b is a weight", BatchMatMul{}, cases.random({6, 7, 12}), cases.random({6, 12, 5}))
      .first_constant = 1;
  add("attention", {false, true}, {4, 12, 128, 64}, {4, 12, 128, 64})->small = false;
}

void add_recurrences(Cases& cases) {
  for (const CellFn cell : {CellFn::simple, CellFn::lstm, CellFn::gru, CellFn::gru_reset_after}) {
    Recurrent plain;
    plain.cell = cell;
    plain.activation = fn(UnaryFn::tanh);
    plain.recurrent_activation = fn(UnaryFn::sigmoid);
    cases.recurrent("of 32 units", plain, 3, 7, 32);
    cases.recurrent("of 5 units, one step", plain, 2, 1, 5);
    cases.recurrent("of no steps", plain, 2, 0, 5);
    cases.recurrent("of 256 units", plain, 32, 60, 256).small = false;
    Recurrent last = plain;
    last.return_sequences = false;
    last.go_backwards = true;
    cases.recurrent("backwards, last step", last, 2, 6, 12);
    Recurrent masked = plain;
    masked.masked = true;
    cases.recurrent("masked", masked, 4, 9, 12);
    masked.zero_output_for_mask = true;
    cases.recurrent("masked with zeros", masked, 4, 9, 12);
    Recurrent windows = plain;
    windows.windows = {same(3), same(2)};
    cases.recurrent("with windows", windows, 2, 4, 6, {5, 7});
  }
}

}  // namespace

void add_products(Cases& cases) {
  add_matrix_products(cases);
  add_batch_products(cases);
  add_recurrences(cases);
}

}  // namespace keraunos::gpu_check
