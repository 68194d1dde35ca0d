#include "tests/gpu/cases.hpp"

// Cells that only change their place.

namespace keraunos::gpu_check {
namespace {

void add_moves(Cases& cases) {
  for (const DType dtype : {DType::uint8, DType::float16, DType::float32, DType::int64}) {
    const auto name = to_string(dtype);
    const auto label = [&](const char* what) { return fmt::format("{} {}", what, name); };
    const auto tensor = [&](const Dims& dims) { return cases.random(dims, -100, 100).cast(dtype); };
    cases.add(label("to channels last"), Transpose{{0, 2, 3, 1}}, tensor({2, 5, 4, 7}));
    cases.add(label("reversed"), Transpose{{3, 2, 1, 0}}, tensor({2, 5, 4, 7}));
    cases.add(label("height and width"), Pad{{{0, 0}, {1, 2}, {3, 0}, {0, 0}}, 0},
              tensor({2, 5, 4, 3}));
    cases.add(label("last axis"), Concat{2}, tensor({2, 3, 4}), tensor({2, 3, 1}),
              tensor({2, 3, 5}));
    cases.add(label("first axis"), Concat{0}, tensor({2, 3}), tensor({4, 3}));
  }
  cases.add("with -1", Pad{{{1, 1}, {0, 2}}, -1}, cases.random({3, 4}));
  constexpr std::size_t number_count = static_cast<std::size_t>(DType::string);
  for (std::size_t from = 0; from < number_count; ++from) {
    for (std::size_t to = 0; to < number_count; ++to) {
      const auto source = static_cast<DType>(from);
      const auto target = static_cast<DType>(to);
      cases.add(fmt::format("{} to {}", to_string(source), to_string(target)), Cast{target},
                cases.random({300}, -300, 300).cast(source));
    }
  }
}

void add_picks(Cases& cases) {
  for (const DType dtype : {DType::boolean, DType::float16, DType::float32, DType::int64}) {
    const auto label = [&](const char* what) {
      return fmt::format("{} {}", what, to_string(dtype));
    };
    const auto tensor = [&](const Dims& dims) { return cases.random(dims, -100, 100).cast(dtype); };
    const auto numbers = [&](const Dims& dims, float cells) {
      return cases.random(dims, -cells, cells).cast(dtype == DType::int64 ? dtype : DType::int32);
    };
    cases.add(label("flip and steps"), Slice{{8, 1, 0}, {9, 3, 5}, {-1, 2, 1}}, tensor({9, 7, 6}));
    cases.add(label("crop"), Slice{{0, 2, 1, 0}, {2, 5, 4, 3}, {1, 1, 1, 1}}, tensor({2, 9, 8, 3}));
    cases.add(label("between axes"), Broadcast{{4, 3, 5, 2, 6}}, tensor({3, 1, 2, 1}));
    cases.add(label("rows"), Broadcast{{40, 30}}, tensor({30}));
    cases.add(label("one shape"), Select{},
              cases.random({4, 30}).cast(DType::int32).cast(DType::boolean), tensor({4, 30}),
              tensor({4, 30}));
    cases.add(label("broadcast"), Select{},
              cases.random({4, 1}, -2, 2).cast(DType::int32).cast(DType::boolean),
              tensor({3, 1, 30}), tensor({1}));
    cases.add(label("first axis"), Gather{0}, tensor({20, 6}), numbers({3, 9}, 19.9F));
    cases.add(label("middle axis"), Gather{1}, tensor({4, 20, 6}), numbers({5}, 19.9F));
    cases.add(label("last axis"), GatherAlong{2}, tensor({4, 1, 20}), numbers({4, 3, 7}, 19.9F));
  }
}

void add_size_tensors(Cases& cases) {
  const std::vector<Fraction> wholes = {{Dim(7)}, {Dim(0)}, {Dim(-1)}, {Dim(4096)}};
  const std::vector<Fraction> halves = {{Dim(7), Dim(2)}, {Dim(1), Dim(3)}, {Dim(5)}};
  for (const DType dtype : {DType::int32, DType::int64, DType::float16, DType::float32}) {
    const auto label = [&](const char* what) {
      return fmt::format("{} {}", what, to_string(dtype));
    };
    cases.add(label("row"), SizeTensor{wholes, {4}, dtype, {}});
    cases.add(label("table"), SizeTensor{wholes, {2, 1, 2}, dtype, {}});
  }
  cases.add("fractions", SizeTensor{halves, {3}, DType::float32, {}});
  cases.add("one number", SizeTensor{{{Dim(28)}}, {}, DType::int32, {}});
}

}  // namespace

void add_movement(Cases& cases) {
  add_moves(cases);
  add_picks(cases);
  add_size_tensors(cases);
}

}  // namespace keraunos::gpu_check
