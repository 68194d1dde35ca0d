#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <random>

#include "tests/gpu/node_case.hpp"

namespace keraunos::gpu_check {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

class Cases {
 public:
  Tensor random(const Dims& dims, float low = -1, float high = 1) {
    Tensor result(DType::float32, dims);
    std::uniform_real_distribution<float> value(low, high);
    for (float& element : result.as<float>()) element = value(engine_);
    return result;
  }

  /// Adds a case without weights.
  template <typename... Tensors>
  NodeCase& add(std::string label, Op op, Tensors... inputs) {
    NodeCase node{std::move(label), std::move(op), {}, sizeof...(inputs)};
    (node.inputs.push_back(std::move(inputs)), ...);
    list_.push_back(std::move(node));
    return list_.back();
  }

  NodeCase& conv(const std::string& label, const Dims& input, std::vector<Window> windows,
                 std::int64_t out_channels, std::int64_t groups = 1, Unary activation = {},
                 bool bias = true) {
    Dims kernel;
    for (const Window& window : windows) kernel.push_back(window.size);
    kernel.push_back(input.back() / groups);
    kernel.push_back(out_channels);
    NodeCase& node =
        add(label, Conv{std::move(windows), groups, activation}, random(input), random(kernel));
    if (bias) node.inputs.push_back(random({out_channels}));
    node.first_constant = 1;
    return node;
  }

  NodeCase& conv_transpose(const std::string& label, const Dims& input, std::vector<Window> windows,
                           std::int64_t out_channels, Unary activation = {}, bool bias = true) {
    Dims kernel;
    for (const Window& window : windows) kernel.push_back(window.size);
    kernel.insert(kernel.end(), {out_channels, input.back()});
    NodeCase& node =
        add(label, ConvTranspose{std::move(windows), activation}, random(input), random(kernel));
    if (bias) node.inputs.push_back(random({out_channels}));
    node.first_constant = 1;
    return node;
  }

  NodeCase& matmul(const std::string& label, const Dims& input, std::int64_t columns,
                   Unary activation = {}, bool bias = true) {
    NodeCase& node = add(label, MatMul{activation}, random(input), random({input.back(), columns}));
    if (bias) node.inputs.push_back(random({columns}));
    node.first_constant = 1;
    return node;
  }

  /// `op` over `spatial` cells on each axis that a window slides over.
  NodeCase& recurrent(const std::string& label, Recurrent op, std::int64_t batch,
                      std::int64_t steps, std::int64_t units, const Dims& spatial = {}) {
    const std::int64_t gates = op.cell == CellFn::simple ? 1 : op.cell == CellFn::lstm ? 4 : 3;
    const std::int64_t columns = gates * units;
    Dims input = {batch, steps};
    Dims state = {batch};
    Dims kernel;
    for (const Window& window : op.windows) kernel.push_back(window.size);
    for (Dims* dims : {&input, &state}) dims->insert(dims->end(), spatial.begin(), spatial.end());
    input.push_back(columns);
    state.push_back(units);
    kernel.insert(kernel.end(), {units, columns});
    const float reach = 1 / std::sqrt(static_cast<float>(element_count(kernel) / columns));
    NodeCase& node = add(fmt::format("{} {}", to_string(op.cell), label), op, random(input),
                         random(kernel, -reach, reach));
    if (op.cell == CellFn::gru_reset_after) node.inputs.push_back(random({columns}));
    for (std::size_t i = 0; i < op.state_count(); ++i) node.inputs.push_back(random(state));
    if (op.masked) node.inputs.push_back(mask({batch, steps}));
    node.first_constant = 1;
    return node;
  }

  std::vector<NodeCase> take() { return std::move(list_); }

 private:
  Tensor mask(const Dims& dims) {
    Tensor result(DType::boolean, dims);
    std::bernoulli_distribution counts(0.7);
    for (std::uint8_t& step : result.as<std::uint8_t>()) step = counts(engine_) ? 1 : 0;
    return result;
  }

