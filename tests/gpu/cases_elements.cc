#include "tests/gpu/cases.hpp"

// Work on each cell for itself.

namespace keraunos::gpu_check {
namespace {

constexpr DType number_dtypes[] = {DType::float32, DType::int32, DType::int64, DType::boolean};

void add_elementwise(Cases& cases) {
  for (std::size_t i = 0; i < activation_count; ++i) {
    const auto function = static_cast<UnaryFn>(i);
    Unary unary = {function, 1, 0.5F, 0};
    if (function == UnaryFn::relu) unary = relu();
    cases.add(std::string(to_string(function)), unary, cases.random({3, 333}, -12, 12));
    cases.add(fmt::format("{}, in fours", to_string(function)), unary,
              cases.random({3, 332}, -12, 12));
    Tensor extremes(DType::float32, {5});
    const float values[] = {0, nan, 1e30F, -1e30F, -0.0F};
    std::copy(std::begin(values), std::end(values), extremes.as<float>().begin());
    cases.add(fmt::format("{}, extremes", to_string(function)), unary, std::move(extremes))
        .holds_nan = true;
  }
  for (const BinaryFn function : {BinaryFn::add, BinaryFn::subtract}) {
    const Op op = Binary{function};
    cases.add("one shape", op, cases.random({2, 7, 5}), cases.random({2, 7, 5}));
    cases.add("vector", op, cases.random({2, 7, 5}), cases.random({5}));
    cases.add("vector first", op, cases.random({5}), cases.random({2, 7, 5}));
    cases.add("scalar", op, cases.random({2, 7, 5}), cases.random({1}));
    cases.add("both repeat", op, cases.random({2, 1, 5}), cases.random({7, 1}));
  }
  cases.add("int32", Binary{BinaryFn::multiply}, cases.random({9}, -1e5F, 1e5F).cast(DType::int32),
            cases.random({1}, -1e5F, 1e5F).cast(DType::int32));
  for (const std::size_t axis : {std::size_t{1}, std::size_t{3}}) {
    NodeCase& node = cases.add(fmt::format("axis {}", axis), Affine{axis},
                               cases.random({2, 6, 5, 6}), cases.random({6}), cases.random({6}));
    node.first_constant = 1;
  }
  cases
      .add("last axis in fours", Affine{2}, cases.random({3, 5, 12}), cases.random({12}),
           cases.random({12}))
      .first_constant = 1;
}

/// What networks chain, over whole packs and over odd numbers of cells.
void add_chains(Cases& cases) {
  const auto add = [&](const char* label, Chain chain, const Dims& dims, const Dims& operand) {
    const std::int64_t channels = dims.back();
    chain.steps.emplace_back(Chain::Combine{BinaryFn::multiply});
    return &cases.add(label, std::move(chain), cases.random(dims, -3, 3), cases.random({channels}),
                      cases.random({channels}), cases.random(operand));
  };
  const Chain activated = {{Affine{3}, relu()}};
  add("gate of each channel", activated, {2, 7, 5, 12}, {2, 1, 1, 12});
  add("whole operand", activated, {2, 7, 5, 12}, {2, 7, 5, 12});
  add("odd channels", activated, {2, 7, 5, 3}, {2, 7, 1, 3});
  add("logarithm", {{Affine{1}, fn(UnaryFn::absolute), fn(UnaryFn::log1p)}}, {6, 8}, {1})
      ->first_constant = 1;
  add("large", activated, {32, 56, 56, 64}, {32, 1, 1, 64})->small = false;
  for (const DType dtype : {DType::float16, DType::bfloat16}) {
    // Small whole numbers, which no order of rounding changes.
    const auto whole = [&](const Dims& dims, DType stored) {
      return cases.random(dims, -6, 6).cast(DType::int32).cast(stored);
    };
    Chain mixed = {{Affine{2}, Cast{dtype}, Chain::Combine{BinaryFn::subtract, true}}};
    mixed.dtype = dtype;
    for (const std::int64_t channels : {8, 5}) {
      const Dims dims = {3, 4, channels};
      cases.add(fmt::format("{} channels in {}", channels, to_string(dtype)), mixed,
                whole(dims, dtype), whole({channels}, DType::float32),
                whole({channels}, DType::float32), whole({4, 1}, dtype));
      cases.add(fmt::format("{} channels of {} in float32", channels, to_string(dtype)),
                Chain{{fn(UnaryFn::negative), Chain::Combine{BinaryFn::maximum}}},
                whole(dims, dtype), whole({channels}, dtype));
    }
  }
  cases.add("bytes of an image", Chain{{fn(UnaryFn::linear, 2, 1)}},
            cases.random({2, 8, 8, 3}, 0, 255).cast(DType::uint8));
  Tensor with_nan = cases.random({3, 40});
  with_nan.as<float>()[39] = nan;
  cases
      .add("maximum of NaN", Chain{{Chain::Combine{BinaryFn::maximum}, relu()}},
           std::move(with_nan), cases.random({40}))
      .holds_nan = true;
}

void add_functions_of_one(Cases& cases) {
  for (std::size_t i = activation_count; i < unary_fn_count; ++i) {
    const Unary unary = fn(static_cast<UnaryFn>(i));
    const std::string name(to_string(unary.fn));
    cases.add(name, unary, cases.random({3, 333}, -3, 3)).holds_nan = true;
    cases.add(name + " up to 1", unary, cases.random({333}, -1, 1)).holds_nan = true;
    cases.add(name + " of large numbers", unary, cases.random({333}, 1, 1e6F)).holds_nan = true;
  }
  for (const DType dtype : number_dtypes) {
    for (const UnaryFn function : {UnaryFn::identity, UnaryFn::square, UnaryFn::absolute,
                                   UnaryFn::sign, UnaryFn::is_finite, UnaryFn::logical_not}) {
      cases.add(fmt::format("{} of {}", to_string(function), to_string(dtype)), fn(function),
                cases.random({2, 99}, -5, 5).cast(dtype));
    }
  }
}

void add_functions_of_two(Cases& cases) {
  for (const DType dtype : number_dtypes) {
    for (std::size_t i = 0; i < binary_fn_count; ++i) {
      const auto function = static_cast<BinaryFn>(i);
      const auto whole = [&](const Dims& dims) {
        return cases.random(dims, -6, 6).cast(DType::int32).cast(dtype);
      };
      cases
          .add(fmt::format("{} of {}", to_string(function), to_string(dtype)), Binary{function},
               whole({7, 1, 90}), whole({50, 1}))
          .holds_nan = true;
    }
  }
}

}  // namespace

void add_elements(Cases& cases) {
  add_elementwise(cases);
  add_chains(cases);
  add_functions_of_one(cases);
  add_functions_of_two(cases);
}

}  // namespace keraunos::gpu_check