  std::mt19937 engine_{20};
  std::vector<NodeCase> list_;
};

Window same(std::int64_t size, std::int64_t stride = 1, std::int64_t dilation = 1) {
  return {size, stride, dilation, Padding::same, 0, 0};
}
Window valid(std::int64_t size, std::int64_t stride = 1) { return {size, stride}; }

Unary fn(UnaryFn it, float alpha = 0, float beta = 0) { return {it, alpha, beta, 0}; }

void add_convolutions(Cases& cases) {
  cases.conv("1x1", {2, 9, 7, 16}, {valid(1), valid(1)}, 24);
  cases.conv("3x3 valid relu", {2, 9, 7, 16}, {valid(3), valid(3)}, 24, 1, relu());
  cases.conv("3x3 same", {2, 9, 7, 16}, {same(3), same(3)}, 24);
  cases.conv("3x3/2 same, asymmetric", {2, 8, 10, 16}, {same(3, 2), same(3, 2)}, 24, 1, relu());
  cases.conv("no bias", {2, 9, 7, 16}, {same(3), same(3)}, 24, 1, {}, false);
  cases.conv("no bias relu", {2, 9, 7, 16}, {same(3), same(3)}, 24, 1, relu(), false);
  cases.conv("odd channels", {3, 11, 5, 3}, {same(5), same(3)}, 7, 1, relu());
  cases.conv("one channel", {1, 28, 28, 1}, {valid(3), valid(3)}, 32, 1, relu());
  cases.conv("dilated", {2, 12, 12, 8}, {same(3, 1, 2), same(3, 1, 2)}, 8);
  cases.conv("groups", {2, 8, 8, 16}, {same(3), same(3)}, 32, 4, relu());
  cases.conv("sigmoid", {2, 8, 8, 16}, {same(3), same(3)}, 16, 1, fn(UnaryFn::sigmoid));
  cases.conv("silu", {2, 8, 8, 16}, {same(3), same(3)}, 16, 1, fn(UnaryFn::silu));
  cases.conv("relu6", {2, 8, 8, 16}, {same(3), same(3)}, 16, 1, {UnaryFn::relu, 0, 6, 0});
  cases.conv("1-D causal", {2, 20, 8}, {{3, 1, 2, Padding::causal, 0, 0}}, 12);
  cases.conv("1-D/2 same", {2, 21, 8}, {same(4, 2)}, 12, 1, fn(UnaryFn::tanh));
  cases.conv("3-D", {1, 6, 7, 8, 4}, {same(3), same(3), same(3)}, 6, 1, relu());
  cases.conv("wide padding", {1, 7, 7, 8}, {{3, 1, 1, Padding::explicit_, 2, 1}, same(3)}, 8);
  cases.conv("depthwise 3x3", {2, 14, 14, 32}, {same(3), same(3)}, 32, 32, relu());
  cases.conv("depthwise 5x5/2", {2, 15, 14, 24}, {same(5, 2), same(5, 2)}, 24, 24);
  cases.conv("depthwise, multiplier 2", {2, 9, 9, 12}, {valid(3), valid(3)}, 24, 12,
             fn(UnaryFn::silu));
  cases.conv("large 3x3", {8, 56, 56, 64}, {same(3), same(3)}, 64, 1, relu()).small = false;
  cases.conv("large 1x1", {8, 28, 28, 256}, {valid(1), valid(1)}, 128, 1, relu()).small = false;
  cases.conv("large depthwise", {8, 56, 56, 144}, {same(3), same(3)}, 144, 144).small = false;
}

/// Bounds as of relu6, and such that a padding of zeros lies outside.
void add_clamping_convolutions(Cases& cases) {
  for (const Clamp clamp : {Clamp{0, 6}, Clamp{0.25F, 0.5F}}) {
    const auto add = [&](const char* label, const Dims& input, std::vector<Window> windows,
                         std::int64_t multiplier) {
      NodeCase& node = cases.conv(fmt::format("{} of [{}, {}]", label, clamp.low, clamp.high),
                                  input, std::move(windows), input.back() * multiplier,
                                  input.back(), {UnaryFn::relu, 0, 6, 0});
      std::get<Conv>(node.op).input_clamp = clamp;
      for (float& element : node.inputs[0].as<float>()) element *= 9;
      return &node;
    };
    add("depthwise 3x3", {2, 14, 14, 32}, {same(3), same(3)}, 1);
    add("depthwise 5x5/2", {2, 15, 14, 24}, {same(5, 2), same(5, 2)}, 1);
    add("depthwise, odd channels", {2, 9, 7, 13}, {same(3, 2), same(3, 2)}, 1);
    add("depthwise, dilated", {2, 12, 12, 8}, {same(3, 1, 2), same(3, 1, 2)}, 1);
    add("depthwise, multiplier 3", {2, 9, 9, 12}, {same(3), valid(3)}, 3);
    add("depthwise 1-D", {2, 20, 8}, {same(3, 2)}, 1);
    add("depthwise 3-D", {1, 6, 5, 4, 4}, {same(3), same(2), same(3)}, 1);
    NodeCase& with_nan = *add("depthwise of NaN", {1, 5, 4, 8}, {same(3), same(3)}, 1);
    with_nan.inputs[0].as<float>()[9] = nan;
    with_nan.holds_nan = true;
  }
}

/// With `before` and `after` cells cut from the full result of a transposed convolution.
Window cut(std::int64_t size, std::int64_t stride, std::int64_t before = 0, std::int64_t after = 0,
           std::int64_t dilation = 1) {
  return {size, stride, dilation, Padding::explicit_, before, after};
}

void add_transposed_convolutions(Cases& cases) {
  cases.conv_transpose("2x2/2", {2, 7, 5, 16}, {cut(2, 2), cut(2, 2)}, 8, relu());
  cases.conv_transpose("3x3/2 same", {2, 7, 5, 16}, {cut(3, 2, 0, 1), cut(3, 2, 0, 1)}, 8);
  cases.conv_transpose("4x4/2 same", {2, 8, 8, 12}, {cut(4, 2, 1, 1), cut(4, 2, 1, 1)}, 6,
                       fn(UnaryFn::tanh));
  cases.conv_transpose("stride 1", {1, 6, 6, 8}, {cut(3, 1, 1, 1), cut(5, 1, 2, 2)}, 4);
  cases.conv_transpose("gaps", {1, 4, 5, 3}, {cut(1, 3), cut(2, 3)}, 5, relu());
  cases.conv_transpose("cells behind the end", {1, 4, 5, 4}, {cut(2, 3, 0, -2), cut(3, 2, 1, -1)},
                       4);
  cases.conv_transpose("dilated", {1, 5, 5, 4}, {cut(3, 1, 0, 0, 2), cut(3, 1, 1, 1, 2)}, 4);
  cases.conv_transpose("no bias", {2, 4, 4, 8}, {cut(3, 2), cut(3, 2)}, 8, relu(), false);
  cases.conv_transpose("1-D", {2, 11, 6}, {cut(4, 2, 1, 1)}, 10);
  cases.conv_transpose("3-D", {1, 3, 4, 5, 4}, {cut(2, 2), cut(3, 2), cut(2, 1)}, 6, relu());
  cases.conv_transpose("large", {8, 28, 28, 128}, {cut(3, 2, 0, 1), cut(3, 2, 0, 1)}, 64).small =
      false;
}

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

void add_pooling(Cases& cases) {
  for (const PoolFn pool : {PoolFn::max, PoolFn::average}) {
    const char* name = pool == PoolFn::max ? "max" : "average";
    const auto add = [&](const char* label, const Dims& dims, std::vector<Window> windows) {
      return &cases.add(fmt::format("{} {}", name, label), Pool{pool, std::move(windows)},
                        cases.random(dims));
    };
    add("2x2/2", {2, 12, 10, 8}, {valid(2, 2), valid(2, 2)});
    add("3x3/2 same", {2, 12, 10, 8}, {same(3, 2), same(3, 2)});
    add("2x3/1 same, odd channels", {3, 7, 9, 5}, {same(2), same(3)});
    add("1-D", {2, 15, 6}, {same(4, 3)});
    add("3-D", {1, 6, 6, 6, 4}, {valid(2, 2), valid(2, 2), same(3, 2)});
    add("large", {8, 112, 112, 64}, {same(3, 2), same(3, 2)})->small = false;
  }
  for (const PoolFn pool : {PoolFn::max, PoolFn::average}) {
    const auto add = [&](const Dims& dims, std::vector<std::int64_t> sizes) {
      const AdaptivePool op = {pool, std::move(sizes)};
      return &cases.add(op.describe(), op, cases.random(dims));
    };
    add({2, 15, 6}, {4});
    add({2, 9, 7, 8}, {3, 7});
    add({1, 3, 4, 5, 3}, {5, 2, 2});
    add({8, 56, 56, 64}, {7, 7})->small = false;
  }
  Tensor with_nan = cases.random({1, 4, 4, 2});
  with_nan.as<float>()[9] = nan;
  cases.add("max of NaN", Pool{PoolFn::max, {valid(2, 2), valid(2, 2)}}, std::move(with_nan))
      .holds_nan = true;
}

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

constexpr DType number_dtypes[] = {DType::float32, DType::int32, DType::int64, DType::boolean};

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

void add_rows(Cases& cases) {
  for (const SoftmaxFn function :
       {SoftmaxFn::softmax, SoftmaxFn::log_softmax, SoftmaxFn::sparsemax}) {
    const auto name = to_string(function);
    const auto add = [&](const char* label, Tensor input, std::vector<std::size_t> axes) {
      return &cases.add(fmt::format("{} {}", name, label), Softmax{function, std::move(axes)},
                        std::move(input));
    };
    add("of 10", cases.random({4, 10}, -9, 9), {1});
    add("of 1000", cases.random({5, 1000}, -9, 9), {1});
    add("of the first axis", cases.random({50, 3}, -9, 9), {0});
    add("of large numbers", cases.random({3, 40}, -1000, 1000), {1});
    if (function != SoftmaxFn::sparsemax) {
      add("of two axes", cases.random({2, 6, 9, 3}, -9, 9), {1, 2});
    }
    Tensor with_nan = cases.random({2, 40});
    with_nan.as<float>()[3] = nan;
    add("of NaN", std::move(with_nan), {1})->holds_nan = true;
  }
  for (const ReduceFn function :
       {ReduceFn::mean, ReduceFn::max, ReduceFn::min, ReduceFn::sum, ReduceFn::prod}) {
    const auto name = to_string(function);
    const auto add = [&](const char* label, Tensor input, std::vector<std::size_t> axes) {
      return &cases.add(fmt::format("{} {}", name, label), Reduce{function, std::move(axes)},
                        std::move(input));
    };
    add("of height and width", cases.random({2, 7, 7, 20}), {1, 2});
    add("of height and width, many", cases.random({64, 7, 7, 256}), {1, 2})->small = false;
    add("of the last axis", cases.random({3, 500}), {1});
    add("of a short axis", cases.random({30, 5}), {1});
    Tensor with_nan = cases.random({3, 40});
    with_nan.as<float>()[39] = nan;
    add("of NaN", std::move(with_nan), {1})->holds_nan = true;
  }
}

void add_norms(Cases& cases) {
  for (const NormFn function : {NormFn::standard, NormFn::rms, NormFn::deviation, NormFn::l2}) {
    const auto add = [&](const char* label, Tensor input, std::vector<std::size_t> axes) {
      const Norm norm = {function, std::move(axes), 1e-5F};
      return &cases.add(fmt::format("{} {}", norm.describe(), label), norm, std::move(input));
    };
    add("of 768", cases.random({6, 768}), {1});
    add("of a short axis", cases.random({50, 7}, 9, 11), {1});
    add("far from zero", cases.random({3, 500}, 999, 1001), {1});
    add("of groups", cases.random({2, 6, 5, 4, 8}), {1, 2, 4});
    add("of many side by side", cases.random({64, 40, 256}), {1})->small = false;
    if (function == NormFn::l2) continue;  // the reference's largest drops NaN
    Tensor with_nan = cases.random({3, 40});
    with_nan.as<float>()[39] = nan;
    add("of NaN", std::move(with_nan), {1})->holds_nan = true;
  }
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

void add_long_reductions(Cases& cases) {
  for (const ReduceFn function : {ReduceFn::mean, ReduceFn::sum}) {
    const auto add = [&](const char* label, const Dims& dims, std::vector<std::size_t> axes) {
      cases.add(fmt::format("{} of {}", to_string(function), label),
                Reduce{function, std::move(axes)}, cases.random(dims));
    };
    add("a large image", {2, 40, 30, 6}, {1, 2});
    add("a long sequence", {1000, 7}, {0});
  }
}

void add_integer_reductions(Cases& cases) {
  for (const DType dtype : {DType::int32, DType::int64, DType::boolean}) {
    for (std::size_t i = 0; i < reduce_fn_count; ++i) {
      const auto function = static_cast<ReduceFn>(i);
      const auto add = [&](const char* label, std::vector<std::size_t> axes) {
        cases.add(fmt::format("{} of {}, {}", to_string(function), to_string(dtype), label),
                  Reduce{function, std::move(axes)}, cases.random({40, 3, 60}, -9, 9).cast(dtype));
      };
      add("the last axis", {2});
      add("a short axis", {1});
      add("all axes", {0, 1, 2});
    }
  }
}

/// Ops along one axis: rows of one thread and of a warp, contiguous or not.
void add_lines(Cases& cases) {
  for (const DType dtype : number_dtypes) {
    for (const std::size_t axis : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
      const auto label = [&](const char* what) {
        return fmt::format("{} of {}, axis {}", what, to_string(dtype), axis);
      };
      const auto whole = [&] {
        return cases.random({70, 5, 130}, -9, 9).cast(DType::int32).cast(dtype);
      };
      cases.add(label("largest"), ArgReduce{true, axis, false}, whole());
      cases.add(label("smallest"), ArgReduce{false, axis, true}, whole());
      cases.add(label("sum"), Scan{ScanFn::sum, axis}, whole());
      cases.add(label("product"), Scan{ScanFn::prod, axis}, whole());
      cases.add(label("upwards"), Sort{axis, false}, whole());
      cases.add(label("downwards"), Sort{axis, true}, whole());
    }
  }
  cases.add("running sums of a long row", Scan{ScanFn::sum, 1}, cases.random({2, 5000}));
  cases.add("sorted long row", Sort{1, false}, cases.random({2, 4096}));
  for (const Op& op :
       {Op(ArgReduce{true, 0, false}), Op(Sort{0, false}), Op(Scan{ScanFn::sum, 0})}) {
    Tensor with_nan = cases.random({60});
    with_nan.as<float>()[40] = nan;
    cases.add("of NaN", op, std::move(with_nan)).holds_nan = true;
  }
}

void add_resizing(Cases& cases) {
  for (const Interpolation mode : {Interpolation::nearest, Interpolation::bilinear}) {
    for (const bool antialias : {false, true}) {
      for (const AspectRatio ratio : {AspectRatio::stretch, AspectRatio::crop, AspectRatio::pad}) {
        const Resize up = {17, 16, mode, antialias, ratio, 0.5F};
        const Resize down = {6, 5, mode, antialias, ratio, 0.5F};
        cases.add(up.describe(), up, cases.random({2, 9, 12, 3}));
        cases.add(down.describe(), down, cases.random({2, 19, 23, 3}));
      }
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

void add_movement(Cases& cases) {
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

}  // namespace

std::vector<NodeCase> all_cases() {
  Cases cases;
  add_convolutions(cases);
  add_clamping_convolutions(cases);
  add_transposed_convolutions(cases);
  add_matrix_products(cases);
  add_batch_products(cases);
  add_pooling(cases);
  add_elementwise(cases);
  add_chains(cases);
  add_functions_of_one(cases);
  add_functions_of_two(cases);
  add_rows(cases);
  add_norms(cases);
  add_recurrences(cases);
  add_long_reductions(cases);
  add_integer_reductions(cases);
  add_lines(cases);
  add_resizing(cases);
  add_movement(cases);
  add_picks(cases);
  return cases.take();
}

}  // namespace keraunos::gpu_check
